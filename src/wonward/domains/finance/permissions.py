"""Rights over budgets."""

from wonward.foundation.access.policy import Scope, declare

declare("finance.budget.view", "See budgets in money", finance=Scope.ALL, leadership=Scope.ALL, sales=Scope.RELATED,
        project_manager=Scope.OWN)
declare("finance.cost.view", "See planned cost and margin", finance=Scope.ALL, leadership=Scope.ALL, project_manager=Scope.OWN)
