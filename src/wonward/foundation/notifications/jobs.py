"""Reminders whose time has come, and mail to those who want it."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.foundation.jobs.registry import job
from wonward.foundation.notifications.operations import fire_reminder, mail_notice, send_due_digests
from wonward.foundation.notifications.queries import due_reminder_ids


@job("notifications.reminders", every=timedelta(minutes=1))
def fire_due_reminders(*, now: datetime) -> None:
    for reminder_id in due_reminder_ids(now=now):
        fire_reminder(reminder_id=reminder_id, now=now)


@job("notifications.digests", every=timedelta(minutes=15))
def mail_digests(*, now: datetime) -> None:
    send_due_digests(now=now)


@job("notifications.mail")
def mail_one(*, notification_id: int, now: datetime) -> None:
    mail_notice(notification_id=notification_id, now=now)
