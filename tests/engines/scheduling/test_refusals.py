"""Plans and documents the scheduler refuses, by name."""

import contextlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wonward.engines.scheduling import (
    AbsurdValue,
    ConstraintType,
    CycleFound,
    DuplicateTask,
    InvalidDocument,
    LinkWithinSummary,
    MissingDate,
    NegativeDuration,
    PlanLink,
    PlanProblem,
    PlanTask,
    ScheduleError,
    SelfLink,
    UnknownCalendar,
    UnknownTask,
    schedule_plan,
    solve_document,
)
from wonward.kernel.work_calendar import STANDARD_CALENDAR, CalendarNeverWorks, InvalidCalendar, WorkCalendar

MONDAY = datetime(2026, 3, 2, 8)
A, B = PlanTask("A", 480), PlanTask("B", 480)
CENTURY = 101 * 366 * 1440


def plan(tasks, links=(), start_at=MONDAY, calendar=STANDARD_CALENDAR):
    return schedule_plan(PlanProblem(start_at, calendar, tasks, links))


@pytest.mark.parametrize(
    ("error", "tasks", "links"),
    [
        (DuplicateTask, [A, A], []),
        (NegativeDuration, [PlanTask("A", -1)], []),
        (AbsurdValue, [PlanTask("A", CENTURY)], []),
        (AbsurdValue, [PlanTask("A", 480, deadline_at=datetime(2300, 1, 1))], []),
        (AbsurdValue, [PlanTask("A", 480, actual_start_at=datetime(1969, 1, 1))], []),
        (AbsurdValue, [PlanTask("A", 480, deadline_at=datetime(2026, 3, 2, tzinfo=UTC))], []),
        (AbsurdValue, [PlanTask("A", 480, percent_complete=101)], []),
        (AbsurdValue, [A, B], [PlanLink("A", "B", lag_minutes=CENTURY)]),
        (
            AbsurdValue,
            [PlanTask(key, 90 * 250 * 480) for key in "ABC"],
            [PlanLink("A", "B"), PlanLink("B", "C")],
        ),
        (SelfLink, [A], [PlanLink("A", "A")]),
        (UnknownTask, [A], [PlanLink("A", "Z")]),
        (UnknownTask, [PlanTask("A", 480, parent="Z")], []),
        (UnknownCalendar, [PlanTask("A", 480, calendar="none")], []),
        (MissingDate, [PlanTask("A", 480, constraint=ConstraintType.MSO)], []),
        (CycleFound, [A, B], [PlanLink("A", "B"), PlanLink("B", "A")]),
        (CycleFound, [PlanTask("A", 0, parent="B"), PlanTask("B", 0, parent="A")], []),
        (LinkWithinSummary, [A, PlanTask("B", 480, parent="A")], [PlanLink("A", "B")]),
        (LinkWithinSummary, [A, PlanTask("B", 480, parent="A")], [PlanLink("B", "A")]),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_by_name(error, tasks, links):
    with pytest.raises(error):
        plan(tasks, links)


def test_a_circle_through_a_summary_names_the_summary():
    tasks = [PlanTask("S", 0), PlanTask("x", 480, parent="S"), B]

    with pytest.raises(CycleFound) as refusal:
        plan(tasks, [PlanLink("S", "B"), PlanLink("B", "x")])

    assert sorted(refusal.value.path[1:]) == ["B", "S", "x"]


def test_a_calendar_that_never_works_is_refused():
    with pytest.raises(CalendarNeverWorks):
        plan([A], calendar=WorkCalendar(((),) * 7))


def test_a_calendar_that_works_one_day_only_cannot_hold_two():
    calendar = WorkCalendar(((),) * 7, {date(2026, 3, 3): ((480, 960),)})

    assert plan([A], calendar=calendar).timings["A"].finish_at == datetime(2026, 3, 3, 16)
    with pytest.raises(CalendarNeverWorks):
        plan([A, B], [PlanLink("A", "B")], calendar=calendar)


@pytest.mark.parametrize(
    "document",
    [
        "text",
        {"start": "soon", "tasks": []},
        {"tasks": []},
        {"start": "2026-03-02", "tasks": [{"duration_days": 1}]},
        {"start": "2026-03-02", "tasks": [{"key": "A", "duration_days": "long"}]},
        {"start": "2026-03-02", "tasks": [{"key": "A", "duration_days": float("nan")}]},
        {"start": "2026-03-02", "tasks": [{"key": "A", "constraint": {"type": "WHENEVER"}}]},
        {"start": "2026-03-02", "tasks": [{"key": "A"}], "links": [{"from": "A"}]},
        {"start": "2026-03-02", "tasks": [{"key": "A", "constraint": "SNET"}]},
        {"start": "2026-03-02", "tasks": [{"key": ["A"]}]},
        {"start": "2026-03-02", "tasks": [{"key": "A", "parent": {}}]},
        {"start": "2026-03-02", "tasks": 5},
        {"start": "2026-03-02", "tasks": [], "calendar": "x"},
        {"start": "2026-03-02", "tasks": [], "calendars": "x"},
        {"start": "2026-03-02", "tasks": [], "links": [{"from": "A", "to": "B", "type": "XX"}]},
        {"start": "2026-03-02", "tasks": [], "links": [{"from": "A", "to": "B", "lag_unit": "years"}]},
    ],
)
def test_a_document_that_cannot_be_read_is_refused(document):
    with pytest.raises(InvalidDocument):
        solve_document(document)


def test_a_document_with_a_broken_calendar_is_refused():
    calendar = {"week": {"mon": [["12:00", "08:00"]]}}

    with pytest.raises(InvalidCalendar):
        solve_document({"start": "2026-03-02", "calendar": calendar, "tasks": []})


def test_bare_dates_mean_the_start_and_the_end_of_the_working_day():
    document = {
        "start": "2026-03-02",
        "tasks": [
            {"key": "A", "duration_days": 1, "constraint": {"type": "MSO", "date": "2026-03-04"}},
            {"key": "B", "duration_days": 1, "constraint": {"type": "MFO", "date": "2026-03-04"}},
            {"key": "C", "duration_days": 1, "manual": {"start": "2026-03-05"}},
            {"key": "D", "duration_days": 1, "manual": True, "start": "2026-03-05"},
        ],
        "links": [],
    }
    answer = solve_document(document)["tasks"]

    assert {answer[key]["start"] for key in "AB"} == {"2026-03-04T08:00"}
    assert {answer[key]["finish"] for key in "CD"} == {"2026-03-05T17:00"}


_SCALARS = st.none() | st.booleans() | st.integers(-10**6, 10**6) | st.floats(width=32) | st.sampled_from(
    ["", "A", "B", "2026-03-02", "2026-03-02T08:00", "MSO", "FNET", "FS", "9999-12-31", "mon", "working_days"]
) | st.text(max_size=4)
_ANYTHING = st.recursive(_SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=6)
_PLACES = {
    "problem": ["start", "calendar", "calendars", "tasks", "links", "status_date"],
    "task": ["key", "duration_days", "parent", "constraint", "deadline", "percent_complete", "actual_start", "manual", "calendar", "start"],
    "link": ["from", "to", "type", "lag", "lag_unit"],
    "constraint": ["type", "date"],
    "calendar": ["week", "exceptions"],
}


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_document_is_answered_or_refused_and_nothing_else_happens(data):
    constraint = {"type": "MSO", "date": "2026-03-04"}
    task = {"key": "A", "duration_days": 1, "constraint": constraint}
    link = {"from": "A", "to": "B"}
    calendar = {"week": {"mon": [["08:00", "12:00"]]}, "exceptions": [{"date": "2026-03-02", "working": []}]}
    document = {"start": "2026-03-02", "calendar": calendar, "tasks": [task, {"key": "B"}], "links": [link]}
    spots = {"problem": document, "task": task, "link": link, "constraint": constraint, "calendar": calendar}
    for where in data.draw(st.lists(st.sampled_from(sorted(_PLACES)), min_size=1, max_size=3)):
        spots[where][data.draw(st.sampled_from(_PLACES[where]))] = data.draw(_ANYTHING)
    with contextlib.suppress(ScheduleError, InvalidCalendar, CalendarNeverWorks):
        assert "tasks" in solve_document(document)
