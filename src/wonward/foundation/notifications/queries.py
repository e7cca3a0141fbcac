"""Reading one's own inbox. A thread shows where its record shows; what is hidden is neither listed nor counted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from wonward.foundation.access.policy import (
    PERMISSIONS,
    closed_prefixes,
    ids_unless_all,
    listed_nouns,
    names_of,
    visible_refs,
)
from wonward.foundation.access.queries import question_of
from wonward.foundation.database.prepared import Question, Values, count_of
from wonward.foundation.notifications.models import Follower, Inbox, Notification, Reminder, Thread
from wonward.foundation.notifications.registry import label_of, list_topics
from wonward.foundation.notifications.types import (
    Level,
    NoticeRow,
    NoticeSettingsRow,
    Reason,
    ReminderRow,
    ThreadPage,
    ThreadRow,
    View,
)
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref


def threads_of(actor: Actor, *, noun: str = "") -> QuerySet[Thread]:
    """The viewer's threads on records they see, of one noun if told, with something in them that an open area told."""
    seen = Q(pk__in=[])
    for name in listed_nouns():
        if noun in ("", name):
            ids = ids_unless_all(name, actor)
            seen |= Q(noun=name) if ids is None else Q(noun=name, ref_id__in=ids)
    threads = Thread.objects.filter(user_id=actor.user_id or 0).filter(seen)
    told = _of_open_areas()
    return threads.filter(Exists(Notification.objects.filter(told, thread=OuterRef("pk")))) if told else threads


def _of_open_areas() -> Q:
    """What areas that are switched off had to tell is told no more, on whatever record it stands."""
    closed = closed_prefixes(get_organisation().areas)
    match = Q()
    for prefix in closed:
        match &= ~Q(kind__startswith=prefix)
    return match


def list_threads(
    *, actor: Actor, view: View, now: datetime, cursor: str | None = None, limit: int = 50
) -> ThreadPage:
    """A page of the inbox, newest first; see `View` for its parts. A cursor that is none starts at the top."""
    threads = _in_view(threads_of(actor), view, now)
    if place := _place_of(cursor):
        last_at, key = place
        threads = threads.filter(Q(last_at__lt=last_at) | Q(last_at=last_at, pk__lt=key))
    found = list(threads.order_by("-last_at", "-pk")[: limit + 1])
    rows = _thread_rows(actor, found[:limit])
    return ThreadPage(tuple(rows), _cursor_of(found[limit - 1]) if len(found) > limit else None)


def _in_view(threads: QuerySet[Thread], view: View, now: datetime) -> QuerySet[Thread]:
    if view is View.DONE:
        return threads.filter(done_at__isnull=False)
    threads = threads.filter(done_at__isnull=True)
    if view is View.SNOOZED:
        return threads.filter(snoozed_until__gt=now)
    threads = threads.filter(_awake(now))
    if view is View.FOR_YOU:
        return threads.filter(is_for_you=True)
    if view is View.WATCHING:
        return threads.filter(is_for_you=False)
    return threads


def _awake(now: Any) -> Q:
    return Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now)


def _cursor_of(thread: Thread) -> str:
    return f"{round(thread.last_at.timestamp() * 1_000_000)}_{thread.pk}"


def _place_of(cursor: str | None) -> tuple[datetime, int] | None:
    moment, _, key = (cursor or "").partition("_")
    try:
        return datetime.fromtimestamp(int(moment) / 1_000_000, tz=UTC), int(key)
    except (ValueError, OverflowError, OSError):
        return None


def get_thread(*, actor: Actor, thread_id: int, noun: str = "") -> ThreadRow:
    """One of the viewer's own threads, or NotFound. Whoever knows the noun of its record asks for the rights of that alone."""
    found = list(threads_of(actor, noun=noun).filter(pk=thread_id))
    if not found:
        raise NotFound("entry of your inbox", thread_id)
    return _thread_rows(actor, found)[0]


def list_notices(*, actor: Actor, thread_id: int, noun: str = "", limit: int = 100) -> list[NoticeRow]:
    """What a thread of the viewer holds, newest first; nothing when it is not theirs. `noun` as in `get_thread`."""
    mine = threads_of(actor, noun=noun).filter(pk=thread_id).values("pk")
    return _notice_rows(actor, list(Notification.objects.filter(_of_open_areas(), thread__in=mine).order_by("-pk")[:limit]))


