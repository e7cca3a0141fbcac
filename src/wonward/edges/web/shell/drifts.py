"""Promise against forecast of a project, as the drift card draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.comms.types import CommunicationRow
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_form, date_short
from wonward.edges.web.shell.next_actions import day_words
from wonward.journeys.client_record.types import Drift


@dataclass(frozen=True, slots=True)
class Movement:
    """The line of the forecast in a box 1000 x 400; `promise_y` is where the promise lies."""

    line: list[tuple[int, int]]
    promise_y: int
    labels: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class DriftLook:
    """One project's drift in words. `cause` is what an author of a change said last, `again` how the plan moved since without a word."""

    project_id: int
    name: str
    href: str
    promised: str
    forecast: str
    slip_words: str
    tone: str
    cause: str
    author: str
    changed: str
    before: str
    after: str
    movement: Movement | None
    number: str = ""
    news: str = ""
    told: str = ""
    saying: str = ""
    tell_url: str = ""
    again: str = ""


def look_of(drift: Drift, *, today: date, may_open: bool, may_tell: bool = False) -> DriftLook:
    """The card of one project. `news` is what moved since the viewer last looked, `saying` what the client should hear."""
    project, change, again = drift.project, drift.last_said or drift.last_change, drift.moved_again
    told = drift.memory.told if drift.memory else None
    is_news_for_client = may_tell and drift.is_worth_telling
    return DriftLook(
        project.id, project.name, address_of("project", project_id=project.id) if may_open else "",
        _full(project.promised_finish_date) or _("No date promised"),
        _full(project.finished_date or project.forecast_finish_date) or _("Not planned"), slip_words(drift),
        "warn" if drift.is_late else "ok", change.reason if change else "", change.author_label if change else "",
        day_words(change.happened_at.date(), today) if change else "",
        date_short(change.finish_before_date) if change else "", date_short(change.finish_after_date) if change else "",
        _movement(drift, today), number=project.number,
        news=news_words(drift.days_since_seen),
        told=_("%(name)s told the client %(finish)s, %(day)s") % {
            "name": told.told_by, "finish": date_short(told.finish_date), "day": day_words(told.told_at.date(), today),
        } if told else "",
        saying=client_sentence(drift) if is_news_for_client else "",
        tell_url=address_of("client_update", project_id=project.id) if is_news_for_client else "",
        again=_("%(name)s, %(day)s · moved again from %(before)s to %(after)s") % {
            "day": day_words(again.happened_at.date(), today), "name": again.author_label, "before": date_short(again.finish_before_date),
            "after": date_short(again.finish_after_date),
        } if again and again.finish_before_date != again.finish_after_date else "",
    )


def contact_words(rows: Sequence[CommunicationRow], today: date) -> str:
    """When somebody of the client was heard or met last, of entries newest first."""
    for row in rows:
        if row.contact_ids and not row.is_automatic:
            return _("Last contact with the client: %(day)s, %(name)s") % {
                "day": day_words(row.happened_at.date(), today), "name": row.author,
            }
    return _("Nobody of the client is in the latest entries of the log.") if rows else ""


def news_words(days: int | None) -> str:
    """How far a forecast moved since the viewer last looked; nothing when it stands where it stood."""
    if not days:
        return ""
    return _("%(days)s d since you last looked") % {"days": f"{days:+d}".replace("-", "−")}


def client_sentence(drift: Drift) -> str:
    """How the finish stands, fit for the client: dates and the promise alone, no colleague, cause or amount."""
    project, days = drift.project, drift.days_late
    facts = {"project": project.name, "forecast": _full(drift.forecast_date), "promised": _full(project.promised_finish_date)}
    if project.promised_finish_date is None:
        return _("Our current plan finishes %(project)s on %(forecast)s.") % facts
    if drift.is_behind and days <= 0:
        return _("We are dating the rest of %(project)s anew and will tell you the day.") % facts
    if drift.is_unsure:
        return _("Our current plan finishes %(project)s on %(forecast)s.") % facts
    if days > 0:
        return ngettext(
            "Our current plan finishes %(project)s on %(forecast)s, one working day after the %(promised)s we agreed. "
            "We would like to talk through the ways back with you.",
            "Our current plan finishes %(project)s on %(forecast)s, %(days)s working days after the %(promised)s we agreed. "
            "We would like to talk through the ways back with you.", days,
        ) % {**facts, "days": days}
    if days < 0:
        return ngettext(
            "Good news: our current plan finishes %(project)s on %(forecast)s, one working day before the %(promised)s we agreed.",
            "Good news: our current plan finishes %(project)s on %(forecast)s, %(days)s working days before the %(promised)s we agreed.",
            -days,
        ) % {**facts, "days": -days}
    return _("Good news: our current plan finishes %(project)s on %(promised)s again, the day we agreed.") % facts


def _full(day: date | None) -> str:
    return date_form(day, "d MMM y")


def unnoted_visits(drifts: Sequence[Drift]) -> str:
    """The projects whose forecast the viewer sees for the first time in this visit, for the page to note once it is drawn."""
    return ",".join(str(drift.project.id) for drift in drifts if drift.memory is not None and drift.memory.is_due)


def slip_words(drift: Drift) -> str:
    """How far the forecast is from the promise, in working days."""
    days = drift.days_late
    if drift.project.promised_finish_date is None:
        return _("Nothing promised yet")
    if drift.is_unsure:
        return _("Behind: unfinished work lies in the past")
    if days > 0:
        return ngettext("%(days)s working day late", "%(days)s working days late", days) % {"days": days}
    if days < 0:
        return ngettext("%(days)s working day early", "%(days)s working days early", -days) % {"days": -days}
    return _("On the promised day")


def _movement(drift: Drift, today: date) -> Movement | None:
    change, promised = drift.last_change, drift.project.promised_finish_date
    if change is None or promised is None or not change.finish_before_date or not change.finish_after_date:
        return None
    before, after = (change.finish_before_date - promised).days, (change.finish_after_date - promised).days
    widest = max(abs(before), abs(after), 1)
    y_of = {days: 200 - 140 * days // widest for days in (before, after)}
    return Movement(
        [(0, y_of[before]), (520, y_of[before]), (860, y_of[after])], 200,
        [(0, date_short(change.finish_before_date)), (860, date_short(change.finish_after_date))],
    )
