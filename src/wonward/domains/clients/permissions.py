"""Rights over companies and contacts."""

from wonward.foundation.access.policy import Scope, declare

declare("clients.company.view", "See companies and contacts", leadership=Scope.ALL, sales=Scope.ALL,
        marketing=Scope.ALL, project_manager=Scope.ALL, finance=Scope.ALL, member=Scope.RELATED)
declare("clients.company.edit", "Add and change companies and contacts", sales=Scope.ALL, marketing=Scope.ALL,
        project_manager=Scope.OWN, leadership=Scope.ALL)
declare("clients.record.merge", "Merge companies and contacts that are the same", sales=Scope.ALL, marketing=Scope.ALL,
        leadership=Scope.ALL)
