"""Rights over projects and their plans."""

from wonward.foundation.access.policy import Scope, declare

declare("delivery.project.view", "See projects", leadership=Scope.ALL, project_manager=Scope.ALL, finance=Scope.ALL,
        sales=Scope.RELATED, member=Scope.OWN)
declare("delivery.project.edit", "Change projects", project_manager=Scope.OWN, leadership=Scope.OWN)
declare("delivery.plan.change", "Change plans: dates, tasks, progress", project_manager=Scope.OWN, leadership=Scope.OWN,
        member=Scope.OWN)
