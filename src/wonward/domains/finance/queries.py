"""Reading budgets with the rights over money applied."""

from __future__ import annotations

from dataclasses import dataclass

from wonward.domains.finance.models import Budget
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.money import Money


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """Hours for everybody on the project; money only with the right."""

    effort_minutes: int
    amount: Money | None
    planned_cost: Money | None


def find_budget(*, actor: Actor, project_id: int, manager_id: int | None) -> BudgetRow | None:
    """The budget of a project the viewer has been shown."""
    budget = Budget.objects.filter(project_id=project_id).first()
    if budget is None:
        return None
    is_manager = actor.person_id is not None and actor.person_id == manager_id
    return BudgetRow(
        budget.effort_minutes,
        Money(budget.amount_minor, budget.currency)
        if budget.amount_minor is not None and _reaches(actor, "finance.budget.view", is_manager)
        else None,
        Money(budget.planned_cost_minor, budget.currency)
        if budget.planned_cost_minor is not None and _reaches(actor, "finance.cost.view", is_manager)
        else None,
    )


def _reaches(actor: Actor, permission: str, is_manager: bool) -> bool:
    reach = actor.scope_of(permission)
    return reach in (Scope.ALL, Scope.RELATED) or (reach is Scope.OWN and is_manager)
