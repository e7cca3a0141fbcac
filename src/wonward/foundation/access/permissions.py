"""Rights over rights."""

from wonward.foundation.access.policy import declare

declare("access.user.manage", "Manage people's sign-ins and access roles")
declare("access.token.create", "Create API tokens")
