"""Telling people: who hears of it, in which thread, and whether a mail goes out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from wonward.foundation.access.policy import listed_nouns, names_of
from wonward.foundation.access.queries import find_active_users, find_languages
from wonward.foundation.events.operations import publish
from wonward.foundation.events.types import Author
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.notifications.events import InboxesChanged
from wonward.foundation.notifications.models import Inbox, Notification, Thread
from wonward.foundation.notifications.queries import find_followers
from wonward.foundation.notifications.registry import find_topic, get_kind
from wonward.foundation.notifications.rules import FOR_YOU, is_told, recipients, strongest
from wonward.foundation.notifications.types import Level, Notice, Reason
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.wording import heard_within, speaking

NOBODY = Author()


@transaction.atomic
def notify(
    *, notice: Notice, to: Mapping[Reason, Collection[int | None]], author: Author = NOBODY, now: datetime
) -> int:
    """Tell the users in `to` and the followers of the record and of what is near it; how many were told.

    The author is never told of what they did. Levels, mutes and keys are kept; call it in a handler or an operation.
    """
    kind = get_kind(notice.kind)
    if notice.ref.noun not in listed_nouns():
        raise LookupError(f"No notice can hang on {notice.ref.noun}.")
    reasons = recipients(to, find_followers({notice.ref, *notice.near}), author.user_id)
    active = find_active_users(reasons)
    reasons = {user_id: reason for user_id, reason in sorted(reasons.items()) if user_id in active}
    topic = find_topic(kind.topic)
    assert topic
    levels = _levels_of(reasons, kind.topic, topic.level)
    reasons = {user_id: reason for user_id, reason in reasons.items() if levels[user_id] is not Level.OFF}
    title = names_of([notice.ref]).get(notice.ref, str(notice.ref))[:300]
    threads = _threads(notice, title, reasons, now)
    told = [user_id for user_id, reason in reasons.items() if is_told(reason, is_muted=threads[user_id].is_muted)]
    told = _without_repeats(notice, told, threads)
    _write(notice, title, {user_id: reasons[user_id] for user_id in told}, levels, threads, author, now)
    return len(told)


def _levels_of(users: Collection[int], topic: str, default: Level) -> dict[int, Level]:
    known = dict(Inbox.objects.filter(pk__in=users).values_list("pk", "levels"))
    missing = [Inbox(user_id=user_id) for user_id in users if user_id not in known]
    Inbox.objects.bulk_create(missing, ignore_conflicts=True)
    return {user_id: Level(known.get(user_id, {}).get(topic, default)) for user_id in users}


def _threads(notice: Notice, title: str, reasons: Mapping[int, Reason], now: datetime) -> dict[int, Thread]:
    """The thread of every recipient, made or locked."""
    where = Thread.objects.filter(noun=notice.ref.noun, ref_id=notice.ref.id, user_id__in=reasons)
    known = set(where.values_list("user_id", flat=True))
    Thread.objects.bulk_create(
        [
            Thread(user_id=user_id, noun=notice.ref.noun, ref_id=notice.ref.id, title=title, reason=reason,
                   last_at=now, done_at=now)
            for user_id, reason in reasons.items() if user_id not in known
        ],
        ignore_conflicts=True,
    )
    return {thread.user_id: thread for thread in where.select_for_update().order_by("pk")}


def _without_repeats(notice: Notice, users: list[int], threads: Mapping[int, Thread]) -> list[int]:
    if not notice.key:
        return users
    mine = [threads[user_id].pk for user_id in users]
    told = set(Notification.objects.filter(thread__in=mine, key=notice.key).values_list("thread_id", flat=True))
    return [user_id for user_id in users if threads[user_id].pk not in told]


def _write(
    notice: Notice, title: str, reasons: Mapping[int, Reason], levels: Mapping[int, Level],
    threads: Mapping[int, Thread], author: Author, now: datetime,
) -> None:
    rows = []
    languages = find_languages(reasons) if reasons and notice.detail else {}
    details = {language: _said_in(language, notice.detail) for language in {"", *languages.values()}}
    for user_id, reason in reasons.items():
        thread = threads[user_id]
        is_new = thread.done_at is not None
        thread.title = title
        thread.reason = reason if is_new else strongest([Reason(thread.reason), reason])
        thread.is_for_you = reason in FOR_YOU or (thread.is_for_you and not is_new)
        thread.unread_count += 1
        thread.last_at = now
        thread.done_at = None
        if reason in FOR_YOU:
            thread.snoozed_until = None
        rows.append(
            Notification(
                thread=thread, kind=notice.kind, reason=reason, detail=details[languages.get(user_id, "")][:600], author_label=author.label[:200],
                about_noun=notice.about.noun if notice.about else "", about_id=notice.about.id if notice.about else None,
                happened_at=now, key=notice.key, wants_digest=levels[user_id] is Level.DIGEST,
            )
        )
    if not rows:
        return
    fields = ["title", "reason", "is_for_you", "unread_count", "last_at", "done_at", "snoozed_until"]
    Thread.objects.bulk_update([row.thread for row in rows], fields)
    for row in Notification.objects.bulk_create(rows):
        if levels[row.thread.user_id] is Level.MAIL:
            enqueue("notifications.mail", now=now, notification_id=row.pk)
    tell_pages(reasons, actor=system_actor(), now=now)


def _said_in(language: str, detail: str) -> str:
    """A sentence of ours in the words of who is told; somebody's own words stay."""
    if not language:
        return detail
    with speaking(language):
        return str(heard_within(detail))


def tell_pages(users: Collection[int], *, actor: Actor, now: datetime) -> None:
    """Let the open pages of these users know that their inbox is another one."""
    publish(InboxesChanged(user_ids=sorted(users)), actor=actor, now=now)