def _thread_rows(actor: Actor, threads: list[Thread]) -> list[ThreadRow]:
    """Rows with their newest notice, in two more queries at most and one per noun that notices are about."""
    newest = Notification.objects.filter(_of_open_areas(), thread=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    latest = Thread.objects.filter(pk__in=[thread.pk for thread in threads]).annotate(newest=Subquery(newest))
    notices = list(Notification.objects.filter(pk__in=latest.values("newest")))
    by_thread = dict(zip([notice.thread_id for notice in notices], _notice_rows(actor, notices), strict=True))
    return [
        ThreadRow(
            id=thread.pk, ref=Ref(thread.noun, thread.ref_id), title=thread.title, reason=Reason(thread.reason),
            last_at=thread.last_at, unread_count=thread.unread_count, is_done=thread.done_at is not None,
            is_muted=thread.is_muted, snoozed_until=thread.snoozed_until, latest=by_thread[thread.pk],
        )
        for thread in threads
        if thread.pk in by_thread
    ]


def _notice_rows(actor: Actor, notices: list[Notification]) -> list[NoticeRow]:
    abouts = {notice.pk: Ref(notice.about_noun, notice.about_id) for notice in notices if notice.about_id is not None}
    seen = visible_refs(actor, set(abouts.values())) if abouts else set()
    rows = []
    for notice in notices:
        about = abouts.get(notice.pk)
        may_read = about is None or about in seen
        rows.append(
            NoticeRow(
                id=notice.pk, kind=notice.kind, label=label_of(notice.kind), reason=Reason(notice.reason),
                detail=notice.detail if may_read else "", author=notice.author_label, about=about if may_read else None,
                happened_at=notice.happened_at, is_unread=notice.read_at is None,
            )
        )
    return rows


def count_views(*, actor: Actor, now: datetime) -> dict[View, int]:
    """How many open threads each part of the inbox holds."""
    threads = threads_of(actor).filter(done_at__isnull=True).values_list("is_for_you", "snoozed_until")
    counts = dict.fromkeys(View, 0)
    for is_for_you, snoozed_until in threads[:2000]:
        if snoozed_until is not None and snoozed_until > now:
            counts[View.SNOOZED] += 1
            continue
        counts[View.EVERYTHING] += 1
        counts[View.FOR_YOU if is_for_you else View.WATCHING] += 1
    return counts


def count_unread(*, actor: Actor, now: datetime) -> int:
    """How many threads hold something unread."""
    return _unread(threads_of(actor), now).count()


def _unread(threads: QuerySet[Thread], now: Any) -> QuerySet[Thread]:
    return threads.filter(done_at__isnull=True, unread_count__gt=0).filter(_awake(now))


def ask_unread(actor: Actor, *, now: datetime) -> Question:
    """The same to be asked together with other numbers."""
    return question_of(actor, "unread threads", sorted(PERMISSIONS), _count_unread, {"user": actor.user_id or 0, "now": now})


def _count_unread(viewer: Actor, values: Values) -> QuerySet[Any, Any]:
    return count_of(_unread(threads_of(replace(viewer, user_id=values["user"])), values["now"]))


def is_following(*, actor: Actor, ref: Ref) -> bool:
    """Whether the viewer follows a record."""
    return Follower.objects.filter(user_id=actor.user_id or 0, noun=ref.noun, ref_id=ref.id).exists()


def find_followers(refs: Collection[Ref]) -> set[int]:
    """The users who follow one of the records, whether or not they still see it."""
    by_noun: dict[str, set[int]] = {}
    for ref in refs:
        by_noun.setdefault(ref.noun, set()).add(ref.id)
    match = Q(pk__in=[])
    for noun, ids in by_noun.items():
        match |= Q(noun=noun, ref_id__in=ids)
    return set(Follower.objects.filter(match).values_list("user_id", flat=True))


def list_reminders(*, actor: Actor, ref: Ref | None = None) -> list[ReminderRow]:
    """The viewer's own reminders on records they see, the next one first."""
    reminders = Reminder.objects.filter(user_id=actor.user_id or 0).order_by("due_at", "pk")
    if ref is not None:
        reminders = reminders.filter(noun=ref.noun, ref_id=ref.id)
    by_key = {row.pk: Ref(row.noun, row.ref_id) for row in reminders[:500]}
    seen = visible_refs(actor, set(by_key.values()))
    names = names_of(seen)
    return [
        ReminderRow(row.pk, by_key[row.pk], names.get(by_key[row.pk], str(by_key[row.pk])), row.note, row.due_at)
        for row in reminders[:500] if by_key.get(row.pk) in seen
    ]


def get_notice_settings(user_id: int) -> NoticeSettingsRow:
    """How a person wants to be told, every topic with its level."""
    inbox = Inbox.objects.filter(pk=user_id).first() or Inbox(user_id=user_id)
    levels = {topic.key: Level(inbox.levels.get(topic.key, topic.level)) for topic in list_topics()}
    return NoticeSettingsRow(levels, inbox.digest_hour, inbox.quiet_until, inbox.version)


def list_unmailed(*, actor: Actor, limit: int = 200) -> list[tuple[ThreadRow, NoticeRow]]:
    """What the next digest of the viewer would hold: unread, wanted there, visible, not done; oldest first."""
    threads = {thread.pk: thread for thread in threads_of(actor).filter(done_at__isnull=True, is_muted=False)}
    wanted = Notification.objects.filter(_of_open_areas(), thread__user_id=actor.user_id or 0, wants_digest=True, read_at__isnull=True)
    notices = [notice for notice in wanted.order_by("pk")[:limit] if notice.thread_id in threads]
    rows = {row.id: row for row in _thread_rows(actor, [threads[notice.thread_id] for notice in notices])}
    pairs = zip(notices, _notice_rows(actor, notices), strict=True)
    return [(rows[notice.thread_id], row) for notice, row in pairs]


def inboxes_with_news() -> list[int]:
    """Users for whom a digest would hold something."""
    news = Notification.objects.filter(wants_digest=True, read_at__isnull=True, thread__user__is_active=True)
    return sorted(set(news.values_list("thread__user_id", flat=True)))


def due_reminder_ids(*, now: datetime, limit: int = 200) -> list[int]:
    """Reminders whose time has come, the oldest first."""
    return list(Reminder.objects.filter(due_at__lte=now).order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
