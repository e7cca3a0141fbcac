"""Three objectives of the sample company, of this quarter and this year."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from wonward.journeys.insights.operations import set_objective
from wonward.journeys.insights.types import ObjectiveFields
from wonward.kernel.actor import Actor


def add_objectives(*, leader: Actor, now: datetime) -> None:
    """Won value and handoffs accepted at once this quarter, milestones on time this year."""
    today = now.date()
    quarter = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    last = (quarter + timedelta(days=95)).replace(day=1) - timedelta(days=1)
    year = date(today.year, 1, 1), date(today.year, 12, 31)
    wanted = (
        ObjectiveFields("Win the quarter", "won_value", quarter, last, 60_000_000),
        ObjectiveFields("Handoffs that need no second round", "accepted_at_once", quarter, last, 85,
                        note="Delivery begins without asking sales again."),
        ObjectiveFields("Milestones by the day of the first plan", "milestones_on_time", *year, 80),
    )
    for fields in wanted:
        set_objective(actor=leader, fields=fields, now=now)
