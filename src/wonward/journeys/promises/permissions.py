"""Rights over promises."""

from wonward.foundation.access.policy import Scope, declare

_READERS = dict.fromkeys(("leadership", "sales", "project_manager", "member", "finance"), Scope.ALL)

declare("promises.promise.view", "See promises on records they see", **_READERS)
declare("promises.promise.make", "Make and change promises", sales=Scope.ALL, project_manager=Scope.ALL, leadership=Scope.ALL)
