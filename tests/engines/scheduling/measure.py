"""Print CPU figures of the scheduler as JSON lines; run with PYTHONPATH=src. Not a test.

The plan: phases of 40 tasks, each task behind one or two earlier ones of its phase or the one before, eight
calendars in turn, a tenth milestones; every fourth link has a lag or is not finish-to-start.
"""

import gc
import json
import platform
import random
import statistics
import time
from dataclasses import replace
from datetime import date, datetime

from wonward.engines.scheduling import (
    LinkType,
    PlanLink,
    PlanProblem,
    PlanTask,
    reschedule_plan,
    schedule_plan,
)
from wonward.engines.scheduling.axis import compile_calendar
from wonward.engines.scheduling.network import Network
from wonward.engines.scheduling.passes import empty_solution, run_passes
from wonward.kernel.work_calendar import WorkCalendar

SIZES = (1_000, 10_000, 100_000)
PHASE = 40


def eight_calendars():
    morning, afternoon = (480, 720), (780, 1020)
    calendars = {}
    for number in range(8):
        day = (morning, afternoon) if number % 2 else ((540, 720), (765, 1065))
        week = tuple(day if weekday < 5 - number % 3 // 2 else () for weekday in range(7))
        holidays = {date(2026 + year, 1 + number, 5): () for year in range(5)}
        calendars[f"calendar {number}"] = WorkCalendar(week, holidays)
    return calendars


def plan(size, calendar_count=8, plain_share=0.75):
    chance = random.Random(20260302)
    calendars = dict(list(eight_calendars().items())[:calendar_count])
    names = list(calendars)
    tasks, links = [], []
    for number in range(size):
        duration = 0 if number % 10 == 9 else 240 * chance.randint(1, 10)
        tasks.append(PlanTask(number, duration, calendar=names[number % calendar_count]))
        phase_start = number // PHASE * PHASE
        project_start = number // (10 * PHASE) * 10 * PHASE
        earliest = max(project_start, phase_start - PHASE)
        for _ in range(chance.randint(1, 2)):
            if number > earliest:
                source = chance.randrange(earliest, number)
                if chance.random() < plain_share:
                    links.append(PlanLink(source, number))
                else:
                    kind = chance.choice(list(LinkType))
                    links.append(PlanLink(source, number, kind, chance.choice((0, 240, 480, -240))))
    start = datetime(2026, 3, 2, 8)
    return PlanProblem(start, next(iter(calendars.values())), tasks, links, calendars)


def median_cpu_ms(work, rounds):
    times = []
    for _ in range(rounds):
        gc.collect()
        begun = time.process_time()
        work()
        times.append((time.process_time() - begun) * 1000)
    return round(statistics.median(times), 2)


def yardstick():
    """A million additions: how fast this machine is just now."""
    total = 0
    for number in range(1_000_000):
        total += number & 7
    return total


def figures(size, calendar_count, plain_share):
    problem = plan(size, calendar_count, plain_share)
    rounds = 25 if size <= 10_000 else 7

    def read_every_timing():
        for timing in schedule_plan(problem).timings.values():
            assert timing

    changed = size // 2 + 1
    tasks = list(problem.tasks)
    tasks[changed] = replace(tasks[changed], duration_minutes=4800)
    other = replace(problem, tasks=tasks)

    def cold():
        compile_calendar.cache_clear()
        schedule_plan(problem)

    schedule = schedule_plan(problem)
    window = schedule._solution.network.window
    network = Network(problem, window)
    return {
        "figure": "schedule_plan",
        "tasks": size,
        "links": len(problem.links),
        "calendars": calendar_count,
        "plain_links": plain_share,
        "whole_ms": median_cpu_ms(lambda: schedule_plan(problem), rounds),
        "core_ms": median_cpu_ms(lambda: run_passes(empty_solution(network)), rounds),
        "first_time_ms": median_cpu_ms(cold, rounds),
        "reschedule_one_ms": median_cpu_ms(lambda: reschedule_plan(other, schedule, {changed}), rounds),
        "with_every_timing_read_ms": median_cpu_ms(read_every_timing, 3),
        "yardstick_ms": median_cpu_ms(yardstick, 5),
        "days": round((schedule.finish_at - problem.start_at).days),
        "python": platform.python_version(),
    }


def main():
    for calendar_count, plain_share in ((8, 0.75), (8, 1), (1, 1)):
        for size in SIZES:
            print(json.dumps(figures(size, calendar_count, plain_share)), flush=True)


if __name__ == "__main__":
    main()
