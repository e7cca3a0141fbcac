"""Every place where something of a former colleague lies: their sign-in, what is theirs alone, and their name in any text."""

from __future__ import annotations

from typing import Any

from wonward.foundation.access.policy import require
from wonward.foundation.database.queries import list_tables, read_rows
from wonward.foundation.search.rules import fold
from wonward.journeys.house.queries.person import Node, Traces, names_of_others, scan, tell_traces
from wonward.journeys.house.rules.erasing import FORMER_COLLEAGUE, pattern_of
from wonward.journeys.house.types import FormerRow
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.wording import worded

PERSON, USER = "staff.person", "access.user"
_THREAD = "notifications.thread"
# What is a colleague's own, and nobody else's: how they signed in, what they were told, when they were away.
_THEIRS = frozenset({
    "access.accesslink", "access.apitoken", "access.idempotentreply", "access.passkey", "access.recoverycode", "access.signin",
    "notifications.follower", "notifications.inbox", "notifications.reminder", _THREAD, "saved_views.pinnedrecord",
    "saved_views.pinnedview", "delivery.calendarlink", "staff.timeoff", "staff.personskill", "staff.personrole",
})
_ABOUT = frozenset({"custom_fields.fieldvalue", "search.entry"})


def find_colleague_by_email(*, actor: Actor, email: str) -> int:
    """The person with this address; NotFound."""
    require(actor, "house.person.erase")
    users = [row["id"] for row in read_rows(USER, columns=["id", "email"]) if row["email"].casefold() == email.strip().casefold()]
    people = [row["id"] for row in read_rows(PERSON, columns=["id", "email", "user_id"])
              if row["user_id"] in users or (row["email"] and row["email"].casefold() == email.strip().casefold())]
    if len(people) != 1:
        raise NotFound("person", 0)
    return int(people[0])


def get_former(*, actor: Actor, person_id: int) -> FormerRow:
    """A colleague, whether they have left, and whether anything is left of them; NotFound."""
    require(actor, "house.person.erase")
    person, user = read_colleague(person_id)
    return FormerRow(person_id, person["name"], not _works_here(person, user), is_erased_colleague(person))


def _works_here(person: dict[str, Any], user: dict[str, Any] | None) -> bool:
    return bool(user["is_active"] if user else person["is_active"])


def require_former(person: dict[str, Any], user: dict[str, Any] | None) -> None:
    """Only who has left is erased; Refused."""
    if _works_here(person, user):
        raise Refused(worded("{name} still works here. Deactivate the sign-in first.", name=person["name"]))


def is_erased_colleague(person: dict[str, Any]) -> bool:
    """Whether nothing but a shell is left."""
    return bool(person["name"] == FORMER_COLLEAGUE and not person["email"])


def read_colleague(person_id: int) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The person and their sign-in; NotFound."""
    person = next(iter(read_rows(PERSON, where={"id": person_id})), None)
    if person is None:
        raise NotFound("person", person_id)
    return person, next(iter(read_rows(USER, where={"id": person["user_id"]})), None) if person["user_id"] else None


def tell_of_colleague(*, actor: Actor, person_id: int) -> dict[str, Any]:
    """A dry run: how many rows of each table something would be taken from, and what would stay. Nothing changes."""
    require(actor, "house.person.erase")
    require_former(*read_colleague(person_id))
    return tell_traces(find_colleague_traces(person_id=person_id))


def find_colleague_traces(*, person_id: int) -> Traces:
    """Look through every table and file. Whoever asks has been shown to have the right."""
    person, user = read_colleague(person_id)
    found = Traces([])
    user_ids = [user["id"]] if user else []
    names = {one["name"] for one in (person, user) if one}
    emails = {one["email"] for one in (person, user) if one and one["email"]}
    near: set[Node] = {(PERSON, person_id), *((USER, key) for key in user_ids)}
    for table in list_tables(with_passing=True):
        for column, target in table.links.items():
            own = {PERSON: [person_id], USER: user_ids}.get(target)
            if own:
                keys = {row[table.key] for row in read_rows(table.name, columns=[table.key], where={column: own})}
                near |= {(table.name, key) for key in keys}
                if table.name in _THEIRS and column in table.owned:
                    found.removed.setdefault(table.name, set()).update(keys)
        if table.name in _ABOUT:
            pair = table.references[0] if table.references else None
            where = {pair.noun: PERSON, pair.id: [person_id]} if pair else {"field__noun": PERSON, "ref_id": [person_id]}
            found.removed.setdefault(table.name, set()).update(row[table.key] for row in read_rows(table.name, columns=[table.key], where=where))
    notices = read_rows("notifications.notification", columns=["id"], where={"thread_id": list(found.removed.get(_THREAD, ()))})
    found.removed["notifications.notification"] = {row["id"] for row in notices}
    found.rewritten[(PERSON, person_id)] = {
        "name": FORMER_COLLEAGUE, "email": "", "job_title": "", "external_source": "", "external_id": "", "is_active": False,
    }
    for key in user_ids:
        found.rewritten[(USER, key)] = {
            "name": FORMER_COLLEAGUE, "email": f"erased-{key}@former.invalid", "password": "!", "factor_secret": "", "is_active": False,
        }
    shared = names_of_others(names, person_ids=[person_id], user_ids=user_ids)
    found.words = sorted(emails | (names - shared))
    everywhere = pattern_of(emails | {word for name in names - shared for word in (name, fold(name))})
    closely = pattern_of(emails | names | {fold(name) for name in names})
    scan(found, near, everywhere, closely)
    return found
