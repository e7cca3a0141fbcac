"""Rights over the audit."""

from wonward.foundation.access.policy import Scope, declare

declare("audit.history.view", "See a record's history", leadership=Scope.ALL, sales=Scope.ALL, marketing=Scope.ALL,
        project_manager=Scope.ALL, member=Scope.ALL, finance=Scope.ALL)
declare("audit.log.view", "Read the audit log of the house")
declare("audit.openings.view", "See who opened restricted records and took personal data out")
