"""Opening budgets."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wonward.domains.finance.models import Budget
from wonward.foundation.audit.operations import record_change
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref


@transaction.atomic(savepoint=False)
def open_budget(
    *, actor: Actor, project_id: int, amount: Money | None, currency: str, planned_cost: Money | None,
    effort_minutes: int, now: datetime,
) -> int:
    """Open the budget of a new project with what was sold. Part of the win: the door has settled the right."""
    budget = Budget.objects.create(
        project_id=project_id, amount_minor=amount.minor if amount else None, currency=currency,
        planned_cost_minor=planned_cost.minor if planned_cost else None, effort_minutes=effort_minutes,
        created_at=now, updated_at=now,
    )
    record_change(
        actor=actor, operation="finance.budget.open", ref=Ref("delivery.project", project_id),
        changes={"budget": [None, str(amount) if amount else None], "effort_minutes": [None, effort_minutes]}, now=now,
    )
    return budget.pk
