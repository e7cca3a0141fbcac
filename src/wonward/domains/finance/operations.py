"""Opening budgets."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wonward.domains.finance.models import Budget
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database import insert_with_ids
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref


@transaction.atomic(savepoint=False)
def open_budget(
    *, actor: Actor, project_id: int, amount: Money | None, currency: str, planned_cost: Money | None,
    effort_minutes: int, now: datetime,
) -> int:
    """Open the budget of a new project with what was sold. Part of the win: the door has settled the right."""
    budget = Budget(
        project_id=project_id, amount_minor=amount.minor if amount else None, currency=currency,
        planned_cost_minor=planned_cost.minor if planned_cost else None, effort_minutes=effort_minutes,
        created_at=now, updated_at=now,
    )
    insert_with_ids([budget])
    record_change(
        actor=actor, operation="finance.budget.open", ref=Ref("delivery.project", project_id),
        changes={"budget": [None, str(amount) if amount else None], "effort_minutes": [None, effort_minutes]}, now=now,
    )
    return budget.pk


@transaction.atomic(savepoint=False)
def raise_budget(
    *, actor: Actor, project_id: int, amount: Money | None, planned_cost: Money | None, effort_minutes: int, now: datetime
) -> None:
    """Add what was sold since to the budget of a project; money of another currency than the budget's is left out of it.

    Part of an amendment or of a second win, which have settled the right.
    """
    budget = Budget.objects.select_for_update().filter(project_id=project_id).first()
    if budget is None:
        return
    before = _told(budget)
    if amount is not None and budget.amount_minor is None and budget.planned_cost_minor is None:
        budget.currency = amount.currency
    if amount is not None and amount.currency == budget.currency:
        budget.amount_minor = (budget.amount_minor or 0) + amount.minor
    if planned_cost is not None and planned_cost.currency == budget.currency:
        budget.planned_cost_minor = (budget.planned_cost_minor or 0) + planned_cost.minor
    budget.effort_minutes += effort_minutes
    after = _told(budget)
    if after == before:
        return
    budget.version += 1
    budget.updated_at = now
    budget.save()
    record_change(
        actor=actor, operation="finance.budget.raise", ref=Ref("delivery.project", project_id),
        changes={field: [before[field], after[field]] for field in after if before[field] != after[field]}, now=now,
    )


def _told(budget: Budget) -> dict[str, str | int | None]:
    """A budget as the audit tells it."""
    amount = None if budget.amount_minor is None else str(Money(budget.amount_minor, budget.currency))
    cost = None if budget.planned_cost_minor is None else str(Money(budget.planned_cost_minor, budget.currency))
    return {"budget": amount, "planned_cost": cost, "effort_minutes": budget.effort_minutes}
