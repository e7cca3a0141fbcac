"""Reading budgets with the rights over money applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from wonward.domains.finance.models import Budget
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Values
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
    found = prepared.rows("budget", _of_project, {"project": project_id})
    if not found:
        return None
    effort_minutes, amount, planned_cost, currency = found[0]
    is_manager = actor.person_id is not None and actor.person_id == manager_id
    return BudgetRow(
        effort_minutes,
        Money(amount, currency)
        if amount is not None and _reaches(actor, "finance.budget.view", is_manager)
        else None,
        Money(planned_cost, currency)
        if planned_cost is not None and _reaches(actor, "finance.cost.view", is_manager)
        else None,
    )


def _of_project(values: Values) -> QuerySet[Any, Any]:
    budgets = Budget.objects.filter(project_id=values["project"])
    return budgets.values_list("effort_minutes", "amount_minor", "planned_cost_minor", "currency")


def _reaches(actor: Actor, permission: str, is_manager: bool) -> bool:
    reach = actor.scope_of(permission)
    return reach in (Scope.ALL, Scope.RELATED) or (reach is Scope.OWN and is_manager)
