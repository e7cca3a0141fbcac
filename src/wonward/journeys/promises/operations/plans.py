"""The only way to move a date: work out what it breaks, ask for the reason, write everything at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from wonward.domains.clients.operations import put_client_team
from wonward.domains.delivery.planning import create_project, plan_change, write_change
from wonward.domains.delivery.queries.projects import find_undo, get_project
from wonward.domains.delivery.types import NewProject, PlanEdit, PlanOutcome
from wonward.domains.staff.queries import person_exists
from wonward.foundation.access.policy import require, visible_refs
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.promises.models import PromiseCover
from wonward.journeys.promises.operations.coverage import lock_ledger, refresh_coverage
from wonward.journeys.promises.queries import find_newly_broken
from wonward.journeys.promises.types import BrokenPromise
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class ChangedPlan:
    """What a plan change did, and the promises it broke."""

    outcome: PlanOutcome
    broken: tuple[BrokenPromise, ...]


class ReasonRequired(Refused):
    """A confirmed promise would break; say why and send the change again."""

    code = "reason_required"

    def __init__(self, broken: Sequence[BrokenPromise]) -> None:
        names = " ".join(f"{promise.number} “{promise.text}”: {promise.because}." for promise in broken)
        message = f"This breaks what was promised. {names} Give the reason."
        super().__init__(message, [FieldError("reason", message, "required")])
        self.broken = tuple(broken)


class LookFirst(Refused):
    """More moves than was asked for; nothing was written. `preview` is what the change would do."""

    code = "look_first"

    def __init__(self, preview: ChangedPlan) -> None:
        super().__init__(f"This moves {len(preview.outcome.others)} more tasks. Look at them first.")
        self.preview = preview


@transaction.atomic
def change_plan(
    *, actor: Actor, project_id: int, changes: Sequence[PlanEdit], reason: str = "", plan_version: int | None = None,
    shift: str = "use_gap", is_look_first: bool = False, now: datetime,
) -> ChangedPlan:
    """Compute the new dates, refuse without `reason` if a confirmed promise breaks, then write everything at once.

    `shift` says what else moves (SHIFT_RULES). With `is_look_first` a change that moves other tasks or breaks a promise
    raises LookFirst instead of being written.
    """
    today = civil_date(now, get_organisation().time_zone)
    lock_ledger(project_id)
    planned = plan_change(
        actor=actor, project_id=project_id, edits=changes, plan_version=plan_version, shift=shift, today=today, now=now
    )
    broken = find_newly_broken(
        project_id=project_id, finishes=planned.finish_dates(), gone=planned.removed_task_ids
    )
    if is_look_first and (broken or planned.outcome.others):
        raise LookFirst(ChangedPlan(planned.outcome, tuple(broken)))
    if broken and not reason.strip():
        raise ReasonRequired(broken)
    if planned.removed_task_ids:
        PromiseCover.objects.filter(task_id__in=planned.removed_task_ids).delete()
    outcome = write_change(actor=actor, planned=planned, reason=reason, now=now)
    refresh_coverage(actor=actor, project_id=project_id, finishes=planned.finish_dates(), now=now)
    return ChangedPlan(outcome, tuple(broken))


@transaction.atomic
def undo_plan_change(*, actor: Actor, project_id: int, plan_version: int, reason: str = "", now: datetime) -> ChangedPlan:
    """Put back what the change to `plan_version` did; Stale when the plan has moved on since. `reason` is kept where a promise breaks."""
    get_project(actor=actor, project_id=project_id)
    edits = find_undo(project_id=project_id, plan_version=plan_version)
    try:
        return change_plan(actor=actor, project_id=project_id, changes=edits, plan_version=plan_version, now=now)
    except ReasonRequired:
        return change_plan(actor=actor, project_id=project_id, changes=edits, reason=reason, plan_version=plan_version, now=now)


@transaction.atomic
def open_project(*, actor: Actor, new: NewProject, now: datetime) -> int:
    """Start a project that no deal led to, such as one that ran before; returns its id. Its first item may come later."""
    require(actor, "delivery.project.edit")
    if not new.name.strip():
        raise Refused.field("name", "A project needs a name.", "required")
    if not visible_refs(actor, [Ref("clients.company", new.company_id)]):
        raise Refused.field("company_id", f"There is no company {new.company_id} that you can see.", "unknown")
    if new.manager_id is not None and not person_exists(new.manager_id):
        raise Refused.field("manager_id", f"There is no colleague {new.manager_id}.", "unknown")
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
        broken = find_newly_broken(project_id=project_id, finishes=planned.finish_dates(), gone=planned.removed_task_ids)
        transaction.set_rollback(True)
    return ChangedPlan(planned.outcome, tuple(broken))
