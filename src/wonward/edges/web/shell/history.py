"""Changes of records as people read them: which field, what stood there, what stands there now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from wonward.domains.clients.types import DECISION_ROLES, INFLUENCES, STANCES
from wonward.domains.staff.queries import get_person_names
from wonward.edges.web.shell.formats import date_words, moment
from wonward.edges.web.shell.history_words import FIELDS, OF_STATES, STATES
from wonward.foundation.access.policy import PERMISSIONS, names_of, visible_refs
from wonward.foundation.audit.queries import AuditRow
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

_PERSON, _CONTACT, _COMPANY = "staff.person", "clients.contact", "clients.company"
_POINTS_AT = {
    "owner_id": _PERSON, "assignee_id": _PERSON, "manager_id": _PERSON, "lead_id": _PERSON, "person_id": _PERSON,
    "main_stakeholder_id": _CONTACT, "contact_id": _CONTACT, "referred_by_id": _CONTACT, "company_id": _COMPANY, "parent_id": "",
    "renewal_id": "sales.deal",
}
_STAKEHOLDER = "contact "
# “goal 2026-10”, “USD 2026-11-19” and “risk 1, title”.
_COUNTED = re.compile(r"([a-z_]+|[A-Z]{3}) ([\d-]+)(?:, ([a-z_]+))?")


@dataclass(frozen=True, slots=True)
class ChangedField:
    """One field of a change; an empty `before` or `after` means that nothing stood there."""

    label: str
    before: str
    after: str

    @property
    def says_something(self) -> bool:
        """Whether something stood there before or stands there now."""
        return bool(self.before or self.after)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change: when, by whom, on whose behalf, from where, and every field of it."""

    id: int
    at: str
    author: str
    on_behalf_of: str
    via: str
    operation: str
    fields: tuple[ChangedField, ...]
    record: str = ""


def history_entries(actor: Actor, rows: Iterable[AuditRow]) -> list[HistoryEntry]:
    """Changes of one record, with the names of what they point at where the viewer sees it."""
    return entries_of(actor, (("", row) for row in rows))


def entries_of(actor: Actor, rows: Iterable[tuple[str, AuditRow]]) -> list[HistoryEntry]:
    """Changes of several records, each with what its record is called."""
    found = list(rows)
    words = _Words(actor, [row for _, row in found])
    return [
        HistoryEntry(
            row.id, moment(row.happened_at, actor.time_zone), row.actor_label, row.on_behalf_of, _via(row.via), operation_words(row.operation),
            tuple(field for key, pair in row.changes.items() if (field := words.field(key, pair)).says_something), record,
        )
        for record, row in found
    ]


def operation_words(operation: str) -> str:
    """What kind of change it was, as far as one word says it: created, won, moved; otherwise changed."""
    known = {
        "create": _("Created"), "make": _("Created"), "win": _("Won"), "lose": _("Lost"), "reopen": _("Reopened"), "move": _("Moved"),
        "merge": _("Merged"), "archive": _("Archived"), "restore": _("Restored"), "accept": _("Accepted"), "return": _("Returned"),
        "submit": _("Handed off"), "convert": _("Converted"), "sign": _("Signed"), "send": _("Sent"),
    }
    return known.get(operation.rpartition(".")[2], _("Changed"))


def _via(via: str) -> str:
    return "" if via in ("", "web") else via


class _Words:
    """Values in words; names are looked up once for all changes of a page."""

    def __init__(self, actor: Actor, rows: list[AuditRow]) -> None:
        self._actor = actor
        asked = {ref for row in rows for key, pair in row.changes.items() for ref in _refs(key, pair)}
        people = {ref.id for ref in asked if ref.noun == _PERSON}
        others = {ref for ref in asked if ref.noun != _PERSON}
        self._names = names_of(visible_refs(actor, others)) if others else {}
        if people:
            self._names |= {Ref(_PERSON, key): name for key, name in get_person_names(people).items()}

    def field(self, key: str, pair: Any) -> ChangedField:
        """One entry of a change; `pair` is [before, after], or anything an older release wrote."""
        before, after = pair if isinstance(pair, list | tuple) and len(pair) == 2 else (None, pair)
        if key.startswith(_STAKEHOLDER):
            label = self._names.get(Ref(_CONTACT, int(key.removeprefix(_STAKEHOLDER))), _("A stakeholder"))
            return ChangedField(label, self._part(before), self._part(after))
        return ChangedField(_label(key), self._value(key, before), self._value(key, after))

    def _part(self, value: Any) -> str:
        """The part of a stakeholder: role, influence, stance, preference, whether the main one."""
        if not isinstance(value, list | tuple):
            return ""
        words = [_("Main stakeholder") if part is True else _plain(part) for part in value if part]
        return ", ".join(words) or _("takes part")

    def _value(self, key: str, value: Any) -> str:
        if value is None or value in ("", [], {}):
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        for ref in _refs(key, [None, value]):
            return self._names.get(ref, f"#{value}")
        if isinstance(value, Mapping):
            return "; ".join(f"{_label(name)}: {self._value(name, part)}" for name, part in value.items() if part not in (None, "", [], {}))
        if isinstance(value, list | tuple):
            return ", ".join(word for word in (self._value(key, part) for part in value) if word)
        if isinstance(value, str):
            return self._text(key, value)
        return str(value)

    def _text(self, key: str, value: str) -> str:
        try:
            if len(value) == 10:
                return date_words(date.fromisoformat(value))
            if len(value) > 18 and value[10:11] == "T":
                return moment(datetime.fromisoformat(value), self._actor.time_zone)
        except ValueError:
            pass
        return str(STATES.get(value, value)) if key in OF_STATES or key in PERMISSIONS else value


def _refs(key: str, pair: Any) -> list[Ref]:
    if key.startswith(_STAKEHOLDER) and key.removeprefix(_STAKEHOLDER).isdecimal():
        return [Ref(_CONTACT, int(key.removeprefix(_STAKEHOLDER)))]
    noun = _POINTS_AT.get(key, "")
    values = pair if isinstance(pair, list | tuple) else [pair]
    return [Ref(noun, value) for value in values if noun and isinstance(value, int) and not isinstance(value, bool)]


def _plain(part: Any) -> str:
    """A stored word as it is said; roles, influence and stance are said with a capital."""
    text = str(part).replace("_", " ")
    return text.capitalize() if part in (*DECISION_ROLES, *INFLUENCES, *STANCES) else text


def _label(key: str) -> str:
    """What a field is called: its own name where there is one, else its key in words."""
    if key in FIELDS:
        return str(FIELDS[key])
    if key in PERMISSIONS:
        return _(PERMISSIONS[key].label)
    if match := _COUNTED.fullmatch(key):
        return f"{match[1] if match[1].isupper() else _label(match[1])} {match[2]}" + (f", {_label(match[3])}" if match[3] else "")
    return key.removeprefix("cf_").removesuffix("_id").removesuffix("_date").removesuffix("_minor").replace("_", " ").replace(".", " ").capitalize()
