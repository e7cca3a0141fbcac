"""Following records, and reminders on them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wonward.foundation.access.policy import actor_of_user, can_see, listed_nouns
from wonward.foundation.notifications.models import Follower, Reminder
from wonward.foundation.notifications.operations.telling import notify
from wonward.foundation.notifications.rules import LONGEST_SNOOZE
from wonward.foundation.notifications.types import Notice, Reason
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref

REMINDER = "notifications.reminder"


@transaction.atomic
def follow_record(*, actor: Actor, ref: Ref, is_following: bool, now: datetime) -> None:
    """Hear of a record that is not one's own, or no longer. NotFound for what the actor does not see."""
    user_id = _reader(actor, ref)
    if is_following:
        Follower.objects.get_or_create(user_id=user_id, noun=ref.noun, ref_id=ref.id, defaults={"since": now})
    else:
        Follower.objects.filter(user_id=user_id, noun=ref.noun, ref_id=ref.id).delete()


@transaction.atomic
def add_reminder(*, actor: Actor, ref: Ref, due_at: datetime, note: str = "", now: datetime) -> int:
    """Remind oneself of a record at a time ahead. Returns the reminder's id."""
    user_id = _reader(actor, ref)
    if not now < due_at <= now + LONGEST_SNOOZE:
        raise Refused.field("due_at", "Choose a time that lies ahead, within a year.", "out_of_range")
    reminder = Reminder.objects.create(
        user_id=user_id, noun=ref.noun, ref_id=ref.id, note=note.strip()[:500],
        due_at=due_at, created_at=now,
    )
    return reminder.pk


@transaction.atomic
def remove_reminder(*, actor: Actor, reminder_id: int) -> None:
    """Forget one of one's own reminders; NotFound when it is nobody's or somebody else's."""
    mine = Reminder.objects.filter(pk=reminder_id, user_id=actor.user_id or 0)
    if not mine.exists():
        raise NotFound("reminder", reminder_id)
    mine.delete()


@transaction.atomic
def fire_reminder(*, reminder_id: int, now: datetime) -> None:
    """Tell a reminder whose time has come, once; one on a record its owner no longer sees is dropped."""
    reminder = Reminder.objects.select_for_update().filter(pk=reminder_id, due_at__lte=now).first()
    if reminder is None:
        return
    ref = Ref(reminder.noun, reminder.ref_id)
    owner = actor_of_user(reminder.user_id)
    if owner is not None and can_see(owner, ref):
        notice = Notice(REMINDER, ref, reminder.note)
        notify(notice=notice, to={Reason.ASSIGNED: [reminder.user_id]}, now=now)
    reminder.delete()


def _reader(actor: Actor, ref: Ref) -> int:
    """The user who wants to hear of a record they see, else NotFound."""
    if ref.noun not in listed_nouns() or actor.user_id is None or not can_see(actor, ref):
        raise NotFound("record", ref)
    return actor.user_id
