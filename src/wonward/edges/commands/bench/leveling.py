"""Figures of the levelling engine on published instances, with a plain rule as the floor beside each."""

from __future__ import annotations

import csv
import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from wonward.engines.leveling import (
    LevelingLink,
    LevelingProblem,
    LevelingResource,
    LevelingTask,
    Status,
    read_mspsp,
    read_psplib,
    simple_makespan,
    solve,
    verify,
)

SAMPLE = 24
SECONDS = (0.0, 1.0, 10.0)
# Mean gap to the best known in percent: at once, in 1 s, in 10 s.
GOALS = {"j30": (1.5, 0.2, 0.02), "j60": (2.2, 1.3, 0.55), "j90": (2.3, 1.0, 0.8), "j120": (6.0, 3.2, 2.6)}
# What is proved to be best after the longest time, in percent.
GOALS_PROVED = {"j30": 97, "j60": 75}
PROJECTS_OF_A_PORTFOLIO = 24


def measure() -> int:
    """Print a JSON line per figure; ends with a sentence if the checker refuses a result."""
    folder = _shared_folder()
    if folder is None:
        _tell("leveling", skipped="no data/scheduling beside this tree; set WONWARD_SHARED to the folder that holds data/")
        return 0
    known = _best_known(folder / "psplib" / "best_known.csv")
    for place in sorted((folder / "psplib").iterdir()):
        files = [path for path in sorted(place.glob("*.sm")) if path.stem in known]
        if files:
            _tell_set(place.name, files, known)
    _tell_skills(sorted((folder / "mspsp").glob("*.dzn")))
    pairs = [read_psplib(path.read_text(encoding="utf-8")) for path in _sample(sorted((folder / "psplib" / "j60").glob("*.sm")))]
    _tell_quick(pairs)
    _tell_portfolio(sorted((folder / "psplib" / "j60").glob("*.sm")))
    return 0


def _tell(figure: str, **facts: object) -> None:
    print(json.dumps({"figure": figure, **facts, "python": sys.version.split()[0], "load": round(os.getloadavg()[0], 1)}), flush=True)


def _shared_folder() -> Path | None:
    roots = [Path(os.environ["WONWARD_SHARED"])] if "WONWARD_SHARED" in os.environ else []
    roots += [parent / "shared" for parent in Path(__file__).resolve().parents]
    return next((root / "data" / "scheduling" for root in roots if (root / "data" / "scheduling" / "psplib").is_dir()), None)


def _best_known(path: Path) -> dict[str, int]:
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as table:
        return {row["instance"]: int(row["best_upper_bound"]) for row in csv.DictReader(table)}


