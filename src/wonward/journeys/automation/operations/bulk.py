"""A bulk change from the look before to the way back: record by record, a hundred at a time, going on after a kill."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.utils import translation

from wonward.domains.staff.queries import find_actor
from wonward.foundation.access.policy import as_its_author, require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database import insert_rows
from wonward.foundation.jobs.operations import enqueue
from wonward.journeys.automation.models import BulkChange, BulkRow
from wonward.journeys.automation.operations.writing import (
    Target,
    put_away,
    restore_row,
    take_out,
    write_row,
)
from wonward.journeys.automation.queries import (
    EDIT_RIGHTS,
    Held,
    list_bulk_fields,
    read_held,
    trash_place,
    visible_bulk_changes,
)
from wonward.journeys.automation.rules import asked_errors, changed, is_untouched
from wonward.journeys.automation.types import MOST_ROWS, TRASHED, BulkStatus, RowStatus
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import Conflict, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard, worded

NOUN = "automation.bulk_change"
_AT_ONCE = 100
_DONE_AT_ONCE = 60
# Everything that hangs on a record is looked up to put it away.
_PUT_AWAY_AT_ONCE = 20
_KEPT_FOR = timedelta(days=60)
_NEXT = {BulkStatus.CHECKING: BulkStatus.READY, BulkStatus.APPLYING: BulkStatus.DONE, BulkStatus.UNDOING: BulkStatus.UNDONE}
_PENDING = {BulkStatus.CHECKING: RowStatus.WAITING, BulkStatus.APPLYING: RowStatus.READY, BulkStatus.UNDOING: RowStatus.DONE}


class _OnlyLooking(Exception):
    """Takes back what was written to see what it does."""


def start_bulk_change(*, actor: Actor, noun: str, ids: Sequence[int], asked: Mapping[str, Any], now: datetime) -> int:
    """Look at what a bulk change would do; its id. Nothing is written but the look: many records are looked at by a job.

    `asked` maps fields of `list_bulk_fields` to plain values. Refused names what cannot be asked, and the first record
    that is not there for these eyes.
    """
    fields = list_bulk_fields(noun, actor=actor)
    require(actor, EDIT_RIGHTS[noun])
    if errors := asked_errors(fields, asked):
        raise Refused(errors[0].words, errors)
    wanted = list(dict.fromkeys(ids))
    if not 0 < len(wanted) <= MOST_ROWS:
        raise Refused.field("ids", worded("Choose 1 to {most_rows} records.", most_rows=f"{MOST_ROWS:,}"), "range")
    held = read_held(noun, actor=actor, ids=wanted)
    if missing := next((key for key in wanted if key not in held), None):
        raise Refused.field("ids", worded("There is no {noun} {missing} that you can see.", noun=noun.rpartition(".")[2], missing=missing), "unknown")
    with transaction.atomic():
        bulk = BulkChange.objects.create(
            noun=noun, asked=dict(asked), author_id=actor.user_id, author_label=actor.label, row_count=len(wanted),
            token_scopes=sorted(actor.token_scopes) if actor.token_scopes is not None else None, created_at=now, updated_at=now,
        )
        insert_rows(
            BulkRow, ("bulk_id", "noun", "ref_id", "status", "code", "message", "changes", "record_version"),
            [(bulk.pk, noun, key, RowStatus.WAITING.value, "", "", {}, 0) for key in wanted],
        )
        record_change(actor=actor, operation="automation.bulk_change.start", ref=Ref(NOUN, bulk.pk), changes={"rows": [None, len(wanted)]}, now=now)
    _go_on(bulk, actor, now)
    return bulk.pk


def apply_bulk_change(*, actor: Actor, bulk_id: int, now: datetime) -> None:
    """Write what was looked at, record by record; what was changed since the look is refused. A second call changes nothing."""
    bulk = _step(actor, bulk_id, BulkStatus.READY, BulkStatus.APPLYING, (BulkStatus.APPLYING, BulkStatus.DONE), worded("looked at"), now)
    if bulk:
        _go_on(bulk, actor, now)


def undo_bulk_change(*, actor: Actor, bulk_id: int, now: datetime) -> None:
    """Give every record back what it held; one that somebody touched since is kept and says so. A second call changes nothing."""
    bulk = _step(actor, bulk_id, BulkStatus.DONE, BulkStatus.UNDOING, (BulkStatus.UNDOING, BulkStatus.UNDONE), worded("applied"), now)
    if bulk:
        _go_on(bulk, actor, now)


@transaction.atomic
def _step(
    actor: Actor, bulk_id: int, needed: BulkStatus, status: BulkStatus, repeats: tuple[BulkStatus, ...], words: str, now: datetime
) -> BulkChange | None:
    """Move a bulk change on once; None when it has been."""
    bulk = visible_bulk_changes(actor).select_for_update().filter(pk=bulk_id).first()
    if bulk is None:
        raise NotFound("bulk change", bulk_id)
    require(actor, EDIT_RIGHTS[bulk.noun])
    if bulk.status in repeats:
        return None
    if bulk.status != needed:
        raise Conflict(worded("This bulk change is {status}; it has to be {words} first.", status=worded(bulk.status), words=words))
    bulk.status, bulk.updated_at = status.value, now
    bulk.save(update_fields=["status", "updated_at"])
    record_change(
        actor=actor, operation=f"automation.bulk_change.{status.value}", ref=Ref(NOUN, bulk.pk), changes={"status": [needed.value, status.value]}, now=now
    )
    return bulk


def _go_on(bulk: BulkChange, actor: Actor, now: datetime) -> None:
    """A few records at once, many by a job."""
    if bulk.row_count <= (_PUT_AWAY_AT_ONCE if TRASHED in bulk.asked else _DONE_AT_ONCE):
        _run(bulk, actor, now)
    else:
        enqueue("automation.bulk", bulk_id=bulk.pk, actor_user_id=actor.user_id, now=now)


def run_bulk_change(*, bulk_id: int, actor_user_id: int | None, now: datetime) -> None:
    """Go on with the step a bulk change is at, from wherever it stopped, for its author as they are now."""
    bulk = BulkChange.objects.filter(pk=bulk_id).first()
    if bulk is None or bulk.status not in _NEXT:
        return
    actor = find_actor(user_id=actor_user_id, via="bulk", token_scopes=bulk.token_scopes) if actor_user_id is not None else system_actor("Bulk change")
    if actor is None or not actor.may(EDIT_RIGHTS[bulk.noun]):
        BulkChange.objects.filter(pk=bulk_id).update(
            status=BulkStatus.FAILED.value, failure=f"{bulk.author_label} may no longer do this, so the change stopped.", updated_at=now
        )
        return
    with translation.override(actor.language):
        _run(bulk, actor, now)


def _run(bulk: BulkChange, actor: Actor, now: datetime) -> None:
    status = BulkStatus(bulk.status)
    while _portion(bulk, actor, status, now):
        pass
    BulkChange.objects.filter(pk=bulk.pk, status=status.value).update(status=_NEXT[status].value, updated_at=now, finished_at=now)


@transaction.atomic
def _portion(bulk: BulkChange, actor: Actor, status: BulkStatus, now: datetime) -> int:
    """The next hundred records of a step; how many they were."""
    if BulkChange.objects.select_for_update().filter(pk=bulk.pk).values_list("status", flat=True).first() != status.value:
        return 0
    pending = BulkRow.objects.filter(bulk_id=bulk.pk, status=_PENDING[status].value)
    rows = list(pending.order_by("-pk" if status is BulkStatus.UNDOING else "pk")[:_AT_ONCE])
    held = read_held(bulk.noun, actor=actor, ids=[row.ref_id for row in rows])
    for row in rows:
        _handle(bulk, row, held.get(row.ref_id), actor, status, now)
    BulkRow.objects.bulk_update(rows, ["status", "code", "message", "changes", "record_version"], batch_size=100)
    return len(rows)


def _handle(bulk: BulkChange, row: BulkRow, held: Held | None, actor: Actor, status: BulkStatus, now: datetime) -> None:
    ref = Ref(bulk.noun, row.ref_id)
    if status is BulkStatus.UNDOING and (place := trash_place(row.changes)):
        if _attempt(row, status, lambda: take_out(actor, ref, place, now)):
            row.status = RowStatus.UNDONE.value
        return
    if held is None:
        _refuse(row, status, NotFound(bulk.noun.rpartition(".")[2], row.ref_id).words, "unknown")
        return
    target = Target(actor, ref, held, now)
    if status is BulkStatus.UNDOING:
        if not is_untouched(held.values, row.changes, version=held.version, version_then=row.record_version):
            _refuse(row, status, "This was changed after the bulk change; it stays as it is.", "touched")
            return
        before = {key: pair[0] for key, pair in row.changes.items()}
        author = replace(target, actor=as_its_author(actor, EDIT_RIGHTS[bulk.noun]))
        if _attempt(row, status, lambda: restore_row(author, before)):
            row.status = RowStatus.UNDONE.value
        return
    if status is BulkStatus.APPLYING and held.version != row.record_version:
        _refuse(row, status, "This was changed by somebody else since the look.", "stale")
        return
    if TRASHED in bulk.asked:
        _put_away(row, target, status)
    else:
        _write(bulk, row, target, status)


def _put_away(row: BulkRow, target: Target, status: BulkStatus) -> None:
    """Into the trash with one record; a look takes it out again at once."""
    places: list[int] = []

    def attempt() -> None:
        places.append(put_away(target.actor, target.ref, target.now))
        if status is BulkStatus.CHECKING:
            raise _OnlyLooking

    if not _attempt(row, status, attempt):
        return
    is_look = status is BulkStatus.CHECKING
    row.changes = {TRASHED: [None, True if is_look else places[0]]}
    row.status, row.record_version = (RowStatus.READY if is_look else RowStatus.DONE).value, target.held.version


def _write(bulk: BulkChange, row: BulkRow, target: Target, status: BulkStatus) -> None:
    """What the record's operations make of it; a look is taken back at once."""
    after: dict[int, Held] = {}

    def attempt() -> None:
        write_row(target, bulk.asked)
        after.update(read_held(bulk.noun, actor=system_actor(), ids=[row.ref_id]))
        if status is BulkStatus.CHECKING:
            raise _OnlyLooking

    if not _attempt(row, status, attempt):
        return
    row.changes = changed(target.held.values, after[row.ref_id].values)
    if status is BulkStatus.CHECKING:
        row.status = RowStatus.READY.value if row.changes else RowStatus.SAME.value
        row.record_version = target.held.version
    else:
        row.status, row.record_version = RowStatus.DONE.value, after[row.ref_id].version


