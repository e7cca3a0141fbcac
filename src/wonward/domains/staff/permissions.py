"""Rights over people."""

from wonward.foundation.access.policy import Scope, declare

_ALL = dict.fromkeys(("leadership", "sales", "marketing", "project_manager", "member", "finance"), Scope.ALL)

declare("staff.person.view", "See colleagues", **_ALL)
declare("staff.person.edit", "Add and change people")
