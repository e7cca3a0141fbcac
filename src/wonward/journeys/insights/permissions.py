"""Rights over objectives."""

from wonward.foundation.access.policy import Scope, declare

_EVERYBODY = dict.fromkeys(("leadership", "sales", "marketing", "project_manager", "member", "finance"), Scope.ALL)

declare("insights.objective.view", "See objectives and how far they are", **_EVERYBODY)
declare("insights.objective.edit", "Set objectives for everybody, or for oneself and one's team", leadership=Scope.ALL, sales=Scope.OWN,
        project_manager=Scope.OWN)
