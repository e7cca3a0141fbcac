"""Rights over shared views. Views of one's own need none."""

from wonward.foundation.access.policy import Scope, declare

_SHARERS = dict.fromkeys(("leadership", "sales", "marketing", "project_manager", "member", "finance"), Scope.OWN)

declare("saved_views.view.share", "Share views of lists", **_SHARERS)
