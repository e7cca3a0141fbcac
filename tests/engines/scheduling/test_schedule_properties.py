"""What every schedule keeps to, tried on many small plans."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engines.scheduling.plans import (
    CALENDARS,
    MONDAY,
    detailed_task,
    durations,
    forward_links,
    lags,
    plain_tasks,
    plans,
    simple_plans,
)

from wonward.engines.scheduling import (
    ConstraintType,
    CycleFound,
    LinkType,
    PlanLink,
    PlanProblem,
    PlanTask,
    reschedule_plan,
    schedule_plan,
    verify_schedule,
)
from wonward.engines.scheduling.slow_clock import SlowClock
from wonward.kernel.work_calendar import STANDARD_CALENDAR

many = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@many
@given(plans())
def test_the_independent_judge_accepts_every_schedule(problem):
    assert verify_schedule(problem, schedule_plan(problem)) == []


@many
@given(simple_plans())
def test_no_plain_task_lacks_float_and_free_float_never_exceeds_total(problem):
    timings = schedule_plan(problem).timings.values()

    assert all(0 <= timing.free_float_minutes <= timing.total_float_minutes for timing in timings)
    assert any(timing.is_critical for timing in timings)


@many
@given(simple_plans(), st.data())
def test_a_task_delayed_by_its_total_float_does_not_move_the_finish(problem, data):
    schedule = schedule_plan(problem)
    task = data.draw(st.sampled_from(problem.tasks))
    late = replace(
        task, constraint=ConstraintType.SNET, constraint_at=schedule.timings[task.key].late_start_at
    )
    delayed = replace(problem, tasks=[late if each is task else each for each in problem.tasks])

    clock = SlowClock(problem.calendar, MONDAY.date())
    assert clock.between(schedule.finish_at, schedule_plan(delayed).finish_at) == 0


@many
@given(plans(), st.data())
def test_rescheduling_after_a_change_equals_scheduling_anew(problem, data):
    before = schedule_plan(problem)
    leaves = [task for task in problem.tasks if task.key not in ("first", "second")]
    task = data.draw(st.sampled_from(leaves))
    place = int(str(task.key)[1:])
    other = data.draw(detailed_task(place, (None, *CALENDARS)))
    changed = replace(
        problem,
        tasks=[replace(other, parent=task.parent) if each is task else each for each in problem.tasks],
    )

    assert dict(reschedule_plan(changed, before, {task.key}).timings) == dict(schedule_plan(changed).timings)


@many
@given(plans(), st.data())
def test_rescheduling_after_links_come_and_go_equals_scheduling_anew(problem, data):
    before = schedule_plan(problem)
    leaves = [task for task in problem.tasks if task.key not in ("first", "second")]
    kept = [link for link in problem.links if not _is_within(link, leaves)]
    links = data.draw(forward_links(leaves)) + kept
    touched = {key for link in (*problem.links, *links) for key in (link.from_key, link.to_key)}
    changed = replace(problem, links=links)

    assert dict(reschedule_plan(changed, before, touched).timings) == dict(schedule_plan(changed).timings)


@many
@given(simple_plans(), st.data())
def test_rescheduling_after_tasks_come_and_go_equals_scheduling_anew(problem, data):
    before = schedule_plan(problem)
    gone = data.draw(st.sampled_from(problem.tasks)).key
    links = [link for link in problem.links if gone not in (link.from_key, link.to_key)]
    tasks = [task for task in problem.tasks if task.key != gone]
    tasks.append(PlanTask("new", data.draw(durations)))
    links += [PlanLink(tasks[0].key, "new")] if len(tasks) > 1 else []
    changed = replace(problem, tasks=tasks, links=links)

    rescheduled = reschedule_plan(changed, before, {gone, "new"})
    assert dict(rescheduled.timings) == dict(schedule_plan(changed).timings)


@many
@given(simple_plans(), st.data())
def test_adding_a_link_never_makes_a_finish_earlier(problem, data):
    if len(problem.tasks) < 2:
        return
    target = data.draw(st.integers(1, len(problem.tasks) - 1))
    source = data.draw(st.integers(0, target - 1))
    link = PlanLink(
        problem.tasks[source].key,
        problem.tasks[target].key,
        data.draw(st.sampled_from(list(LinkType))),
        data.draw(lags),
    )
    before = schedule_plan(problem).timings
    after = schedule_plan(replace(problem, links=[*problem.links, link])).timings

    assert all(after[key].finish_at >= before[key].finish_at for key in before)


@many
@given(st.data(), st.integers(0, 400))
def test_tasks_without_predecessors_start_at_the_anchor(data, days):
    tasks = data.draw(plain_tasks(data.draw(st.integers(1, 6))))
    start = datetime(2026, 1, 1, 8) + timedelta(days=days)
    anchor = STANDARD_CALENDAR.next_working_day(start.date())
    schedule = schedule_plan(PlanProblem(start, STANDARD_CALENDAR, tasks, []))

    assert {timing.start_at.date() for timing in schedule.timings.values()} == {anchor}
    assert {timing.start_at.hour for timing in schedule.timings.values()} == {8}


@many
@given(st.integers(0, 3000), st.integers(1, 40))
def test_working_durations_hold_over_every_weekday_clock_change_and_year_end(offset, days):
    start = datetime(2024, 1, 1, 8) + timedelta(days=offset)
    problem = PlanProblem(start, STANDARD_CALENDAR, [PlanTask("A", days * 480)], [])
    timing = schedule_plan(problem).timings["A"]

    assert STANDARD_CALENDAR.working_days_between(timing.start_at.date(), timing.finish_at.date()) == days
    assert (timing.start_at.hour, timing.finish_at.hour) == (8, 17)


@many
@given(st.permutations(range(6)), st.integers(2, 6), st.data())
def test_a_circle_is_refused_and_its_path_named(keys, length, data):
    circle = keys[:length]
    links = [PlanLink(first, second) for first, second in zip(circle, circle[1:] + circle[:1], strict=True)]
    links += [PlanLink(circle[0], key) for key in keys[length:]]
    tasks = [PlanTask(key, 480) for key in sorted(keys)]

    with pytest.raises(CycleFound) as refusal:
        schedule_plan(PlanProblem(MONDAY, STANDARD_CALENDAR, tasks, data.draw(st.permutations(links))))

    path = refusal.value.path
    assert path[0] == path[-1]
    assert sorted(path[1:]) == sorted(circle)
    assert all(PlanLink(first, second) in links for first, second in zip(path, path[1:], strict=False))
    assert " → ".join(str(key) for key in path) in str(refusal.value)


@many
@given(simple_plans(), st.data())
def test_the_judge_catches_a_planted_wrong_date(problem, data):
    schedule = schedule_plan(problem)
    key = data.draw(st.sampled_from(problem.tasks)).key
    field = data.draw(st.sampled_from(("start_at", "finish_at", "late_finish_at", "total_float_minutes")))
    right = schedule.timings[key]
    wrong_value = getattr(right, field) + (60 if "minutes" in field else timedelta(minutes=60))
    planted = {**schedule.timings, key: replace(right, **{field: wrong_value})}

    assert verify_schedule(problem, replace(schedule, timings=planted)) != []


def _is_within(link, leaves):
    keys = {task.key for task in leaves}
    return link.from_key in keys and link.to_key in keys
