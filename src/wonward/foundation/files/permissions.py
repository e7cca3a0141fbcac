"""Rights over documents."""

from wonward.foundation.access.policy import declare
from wonward.kernel.actor import Scope

declare(
    "files.document.add",
    "Add documents",
    leadership=Scope.ALL,
    sales=Scope.ALL,
    marketing=Scope.ALL,
    project_manager=Scope.ALL,
    member=Scope.ALL,
    finance=Scope.ALL,
)
declare(
    "files.document.change",
    "Rename, replace, protect and archive documents",
    leadership=Scope.OWN,
    sales=Scope.OWN,
    marketing=Scope.OWN,
    project_manager=Scope.ALL,
    member=Scope.OWN,
    finance=Scope.OWN,
)
declare("files.restricted.view", "See restricted documents of others")
