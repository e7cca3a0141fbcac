"""Forecasts as they are kept, and how they did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from wonward.engines.forecast import ForecastCell, OpenDeal, forecast_cells, score_cells
from wonward.journeys.capacity.models import ForecastWeek
from wonward.journeys.capacity.queries.ledger import get_ledger
from wonward.journeys.capacity.queries.pipeline import Pipeline, read_pipeline
from wonward.journeys.capacity.rules.weeks import monday_of
from wonward.journeys.capacity.types import ForecastRecord, ForecastScore, WhatIf
from wonward.kernel.actor import Actor

WEEKS_AHEAD = 26
DRAWS = 1000
SEED = 1
FEWEST_WEEKS = 8
REACHES = ((1, 4), (5, 8), (9, 13), (14, WEEKS_AHEAD - 1))
MOST_FORECASTS = 104


def read_forecast(*, actor: Actor, week: date) -> dict[str, list[list[Any]]]:
    """The forecast of the weeks after the Monday `week`, small enough to keep: by role id, as `ForecastWeek` describes."""
    pipeline = read_pipeline(actor, week, WEEKS_AHEAD, WhatIf())
    deals = tuple(_as_typed(deal, pipeline) for deal in pipeline.problem.deals)
    entered = replace(pipeline.problem, deals=deals, doubt={})
    kept: dict[str, list[list[Any]]] = {}
    for cell in forecast_cells(pipeline.problem, entered, draws=DRAWS, seed=SEED):
        if cell.week and pipeline.role_ids[cell.role] > 0:
            rows = kept.setdefault(str(pipeline.role_ids[cell.role]), [])
            rows.append([cell.week, cell.weighted, cell.p80, list(cell.steps)])
    return kept


def _as_typed(deal: OpenDeal, pipeline: Pipeline) -> OpenDeal:
    """A deal as its stage and its dates say, without anything learned from history."""
    if not deal.key.isdecimal():
        return deal
    return replace(deal, probability=pipeline.deals[int(deal.key)].probability / 100, slip={0: 1.0}, effort_spread=0.0, group="", role_effort={})


def read_hours_of_weeks(*, actor: Actor, first: date, weeks: int) -> dict[date, dict[str, float]]:
    """Hours that bookings and plans asked of each role in each week from the Monday `first`, whether done by now or not."""
    ledger = get_ledger(actor=actor, first=first, weeks=weeks, with_done=True)
    asked = {str(role_id): ledger.asked_of_role(role_id) for role_id in ledger.roles}
    return {
        ledger.first + timedelta(weeks=number): {role: round(row[number] / 60, 2) for role, row in asked.items() if row[number]}
        for number in range(weeks)
    }


def read_forecast_record(*, today: date) -> ForecastRecord:
    """Every forecast kept against the hours that came; sums over roles, which name nobody."""
    rows = list(ForecastWeek.objects.order_by("-week").values_list("week", "forecast", "came")[: MOST_FORECASTS + WEEKS_AHEAD])
    came = {week: hours for week, _, hours in rows if hours is not None}
    forecasts = [(week, forecast) for week, forecast, _ in rows if forecast]
    pairs = [pair for week, forecast in forecasts[:MOST_FORECASTS] for pair in _pairs(week, forecast, came)]
    compared = {week for week, _, _, _ in pairs}
    scores = [_score(low, high, ((cell, hours) for _, ahead, cell, hours in pairs if low <= ahead <= high)) for low, high in REACHES]
    whole = _score(1, WEEKS_AHEAD - 1, ((cell, hours) for _, _, cell, hours in pairs))
    first = min((week for week, _ in forecasts), default=None)
    return ForecastRecord(
        len(forecasts), first, len(compared), max(0, FEWEST_WEEKS - len(compared)), whole, tuple(one for one in scores if one.cells),
        monday_of(today) + timedelta(weeks=1),
    )


def _pairs(week: date, forecast: dict[str, list[list[Any]]], came: dict[date, dict[str, float]]) -> Iterable[tuple[date, int, ForecastCell, float]]:
    for role, cells in forecast.items():
        for ahead, weighted, p80, steps in cells:
            then = week + timedelta(weeks=ahead)
            if then in came:
                yield then, ahead, ForecastCell(role, ahead, weighted, p80, tuple(steps)), came[then].get(role, 0.0)


def _score(low: int, high: int, pairs: Iterable[tuple[ForecastCell, float]]) -> ForecastScore:
    report = score_cells(pairs)
    return ForecastScore(low, high, report.cells, report.crps, report.crps_of_mean, report.ratio, report.coverage)
