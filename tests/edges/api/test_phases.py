"""What a phase takes, told over REST: its tasks say when it begins and ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.domains.delivery.plan import make_plan
from tests.edges.api.client import Api
from tests.people import make_cast
from wonward.kernel.work_calendar import STANDARD_CALENDAR

pytestmark = pytest.mark.django_db


def test_a_phase_takes_the_working_days_from_its_first_to_its_last() -> None:
    cast = make_cast()
    plan = make_plan(cast)
    api = Api(cast.manager)
    rows = {row["id"]: row for row in api.get(f"/projects/{plan.project_id}/tasks?limit=100")[1]["items"]}
    phases = [row for row in rows.values() if row["kind"] == "phase"]
    assert phases
    for phase in phases:
        inside = [row for row in rows.values() if row["parent_id"] == phase["id"]]
        first, last = min(row["start_date"] for row in inside), max(row["finish_date"] for row in inside)
        assert (phase["start_date"], phase["finish_date"]) == (first, last)
        assert phase["duration_days"] == _working_days(first, last)
        assert api.get(f"/tasks/{phase['id']}")[1]["duration_days"] == phase["duration_days"]
    work = next(row["id"] for row in rows.values() if row["kind"] == "task" and row["parent_id"] and row["finish_date"] == rows[row["parent_id"]]["finish_date"])
    assert api.patch(f"/tasks/{work}", {"duration_days": rows[work]["duration_days"] + 3, "reason": "More pages than we thought"})[0] == 200
    parent = rows[rows[work]["parent_id"]]
    assert api.get(f"/tasks/{parent['id']}")[1]["duration_days"] == parent["duration_days"] + 3


def _working_days(first: str, last: str) -> float:
    day, found = date.fromisoformat(first), 0
    while day <= date.fromisoformat(last):
        found += bool(STANDARD_CALENDAR.minutes_on(day))
        day += timedelta(days=1)
    return float(found)
