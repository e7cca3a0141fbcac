"""How good what was said turned out to be: promised dates, chances of deals, forecasts of demand."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec
from django.http import HttpResponse
from ninja import Query

from wonward.edges.api.v1.answers import Page, answer, page
from wonward.edges.api.v1.inputs import ListQuery
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.capacity.queries import get_track_record, list_promise_outcomes
from wonward.journeys.capacity.types import ChanceBucket, ForecastScore, PromiseOutcome


class ChanceGroupOut(msgspec.Struct, frozen=True):
    """Chances from `low_percent` to below `high_percent`: how many, what was said on average, what came true."""

    low_percent: int
    high_percent: int
    count: int
    said_percent: int
    came_true_percent: int


class ForecastScoreOut(msgspec.Struct, frozen=True):
    """Forecasts of so many weeks ahead over `cells` roles and weeks: CRPS in hours beside that of the probability-weighted sum.

    `coverage` is the share of hours that lay below P80; 0.8 is perfect.
    """

    first_week: int
    last_week: int
    cells: int
    crps_hours: float
    weighted_crps_hours: float
    ratio: float
    coverage: float


class TrackRecordOut(msgspec.Struct, frozen=True):
    """Brier scores are lower for the better, 0.25 is a coin; null where there is nothing to judge.

    While a history `is_thin` its scores mean little; `forecast_scores` stay empty until enough weeks have come.
    """

    promises_settled: int
    promises_kept: int
    promises_with_basis: int
    promise_brier: float | None
    promise_groups: list[ChanceGroupOut]
    chances_judged: int
    chance_brier: float | None
    stage_brier: float | None
    chances_are_thin: bool
    chance_groups: list[ChanceGroupOut]
    forecasts_kept: int
    first_forecast_date: date | None
    weeks_compared: int
    weeks_missing: int
    forecasts_are_thin: bool
    forecast_scores: list[ForecastScoreOut]


class PromiseOutcomeOut(msgspec.Struct, frozen=True):
    """A dated promise, what was known when it was made, and what became of it; `days_late` below 0 is early."""

    promise_id: int
    number: str
    text: str
    deal_id: int | None
    project_id: int | None
    due_date: date
    chance_percent: int | None
    lay_at: str
    p50_date: date | None
    state: str
    actual_date: date | None
    is_settled: bool
    days_late: int | None


class OutcomeQuery(ListQuery):
    """By due date, the newest first."""

    sort: Literal["-due_date"] = "-due_date"


@route("GET", "/capacity/track-record", permission="capacity.outlook.view", answers={200: TrackRecordOut})
def read_track_record(request: ApiRequest) -> HttpResponse:
    """Scores of promised dates, of the chances of deals, and of forecasts of demand."""
    record = get_track_record(actor=request.actor, today=civil_date(request.now, request.actor.time_zone))
    chances, forecasts = record.chances, record.forecasts
    return answer(TrackRecordOut(
        record.settled, record.kept, record.with_basis, record.brier, [_group(one) for one in record.buckets], len(chances.judged), chances.brier,
        chances.brier_entered, chances.is_thin, [_group(one) for one in chances.buckets], forecasts.kept, forecasts.first_kept, forecasts.weeks_compared,
        forecasts.weeks_missing, forecasts.is_thin, [] if forecasts.is_thin else [_score(one) for one in (forecasts.whole, *forecasts.reaches)],
    ))


@route("GET", "/capacity/track-record/promises", permission="capacity.outlook.view", answers={200: Page[PromiseOutcomeOut]})
def read_promise_outcomes(request: ApiRequest, where: OutcomeQuery = Query(...)) -> HttpResponse:
    """The dated promises the caller sees, with their basis and what became of them; the newest 500."""
    rows = list_promise_outcomes(
        actor=request.actor, today=civil_date(request.now, request.actor.time_zone), text=where.q, updated_since=where.updated_since,
    )
    return page(rows[where.offset : where.offset + where.limit + 1], where, _outcome)


def _group(one: ChanceBucket) -> ChanceGroupOut:
    return ChanceGroupOut(one.low, one.high, one.count, one.said, one.came_true)


def _score(one: ForecastScore) -> ForecastScoreOut:
    return ForecastScoreOut(
        one.first_week, one.last_week, one.cells, round(one.crps, 3), round(one.crps_of_mean, 3), round(one.ratio, 4), round(one.coverage, 4)
    )


def _outcome(one: PromiseOutcome) -> PromiseOutcomeOut:
    return PromiseOutcomeOut(
        one.id, one.number, one.text, one.deal_id, one.project_id, one.due_date, one.chance, one.quantile, one.p50, one.state, one.actual,
        one.is_settled, one.days_late,
    )
