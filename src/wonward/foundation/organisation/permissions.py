"""Rights over the organisation's settings."""

from wonward.foundation.access.policy import declare

declare("organisation.settings.edit", "Change the organisation's settings")
