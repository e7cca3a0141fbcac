"""Promised, basis, actual; chances and forecasts against what came true."""

from __future__ import annotations

from datetime import date, datetime

from wonward.domains.sales.queries.outcomes import list_closed_visits
from wonward.engines.forecast import brier_score
from wonward.foundation.access.policy import require
from wonward.journeys.capacity.queries.forecasts import read_forecast_record
from wonward.journeys.capacity.rules.track_record import (
    ClosedVisit,
    buckets_of,
    judge_chances,
    quantile_words,
)
from wonward.journeys.capacity.types import PromiseOutcome, TrackRecord
from wonward.journeys.promises.queries import list_promises
from wonward.journeys.promises.types import PromiseRow
from wonward.kernel.actor import Actor

MOST_PROMISES = 500
STATES = ("kept", "broken", "confirmed")


def get_track_record(*, actor: Actor, today: date) -> TrackRecord:
    """The dated promises the viewer sees with what was known when they were made, and the chances of all closed deals, who sees them or not."""
    outcomes = tuple(list_promise_outcomes(actor=actor, today=today))
    settled = [one for one in outcomes if one.is_settled]
    kept = [_is_kept(one) for one in settled]
    pairs = [(one.chance / 100, _is_kept(one)) for one in settled if one.chance is not None]
    visits = [ClosedVisit(*values) for values in list_closed_visits()]
    return TrackRecord(
        outcomes, len(settled), sum(kept), sum(one.chance is not None for one in outcomes), buckets_of(pairs), brier_score(pairs) if pairs else None,
        judge_chances(visits), read_forecast_record(today=today),
    )


def list_promise_outcomes(*, actor: Actor, today: date, text: str = "", updated_since: datetime | None = None) -> list[PromiseOutcome]:
    """The newest dated promises the viewer sees, 500 at most, each with what was known when it was made and what became of it."""
    require(actor, "capacity.outlook.view")
    rows = list_promises(actor=actor, sort="-due_date", text=text, updated_since=updated_since, limit=MOST_PROMISES)
    return [_outcome(row, row.due_date, today) for row in rows if row.due_date and row.state in STATES]


def _is_kept(one: PromiseOutcome) -> bool:
    return one.state == "kept" and (one.days_late is None or one.days_late <= 0)


def _outcome(row: PromiseRow, due: date, today: date) -> PromiseOutcome:
    basis = row.basis
    done = row.state_at.date() if row.state == "kept" and row.state_at else None
    finishes = [cover.finish_date for cover in row.covers if cover.is_done and cover.finish_date]
    # Kept is said when somebody says so; the work itself may have been done before.
    actual = min([day for day in (max(finishes, default=None), done) if day], default=None) if row.state == "kept" else row.forecast_date
    is_settled = row.state in ("kept", "broken") or (row.state == "confirmed" and due < today and (actual is None or actual > due))
    return PromiseOutcome(
        row.id, row.number, row.text, row.deal_id, row.project_id, due, basis.chance if basis else None,
        quantile_words(due, {"p50": basis.p50_date, "p80": basis.p80_date, "p90": basis.p90_date}) if basis else "",
        basis.p50_date if basis else None, row.state, actual, is_settled, (actual - due).days if actual else None,
    )
