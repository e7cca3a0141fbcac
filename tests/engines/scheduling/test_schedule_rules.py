"""One rule of Microsoft Project per test, on plans small enough to check by hand (Monday is 2 March 2026)."""

from datetime import date, datetime, timedelta

import pytest

from wonward.engines.scheduling import (
    ConstraintType,
    LagUnit,
    LinkType,
    PlanLink,
    PlanProblem,
    PlanTask,
    schedule_plan,
    verify_schedule,
)
from wonward.kernel.work_calendar import STANDARD_CALENDAR, WorkCalendar

DAY = 480
MONDAY = datetime(2026, 3, 2, 8)


def at(day, hour=8, month=3):
    return datetime(2026, month, day, hour)


def timings(*items, start_at=MONDAY, calendar=STANDARD_CALENDAR, calendars=None, status_at=None):
    tasks = [item for item in items if isinstance(item, PlanTask)]
    links = [item for item in items if isinstance(item, PlanLink)]
    problem = PlanProblem(start_at, calendar, tasks, links, calendars or {}, status_at)
    schedule = schedule_plan(problem)
    assert verify_schedule(problem, schedule) == []
    return schedule.timings


def span(timing):
    return timing.start_at, timing.finish_at


def constrained(kind, day, hour=8, key="A", days=2):
    return PlanTask(key, days * DAY, constraint=ConstraintType[kind], constraint_at=at(day, hour))


@pytest.mark.parametrize(
    ("kind", "day", "hour", "expected"),
    [
        ("SNET", 4, 8, (at(4), at(5, 17))),
        ("SNET", 7, 8, (at(9), at(10, 17))),
        ("FNET", 6, 17, (at(5), at(6, 17))),
        ("MSO", 4, 8, (at(4), at(5, 17))),
        ("MFO", 6, 17, (at(5), at(6, 17))),
        ("SNLT", 9, 8, (at(2), at(3, 17))),
        ("FNLT", 9, 17, (at(2), at(3, 17))),
    ],
)
def test_a_constraint_places_a_free_task(kind, day, hour, expected):
    assert span(timings(constrained(kind, day, hour))["A"]) == expected


@pytest.mark.parametrize(
    ("kind", "day", "hour", "start"),
    [("SNLT", 4, 8, at(4)), ("FNLT", 5, 17, at(4)), ("MSO", 4, 8, at(4)), ("MFO", 5, 17, at(4))],
)
def test_a_date_is_honoured_over_a_link(kind, day, hour, start):
    result = timings(PlanTask("P", 5 * DAY), constrained(kind, day, hour), PlanLink("P", "A"))

    assert result["A"].start_at == start
    assert (result["A"].because, result["A"].total_float_minutes) == ("constraint", 0)
    assert result["P"].total_float_minutes == -3 * DAY


def test_an_earliest_date_before_the_project_starts_lets_a_task_start_before_it():
    early = PlanTask("A", DAY, constraint=ConstraintType.SNET, constraint_at=at(26, month=2))

    assert timings(early)["A"].start_at == at(26, month=2)


def test_a_lead_never_pulls_a_task_before_the_project_start():
    result = timings(PlanTask("A", DAY), PlanTask("B", DAY), PlanLink("A", "B", lag_minutes=-5 * DAY))

    assert result["B"].start_at == MONDAY


def test_a_start_to_finish_link_from_the_first_task_leaves_its_successor_at_the_project_start():
    result = timings(PlanTask("A", 2 * DAY), PlanTask("B", 3 * DAY), PlanLink("A", "B", LinkType.SF))

    assert result["B"].start_at == MONDAY


def test_a_task_as_late_as_possible_uses_up_its_float():
    late = PlanTask("A", DAY, constraint=ConstraintType.ALAP)
    result = timings(late, PlanTask("B", 5 * DAY), PlanTask("C", DAY), PlanLink("A", "C"), PlanLink("B", "C"))

    assert span(result["A"]) == (at(6), at(6, 17))
    assert (result["A"].total_float_minutes, result["A"].is_critical) == (0, True)


def test_elapsed_lag_runs_over_the_weekend_and_working_lag_does_not():
    tasks = PlanTask("A", 5 * DAY), PlanTask("B", DAY), PlanTask("C", DAY)
    result = timings(
        *tasks,
        PlanLink("A", "B", lag_minutes=2 * 1440, lag_unit=LagUnit.ELAPSED),
        PlanLink("A", "C", lag_minutes=2 * DAY),
    )

    assert (result["B"].start_at, result["C"].start_at) == (at(9), at(11))


def test_lag_runs_in_the_calendar_of_the_successor():
    always = WorkCalendar((((0, 1440),),) * 7)
    result = timings(
        PlanTask("A", 5 * DAY),
        PlanTask("B", DAY, calendar="always"),
        PlanLink("A", "B", lag_minutes=DAY),
        calendars={"always": always},
    )

    assert result["B"].start_at == datetime(2026, 3, 7, 1)


