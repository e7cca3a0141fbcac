"""Rights over the outbox."""

from wonward.foundation.access.policy import declare

declare("events.delivery.replay", "See and repeat failed reactions to events")
