"""Rights over webhooks."""

from wonward.foundation.access.policy import declare

declare("webhooks.webhook.manage", "Set up webhooks and see what they sent")
