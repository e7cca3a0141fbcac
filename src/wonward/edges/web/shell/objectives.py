"""An objective in words: what is measured, how far it is, how it stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_words, hours, money_short, number
from wonward.journeys.insights.types import ObjectiveRow, Standing, Unit
from wonward.kernel.money import Money

MEASURE_WORDS = {
    "won_value": gettext_lazy("Won value"),
    "wins": gettext_lazy("Deals won"),
    "win_rate": gettext_lazy("Win rate"),
    "response_time": gettext_lazy("First response to leads"),
    "accepted_at_once": gettext_lazy("Handoffs accepted at once"),
    "promises_kept": gettext_lazy("Promises kept"),
    "milestones_on_time": gettext_lazy("Milestones on time"),
    "projects_on_time": gettext_lazy("Projects on time"),
    "hours_delivered": gettext_lazy("Hours of finished work"),
}
BASIS_WORDS = {
    "won_value": gettext_lazy("value of the deals won in the period"),
    "wins": gettext_lazy("deals won in the period"),
    "win_rate": gettext_lazy("won among the deals closed in the period"),
    "response_time": gettext_lazy("median from a lead’s arrival to our first answer"),
    "accepted_at_once": gettext_lazy("handoffs accepted in the period that never came back to sales"),
    "promises_kept": gettext_lazy("kept among the promises settled in the period"),
    "milestones_on_time": gettext_lazy("milestones reached in the period by the date of the first plan"),
    "projects_on_time": gettext_lazy("projects finished in the period by their promised finish"),
    "hours_delivered": gettext_lazy("planned hours of the tasks finished in the period"),
}
STANDINGS = {
    Standing.AHEAD: (gettext_lazy("Not begun"), "", "calendar"),
    Standing.NOTHING_YET: (gettext_lazy("Nothing to count yet"), "", "circle"),
    Standing.NO_TARGET: (gettext_lazy("No target"), "warn", "circle-alert"),
    Standing.ON_TRACK: (gettext_lazy("On track"), "ok", "circle-check"),
    Standing.BEHIND: (gettext_lazy("Behind"), "warn", "triangle-alert"),
    Standing.REACHED: (gettext_lazy("Reached"), "ok", "circle-check"),
    Standing.MISSED: (gettext_lazy("Missed"), "bad", "circle-x"),
}
_BARS = {Standing.ON_TRACK: "ok", Standing.REACHED: "ok", Standing.BEHIND: "warn", Standing.MISSED: "bad"}


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    """What a card or a page shows of an objective."""

    id: int
    href: str
    name: str
    measure: str
    basis: str
    whose: str
    period: str
    value: str
    target: str
    progress: str
    share: int
    bar: str
    standing: str
    tone: str
    icon: str


def objective_view(row: ObjectiveRow) -> ObjectiveView:
    """An objective for the eyes."""
    progress = row.progress
    words, tone, icon = STANDINGS[progress.standing]
    value = measured_words(row.measure.unit, progress.value, row.currency) if progress.value is not None else "–"
    target = measured_words(row.measure.unit, progress.target, row.currency) if progress.target is not None else "–"
    if progress.value is None:
        told = _("%(target)s is wanted")
    elif row.measure.is_less_better:
        told = _("%(value)s, at most %(target)s is wanted")
    else:
        told = _("%(value)s of %(target)s") if row.measure.is_sum else _("%(value)s, %(target)s is wanted")
    return ObjectiveView(
        row.id, address_of("objective", objective_id=row.id), row.name, str(MEASURE_WORDS[row.measure.key]), str(BASIS_WORDS[row.measure.key]),
        row.person_name or row.team_name or _("Everybody together"), f"{date_words(row.starts_date)} – {date_words(row.ends_date)}",
        value, target, told % {"value": value, "target": target}, progress.share, _BARS.get(progress.standing, ""), str(words), tone, icon,
    )


def measured_words(unit: Unit, value: int, currency: str) -> str:
    """A number in its unit."""
    if unit is Unit.MONEY:
        return money_short(Money(value, currency))
    if unit is Unit.PERCENT:
        return f"{number(value)}%"
    if unit is Unit.WORKING_HOURS:
        return hours(value)
    if unit is Unit.MINUTES:
        return _("%(count)s min") % {"count": number(value)} if value < 120 else hours(value)
    return number(value)