def test_finish_to_finish_lets_both_end_together():
    result = timings(PlanTask("A", 5 * DAY), PlanTask("B", 2 * DAY), PlanLink("A", "B", LinkType.FF))

    assert span(result["B"]) == (at(5), at(6, 17))
    assert (result["B"].driver, result["B"].because) == ("A", "link")


def test_a_holiday_and_a_worked_saturday_are_respected():
    calendar = WorkCalendar(
        STANDARD_CALENDAR.week, {date(2026, 3, 4): (), date(2026, 3, 7): ((480, 720), (780, 1020))}
    )

    assert span(timings(PlanTask("A", 5 * DAY), calendar=calendar)["A"]) == (MONDAY, at(7, 17))


def test_spans_that_begin_and_end_at_odd_minutes_are_worked_to_the_minute():
    odd = WorkCalendar((((481, 723), (777, 1018)),) * 5 + ((), ()), {date(2026, 3, 4): ((601, 608),)})
    linked = PlanLink("A", "B", LinkType.SS, lag_minutes=490), PlanLink("B", "C", LinkType.FF)

    result = timings(PlanTask("A", 484), PlanTask("B", 7), PlanTask("C", 483), *linked, calendar=odd, start_at=datetime(2026, 3, 2))

    assert span(result["A"]) == (datetime(2026, 3, 2, 8, 1), datetime(2026, 3, 3, 8, 2))
    assert span(result["B"]) == (datetime(2026, 3, 3, 8, 8), datetime(2026, 3, 3, 8, 15))
    assert span(result["C"]) == (datetime(2026, 3, 2, 8, 15), datetime(2026, 3, 3, 8, 15))


def test_a_project_starting_on_a_weekend_begins_on_monday():
    timing = timings(PlanTask("A", DAY), start_at=datetime(2026, 2, 28))["A"]

    assert (timing.start_at, timing.because) == (MONDAY, "calendar")


def test_a_milestone_carries_the_finish_of_what_it_waits_for_and_the_next_task_starts_the_next_day():
    result = timings(
        PlanTask("A", 5 * DAY), PlanTask("M", 0), PlanTask("B", DAY), PlanLink("A", "M"), PlanLink("M", "B")
    )

    assert span(result["M"]) == (at(6, 17), at(6, 17))
    assert result["B"].start_at == at(9)
    assert result["M"].total_float_minutes == result["M"].free_float_minutes == 0


def test_a_first_milestone_without_float_is_as_late_as_it_is_early():
    result = timings(PlanTask("M", 0), PlanTask("A", DAY), PlanLink("M", "A"))

    assert result["M"].late_start_at == result["M"].late_finish_at == result["M"].start_at == MONDAY


def test_a_milestone_with_lag_lies_at_the_end_of_the_day_and_with_lead_at_its_beginning():
    result = timings(
        PlanTask("A", 5 * DAY),
        PlanTask("later", 0),
        PlanTask("sooner", 0),
        PlanLink("A", "later", lag_minutes=DAY),
        PlanLink("A", "sooner", lag_minutes=-DAY),
    )

    assert (result["later"].start_at, result["sooner"].start_at) == (at(9, 17), at(6))


def test_remaining_work_resumes_after_the_status_date():
    started = PlanTask("A", 4 * DAY, percent_complete=50, actual_start_at=MONDAY)
    result = timings(started, PlanTask("B", DAY), PlanLink("A", "B"), status_at=at(9))

    assert span(result["A"]) == (MONDAY, at(10, 17))
    assert result["B"].start_at == at(11)


def test_work_ahead_of_the_status_date_stays_where_it_is():
    started = PlanTask("A", 4 * DAY, percent_complete=50, actual_start_at=MONDAY)

    assert timings(started, status_at=at(3))["A"].finish_at == at(5, 17)


def test_work_not_begun_starts_after_the_status_date():
    timing = timings(PlanTask("A", DAY), status_at=at(4))["A"]

    assert (timing.start_at, timing.because) == (at(4), "status")


def test_a_task_begun_out_of_turn_keeps_its_actual_start():
    result = timings(
        PlanTask("A", 5 * DAY),
        PlanTask("B", 2 * DAY, percent_complete=10, actual_start_at=at(3)),
        PlanLink("A", "B"),
    )

    assert span(result["B"]) == (at(3), at(4, 17))


def test_a_finished_task_has_no_float_and_is_not_critical():
    done = PlanTask("A", 2 * DAY, percent_complete=100, actual_start_at=MONDAY, actual_finish_at=at(4, 12))
    result = timings(done, PlanTask("B", DAY), PlanLink("A", "B"))

    assert span(result["A"]) == (MONDAY, at(4, 12))
    assert (result["A"].total_float_minutes, result["A"].free_float_minutes) == (0, 0)
    assert result["A"].is_critical is False
    assert result["B"].start_at == at(4, 13)


