"""How long a client has been waiting for an answer, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.sales.types import OwedAnswerRow
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, time_words


@dataclass(frozen=True, slots=True)
class Waiting:
    """A client who waits: the deal, when they wrote, and how late the answer is."""

    deal: str
    href: str
    words: str
    badge: str
    tone: str
    icon: str


def waiting_of(row: OwedAnswerRow | None, *, now: datetime, zone: str) -> Waiting | None:
    """What the screens say of somebody who waits; None of nobody."""
    if row is None:
        return None
    left = row.due_at - now
    is_late = left < timedelta(0)
    badge = _("%(time)s late") % {"time": span_words(-left)} if is_late else _("until %(at)s") % {"at": _day_and_time(row.due_at, zone)}
    words = _("For an answer, since %(at)s.") % {"at": _day_and_time(row.asked_at, zone)}
    name = f"{row.company_name} · {row.deal_name}" if row.company_name else row.deal_name
    return Waiting(name, address_of("deal", deal_id=row.deal_id), words, badge, "bad" if is_late else "", "clock-alert" if is_late else "timer")


def _day_and_time(at: datetime, zone: str) -> str:
    return f"{date_short(at.astimezone(ZoneInfo(zone)).date())}, {time_words(at, zone)}"


def span_words(span: timedelta) -> str:
    """18 min, 1 h 52 min, 3 d."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return _("%(count)s min") % {"count": minutes}
    if minutes < 60 * 24:
        hours, rest = divmod(minutes, 60)
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest} if rest else _("%(hours)s h") % {"hours": hours}
    return ngettext("%(count)s day", "%(count)s days", minutes // 1440) % {"count": minutes // 1440}
