"""Rights over the outlook on capacity."""

from wonward.foundation.access.policy import Scope, declare

_PLANNERS = dict.fromkeys(("leadership", "project_manager", "sales", "finance"), Scope.ALL)

declare("capacity.outlook.view", "See the outlook on capacity", **_PLANNERS)
declare("capacity.scenario.save", "Save scenarios of the outlook", leadership=Scope.ALL, project_manager=Scope.ALL, sales=Scope.ALL)
declare("capacity.plan.level", "Level plans", leadership=Scope.ALL, project_manager=Scope.ALL)
declare("capacity.date.ask", "Ask whether a date can be promised", leadership=Scope.ALL, project_manager=Scope.ALL, sales=Scope.ALL)
declare("capacity.date.approve", "Approve promising a date before P50", leadership=Scope.ALL)
