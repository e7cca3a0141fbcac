"""Searching in the background, and keeping forecasts."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.foundation.jobs.registry import job
from wonward.journeys.capacity.operations import (
    end_abandoned_answers,
    fail_abandoned_searches,
    keep_forecast,
    relevel_date,
    run_search,
)


@job("capacity.level", retries=1)
def level(*, run_id: int, now: datetime) -> None:
    run_search(run_id=run_id, now=now)


@job("capacity.watch_searches", every=timedelta(minutes=5))
def watch_searches(*, now: datetime) -> None:
    fail_abandoned_searches(now=now)
    end_abandoned_answers(now=now)


@job("capacity.relevel_date", retries=1)
def relevel(*, answer_id: int, now: datetime) -> None:
    relevel_date(answer_id=answer_id, now=now)


@job("capacity.keep_forecast", every=timedelta(hours=6))
def keep_this_weeks_forecast(*, now: datetime) -> None:
    keep_forecast(now=now)
