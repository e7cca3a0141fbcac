"""Promise against forecast of a project, as the drift card draws it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
    """One project's drift in words. `cause` is the author's own sentence for the last change of the plan."""

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


def look_of(drift: Drift, *, today: date, may_open: bool) -> DriftLook:
    """The card of one project."""
    project, change = drift.project, drift.last_change
    return DriftLook(
        project.id, project.name, address_of("project", project_id=project.id) if may_open else "",
        _full(project.promised_finish_date) or _("No date promised"),
        _full(project.finished_date or project.forecast_finish_date) or _("Not planned"), slip_words(drift),
        "warn" if drift.is_late else "ok", change.reason if change else "", change.author_label if change else "",
        day_words(change.happened_at.date(), today) if change else "",
        date_short(change.finish_before_date) if change else "", date_short(change.finish_after_date) if change else "",
        _movement(drift, today),
    )


def _full(day: date | None) -> str:
    return date_form(day, "d MMM y")


def slip_words(drift: Drift) -> str:
    """How far the forecast is from the promise, in working days."""
    days = drift.days_late
    if drift.project.promised_finish_date is None:
        return _("Nothing promised yet")
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
