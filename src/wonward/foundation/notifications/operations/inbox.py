"""What people do with what they were told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from wonward.foundation.notifications.models import Notification, Thread
from wonward.foundation.notifications.operations.telling import tell_pages
from wonward.foundation.notifications.queries import threads_of
from wonward.foundation.notifications.rules import LONGEST_SNOOZE
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref


@transaction.atomic
def mark_read(*, actor: Actor, thread_id: int, now: datetime) -> None:
    """The viewer has read a thread of theirs."""
    thread = _own(actor, thread_id)
    if thread.unread_count:
        Thread.objects.filter(pk=thread.pk).update(unread_count=0)
        Notification.objects.filter(thread=thread, read_at__isnull=True).update(read_at=now)
        tell_pages([thread.user_id], actor=actor, now=now)


@transaction.atomic
def finish_threads(*, actor: Actor, thread_ids: Collection[int], now: datetime) -> list[int]:
    """Put threads of the viewer away as done; the ids of those that were open, for the undo."""
    open_ids = list(threads_of(actor).filter(pk__in=thread_ids, done_at__isnull=True).values_list("pk", flat=True))
    Thread.objects.filter(pk__in=open_ids).update(done_at=now, unread_count=0, snoozed_until=None)
    Notification.objects.filter(thread__in=open_ids, read_at__isnull=True).update(read_at=now)
    if open_ids and actor.user_id:
        tell_pages([actor.user_id], actor=actor, now=now)
    return open_ids


@transaction.atomic
def settle_threads(*, ref: Ref, kinds: Collection[str], now: datetime) -> int:
    """Put away everybody's threads on a record that last told of something which is settled by now; how many."""
    newest = Notification.objects.filter(thread=OuterRef("pk")).order_by("-pk").values("kind")[:1]
    waiting = Thread.objects.filter(noun=ref.noun, ref_id=ref.id, done_at__isnull=True).annotate(newest=Subquery(newest))
    settled = dict(waiting.filter(newest__in=kinds).values_list("pk", "user_id"))
    Thread.objects.filter(pk__in=settled).update(done_at=now, unread_count=0, snoozed_until=None)
    Notification.objects.filter(thread__in=settled, read_at__isnull=True).update(read_at=now)
    if settled:
        tell_pages(set(settled.values()), actor=system_actor(), now=now)
    return len(settled)


@transaction.atomic
def finish_everything(*, actor: Actor, now: datetime) -> list[int]:
    """Put every open thread away that is not asleep; the ids, for the undo."""
    awake = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now)
    ids = list(threads_of(actor).filter(awake, done_at__isnull=True).values_list("pk", flat=True))
    return finish_threads(actor=actor, thread_ids=ids, now=now)


@transaction.atomic
def reopen_threads(*, actor: Actor, thread_ids: Collection[int], now: datetime) -> None:
    """Take threads back into the inbox, awake."""
    mine = threads_of(actor).filter(pk__in=thread_ids).values_list("pk", flat=True)
    Thread.objects.filter(pk__in=list(mine)).update(done_at=None, snoozed_until=None)
    if actor.user_id:
        tell_pages([actor.user_id], actor=actor, now=now)


@transaction.atomic
def snooze_thread(*, actor: Actor, thread_id: int, until: datetime, now: datetime) -> None:
    """Let a thread sleep; what names its reader wakes it. Refused for a time that is past or more than a year away."""
    thread = _own(actor, thread_id)
    if not now < until <= now + LONGEST_SNOOZE:
        raise Refused.field("until", "Choose a time that lies ahead, within a year.", "out_of_range")
    Thread.objects.filter(pk=thread.pk).update(snoozed_until=until, done_at=None)
    tell_pages([thread.user_id], actor=actor, now=now)


@transaction.atomic
def mute_thread(*, actor: Actor, thread_id: int, is_muted: bool, now: datetime) -> None:
    """Hear no more of a record, unless somebody names one; or hear of it again."""
    thread = _own(actor, thread_id)
    Thread.objects.filter(pk=thread.pk).update(is_muted=is_muted)
    tell_pages([thread.user_id], actor=actor, now=now)


def _own(actor: Actor, thread_id: int) -> Thread:
    thread = threads_of(actor).filter(pk=thread_id).first()
    if thread is None:
        raise NotFound("entry of your inbox", thread_id)
    return thread
