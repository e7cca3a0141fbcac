"""The only way to move a date: work out what it breaks, ask for the reason, write everything at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from wonward.domains.clients.operations import put_client_team
from wonward.domains.delivery.planning import (
    PlannedChange,
    create_project,
    find_linked_plans,
    lock_plans,
    plan_change,
    plan_followers,
    write_change,
)
from wonward.domains.delivery.queries.projects import find_projects, find_undo, get_project
from wonward.domains.delivery.types import NewProject, PlanEdit, PlanOutcome, RemovedTask
from wonward.domains.staff.queries import person_exists
from wonward.foundation.access.policy import require, visible_refs
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.promises.models import PromiseCover
from wonward.journeys.promises.operations.attaching import take_in_work
from wonward.journeys.promises.operations.coverage import lock_ledger, refresh_coverage
from wonward.journeys.promises.queries.amounts import broken_as_read
from wonward.journeys.promises.queries.following import find_newly_broken
from wonward.journeys.promises.types import BrokenPromise, PlanWork
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import joined, worded


@dataclass(frozen=True, slots=True)
class FollowedPlan:
    """What a change did to a plan of another project that waits for it; nothing but the count for those who do not see that project."""

    project_id: int
    number: str
    name: str
    moved_count: int
    outcome: PlanOutcome | None
    broken: tuple[BrokenPromise, ...]
    is_breaking: bool


@dataclass(frozen=True, slots=True)
class ChangedPlan:
    """What a plan change did, the promises it broke, and the plans of other projects that followed it."""

    outcome: PlanOutcome
    broken: tuple[BrokenPromise, ...]
    followed: tuple[FollowedPlan, ...] = ()

    @property
    def is_breaking(self) -> bool:
        """Whether a confirmed promise breaks, here or in a project that follows."""
        return bool(self.broken) or any(one.is_breaking for one in self.followed)

    @property
    def all_broken(self) -> tuple[BrokenPromise, ...]:
        """The broken promises the actor may read, here and in projects that follow."""
        return tuple({one.id: one for one in (*self.broken, *(promise for one in self.followed for promise in one.broken))}.values())

    @property
    def also_moved(self) -> int:
        """How many tasks move that nobody named, here and in projects that follow."""
        return len(self.outcome.others) + sum(one.moved_count for one in self.followed)


class ReasonRequired(Refused):
    """A confirmed promise would break; say why and send the change again."""

    code = "reason_required"

    def __init__(self, broken: Sequence[BrokenPromise], *, is_breaking_unseen: bool = False) -> None:
        names: list[str] = [worded("{number} “{text}”: {because}.", number=promise.number, text=promise.text, because=promise.because) for promise in broken]
        if is_breaking_unseen:
            names.append(worded("A project that waits for this work breaks a promise of its own."))
        message = joined([worded("This breaks what was promised."), *names, worded("Give the reason.")])
        super().__init__(message, [FieldError("reason", message, "required")])
        self.broken = tuple(broken)


class LookFirst(Refused):
    """More moves than was asked for; nothing was written. `preview` is what the change would do."""

    code = "look_first"

    def __init__(self, preview: ChangedPlan) -> None:
        super().__init__(worded("This moves {count} more tasks. Look at them first.", count=preview.also_moved))
        self.preview = preview


@transaction.atomic
def change_plan(
    *, actor: Actor, project_id: int, changes: Sequence[PlanEdit], reason: str = "", plan_version: int | None = None,
    shift: str = "use_gap", is_look_first: bool = False, now: datetime,
) -> ChangedPlan:
    """Compute the new dates, refuse without `reason` if a confirmed promise breaks, then write everything at once.

    Plans of other projects that wait for this one are dated in the same transaction, for they may break promises too.
    `shift` says what else moves (SHIFT_RULES). With `is_look_first` a change that moves other tasks or breaks a promise
    raises LookFirst instead of being written.
    """
    today = civil_date(now, get_organisation().time_zone)
    linked = find_linked_plans(project_id=project_id, edits=changes)
    lock_ledger(*linked)
    lock_plans(linked)
    planned = plan_change(
        actor=actor, project_id=project_id, edits=changes, plan_version=plan_version, shift=shift, today=today, now=now
    )
    followers = plan_followers(actor, planned) if len(linked) > 1 else []
    preview = _told(actor, planned, followers)
    if is_look_first and (preview.is_breaking or preview.also_moved):
        raise LookFirst(preview)
    if preview.is_breaking and says_nothing(reason):
        raise ReasonRequired(preview.all_broken, is_breaking_unseen=any(one.is_breaking and not one.broken for one in preview.followed))
    if planned.removed_task_ids:
        PromiseCover.objects.filter(task_id__in=planned.removed_task_ids).delete()
    outcome = planned.outcome
    for one in (planned, *followers):
        written = write_change(actor=actor, planned=one, reason=reason, now=now)
        outcome = written if one is planned else outcome
    finishes = {key: day for one in (planned, *followers) for key, day in one.finish_dates().items()}
    if keyed := _keyed(planned):
        take_in_work(actor=actor, work=PlanWork(project_id, keyed, finishes), now=now)
    refresh_coverage(actor=actor, project_ids=[one.project.pk for one in (planned, *followers)], finishes=finishes, now=now)
    return ChangedPlan(outcome, preview.broken, preview.followed)


def _told(actor: Actor, planned: PlannedChange, followers: Sequence[PlannedChange]) -> ChangedPlan:
    """What a change would do, with the plans that follow it as far as the actor sees them."""
    seen = find_projects(actor=actor, project_ids=[one.project.pk for one in followers]) if followers else {}
    followed = []
    for one in followers:
        broken = _broken_by(actor, one)
        is_seen = one.project.pk in seen
        followed.append(FollowedPlan(
            one.project.pk if is_seen else 0, one.project.number if is_seen else "", one.project.name if is_seen else "",
            len([row for row in one.outcome.moved if not row.is_around]), one.outcome if is_seen else None, broken if is_seen else (), bool(broken),
        ))
    return ChangedPlan(planned.outcome, _broken_by(actor, planned), tuple(followed))


def _broken_by(actor: Actor, planned: PlannedChange) -> tuple[BrokenPromise, ...]:
    broken = find_newly_broken(
        project_id=planned.project.pk, finishes=planned.finish_dates(), gone=planned.removed_task_ids, joining=_keyed(planned)
    )
    return broken_as_read(actor=actor, broken=broken)


def _keyed(planned: PlannedChange) -> dict[str, list[int]]:
    """The tasks of a change that came with a promise key or were given one, by key."""
    keyed: dict[str, list[int]] = {}
    given = [task for task in planned.network.tasks if "promise_key" in planned.edited.get(task.pk, {})]
    for task in (*planned.added, *given):
        if task.promise_key:
            keyed.setdefault(task.promise_key, []).append(task.pk)
    return keyed


@transaction.atomic
def undo_plan_change(*, actor: Actor, project_id: int, plan_version: int, reason: str = "", now: datetime) -> ChangedPlan:
    """Put back what the change to `plan_version` did; Stale when the plan has moved on since. `reason` is kept where a promise breaks.

    Conflict when it added tasks: those go into the trash with all that hangs on them, which is the work of `house.undo_plan`.
    """
    get_project(actor=actor, project_id=project_id)
    edits, plan_version = find_undo(project_id=project_id, plan_version=plan_version)
    if any(isinstance(edit, RemovedTask) for edit in edits):
        raise Conflict(worded("This change added tasks. They go into the trash when it is taken back."))
    try:
        return change_plan(actor=actor, project_id=project_id, changes=edits, plan_version=plan_version, now=now)
    except ReasonRequired:
        return change_plan(actor=actor, project_id=project_id, changes=edits, reason=reason, plan_version=plan_version, now=now)


@transaction.atomic
def open_project(*, actor: Actor, new: NewProject, now: datetime) -> int:
    """Start a project that no deal led to, such as one that ran before; returns its id. Its first item may come later."""
    require(actor, "delivery.project.edit")
    if says_nothing(new.name):
        raise Refused.field("name", "A project needs a name.", "required")
    if not visible_refs(actor, [Ref("clients.company", new.company_id)]):
        raise Refused.field("company_id", worded("There is no company {company_id} that you can see.", company_id=new.company_id), "unknown")
    if new.manager_id is not None and not person_exists(new.manager_id):
        raise Refused.field("manager_id", worded("There is no colleague {manager_id}.", manager_id=new.manager_id), "unknown")
    created = create_project(actor=actor, new=new, now=now)
    if new.manager_id is not None:
        put_client_team(basis_noun="delivery.project", links=[(created.project_id, new.company_id, new.manager_id)])
    return created.project_id


def preview_plan(
    *, actor: Actor, project_id: int, changes: Sequence[PlanEdit], plan_version: int | None = None, shift: str = "use_gap",
    now: datetime,
) -> ChangedPlan:
    """What a change would move and break. Nothing is written."""
    today = civil_date(now, get_organisation().time_zone)
    with transaction.atomic():
        planned = plan_change(
            actor=actor, project_id=project_id, edits=changes, plan_version=plan_version, shift=shift, today=today, now=now
        )
        preview = _told(actor, planned, plan_followers(actor, planned))
        transaction.set_rollback(True)
    return preview
