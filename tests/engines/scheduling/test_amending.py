"""A schedule that is amended step after step is that of the plan scheduled anew, and those before it stay as they were."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engines.scheduling.plans import MONDAY, detailed_task, durations, plans, simple_plans

from wonward.engines.scheduling import (
    CycleFound,
    LinkType,
    PlanLink,
    PlanProblem,
    PlanTask,
    amend_schedule,
    amending,
    schedule_plan,
    verify_schedule,
)
from wonward.engines.scheduling.scheduler import as_schedule
from wonward.kernel.work_calendar import STANDARD_CALENDAR

many = settings(max_examples=600, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
STEPS = 4


def changed(problem, tasks, new, gone):
    by_key = {task.key: task for task in tasks}
    links = [link for link in problem.links if link not in gone] + new
    return replace(problem, tasks=[by_key.get(task.key, task) for task in problem.tasks], links=links)


def a_step(draw, problem):
    """Another value for a task (a length, or anything a task may say of itself), links that go, links that come."""
    leaves = [task for task in problem.tasks if task.key not in ("first", "second")]
    tasks, new, gone = [], [], []
    what = draw(st.sampled_from(("length", "details", "come", "go", "both")))
    if what in ("length", "details", "both"):
        task = draw(st.sampled_from(leaves))
        if what == "details" and str(task.key)[1:].isdecimal():
            other = draw(detailed_task(int(str(task.key)[1:]), (None, *problem.calendars)))
            tasks = [replace(other, key=task.key, parent=task.parent, calendar=draw(st.sampled_from((task.calendar, other.calendar))))]
        else:
            tasks = [replace(task, duration_minutes=draw(durations))]
    if what in ("go", "both") and problem.links:
        gone = [draw(st.sampled_from(problem.links))]
    if what in ("come", "both") and len(leaves) > 1:
        first, last = sorted(draw(st.lists(st.integers(0, len(leaves) - 1), min_size=2, max_size=2, unique=True)))
        link = PlanLink(leaves[first].key, leaves[last].key, draw(st.sampled_from(list(LinkType))), draw(st.sampled_from((0, 0, 480, -240))))
        if not any((one.from_key, one.to_key) == (link.from_key, link.to_key) for one in problem.links):
            new = [link]
    return tasks, new, gone


@many
@given(st.one_of(plans(), simple_plans()), st.data())
def test_amending_again_and_again_equals_scheduling_anew(problem, data):
    schedule = schedule_plan(problem)
    for _ in range(STEPS):
        tasks, new, gone = a_step(data.draw, problem)
        after = changed(problem, tasks, new, gone)
        try:
            anew = schedule_plan(after)
        except CycleFound:
            continue
        amended = amend_schedule(schedule, tasks=tasks, new_links=new, gone_links=gone)
        assert dict(amended.timings) == dict(anew.timings)
        assert amended.finish_at == anew.finish_at
        assert verify_schedule(after, amended) == []
        assert dict(as_schedule(schedule._solution).timings) == dict(schedule_plan(problem).timings)
        problem, schedule = after, amended


def chains(count, length):
    """Chains beside each other; only the first is as long as the project."""
    keys = [(chain, place) for chain in range(count) for place in range(length)]
    tasks = [PlanTask(f"{chain} {place}", 480 if chain else 960) for chain, place in keys]
    links = [PlanLink(f"{chain} {place - 1}", f"{chain} {place}") for chain, place in keys if place]
    return PlanProblem(MONDAY, STANDARD_CALENDAR, tasks, links)


def test_only_the_chain_behind_and_before_a_change_is_worked_out_and_no_network_is_built(monkeypatch):
    problem = chains(40, 10)
    schedule = schedule_plan(problem)
    worked = []
    for name in ("_place_node", "_limit_node"):
        kept = getattr(amending, name)
        monkeypatch.setattr(amending, name, lambda solution, node, *more, kept=kept, name=name: (worked.append((name, node)), kept(solution, node, *more))[1])
    monkeypatch.setattr(amending, "schedule_plan", lambda problem: (_ for _ in ()).throw(AssertionError("scheduled anew")))
    amended = amend_schedule(schedule, tasks=[PlanTask("7 4", 960)])
    assert dict(amended.timings) == dict(schedule_plan(changed(problem, [PlanTask("7 4", 960)], [], [])).timings)
    assert sorted(node for name, node in worked if name == "_place_node") == list(range(74, 80))
    assert {node for name, node in worked if name == "_limit_node"} == set(range(70, 75))
