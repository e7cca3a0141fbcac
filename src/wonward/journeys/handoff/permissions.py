"""Rights over handoffs."""

from wonward.foundation.access.policy import Scope, declare

declare("handoff.handoff.view", "See handoffs of records they see", leadership=Scope.ALL, sales=Scope.ALL,
        project_manager=Scope.ALL, finance=Scope.ALL, member=Scope.ALL)
declare("handoff.handoff.accept", "Accept or return handoffs", project_manager=Scope.ALL, leadership=Scope.ALL)
declare("handoff.handoff.answer", "Answer returned handoffs", sales=Scope.ALL, leadership=Scope.ALL)