def test_a_manual_task_stays_put_and_its_successors_follow_it():
    result = timings(
        PlanTask("A", 5 * DAY),
        PlanTask("B", DAY, is_manual=True, manual_start_at=at(3)),
        PlanTask("C", DAY),
        PlanLink("A", "B"),
        PlanLink("B", "C"),
    )

    assert (span(result["B"]), result["B"].because) == ((at(3), at(3, 17)), "manual")
    assert result["C"].start_at == at(4)


def test_a_deadline_limits_late_dates_but_moves_nothing():
    result = timings(PlanTask("A", DAY, deadline_at=at(3, 17)), PlanTask("B", 5 * DAY))

    assert span(result["A"]) == (MONDAY, at(2, 17))
    assert result["A"].total_float_minutes == DAY


def test_a_link_to_a_summary_holds_back_each_of_its_tasks():
    result = timings(
        PlanTask("A", 2 * DAY),
        PlanTask("S", 0),
        PlanTask("inner", 0, parent="S"),
        PlanTask("x", DAY, parent="inner"),
        PlanTask("y", 3 * DAY, parent="S"),
        PlanLink("A", "S"),
    )

    assert {result[key].start_at for key in ("x", "y", "inner", "S")} == {at(4)}
    assert result["S"].finish_at == at(6, 17)


def test_a_start_link_from_a_summary_follows_its_first_task():
    result = timings(
        PlanTask("S", 0),
        PlanTask("x", DAY, parent="S", constraint=ConstraintType.SNET, constraint_at=at(4)),
        PlanTask("y", DAY, parent="S", constraint=ConstraintType.SNET, constraint_at=at(3)),
        PlanTask("B", DAY),
        PlanLink("S", "B", LinkType.SS),
    )

    assert (result["B"].start_at, result["B"].driver) == (at(3), "S")
    assert (result["S"].driver, result["S"].because) == ("y", "children")


def test_the_start_constraint_of_a_summary_binds_its_tasks():
    result = timings(
        PlanTask("S", 0, constraint=ConstraintType.SNET, constraint_at=at(4)), PlanTask("x", DAY, parent="S")
    )

    assert result["x"].start_at == at(4)


def test_summaries_linked_to_each_other_keep_their_order():
    result = timings(
        PlanTask("first", 0),
        PlanTask("second", 0),
        *(PlanTask(f"a{days}", days * DAY, parent="first") for days in (1, 2, 3)),
        *(PlanTask(f"b{days}", days * DAY, parent="second") for days in (1, 2)),
        PlanLink("first", "second"),
    )

    assert {result[f"b{days}"].start_at for days in (1, 2)} == {at(5)}
    assert result["a1"].total_float_minutes == 2 * DAY


def test_the_driver_is_the_predecessor_that_finishes_last():
    result = timings(
        PlanTask("A", DAY), PlanTask("B", 3 * DAY), PlanTask("C", DAY), PlanLink("A", "C"), PlanLink("B", "C")
    )

    assert (result["C"].driver, result["C"].because) == ("B", "link")
    assert (result["A"].driver, result["A"].because) == (None, "project_start")


def test_a_plan_longer_than_its_first_window_is_dated_to_the_end():
    tasks = [PlanTask(number, 250 * DAY) for number in range(40)]
    links = [PlanLink(number, number + 1) for number in range(39)]
    result = timings(*tasks, *links)

    assert result[39].finish_at.year == 2064
    assert result[0].total_float_minutes == 0


def test_a_deadline_long_missed_pushes_late_dates_before_the_first_window():
    result = timings(PlanTask("A", 4000 * DAY), PlanTask("B", DAY, deadline_at=at(3)), PlanLink("A", "B"))

    assert result["A"].late_start_at < MONDAY - timedelta(days=5000)


def test_an_empty_plan_finishes_when_it_starts():
    schedule = schedule_plan(PlanProblem(MONDAY, STANDARD_CALENDAR, [], []))

    assert (dict(schedule.timings), schedule.finish_at) == ({}, MONDAY)


@pytest.mark.parametrize("years", [-60, -3, 3, 60])
@pytest.mark.parametrize("unit", list(LagUnit))
def test_lags_of_many_years_leave_every_timing_readable(years, unit):
    lag = years * 365 * 1440 if unit is LagUnit.ELAPSED else years * 260 * DAY
    result = timings(
        PlanTask("A", 5 * DAY),
        PlanTask("B", DAY, percent_complete=50, actual_start_at=at(3)),
        PlanTask("C", DAY, constraint=ConstraintType.SNLT, constraint_at=at(4)),
        *(PlanLink("A", key, kind, lag, unit) for key in "BC" for kind in LinkType),
    )

    assert all(timing.free_float_minutes >= 0 for timing in result.values())
