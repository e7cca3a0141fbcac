"""Rights over services and templates."""

from wonward.foundation.access.policy import Scope, declare

_READERS = dict.fromkeys(("leadership", "sales", "marketing", "project_manager", "member", "finance"), Scope.ALL)

declare("catalog.service.view", "See services and templates", **_READERS)
declare("catalog.service.edit", "Change services", sales=Scope.ALL, project_manager=Scope.ALL, leadership=Scope.ALL)
declare("catalog.template.edit", "Change templates", project_manager=Scope.ALL, leadership=Scope.ALL)
declare("catalog.price.view", "See list prices", sales=Scope.ALL, finance=Scope.ALL, leadership=Scope.ALL,
        project_manager=Scope.ALL)
declare("catalog.cost.view", "See costs, rates and margins", finance=Scope.ALL, leadership=Scope.ALL)
