"""The topic of this package's own notices."""

from __future__ import annotations

from wonward.foundation.notifications.operations.reminding import REMINDER
from wonward.foundation.notifications.registry import declare_topic
from wonward.foundation.notifications.types import Level

declare_topic(
    "reminders", "Reminders", "What you asked to be reminded of.", level=Level.MAIL, kinds={REMINDER: "Reminder"}
)