def _sample(files: Sequence[Path]) -> list[Path]:
    """All with FULL=1, otherwise a fixed sample spread over the set."""
    if os.environ.get("FULL") == "1" or len(files) <= SAMPLE:
        return list(files)
    return [files[number * len(files) // SAMPLE] for number in range(SAMPLE)]


def _tell_set(name: str, files: Sequence[Path], known: dict[str, int]) -> None:
    sample = _sample(files)
    problems = [(read_psplib(path.read_text(encoding="utf-8")), known[path.stem]) for path in sample]
    floor = _percent([simple_makespan(problem) / best - 1 for problem, best in problems])
    for position, seconds in enumerate(SECONDS):
        gaps, spent, proved, repeatable = [], [], 0, 0
        for problem, best in problems:
            before = time.process_time()
            result = solve(problem, seconds=seconds, tier=2 if seconds else 1)
            spent.append(time.process_time() - before)
            _check(problem, result.makespan, verify(problem, result))
            gaps.append(result.makespan / best - 1)
            proved += result.status is Status.OPTIMAL
            repeatable += result.is_repeatable
        goals, last = GOALS.get(name), position == len(SECONDS) - 1
        _tell(
            f"level_{name}_{f'{seconds:g}s' if seconds else 'at_once'}", instances=len(problems), gap_percent=_percent(gaps),
            floor_percent=floor, goal_percent=goals[position] if goals else None, proved_percent=round(100 * proved / len(problems), 1),
            goal_proved_percent=GOALS_PROVED.get(name) if last else None, cpu_ms=round(statistics.mean(spent) * 1000, 1), repeatable=repeatable,
        )


def _tell_skills(files: Sequence[Path]) -> None:
    spent, proved = [], 0
    sample = _sample(files)
    for path in sample:
        problem = read_mspsp(path.read_text(encoding="utf-8"))
        before = time.process_time()
        result = solve(problem, seconds=SECONDS[-1], tier=2)
        spent.append(time.process_time() - before)
        _check(problem, result.makespan, verify(problem, result))
        proved += result.status is Status.OPTIMAL
    if sample:
        _tell(
            "level_skills_10s", instances=len(sample), proved_percent=round(100 * proved / len(sample), 1), goal_percent=85,
            cpu_ms=round(statistics.mean(spent) * 1000, 1),
        )


def _tell_quick(projects: Sequence[LevelingProblem]) -> None:
    """What an answer at once costs at 120 tasks: two projects of sixty side by side, on the pools of both and on half of them.

    The floor is what a single plain rule takes in the same run, so that the figure can be read on any machine.
    """
    for name, share in (("whole", 1), ("halved", 2)):
        spent, floor = [], []
        for one, other in zip(projects[::2], projects[1::2], strict=False):
            problem = portfolio([one, other], share=share)
            before = time.process_time()
            result = solve(problem)
            spent.append((time.process_time() - before) * 1000)
            before = time.process_time()
            simple_makespan(problem)
            floor.append((time.process_time() - before) * 1000)
            _check(problem, result.makespan, verify(problem, result))
        if spent:
            _tell(
                f"level_120_tasks_on_{name}_pools_at_once", instances=len(spent), cpu_ms=round(statistics.mean(spent), 1), goal_ms=20,
                worst_ms=round(max(spent), 1), floor_ms=round(statistics.mean(floor), 1),
            )


def _tell_portfolio(files: Sequence[Path]) -> None:
    problem = portfolio([read_psplib(path.read_text(encoding="utf-8")) for path in files[:PROJECTS_OF_A_PORTFOLIO]])
    if not problem.tasks:
        return
    before = time.process_time()
    result = solve(problem)
    spent = time.process_time() - before
    _check(problem, result.makespan, verify(problem, result))
    _tell(
        "level_portfolio", tasks=len(problem.tasks), gap_to_bound_percent=round(100 * result.gap, 2), goal_percent=0.3,
        floor_percent=round(100 * (simple_makespan(problem) / result.lower_bound - 1), 2), cpu_ms=round(spent * 1000, 1), goal_ms=300,
    )


def portfolio(projects: Sequence[LevelingProblem], *, share: int = 4) -> LevelingProblem:
    """The projects side by side on common pools, each pool this share (4: a quarter) of what all of them have together."""
    tasks: list[LevelingTask] = []
    links: list[LevelingLink] = []
    capacity: dict[str, int] = {}
    for number, project in enumerate(projects, 1):
        tasks.extend(replace(task, key=f"{number}.{task.key}", project=str(number)) for task in project.tasks)
        links.extend(
            replace(link, from_key=f"{number}.{link.from_key}", to_key=f"{number}.{link.to_key}") for link in project.links
        )
        for resource in project.resources:
            capacity[resource.key] = capacity.get(resource.key, 0) + resource.capacity
    pools = tuple(LevelingResource(key, max(1, amount // share)) for key, amount in capacity.items())
    return LevelingProblem(tuple(tasks), tuple(links), pools)


def _check(problem: LevelingProblem, makespan: int, faults: Sequence[str]) -> None:
    if faults:
        raise SystemExit(f"The checker refuses a plan of {len(problem.tasks)} tasks and {makespan} slots: {faults[0]}")


def _percent(values: Sequence[float]) -> float:
    return round(100 * statistics.mean(values), 3)
