"""Telling people, and what they do with what they were told."""

from wonward.foundation.notifications.operations.inbox import (
    finish_everything,
    finish_threads,
    mark_read,
    mute_thread,
    reopen_threads,
    settle_threads,
    snooze_thread,
)
from wonward.foundation.notifications.operations.mailing import mail_notice, send_digest, send_due_digests
from wonward.foundation.notifications.operations.reminding import (
    add_reminder,
    fire_reminder,
    follow_record,
    remove_reminder,
)
from wonward.foundation.notifications.operations.settings import change_notice_settings, keep_quiet
from wonward.foundation.notifications.operations.telling import NOBODY, notify

__all__ = [
    "NOBODY", "add_reminder", "change_notice_settings", "finish_everything", "finish_threads", "fire_reminder",
    "follow_record", "keep_quiet", "mail_notice", "mark_read", "mute_thread", "notify", "remove_reminder",
    "reopen_threads", "send_digest", "send_due_digests", "settle_threads", "snooze_thread",
]
