"""Rights over the communication log. Seeing an entry follows from seeing a record it hangs on."""

from wonward.foundation.access.policy import Scope, declare

_WRITERS = dict.fromkeys(("leadership", "sales", "marketing", "project_manager", "member", "finance"), Scope.ALL)

declare("comms.communication.view", "Read the communication log", **_WRITERS)
declare("comms.communication.log", "Add to the communication log", **_WRITERS)
declare("comms.communication.refile", "Move entries of the log to other records", **dict.fromkeys(_WRITERS, Scope.OWN) | {"leadership": Scope.ALL})
