"""Forecasts kept week by week, and judged by what came."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.people import NOW, TODAY
from wonward.domains.delivery.models import Project, Task
from wonward.journeys.capacity.jobs import keep_this_weeks_forecast
from wonward.journeys.capacity.models import ForecastWeek
from wonward.journeys.capacity.operations import keep_forecast
from wonward.journeys.capacity.queries import get_track_record
from wonward.journeys.capacity.rules.weeks import monday_of
from wonward.journeys.handoff.operations import close_deal_as_won

WEEK = timedelta(weeks=1)
MONDAY = monday_of(TODAY)


def finish_everything(project_ids):
    """As if all of it had been worked off and the projects closed."""
    Task.objects.filter(project_id__in=project_ids).update(percent_complete=100, status="done")
    Project.objects.filter(pk__in=project_ids).update(status="done")


def record_of(studio, today):
    return get_track_record(actor=studio.cast.owner, today=today).forecasts


def test_each_week_keeps_one_forecast_of_the_open_deals(studio):
    assert keep_forecast(now=NOW)
    assert not keep_forecast(now=NOW + timedelta(hours=6))
    row = ForecastWeek.objects.get()
    assert row.week == MONDAY
    assert row.came is None
    hours = {role: sum(weighted for _, weighted, _, _ in cells) for role, cells in row.forecast.items()}
    assert max(hours.values()) == pytest.approx(40 * 0.2, rel=1)
    assert all(ahead >= 1 and list(steps) == sorted(steps) for cells in row.forecast.values() for ahead, _, _, steps in cells)


def test_the_hours_a_week_asked_are_written_down_once_it_is_over_also_when_nothing_ran(studio):
    keep_this_weeks_forecast(now=NOW)
    close_deal_as_won(actor=studio.cast.seller, deal_id=studio.sale.deal_id, brief=studio.sale.brief(), now=NOW)
    keep_this_weeks_forecast(now=NOW + 6 * WEEK)
    rows = {row.week: row for row in ForecastWeek.objects.all()}
    assert set(rows) == {MONDAY + number * WEEK for number in range(7)}
    assert all(rows[MONDAY + number * WEEK].came is not None for number in range(6))
    assert rows[MONDAY + 6 * WEEK].came is None
    assert sum(sum(row.came.values()) for row in rows.values() if row.came) > 0
    assert [bool(rows[MONDAY + number * WEEK].forecast) for number in range(1, 6)] == [False] * 5


def test_done_work_counts_as_having_come(studio):
    keep_forecast(now=NOW)
    won = close_deal_as_won(actor=studio.cast.seller, deal_id=studio.sale.deal_id, brief=studio.sale.brief(), now=NOW)
    keep_forecast(now=NOW + 6 * WEEK)
    before = {row.week: row.came for row in ForecastWeek.objects.exclude(came=None)}
    finish_everything(won.project_ids)
    ForecastWeek.objects.filter(week__gt=MONDAY).delete()
    ForecastWeek.objects.update(came=None)
    keep_forecast(now=NOW + 6 * WEEK)
    assert {row.week: row.came for row in ForecastWeek.objects.exclude(came=None)} == before


def test_with_few_weeks_the_record_says_that_it_is_too_thin(studio):
    empty = record_of(studio, TODAY)
    assert (empty.kept, empty.is_thin, empty.first_kept) == (0, True, None)
    keep_forecast(now=NOW)
    keep_forecast(now=NOW + 3 * WEEK)
    thin = record_of(studio, TODAY + 3 * WEEK)
    assert thin.is_thin
    assert (thin.kept, thin.first_kept) == (1, MONDAY) or thin.kept == 2
    assert thin.weeks_missing == 8 - thin.weeks_compared


def test_enough_weeks_are_scored_by_how_far_ahead_they_looked(studio):
    steps = [float(hours) for hours in range(20)]
    for number in range(12):
        cells = [[ahead, 4.0, 15.0, steps] for ahead in (1, 6)]
        ForecastWeek.objects.create(week=MONDAY + number * WEEK, forecast={"1": cells}, came={"1": 10.0}, kept_at=NOW)
    record = record_of(studio, MONDAY + 12 * WEEK)
    assert not record.is_thin
    assert [(one.first_week, one.last_week, one.cells) for one in record.reaches] == [(1, 4, 11), (5, 8, 6)]
    assert record.whole.crps_of_mean == 6
    assert record.whole.crps < 4
    assert record.whole.coverage == 1
