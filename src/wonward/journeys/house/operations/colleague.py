"""A former colleague is erased for good. What they did stays, without their name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import erase_names, record_change
from wonward.foundation.database.operations import check_links, remove_rows, rewrite_row
from wonward.foundation.events.operations import publish
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.search.operations import forget_removed_words
from wonward.journeys.house.events import ColleagueErased
from wonward.journeys.house.models import Errand
from wonward.journeys.house.operations.errands import begin_asking, clear_old_exports, serve_errand
from wonward.journeys.house.operations.tombstones import leave_tombstone
from wonward.journeys.house.queries.colleague import (
    PERSON,
    find_colleague_traces,
    is_erased_colleague,
    read_colleague,
    require_former,
    tell_of_colleague,
)
from wonward.journeys.house.queries.person import tell_traces
from wonward.journeys.house.rules.erasing import pattern_of, without
from wonward.journeys.house.types import ErrandKind
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, Refused
from wonward.kernel.ref import Ref

_LONGEST_REASON = 500


def ask_where_colleague_is(*, actor: Actor, person_id: int, now: datetime) -> int:
    """Let every place be looked for where something of a former colleague lies; the errand. Nothing changes."""
    return _ask(actor, ErrandKind.FORMER_PLAN, person_id, "", now)


def ask_to_erase_colleague(*, actor: Actor, person_id: int, reason: str, now: datetime) -> int:
    """Let a former colleague be erased; the errand. Refused without a reason and while they work here, Conflict once erased."""
    require(actor, "house.person.erase")
    read_colleague(person_id)
    return _ask(actor, ErrandKind.FORMER, person_id, _reason(reason), now)


def _ask(actor: Actor, kind: ErrandKind, person_id: int, reason: str, now: datetime) -> int:
    require(actor, "house.person.erase")
    person, user = read_colleague(person_id)
    if is_erased_colleague(person):
        raise Conflict("Nothing is left of this person.")
    require_former(person, user)
    with transaction.atomic():
        errand_id = begin_asking(actor=actor, kind=kind, ref=Ref(PERSON, person_id), reason=reason, now=now)
        enqueue("house.colleague", errand_id=errand_id, now=now)
    return errand_id


def serve_colleague(*, errand_id: int, now: datetime) -> None:
    """Do what was asked about a former colleague. Who asked must still have the right; a repeat erases what is left."""
    def work(actor: Actor, errand: Errand) -> dict[str, Any]:
        person_id = int(errand.given["person_id"])
        if errand.kind != ErrandKind.FORMER:
            return tell_of_colleague(actor=actor, person_id=person_id)
        if is_erased_colleague(read_colleague(person_id)[0]):
            # The worker died after the erasing and before it could say so.
            return {"places": {}, "kept": {}}
        report = erase_colleague(actor=actor, person_id=person_id, reason=str(errand.given["reason"]), now=now)
        Errand.objects.filter(pk=errand.pk).update(given={"person_id": person_id, "reason": ""})
        return report

    serve_errand(errand_id=errand_id, work=work, now=now)


def _reason(words: str) -> str:
    kept = " ".join(words.split())[:_LONGEST_REASON]
    if not kept:
        raise Refused.field("reason", "Say why, for instance who asked for it and when.", "required")
    return kept


def erase_colleague(*, actor: Actor, person_id: int, reason: str, now: datetime) -> dict[str, Any]:
    """Everything in one transaction, then the tombstone; what was found in numbers.

    Refused without a reason and while they still work here, Conflict once erased.
    """
    require(actor, "house.person.erase")
    person, user = read_colleague(person_id)
    words = _reason(reason)
    if is_erased_colleague(person):
        raise Conflict("Nothing is left of this person.")
    require_former(person, user)
    return forget_colleague(actor=actor, person_id=person_id, reason=words, now=now)


def forget_colleague(*, actor: Actor, person_id: int, reason: str, now: datetime) -> dict[str, Any]:
    """As `erase_colleague`, without asking; also for whoever an older backup brought back as if they had never left."""
    with transaction.atomic():
        person, user = read_colleague(person_id)
        found = find_colleague_traces(person_id=person_id)
        report = tell_traces(found)
        for (table, key), values in found.rewritten.items():
            rewrite_row(table, key, values)
        for table, keys in found.removed.items():
            remove_rows(table, keys)
        erased, kept = erase_names(user_id=user["id"] if user else None, names=found.words)
        check_links()
        report["places"]["audit.auditentry"] = report["places"].get("audit.auditentry", 0) + erased
        report["kept"] = {name: count for name, count in report["kept"].items() if name != "audit.auditentry:sealed"}
        report["kept"] |= {"audit.auditentry:sealed": kept} if kept else {}
        pattern = pattern_of(found.words)
        record_change(
            actor=actor, operation="house.person.erase", ref=Ref(PERSON, person_id), now=now,
            changes={"reason": [None, without(reason, pattern) if pattern else reason], "places": [None, sum(report["places"].values())]},
        )
        publish(ColleagueErased(person_id=person_id), actor=actor, now=now)
    forget_removed_words()
    clear_old_exports(now=now, kept_for=timedelta(0))
    leave_tombstone({"noun": PERSON, "id": person_id, "created_at": person["created_at"], "erased_at": now.isoformat()})
    return report
