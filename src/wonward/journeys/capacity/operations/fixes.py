"""One-click fixes of overload: made through the operations that own plans and bookings, and taken back the same way."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from wonward.domains.delivery.queries.tasks import get_task
from wonward.domains.delivery.types import TaskChange
from wonward.domains.staff.queries import get_booking, list_working_people
from wonward.domains.staff.types import BookingRow, BookingStatus, NewBooking, Spread
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.journeys.capacity.models import AppliedFix
from wonward.journeys.capacity.operations.bookings import book_time, cut_booking, move_booking
from wonward.journeys.promises.operations import change_plan, undo_plan_change
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard, worded

KINDS = ("give", "share", "take", "split", "float", "later")
MOST_WEEKS_LATER = 26
KEPT_FIXES = 50
Document = dict[str, Any]


@transaction.atomic
def apply_fix(
    *, actor: Actor, kind: str, ref: Ref, to_person_id: int | None = None, weeks_later: int = 0, at_date: date | None = None,
    percent: int = 0, version: int | None = None, reason: str = "", now: datetime,
) -> int:
    """Give a task or booking to somebody, share `percent` of a booking, split it and give the rest, or begin it some weeks later. Returns the id to take it back.

    `ref` is a task or a booking; `version` the plan version or the booking's version that the fix was worked out from.
    """
    require(actor, "capacity.outlook.view")
    if actor.scope_of("staff.booking.view") is not Scope.ALL:
        raise NotAllowed("The balance needs to see everybody’s time.")
    if kind not in KINDS or ref.noun not in ("delivery.task", "staff.booking"):
        raise Refused.field("kind", "There is no such fix.", "unknown")
    if kind in ("float", "later"):
        if not 1 <= weeks_later <= MOST_WEEKS_LATER:
            raise Refused.field("weeks_later", worded("Begin 1 to {most_weeks_later} weeks later.", most_weeks_later=MOST_WEEKS_LATER), "out_of_range")
        name = ""
    else:
        name = _name_of(actor, to_person_id)
    if ref.noun == "delivery.task":
        words, undo = _fix_task(actor, kind, ref.id, to_person_id, name, weeks_later, version, reason, now)
    else:
        words, undo = _fix_booking(actor, kind, ref.id, to_person_id, name, weeks_later, at_date, percent, version, now)
    fix = AppliedFix.objects.create(author_id=actor.person_id, kind=kind, words=heard(words)[:300], undo=undo, created_at=now, updated_at=now)
    old = AppliedFix.objects.filter(author_id=actor.person_id).order_by("-pk").values_list("pk", flat=True)[KEPT_FIXES : KEPT_FIXES + 50]
    AppliedFix.objects.filter(pk__in=list(old)).delete()
    _record(actor, fix, "apply", now)
    return fix.pk


@transaction.atomic
def undo_fix(*, actor: Actor, fix_id: int, now: datetime) -> None:
    """Put back what one's own fix changed; refused when somebody has changed it since."""
    fix = AppliedFix.objects.select_for_update().filter(pk=fix_id, author_id=actor.person_id or 0).first()
    if fix is None:
        raise NotFound("fix", fix_id)
    require(actor, "capacity.outlook.view")
    if fix.state != "applied":
        raise Conflict("This was taken back already.")
    undo: Document = fix.undo
    if "project" in undo:
        undo_plan_change(actor=actor, project_id=undo["project"], plan_version=undo["plan_version"], reason="Fix taken back", now=now)
    else:
        if undo.get("second"):
            move_booking(actor=actor, booking_id=undo["second"], changes={"status": BookingStatus.RELEASED}, version=undo["second_version"], now=now)
        before = dict(undo["before"])
        changes = {
            **before, "start_date": date.fromisoformat(before["start_date"]), "finish_date": date.fromisoformat(before["finish_date"]),
            "spread": Spread(before["spread"]),
        }
        move_booking(actor=actor, booking_id=undo["booking"], changes=changes, version=undo["version"], now=now)
    fix.state, fix.updated_at = "undone", now
    fix.version += 1
    fix.save()
    _record(actor, fix, "undo", now)


def _name_of(actor: Actor, person_id: int | None) -> str:
    name = next((one.name for one in list_working_people(actor=actor) if one.id == person_id), "")
    if not name:
        raise Refused.field("to_person_id", "There is no colleague to give this to.", "unknown")
    return name


