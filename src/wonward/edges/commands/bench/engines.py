"""Figures of the scheduling and forecasting engines, on problems made from a seed."""

from __future__ import annotations

import gc
import os
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

from wonward.edges.commands.bench.company import hindcast_cases
from wonward.edges.commands.bench.dates import measure_dates
from wonward.edges.commands.bench.figures import median_ms, tell
from wonward.engines.forecast import (
    DemandProblem,
    FrozenPlan,
    FrozenTask,
    OpenDeal,
    SimulationUnavailable,
    expect_demand,
    hindcast,
    simulate_completion,
    simulate_demand,
)
from wonward.engines.leveling import (
    LevelingLink,
    LevelingProblem,
    LevelingResource,
    LevelingTask,
    solve,
)
from wonward.engines.scheduling import (
    LinkType,
    PlanLink,
    PlanProblem,
    PlanTask,
    amend_schedule,
    reschedule_plan,
    schedule_plan,
)
from wonward.kernel.work_calendar import WorkCalendar

PHASE = 40
ROLES, WEEKS, DEALS = 40, 52, 200


def measure_engines() -> None:
    """Critical path of 1,000 to 100,000 tasks over eight calendars, and the forecast."""
    for size, goal in ((1_000, 2), (10_000, 25), (100_000, 500)):
        _critical_path(size, goal)
    measure_forecast()


def measure_forecast() -> None:
    """The forecast of 200 deals, 40 roles and 52 weeks; what a date costs at 1,000 tasks, frozen and levelled anew; how good forecasts are."""
    problem = pipeline()
    tell("forecast_moments", cpu_ms=_quiet(lambda: expect_demand(problem), 7), deals=DEALS, roles=ROLES, weeks=WEEKS)
    try:
        for draws, goal in ((4_000, 300), (10_000, 700)):
            cpu = _quiet(lambda draws=draws: simulate_demand(problem, draws=draws, seed=1), 5)  # type: ignore[misc]
            floor = _quiet(lambda draws=draws: _sorted_noise(draws), 5)  # type: ignore[misc]
            tell(f"forecast_{draws}_draws", cpu_ms=cpu, floor_ms=floor, ratio=round(cpu / max(floor, 0.01), 1), goal_ms=goal)
        frozen = chain_of(1_000)
        cpu = _quiet(lambda: simulate_completion(frozen, draws=1_000, seed=1), 5)
        tell("promise_frozen_1000_draws", cpu_ms=cpu, goal_ms=200, tasks=1_000)
        crowd = crowded(1_000)
        tell("promise_levelled_1000_draws", cpu_ms=_quiet(lambda: _levelled_odds(crowd), 3), goal_ms=3_000, tasks=1_000)
        measure_dates()
        measure_quality()
    except SimulationUnavailable as error:
        tell("forecast_draws", skipped=str(error))


def measure_quality() -> None:
    """The forecast of a generated company judged by what came true, against the probability-weighted mean; seeds as in QUALITY_SEEDS."""
    seeds = [int(seed) for seed in os.environ.get("QUALITY_SEEDS", "1,2,3,4,5").split(",")]
    for seed in seeds:
        report = hindcast(hindcast_cases(seed, count=24), draws=1_000, seed=seed)
        tell(
            "forecast_quality", seed=seed, cells=report.cells, crps_hours=round(report.crps, 2), crps_of_mean_hours=round(report.crps_of_mean, 2),
            ratio=round(report.ratio, 3), goal_ratio=0.6, p80_coverage=round(report.coverage, 3), goal_coverage="0.75 to 0.85", deals=report.deals,
            brier=round(report.brier or 0, 4), brier_of_stages=round(report.brier_entered or 0, 4),
        )


