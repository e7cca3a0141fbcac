"""Mail for those who want it: one notice at once, or one digest a day. Sent through the eyes of its reader."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from wonward.foundation.access.policy import actor_of_user
from wonward.foundation.access.queries import find_address
from wonward.foundation.mail.operations import queue_mail
from wonward.foundation.notifications.models import Inbox, Notification
from wonward.foundation.notifications.queries import (
    get_thread,
    inboxes_with_news,
    list_notices,
    list_unmailed,
)
from wonward.foundation.notifications.rules import digest_is_due
from wonward.foundation.notifications.types import NoticeRow, ThreadRow
from wonward.kernel.errors import NotFound
from wonward.kernel.wording import heard, speaking, worded


def send_due_digests(*, now: datetime) -> int:
    """Send today's digest to everybody whose hour has come and who has news; how many were sent."""
    return sum(send_digest(user_id=user_id, now=now) for user_id in inboxes_with_news())


@transaction.atomic
def send_digest(*, user_id: int, now: datetime) -> bool:
    """The digest of one person if it is due and holds something they may see; every notice is mailed once."""
    inbox = Inbox.objects.select_for_update().filter(pk=user_id).first()
    reader = actor_of_user(user_id)
    if inbox is None or reader is None or not digest_is_due(
        hour=inbox.digest_hour, time_zone=reader.time_zone, last_sent_at=inbox.digest_sent_at,
        quiet_until=inbox.quiet_until, now=now,
    ):
        return False
    news = list_unmailed(actor=reader)
    if not news:
        return False
    Notification.objects.filter(pk__in=[notice.id for _, notice in news]).update(wants_digest=False)
    inbox.digest_sent_at = now
    inbox.save(update_fields=["digest_sent_at"])
    titles = list(dict.fromkeys(thread.title for thread, _ in news))
    with speaking(reader.language):
        subject = titles[0] if len(titles) == 1 else heard(worded("{title} and {count} more", title=titles[0], count=len(titles) - 1))
        text = _digest_text(news)
    queue_mail(actor=reader, to=find_address(user_id), subject=subject, text=text, now=now)
    return True


@transaction.atomic
def mail_notice(*, notification_id: int, now: datetime) -> None:
    """Mail one notice to a person who wants its topic at once, unless they have read it, want quiet, or may not see it."""
    notice = Notification.objects.select_related("thread").filter(pk=notification_id, read_at__isnull=True).first()
    if notice is None or Inbox.objects.filter(pk=notice.thread.user_id, quiet_until__gt=now).exists():
        return
    reader = actor_of_user(notice.thread.user_id)
    if reader is None:
        return
    try:
        thread = get_thread(actor=reader, thread_id=notice.thread_id, noun=notice.thread.noun)
    except NotFound:
        return
    row = next((row for row in list_notices(actor=reader, thread_id=thread.id, noun=thread.ref.noun) if row.id == notification_id), None)
    if row is None:
        return
    with speaking(reader.language):
        subject, text = f"{heard(row.label)}: {thread.title}", f"{_entry(thread, [row])}\n\n{_foot()}"
    queue_mail(actor=reader, to=find_address(notice.thread.user_id), subject=subject, text=text, now=now)


def _digest_text(news: list[tuple[ThreadRow, NoticeRow]]) -> str:
    threads = {thread.id: thread for thread, _ in news}
    parts = [_entry(thread, [notice for mine, notice in news if mine.id == key]) for key, thread in threads.items()]
    return "\n\n".join([*parts, _foot()])


def _entry(thread: ThreadRow, notices: list[NoticeRow]) -> str:
    lines = [thread.title]
    for notice in notices:
        who = f" ({notice.author})" if notice.author else ""
        lines.append(f"  {heard(notice.label)}{who}" + (f": {notice.detail}" if notice.detail else ""))
    path = reverse("inbox_thread", kwargs={"thread_id": thread.id})
    return "\n".join([*lines, f"  {settings.BASE_URL}{path}"])


def _foot() -> str:
    words = heard(worded("How often Wonward writes to you: {address}", address=f"{settings.BASE_URL}{reverse('profile_notices')}"))
    return f"--\n{words}"
