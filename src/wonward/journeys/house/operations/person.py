"""What is known of a person: out as a file, or gone for good.

A tombstone, which says which contact was erased and nothing about them, lies outside the database, in `erased.jsonl` of the data
folder. Whoever brings an older backup back erases again by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from wonward.foundation.audit.operations import note_opening, record_change
from wonward.foundation.audit.queries import EXPORTED
from wonward.foundation.database.operations import check_links, remove_rows, rewrite_row
from wonward.foundation.database.queries import list_tables, read_rows
from wonward.foundation.database.types import Table
from wonward.foundation.events.operations import publish
from wonward.foundation.files.storage import current_storage
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.search.operations import forget_removed_words
from wonward.journeys.house.events import PersonErased
from wonward.journeys.house.models import Errand
from wonward.journeys.house.operations.colleague import forget_colleague
from wonward.journeys.house.operations.errands import begin_asking, clear_old_exports, serve_errand
from wonward.journeys.house.operations.tombstones import leave_tombstone, tombstones
from wonward.journeys.house.queries.colleague import PERSON, is_erased_colleague
from wonward.journeys.house.queries.holds import is_held
from wonward.journeys.house.queries.person import (
    CONTACT,
    find_traces,
    is_erased,
    require_person,
    tell_traces,
    visible_rows,
)
from wonward.journeys.house.rules.erasing import pattern_of, without
from wonward.journeys.house.rules.holds import on_hold
from wonward.journeys.house.types import ErrandKind
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import Conflict, Refused
from wonward.kernel.ref import Ref

_LONGEST_REASON = 500
# Quotes what was said in words that not everybody who sees the handoff may read.
_UNTOLD = frozenset({("handoff.scopebaseline", "document")})
_OTHERS_OWN = ("notifications.", "saved_views.", "access.", "search.", "django_tasks")


def ask_where_person_is(*, actor: Actor, contact_id: int, now: datetime) -> int:
    """Let every place be looked for where something of a contact lies; the errand."""
    return _ask(actor, ErrandKind.PERSON_PLAN, contact_id, "", now)


def ask_to_erase_person(*, actor: Actor, contact_id: int, reason: str, now: datetime) -> int:
    """Let everything known of a contact be erased; the errand. Refused without a reason, Conflict once erased or under a hold."""
    words = " ".join(reason.split())[:_LONGEST_REASON]
    require_person(actor=actor, contact_id=contact_id)
    if not words:
        raise Refused.field("reason", "Say why, for instance who asked for it and when.", "required")
    return _ask(actor, ErrandKind.PERSON, contact_id, words, now)


def _ask(actor: Actor, kind: ErrandKind, contact_id: int, reason: str, now: datetime) -> int:
    require_person(actor=actor, contact_id=contact_id)
    if is_erased(contact_id=contact_id):
        raise Conflict("Nothing is left of this person.")
    if kind is ErrandKind.PERSON and is_held(Ref(CONTACT, contact_id)):
        raise on_hold()
    with transaction.atomic():
        errand_id = begin_asking(actor=actor, kind=kind, ref=Ref(CONTACT, contact_id), reason=reason, now=now)
        enqueue("house.person", errand_id=errand_id, now=now)
    return errand_id


def serve_person(*, errand_id: int, now: datetime) -> None:
    """Do what was asked about a person. Who asked must still have the right; a repeat erases what is left."""
    def work(actor: Actor, errand: Errand) -> dict[str, Any]:
        contact_id = int(errand.given["contact_id"])
        require_person(actor=actor, contact_id=contact_id)
        if errand.kind != ErrandKind.PERSON:
            return tell_traces(find_traces(contact_id=contact_id))
        if is_held(Ref(CONTACT, contact_id)):
            raise on_hold()
        return erase_person(actor=actor, contact_id=contact_id, reason=str(errand.given["reason"]), now=now)

    serve_errand(errand_id=errand_id, work=work, now=now)


def erase_person(*, actor: Actor, contact_id: int, reason: str, now: datetime) -> dict[str, Any]:
    """Everything in one transaction, then the files and the tombstone; what was found in numbers."""
    with transaction.atomic():
        found = find_traces(contact_id=contact_id)
        report = tell_traces(found)
        (person,) = read_rows(CONTACT, columns=["created_at"], where={"id": contact_id})
        for (table, key), values in found.rewritten.items():
            rewrite_row(table, key, values)
        for table, keys in found.removed.items():
            remove_rows(table, keys)
        check_links()
        pattern = pattern_of(found.words)
        record_change(
            actor=actor, operation="house.person.erase", ref=Ref(CONTACT, contact_id), now=now,
            changes={"reason": [None, without(reason, pattern) if pattern else reason], "places": [None, sum(report["places"].values())]},
        )
        for errand in Errand.objects.filter(kind__in=(ErrandKind.PERSON, ErrandKind.PERSON_PLAN), given__contact_id=contact_id):
            Errand.objects.filter(pk=errand.pk).update(given={"contact_id": contact_id, "reason": ""})
        publish(PersonErased(contact_id=contact_id), actor=actor, now=now)
    forget_removed_words()
    for sha256 in found.contents:
        current_storage().remove(sha256)
    clear_old_exports(now=now, kept_for=timedelta(0))
    leave_tombstone({"noun": CONTACT, "id": contact_id, "created_at": person["created_at"], "erased_at": now.isoformat()})
    return report


def export_person(*, actor: Actor, contact_id: int, now: datetime) -> str:
    """What is known of a contact as a text to be read: every row about them, table by table, and every text that names them.

    Rows of records that whoever asks does not see are counted at the end and not told; nor is what lies in others' inboxes.
    """
    require_person(actor=actor, contact_id=contact_id)
    found = find_traces(contact_id=contact_id)
    tables = {table.name: table for table in list_tables(with_passing=True)}
    keys: dict[str, set[Any]] = {name: set(rows) for name, rows in found.removed.items()}
    for name, key in (*found.rewritten, *found.kept):
        keys.setdefault(name, set()).add(key)
    lines, hidden_count = [f"What is known of contact {contact_id}", now.isoformat(timespec="minutes"), ""], 0
    for name in sorted(set(keys) & set(tables)):
        if name.startswith(_OTHERS_OWN):
            continue
        rows = list(read_rows(name, where={tables[name].key: sorted(keys[name])}))
        shown = visible_rows(actor, tables[name], rows)
        hidden_count += len(rows) - len(shown)
        lines += [name, "=" * len(name), *_told(tables[name], shown)] if shown else []
    if hidden_count:
        lines += ["", f"{hidden_count} rows belong to records that are restricted; ask those who see them."]
    with transaction.atomic():
        record_change(
            actor=actor, operation="house.person.export", ref=Ref(CONTACT, contact_id), now=now,
            changes={"places": [None, sum(len(rows) for rows in keys.values())]},
        )
        note_opening(actor=actor, what=EXPORTED, ref=Ref(CONTACT, contact_id), now=now)
    return "\n".join(lines)


def _told(table: Table, rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        for column, value in row.items():
            if value not in (None, "", [], {}) and column not in table.secrets and (table.name, column) not in _UNTOLD:
                yield f"{column}: {value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)}"
        yield ""


def erase_again(*, now: datetime) -> int:
    """After a backup or an export came back: erase whoever had been erased since; how many."""
    actor, count = system_actor("Tombstones", via="command"), 0
    reason = "Erased before; an older state came back."
    for stone in tombstones():
        known = list(read_rows(stone["noun"], where={"id": stone["id"]}))
        if not known or known[0]["created_at"] != stone["created_at"]:
            continue
        if stone["noun"] == CONTACT and not is_erased(contact_id=stone["id"]):
            erase_person(actor=actor, contact_id=stone["id"], reason=reason, now=now)
            count += 1
        elif stone["noun"] == PERSON and not is_erased_colleague(known[0]):
            forget_colleague(actor=actor, person_id=stone["id"], reason=reason, now=now)
            count += 1
    return count
