"""The errands of the house in the background, and clearing away what they brought."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.foundation.jobs.registry import job
from wonward.journeys.house.operations import (
    carry_out_retention,
    clear_old_exports,
    empty_trash,
    fail_abandoned_errands,
    make_export,
    serve_colleague,
    serve_person,
    serve_sample,
)


@job("house.export", retries=2)
def export(*, errand_id: int, now: datetime) -> None:
    make_export(errand_id=errand_id, now=now)


@job("house.sample", retries=2)
def sample(*, errand_id: int, now: datetime) -> None:
    serve_sample(errand_id=errand_id, now=now)


@job("house.person", retries=2)
def person(*, errand_id: int, now: datetime) -> None:
    serve_person(errand_id=errand_id, now=now)


@job("house.colleague", retries=2)
def colleague(*, errand_id: int, now: datetime) -> None:
    serve_colleague(errand_id=errand_id, now=now)


@job("house.tidy", every=timedelta(hours=1))
def tidy(*, now: datetime) -> None:
    clear_old_exports(now=now)
    fail_abandoned_errands(now=now)


@job("house.empty_trash", every=timedelta(days=1))
def trash(*, now: datetime) -> None:
    empty_trash(now=now)


@job("house.retention", every=timedelta(days=1))
def retention(*, now: datetime) -> None:
    carry_out_retention(now=now)


@job("house.retention_now", retries=2)
def retention_now(*, now: datetime) -> None:
    carry_out_retention(now=now)