def _fix_task(
    actor: Actor, kind: str, task_id: int, person_id: int | None, name: str, weeks: int, version: int | None, reason: str, now: datetime
) -> tuple[str, Document]:
    task = get_task(actor=actor, task_id=task_id)
    if kind == "float":
        if task.start_date is None or task.status != "todo":
            raise Conflict(worded("“{name}” has begun; it is not moved.", name=task.name))
        day = task.start_date + timedelta(weeks=weeks)
        change, words = TaskChange(task_id, {"start_date": day}), worded("“{name}” begins on {day}", name=task.name, day=day)
    elif kind in ("give", "take"):
        change, words = TaskChange(task_id, {"assignee_id": person_id}), worded("“{task}” goes to {name}", task=task.name, name=name)
    else:
        raise Refused.field("kind", "A task is given to somebody or begins later.", "unknown")
    changed = change_plan(actor=actor, project_id=task.project_id, changes=[change], reason=reason, plan_version=version, now=now)
    return words, {"project": task.project_id, "plan_version": changed.outcome.plan_version}


def _fix_booking(
    actor: Actor, kind: str, booking_id: int, person_id: int | None, name: str, weeks: int, at_date: date | None,
    percent: int, version: int | None, now: datetime
) -> tuple[str, Document]:
    row = get_booking(actor=actor, booking_id=booking_id)
    undo: Document = {"booking": booking_id, "before": _before(row)}
    if kind == "split":
        if at_date is None:
            raise Refused.field("at_date", "Say on which day the second part begins.", "required")
        second = cut_booking(actor=actor, booking_id=booking_id, at_date=at_date, version=version, now=now)
        move_booking(actor=actor, booking_id=second, changes={"person_id": person_id}, now=now)
        undo |= {"second": second, "second_version": get_booking(actor=actor, booking_id=second).version}
        words = worded("The booking of {who} from {day} goes to {name}", who=row.person_name, day=at_date, name=name)
    elif kind == "share":
        part = row.amount_minutes * percent // 100
        if not 0 < part < row.amount_minutes:
            raise Refused.field("percent", "Share 1 to 99 percent of the hours.", "out_of_range")
        move_booking(actor=actor, booking_id=booking_id, changes={"amount_minutes": row.amount_minutes - part}, version=version, now=now)
        (second,) = book_time(actor=actor, bookings=[_other_part(row, part, person_id)], now=now)
        undo |= {"second": second, "second_version": get_booking(actor=actor, booking_id=second).version}
        words = worded("{percent}% of the booking of {who} go to {name}", percent=percent, who=row.person_name or row.role_name, name=name)
    elif kind == "later":
        span = timedelta(weeks=weeks)
        changes = {"start_date": row.start_date + span, "finish_date": row.finish_date + span}
        move_booking(actor=actor, booking_id=booking_id, changes=changes, version=version, now=now)
        words = worded("The booking of {who} begins on {day}", who=row.person_name or row.role_name, day=changes["start_date"])
    elif kind in ("give", "take"):
        move_booking(actor=actor, booking_id=booking_id, changes={"person_id": person_id}, version=version, now=now)
        words = worded("The booking of {who} goes to {name}", who=row.person_name or row.role_name, name=name)
    else:
        raise Refused.field("kind", "A booking is given to somebody, shared, split or begins later.", "unknown")
    undo["version"] = get_booking(actor=actor, booking_id=booking_id).version
    return words, undo


def _other_part(row: BookingRow, minutes: int, person_id: int | None) -> NewBooking:
    return NewBooking(row.subject, row.start_date, row.finish_date, minutes, person_id, "", row.spread, row.status, row.note)


def _before(row: BookingRow) -> Document:
    return {
        "person_id": row.person_id, "start_date": row.start_date.isoformat(), "finish_date": row.finish_date.isoformat(),
        "amount_minutes": row.amount_minutes, "spread": str(row.spread),
    }


def _record(actor: Actor, fix: AppliedFix, verb: str, now: datetime) -> None:
    record_change(
        actor=actor, operation=f"capacity.fix.{verb}", ref=Ref("capacity.fix", fix.pk), changes={"state": [None, fix.state], "kind": [None, fix.kind]}, now=now
    )