def plan(size: int) -> PlanProblem:
    """Phases of 40 tasks, each behind one or two earlier ones, every fourth link lagged or not finish-to-start; eight calendars."""
    chance = random.Random(20260302)
    calendars = eight_calendars()
    names = list(calendars)
    tasks, links = [], []
    for number in range(size):
        duration = 0 if number % 10 == 9 else 240 * chance.randint(1, 10)
        tasks.append(PlanTask(number, duration, calendar=names[number % len(names)]))
        earliest = max(number // (10 * PHASE) * 10 * PHASE, number // PHASE * PHASE - PHASE)
        for _ in range(chance.randint(1, 2) if number > earliest else 0):
            source = chance.randrange(earliest, number)
            if chance.random() < 0.75:
                links.append(PlanLink(source, number))
            else:
                links.append(PlanLink(source, number, chance.choice(list(LinkType)), chance.choice((0, 240, 480, -240))))
    return PlanProblem(datetime(2026, 3, 2, 8, tzinfo=UTC).replace(tzinfo=None), calendars[names[0]], tasks, links, calendars)


def chain_of(size: int) -> FrozenPlan:
    """Tasks of up to ten days, each behind up to three of the forty before it."""
    dice = random.Random(20260302)
    tasks = []
    for number in range(size):
        others = dice.sample(range(max(0, number - PHASE), number), min(number, dice.randint(1, 3))) if number else []
        tasks.append(FrozenTask(float(dice.randint(1, 10)), 0.0, tuple((other, "finish", 0.0) for other in others)))
    return FrozenPlan(tuple(tasks), 1.1, 0.25, {0: 0.6, 5: 0.25, 10: 0.15})


def crowded(size: int) -> LevelingProblem:
    """The same tasks, each asking one of ten pools for up to a whole of its three people."""
    dice = random.Random(20260303)
    chain = chain_of(size)
    tasks = tuple(
        LevelingTask(str(place), int(task.duration), demands={f"pool {dice.randrange(10)}": dice.randint(1, 3)})
        for place, task in enumerate(chain.tasks)
    )
    links = tuple(LevelingLink(str(other), str(place)) for place, task in enumerate(chain.tasks) for other, _, _ in task.waits)
    return LevelingProblem(tasks, links, tuple(LevelingResource(f"pool {number}", 3) for number in range(10)))


def _levelled_odds(problem: LevelingProblem) -> None:
    """Place everything beside everything else, then let durations and start vary."""
    result = solve(problem)
    order = sorted(result.starts, key=lambda key: (result.starts[key], int(key)))
    place = {key: number for number, key in enumerate(order)}
    waits: dict[str, list[tuple[int, str, float]]] = {}
    for link in problem.links:
        waits.setdefault(link.to_key, []).append((place[link.from_key], "finish", 0.0))
    lengths = {task.key: float(task.duration) for task in problem.tasks}
    tasks = tuple(FrozenTask(lengths[key], float(result.starts[key]), tuple(waits.get(key, ()))) for key in order)
    simulate_completion(FrozenPlan(tasks, 1.1, 0.25, {0: 0.6, 5: 0.25, 10: 0.15}), draws=1_000, seed=1)


def eight_calendars() -> dict[str, WorkCalendar]:
    """Whole and part weeks, with a holiday each year."""
    calendars = {}
    for number in range(8):
        day = ((480, 720), (780, 1020)) if number % 2 else ((540, 720), (765, 1065))
        week = tuple(day if weekday < 5 - number % 3 // 2 else () for weekday in range(7))
        calendars[f"calendar {number}"] = WorkCalendar(week, {date(2026 + year, 1 + number, 5): () for year in range(5)})
    return calendars


def pipeline() -> DemandProblem:
    """200 deals that each ask five of 40 roles for some weeks, start late by four chances, and take more hours than planned."""
    dice = random.Random(20260302)
    roles = [f"role {number}" for number in range(ROLES)]
    deals = tuple(
        OpenDeal(
            f"deal {number}", dice.random(), dice.randrange(40),
            {role: [dice.uniform(5, 40) for _ in range(dice.randrange(4, 13))] for role in dice.sample(roles, 5)},
            {0: 0.5, 1: 0.2, 2: 0.2, 4: 0.1}, 1.1, 0.25,
        )
        for number in range(DEALS)
    )
    return DemandProblem(WEEKS, deals, dict.fromkeys(roles, [60.0] * WEEKS), dict.fromkeys(roles, [120.0] * WEEKS))


def _critical_path(size: int, goal: int) -> None:
    problem = plan(size)
    schedule = schedule_plan(problem)
    changed = size // 2 + 1
    tasks = list(problem.tasks)
    tasks[changed] = replace(tasks[changed], duration_minutes=4800)
    other = replace(problem, tasks=tasks)
    runs = 11 if size <= 10_000 else 3
    whole = _quiet(lambda: schedule_plan(problem), runs)
    amended = _quiet(lambda: amend_schedule(schedule, tasks=[tasks[changed]]), 11)
    tell(
        f"critical_path_{size}", cpu_ms=whole, goal_ms=goal, links=len(problem.links), calendars=8,
        floor_ms=_quiet(lambda: {task.key: (task.duration_minutes, task.calendar) for task in problem.tasks}, runs),
        amend_one_ms=amended, amend_to_whole=round(amended / whole, 3), reschedule_one_ms=_quiet(lambda: reschedule_plan(other, schedule, {changed}), runs),
    )


def _sorted_noise(draws: int) -> Any:
    numpy = import_module("numpy")
    noise = numpy.random.default_rng(1).standard_normal((ROLES * WEEKS, draws), dtype=numpy.float32)
    noise.sort(axis=1)
    return noise


def _quiet(work: Callable[[], Any], runs: int) -> float:
    gc.collect()
    return median_ms(work, runs=runs, warm=1)
