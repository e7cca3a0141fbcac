"""The only way to move a date: work out what it breaks, ask for the reason, write everything at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from wonward.domains.clients.operations import put_client_team
from wonward.domains.delivery.planning import create_project, plan_change, write_change
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


@transaction.atomic
def change_plan(
    *, actor: Actor, project_id: int, changes: Sequence[PlanEdit], reason: str = "", plan_version: int | None = None,
    now: datetime,
) -> ChangedPlan:
    """Compute the new dates, refuse without `reason` if a confirmed promise breaks, then write everything at once."""
    today = civil_date(now, get_organisation().time_zone)
    lock_ledger(project_id)
    planned = plan_change(
        actor=actor, project_id=project_id, edits=changes, plan_version=plan_version, today=today, now=now
    )
    broken = find_newly_broken(
        project_id=project_id, finishes=planned.finish_dates(), gone=planned.removed_task_ids
    )
    if broken and not reason.strip():
        raise ReasonRequired(broken)
    if planned.removed_task_ids:
        PromiseCover.objects.filter(task_id__in=planned.removed_task_ids).delete()
    outcome = write_change(actor=actor, planned=planned, reason=reason, now=now)
    refresh_coverage(actor=actor, project_id=project_id, finishes=planned.finish_dates(), now=now)
    return ChangedPlan(outcome, tuple(broken))


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
    *, actor: Actor, project_id: int, changes: Sequence[PlanEdit], plan_version: int | None = None, now: datetime
) -> ChangedPlan:
    """What a change would move and break. Nothing is written."""
    today = civil_date(now, get_organisation().time_zone)
    with transaction.atomic():
        planned = plan_change(
            actor=actor, project_id=project_id, edits=changes, plan_version=plan_version, today=today, now=now
        )
        broken = find_newly_broken(project_id=project_id, finishes=planned.finish_dates(), gone=planned.removed_task_ids)
        transaction.set_rollback(True)
    return ChangedPlan(planned.outcome, tuple(broken))
