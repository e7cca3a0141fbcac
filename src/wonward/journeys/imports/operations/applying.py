"""Writing the rows: chunk by chunk, each in its own transaction, from wherever it stopped."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation

from wonward.domains.staff.queries import find_actor
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database import insert_rows
from wonward.foundation.events.operations import publish
from wonward.foundation.jobs.queries import is_job_waiting
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.imports import events
from wonward.journeys.imports.models import ImportBatch, ImportChunk, ImportOutcome, ImportSideRecord
from wonward.journeys.imports.operations.kinds.notes import log_notes
from wonward.journeys.imports.operations.kinds.registry import HANDLERS, LINKS
from wonward.journeys.imports.operations.own_fields import fill_own_fields, former_records
from wonward.journeys.imports.operations.staging import require_right
from wonward.journeys.imports.operations.work import Outcome, Work, work_of
from wonward.journeys.imports.rules.records import ReadRow, digest_of
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard, heard_within, worded

_log = logging.getLogger("wonward.imports")
_WATCHED_AFTER = timedelta(minutes=10)


def apply_import(*, actor_user_id: int | None, batch_id: int, now: datetime) -> None:
    """Write what is still to be written of a committed import; it ends as `done`, or as `failed` with a sentence.

    An unexpected error is raised again after the import was marked, so that the job is tried again and goes on. On an
    import that is not running or failed, this changes nothing.
    """
    batch = _take_up(batch_id, now)
    if batch is None:
        return
    actor = _actor_of(batch, actor_user_id)
    if actor is None:
        _fail(batch, system_actor(), worded("{author_label} may no longer sign in, so the import stopped.", author_label=batch.author_label), now)
        return
    try:
        with translation.override(actor.language):
            require_right(actor, batch.kind)
            _apply_chunks(batch, actor, now)
    except (Refused, NotFound) as error:
        _fail(batch, actor, error.words, now)
    except Exception as error:
        _log.warning("The import %s stopped: %s", batch_id, error)
        _fail(batch, actor, worded("The import stopped at an unexpected error ({name}). It is tried again by itself.", name=type(error).__name__), now)
        raise


@transaction.atomic
def _take_up(batch_id: int, now: datetime) -> ImportBatch | None:
    batch = ImportBatch.objects.select_for_update().filter(pk=batch_id, status__in=("running", "failed")).first()
    if batch is None or batch.started_at is None:
        return None
    batch.status, batch.failure, batch.updated_at = "running", "", now
    batch.save(update_fields=["status", "failure", "updated_at"])
    return batch


def _actor_of(batch: ImportBatch, user_id: int | None) -> Actor | None:
    """The author as they are now; with a token no wider than when they committed."""
    if batch.is_by_system and user_id is None:
        return system_actor("Import", via="import")
    return find_actor(user_id=user_id, via="import", token_scopes=batch.token_scopes) if user_id is not None else None


def _apply_chunks(batch: ImportBatch, actor: Actor, now: datetime) -> None:
    organisation = get_organisation()
    today = civil_date(now, organisation.time_zone)
    work = work_of(batch, actor, now=now, today=today, zone=organisation.time_zone)
    applied = ImportChunk.objects.filter(batch=batch, applied_at__isnull=False).values_list("counts", flat=True)
    carried: Counter[str] = Counter()
    for counts in applied:
        carried.update({name: number for name, number in counts.items() if name.startswith("review:")})
    for key in _pending(batch, "applied_at"):
        work.tally = Counter(carried)
        _apply_chunk(work, batch, key, carried)
        carried = Counter({name: number for name, number in work.tally.items() if name.startswith("review:")})
    for key in _pending(batch, "linked_at") if batch.kind in LINKS else ():
        work.tally = Counter()
        _link_chunk(work, batch, key)
    _finish(batch, actor, now)


def _pending(batch: ImportBatch, field: str) -> list[int]:
    chunks = ImportChunk.objects.filter(batch=batch, **{f"{field}__isnull": True}).order_by("position")
    return list(chunks.values_list("pk", flat=True))


@transaction.atomic
def _apply_chunk(work: Work, batch: ImportBatch, chunk_id: int, carried: Mapping[str, int]) -> None:
    """One chunk: every record, outcome and count, or nothing."""
    chunk = ImportChunk.objects.select_for_update().get(pk=chunk_id)
    if chunk.applied_at is not None:
        return
    work.side, work.problems = [], []
    rows = [_unpacked(packed) for packed in chunk.rows if not packed[5]]
    former = former_records(work, rows)
    outcomes = HANDLERS[batch.kind].apply(work, rows)
    fill_own_fields(work, outcomes, former)
    log_notes(work, outcomes)
    skipped = [Outcome(ReadRow(packed[0], {}, packed[3], packed[4]), "skipped", message=packed[5]) for packed in chunk.rows if packed[5]]
    _write_outcomes(batch, [*outcomes, *skipped])
    ImportSideRecord.objects.bulk_create(
        [ImportSideRecord(batch=batch, noun=one.ref.noun, ref_id=one.ref.id, name=one.name) for one in work.side], ignore_conflicts=True
    )
    for outcome in (*outcomes, *skipped):
        work.tally[outcome.status] += 1
    late = [[one.row.number, "", one.message, "refused", True] for one in outcomes if one.status == "skipped"]
    chunk.counts = {name: number - carried.get(name, 0) for name, number in work.tally.items() if number != carried.get(name, 0)}
    chunk.problems = heard_within([*late, *([one.row, one.column, one.message, one.code, one.stops_row] for one in work.problems)])
    chunk.applied_at = work.now
    chunk.save(update_fields=["counts", "problems", "applied_at"])


def _unpacked(packed: Sequence[Any]) -> ReadRow:
    number, _, record, external_id, is_own_id, _ = packed
    return ReadRow(number, record, external_id, is_own_id)


def _write_outcomes(batch: ImportBatch, outcomes: Sequence[Outcome]) -> None:
    told = [one.ref is not None and one.status != "skipped" for one in outcomes]
    insert_rows(
        ImportOutcome,
        ("batch_id", "row", "kind", "source", "external_id", "status", "noun", "ref_id", "ref_version", "message", "digest", "record"),
        [
            (
                batch.pk, one.row.number, batch.kind, batch.source, one.row.external_id, one.status, one.ref.noun if one.ref else "",
                one.ref.id if one.ref else None, one.version, heard_within(one.message), digest_of(one.row.record) if is_told else "",
                one.row.record if is_told else None,
            )
            for one, is_told in zip(outcomes, told, strict=True)
        ],
    )


@transaction.atomic
def _link_chunk(work: Work, batch: ImportBatch, chunk_id: int) -> None:
    """Relations between rows, once all of them are there."""
    chunk = ImportChunk.objects.select_for_update().get(pk=chunk_id)
    if chunk.linked_at is not None:
        return
    made = dict(ImportOutcome.objects.filter(
            batch=batch, row__in=[packed[0] for packed in chunk.rows], status__in=("created", "updated"), ref_id__isnull=False
        ).values_list("row", "ref_id"))
    rows = [(_unpacked(packed), made[packed[0]] or 0) for packed in chunk.rows if packed[0] in made]
    LINKS[batch.kind](work, rows)
    late = [problem for row, _ in rows for problem in row.problems]
    chunk.problems = [*chunk.problems, *heard_within([[one.row, one.column, one.message, one.code, one.stops_row] for one in late])]
    counts = Counter(chunk.counts)
    counts.update(work.tally)
    chunk.counts = dict(counts)
    chunk.linked_at = work.now
    chunk.save(update_fields=["problems", "counts", "linked_at"])


@transaction.atomic
def _finish(batch: ImportBatch, actor: Actor, now: datetime) -> None:
    ended = ImportBatch.objects.filter(pk=batch.pk, status="running").update(
        status="done", finished_at=now, updated_at=now, version=batch.version + 1
    )
    if ended:
        record_change(
            actor=actor, operation="imports.batch.finish", ref=Ref("imports.batch", batch.pk), changes={"status": ["running", "done"]}, now=now
        )
        publish(events.ImportFinished(batch_id=batch.pk), actor=actor, now=now)


@transaction.atomic
def _fail(batch: ImportBatch, actor: Actor, sentence: str, now: datetime) -> None:
    ended = ImportBatch.objects.filter(pk=batch.pk, status="running").update(
        status="failed", failure=heard(sentence), finished_at=now, updated_at=now, version=batch.version + 1
    )
    if ended:
        record_change(
            actor=actor, operation="imports.batch.fail", ref=Ref("imports.batch", batch.pk),
            changes={"status": ["running", "failed"], "failure": [None, str(sentence)]}, now=now,
        )
        publish(events.ImportFailed(batch_id=batch.pk), actor=actor, now=now)


def fail_abandoned_imports(*, now: datetime) -> int:
    """End imports that run in name only: no job of theirs is queued or at work. Returns how many."""
    if is_job_waiting("imports.apply"):
        return 0
    abandoned = list(ImportBatch.objects.filter(status="running", updated_at__lte=now - _WATCHED_AFTER))
    for batch in abandoned:
        _fail(batch, system_actor(), worded("The import stopped before its end. Start it again; it goes on where it stopped."), now)
    return len(abandoned)
