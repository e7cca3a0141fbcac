"""Rights over outgoing mail."""

from wonward.foundation.access.policy import declare

declare("mail.outgoing.view", "See outgoing mail and send failed mail again")