def _attempt(row: BulkRow, status: BulkStatus, work: Callable[[], None]) -> bool:
    """Whether the work was done, or seen to be possible; otherwise the row says why not."""
    try:
        with transaction.atomic():
            work()
    except _OnlyLooking:
        return True
    except Refused as refusal:
        _refuse(row, status, refusal.words, refusal.errors[0].code if refusal.errors else refusal.code)
        return False
    except NotFound as missing:
        _refuse(row, status, missing.words, "unknown")
        return False
    except (DataError, IntegrityError):
        _refuse(row, status, worded("The database does not take these values."), "invalid")
        return False
    return True


def _refuse(row: BulkRow, status: BulkStatus, message: str, code: str) -> None:
    row.status = RowStatus.KEPT.value if status is BulkStatus.UNDOING else RowStatus.REFUSED.value
    row.message, row.code = heard(message), code[:24]


def forget_bulk_changes(*, now: datetime) -> int:
    """Drop bulk changes that nobody has touched for 60 days; returns how many. What they did stays."""
    old = list(BulkChange.objects.filter(updated_at__lt=now - _KEPT_FOR).order_by("pk").values_list("pk", flat=True)[:200])
    with transaction.atomic():
        BulkRow.objects.filter(bulk_id__in=old).delete()
        BulkChange.objects.filter(pk__in=old).delete()
    return len(old)
