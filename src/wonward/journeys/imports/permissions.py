"""Rights over imports. Whoever may import also needs the right to what the rows become."""

from wonward.foundation.access.policy import Scope, declare

declare("imports.batch.run", "Import data", sales=Scope.ALL, marketing=Scope.ALL, project_manager=Scope.ALL,
        leadership=Scope.ALL)
