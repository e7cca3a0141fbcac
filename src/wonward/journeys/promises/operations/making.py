"""Writing promises down, and replacing one by another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from wonward.domains.comms.queries import find_communications
from wonward.domains.comms.types import CommunicationRow
from wonward.foundation.access.policy import require, visible_refs
from wonward.foundation.audit.operations import Change, record_changes
from wonward.foundation.database import insert_records, insert_with_ids
from wonward.foundation.organisation.operations import take_numbers
from wonward.journeys.promises.models import (
    Promise,
    PromiseBasis,
    PromiseCover,
    PromiseProject,
    PromiseSource,
)
from wonward.journeys.promises.operations.agreed import finish_errors, refuse_another_finish
from wonward.journeys.promises.operations.attaching import attach_new, cover_by_key
from wonward.journeys.promises.operations.coverage import follow_plan_now, tell, tell_crossings
from wonward.journeys.promises.operations.keeping import lock_promise
from wonward.journeys.promises.operations.odds import hold_where_early
from wonward.journeys.promises.queries.holding import find_further
from wonward.journeys.promises.rules import find_words
from wonward.journeys.promises.types import BasisRow, NewPromise, Source
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded

_LOGGED = "comms.communication"


def make_promises(*, actor: Actor, promises: Sequence[NewPromise], now: datetime, is_part: bool = False) -> list[int]:
    """Write promises down, each on a deal or project the actor sees. Returns their ids in order.

    Quoted words must stand in the log entry they are said to come from; who said them and when comes from it too. A promise
    on a deal that was won holds in its projects at once, and work with its key keeps it. `is_part` for an operation whose
    transaction stands or falls with them.
    """
    require(actor, "promises.promise.make")
    with transaction.atomic(savepoint=not is_part):
        return _make(actor, promises, now)


def _make(actor: Actor, promises: Sequence[NewPromise], now: datetime, *, is_judged: bool = False) -> list[int]:
    """`is_judged` when somebody has weighed the dates against their odds already."""
    rows = _write(actor, promises, now)
    if not is_judged:
        hold_where_early(actor=actor, rows=rows, now=now)
    crossed = attach_new(rows, now)
    record_changes(
        actor=actor, operation="promises.promise.make", now=now,
        changes=[Change(Ref("promises.promise", row.pk), {"text": [None, row.text]}) for row in rows],
    )
    if rows:
        tell(rows, actor, now)
    tell_crossings(crossed, actor, now)
    return [row.pk for row in rows]


@transaction.atomic
def promise_with_basis(*, actor: Actor, promise: NewPromise, basis: BasisRow, now: datetime) -> int:
    """Promise a date together with what is known of it. Waiting for an approval it is a draft; confirming it is the approval."""
    is_waiting = basis.approver_id is not None and basis.approved_at is None
    require(actor, "promises.promise.make")
    (promise_id,) = _make(actor, [replace(promise, state="draft" if is_waiting else "confirmed")], now, is_judged=True)
    PromiseBasis.objects.create(
        promise_id=promise_id, kickoff_date=basis.kickoff_date, earliest_date=basis.earliest_date, p50_date=basis.p50_date,
        p80_date=basis.p80_date, p90_date=basis.p90_date, chance_percent=basis.chance, because=basis.because[:500], seed=basis.seed,
        approver_id=basis.approver_id, approver_label=basis.approver, approved_at=basis.approved_at, created_at=now,
    )
    return promise_id


def _write(actor: Actor, promises: Sequence[NewPromise], now: datetime, homes: Collection[Ref] = ()) -> list[Promise]:
    """`homes` are records a promise may belong to whether the actor sees them or not."""
    entries = _entries(actor, promises)
    _check(actor, promises, entries, homes)
    numbers = take_numbers(noun="promises.promise", count=len(promises))
    rows = [
        Promise(
            number=number, deal_id=new.deal_id, project_id=new.project_id, kind=new.kind.value, key=new.key[:80],
            text=new.text.strip()[:500], condition=new.condition.strip()[:500], due_date=new.due_date, weight=new.weight,
            state=new.state, is_client_visible=new.is_client_visible, author_label=actor.label, created_at=now, updated_at=now,
        )
        for number, new in zip(numbers, promises, strict=True)
    ]
    insert_with_ids(rows)
    insert_records([_source(row, new.source, entries) for row, new in zip(rows, promises, strict=True) if new.source])
    return rows


def _source(promise: Promise, source: Source, entries: Mapping[int, CommunicationRow]) -> PromiseSource:
    entry = entries.get(source.ref.id) if source.ref and source.ref.noun == _LOGGED else None
    speaker = source.speaker or (speaker_of(entry) if entry else "")
    return PromiseSource(
        promise=promise, quote=source.quote.strip(), speaker=speaker[:200],
        said_at=source.said_at or (entry.happened_at if entry else None),
        noun=source.ref.noun if source.ref else "", ref_id=source.ref.id if source.ref else None,
    )


def speaker_of(entry: CommunicationRow) -> str:
    """Who said what an entry of the log tells: the first who took part, else its author."""
    return entry.participants[0] if entry.participants else entry.author


def _entries(actor: Actor, promises: Sequence[NewPromise]) -> dict[int, CommunicationRow]:
    """The log entries that are quoted, as far as the actor may read them."""
    ids = {new.source.ref.id for new in promises if new.source and new.source.ref and new.source.ref.noun == _LOGGED}
    return {row.id: row for row in find_communications(actor=actor, communication_ids=ids)} if ids else {}


def _check(
    actor: Actor, promises: Sequence[NewPromise], entries: Mapping[int, CommunicationRow], known: Collection[Ref]
) -> None:
    homes = {Ref("sales.deal", new.deal_id) for new in promises if new.deal_id} | {
        Ref("delivery.project", new.project_id) for new in promises if new.project_id
    }
    quoted = {new.source.ref for new in promises if new.source and new.source.ref}
    seen = visible_refs(actor, homes | quoted).union(homes.intersection(known) - quoted)
    errors: list[FieldError] = []
    for index, new in enumerate(promises):
        at = f"promises[{index}]." if len(promises) > 1 else ""
        errors += _wrong(actor, new, at, seen, entries) or finish_errors(actor=actor, new=new, at=at)
    if errors:
        raise Refused(errors[0].words, errors)


def _wrong(actor: Actor, new: NewPromise, at: str, seen: set[Ref], entries: Mapping[int, CommunicationRow]) -> list[FieldError]:
    errors = []
    if says_nothing(new.text):
        errors.append(FieldError(f"{at}text", "Write what was promised.", "required"))
    if not new.deal_id and not new.project_id:
        errors.append(FieldError(f"{at}deal_id", "A promise belongs to a deal or a project.", "required"))
    for field, noun, key in (("deal_id", "sales.deal", new.deal_id), ("project_id", "delivery.project", new.project_id)):
        if key and Ref(noun, key) not in seen:
            errors.append(FieldError(f"{at}{field}", worded("There is no {field} {key} that you can see.", field=field[:-3], key=key), "unknown"))
    if not 1 <= new.weight <= 5:
        errors.append(FieldError(f"{at}weight", "A weight lies between 1 and 5.", "range"))
    if new.state not in ("draft", "confirmed"):
        errors.append(FieldError(f"{at}state", "A new promise is a draft or confirmed."))
    source = new.source
    if source and source.said_at and not 1900 <= source.said_at.year < 2200:
        errors.append(FieldError(f"{at}source.said_at", worded("“{bare}” lies outside the years 1900 to 2200.", bare=source.said_at.date()), "range"))
    if source and source.ref and source.ref not in seen:
        errors.append(FieldError(f"{at}source.ref", worded("There is no record {ref} that you can see.", ref=source.ref), "unknown"))
    elif source and source.ref and source.ref.noun == _LOGGED and source.quote.strip():
        entry = entries.get(source.ref.id)
        if entry is None or not (find_words(entry.body, source.quote) or find_words(entry.subject, source.quote)):
            errors.append(FieldError(f"{at}source.quote", "These words do not stand in the entry. Quote it as it was said.", "not_said"))
    return errors


def _homes_of(promise: Promise) -> set[Ref]:
    pairs = (("sales.deal", promise.deal_id), ("delivery.project", promise.project_id))
    return {Ref(noun, key) for noun, key in pairs if key}


@transaction.atomic
def replace_promise(
    *, actor: Actor, promise_id: int, by: NewPromise, reason: str, version: int | None = None, now: datetime
) -> int:
    """Put another promise in the place of one, on the same deal and projects; returns its id.

    The old one stays, replaced and pointing to the new one, which takes over its work and, unless it brings one, its key.
    In place of one that was waived before a win came to its deal, the new one comes to the projects as any new promise does.
    """
    old = lock_promise(actor, promise_id, version, {"text": by.text})
    if old.state == "replaced":
        raise Conflict(worded("{number} has been replaced.", number=old.number))
    if says_nothing(reason):
        raise Refused.field("reason", worded("Say why {number} is replaced.", number=old.number), "required")
    wanted = replace(by, deal_id=old.deal_id, project_id=old.project_id, key=by.key or old.key, state="confirmed")
    refuse_another_finish(actor=actor, promise=old, key=wanted.key, due_date=wanted.due_date, kind=wanted.kind)
    # Whoever sees a promise by one of its records may replace it on both.
    (new,) = _write(actor, [wanted], now, _homes_of(old))
    hold_where_early(actor=actor, rows=[new], now=now, than=old.due_date if old.state == "confirmed" else None)
    PromiseCover.objects.bulk_create(
        [PromiseCover(promise=new, task_id=task_id, created_at=now)
         for task_id in old.covers.order_by("pk").values_list("task_id", flat=True)]
    )
    PromiseProject.objects.bulk_create(
        [PromiseProject(promise=new, project_id=key) for key in find_further(promise_ids=[old.pk]).get(old.pk, ())]
    )
    if new.project_id is None:
        attach_new([new], now)
    elif new.key != old.key:
        cover_by_key(new, now)
    new.coverage, new.alarm = old.coverage, old.alarm
    crossing = follow_plan_now(new)
    new.save()
    before = old.state
    old.state, old.replaced_by, old.state_reason = "replaced", new, reason.strip()[:500]
    old.state_by, old.state_at, old.updated_at, old.alarm = actor.label, now, now, ""
    old.version += 1
    old.save()
    record_changes(
        actor=actor, operation="promises.promise.replace", now=now,
        changes=[
            Change(Ref("promises.promise", old.pk), {
                "state": [before, "replaced"], "reason": [None, old.state_reason], "replaced_by": [None, new.number]}),
            Change(Ref("promises.promise", new.pk), {"text": [None, new.text], "replaces": [None, old.number]}),
        ],
    )
    tell([old, new], actor, now)
    tell_crossings([(crossing, new)] if crossing else [], actor, now)
    return new.pk
