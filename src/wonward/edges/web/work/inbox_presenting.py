"""The inbox as the page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_form, moment, time_words
from wonward.edges.web.shell.records import PLACES, record_address
from wonward.foundation.notifications.types import NoticeRow, Reason, ThreadRow, View
from wonward.kernel.actor import Actor

_LOOKS = {
    "handoff.submitted": ("seam", "deliver"), "handoff.returned": ("undo-2", "warn"), "handoff.answered": ("message-circle", "deliver"),
    "handoff.accepted": ("badge-check", "ok"), "handoff.overdue": ("clock-alert", "bad"), "handoff.withdrawn": ("rotate-ccw", "warn"), "handoff.lost": ("circle-x", "bad"),
    "handoff.question": ("circle-help", "warn"), "handoff.discussed": ("message-square", "deliver"), "handoff.people": ("users", "sell"),
    "handoff.scope": ("file-text", "warn"),
    "promises.at_risk": ("triangle-alert", "warn"), "promises.uncovered": ("circle-alert", "bad"), "promises.repaired": ("circle-check", "ok"),
    "sales.lead.created": ("user-plus", "sell"), "sales.deal.won": ("badge-check", "ok"), "sales.deal.lost": ("circle-x", ""), "sales.deal.member_added": ("user-plus", "sell"), "delivery.task.assigned": ("user-check", "deliver"),
    "delivery.task.blocked": ("ban", "bad"), "delivery.task.commented": ("message-square", "deliver"),
    "comms.mentioned": ("at-sign", "sell"), "notifications.reminder": ("alarm-clock", "info"),
}
_MORNING = time(8)


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One line of the list."""

    id: int
    href: str
    icon: str
    tone: str
    label: str
    title: str
    detail: str
    when: str
    is_unread: bool
    is_current: bool
    unread_count: int


@dataclass(frozen=True, slots=True)
class InboxDay:
    """Lines of one stretch of time."""

    label: str
    items: list[InboxItem]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice of the open thread."""

    icon: str
    tone: str
    label: str
    author: str
    detail: str
    when: str
    is_unread: bool
    is_quote: bool
    href: str


def inbox_days(threads: Iterable[ThreadRow], *, view: View, current_id: int | None, actor: Actor, now: datetime) -> list[InboxDay]:
    """The list in stretches: today, yesterday, this week, earlier."""
    zone = ZoneInfo(actor.time_zone)
    today = now.astimezone(zone).date()
    days: dict[str, list[InboxItem]] = {}
    for row in threads:
        day = row.last_at.astimezone(zone).date()
        days.setdefault(_stretch(day, today), []).append(_item(row, view, current_id, actor, day == today))
    return [InboxDay(label, items) for label, items in days.items()]


def _stretch(day: date, today: date) -> str:
    if day >= today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return _("This week") if day >= today - timedelta(days=6) else _("Earlier")


def _item(row: ThreadRow, view: View, current_id: int | None, actor: Actor, is_today: bool) -> InboxItem:
    icon, tone = look_of(row.latest.kind)
    zone = ZoneInfo(actor.time_zone)
    when = time_words(row.last_at, actor.time_zone) if is_today else date_form(row.last_at.astimezone(zone).date(), "EEE d MMM")
    if row.snoozed_until and view is View.SNOOZED:
        when = _("until %(moment)s") % {"moment": moment(row.snoozed_until, actor.time_zone)}
    label = _(row.latest.label)
    if row.reason is Reason.MENTION and row.latest.author:
        label = _("%(name)s mentioned you") % {"name": row.latest.author}
    address = address_of("inbox_thread", thread_id=row.id)
    return InboxItem(
        row.id, f"{address}?view={view}", icon, tone, label, row.title, row.latest.detail, when, row.unread_count > 0,
        row.id == current_id, row.unread_count,
    )


def look_of(kind: str) -> tuple[str, str]:
    """Icon and tone of a kind of notice."""
    return _LOOKS.get(kind, ("bell", ""))


def notice_views(notices: Iterable[NoticeRow], actor: Actor) -> list[NoticeView]:
    """What the open thread holds, newest first."""
    shown = []
    for row in notices:
        icon, tone = look_of(row.kind)
        href = address_of("log_entry", communication_id=row.about.id) if row.about and row.about.noun == "comms.communication" else ""
        if row.about and row.about.noun in PLACES:
            href = record_address(row.about)
        shown.append(
            NoticeView(icon, tone, _(row.label), row.author, row.detail, moment(row.happened_at, actor.time_zone), row.is_unread,
                       row.reason is Reason.MENTION, href)
        )
    return shown


def view_tabs(current: View, counts: Mapping[View, int]) -> list[dict[str, object]]:
    """The parts of the inbox, with what they hold."""
    words = {View.FOR_YOU: _("For you"), View.WATCHING: _("Watching"), View.EVERYTHING: _("Everything"), View.SNOOZED: _("Snoozed"),
             View.DONE: _("Done")}
    return [
        {"label": f"{label} {counts[view]}" if counts.get(view) else label, "href": f"{address_of('inbox')}?view={view}", "is_current": view is current}
        for view, label in words.items()
    ]


def snooze_choices(actor: Actor, now: datetime) -> list[tuple[str, str, datetime]]:
    """When a thread may come back: key, words, instant."""
    zone = ZoneInfo(actor.time_zone)
    here = now.astimezone(zone)
    later = (now + timedelta(hours=3)).replace(second=0, microsecond=0)
    tomorrow = datetime.combine(here.date() + timedelta(days=1), _MORNING, zone)
    monday = datetime.combine(here.date() + timedelta(days=7 - here.weekday()), _MORNING, zone)
    return [
        ("later", _("Later today, %(time)s") % {"time": time_words(later, actor.time_zone)}, later),
        ("tomorrow", _("Tomorrow, 08:00"), tomorrow),
        ("monday", _("Monday, %(day)s") % {"day": date_form(monday.date(), "d MMM")}, monday),
    ]
