"""From the engine's answer to what is kept of a run: which dates to set, loads before and after, and why each task moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from wonward.domains.delivery.types import MovedTask
from wonward.domains.staff.rules import working_minutes
from wonward.engines.leveling import (
    REMARKS,
    Aim,
    Binding,
    ConflictElement,
    LevelingResult,
    LevelingTask,
    Reason,
    Status,
)
from wonward.journeys.capacity.rules.kept_words import kept
from wonward.journeys.capacity.rules.leveling_world import LevelingModel, LevelingWorld
from wonward.journeys.capacity.rules.staffing import Staffing
from wonward.journeys.capacity.rules.weeks import monday_of

WEEKS_SHOWN = 12
MOST_MAKERS = 4
KEEP, CLEAR = str(Aim.KEEP), str(Aim.CLEAR)
Document = dict[str, Any]


def dates_to_set(model: LevelingModel, result: LevelingResult) -> dict[int, date]:
    """The task ids that need a date of their own, and the day; what only follows its predecessors needs none."""
    binding = {reason.task: reason.binding for reason in result.reasons}
    wanted: dict[int, date] = {}
    for task in model.problem.tasks:
        if not task.key.isdecimal() or task.key not in result.starts or int(task.key) in model.held or not task.duration:
            continue
        key, start = int(task.key), result.starts[task.key]
        has_moved = start > (task.published_start or 0) and binding.get(task.key) is not Binding.PREDECESSOR
        if has_moved or key in model.overdue:
            wanted[key] = model.axis.day(start)
    return wanted


def plans_worth_showing(kept: LevelingResult, cleared: LevelingResult) -> dict[str, LevelingResult]:
    """The answers somebody has to choose between: one where keeping every promise overloads nobody, or clearing breaks none."""
    if kept.status is Status.INFEASIBLE:
        return {CLEAR: cleared}
    if not kept.parts.overload:
        return {KEEP: kept}
    if cleared.status in (Status.OPTIMAL, Status.FEASIBLE) and cleared.parts.lateness <= kept.bounds.lateness:
        return {CLEAR: cleared}
    return {KEEP: kept, CLEAR: cleared}


def answer_document(
    world: LevelingWorld, model: LevelingModel, result: LevelingResult, moved: Mapping[int, Sequence[MovedTask]],
    wanted: Mapping[int, date],
) -> Document:
    """What a run remembers, as JSON; `moved` is by project what the plan itself makes of the dates set."""
    rows = [(project_id, row) for project_id, found in moved.items() for row in found if not row.is_around]
    after = {row.id: (row.start_date, row.finish_date) for _, row in rows}
    return {
        "status": str(result.status), "method": result.method, "value": result.value, "bound": result.lower_bound,
        "gap": round(_open_gap(model, result), 6), "is_repeatable": result.is_repeatable, "first": world.first.isoformat(),
        "tasks": sum(1 for task in model.problem.tasks if task.key.isdecimal() and task.duration),
        "moves": _moves(model, result, rows, wanted), "conflict": [_conflict(model, one) for one in result.conflict],
        "notes": [[note.code, note.subject, note.count, note.other] for note in model.notes],
        "remarks": [REMARKS[note] for note in result.notes if note in REMARKS],
        "late": [len(_late(world, {})), len(_late(world, after))], "finishes": _finishes(world, after),
        "loads": _loads(world, model, after), "parts": asdict(result.parts), "bounds": asdict(result.bounds),
        "late_work": [_late_work(world, model, result, one) for one in _late(world, after)],
    }


def _open_gap(model: LevelingModel, result: LevelingResult) -> float:
    """The gap as a share of what is not settled: lateness that every plan has is left out, or it would flatter the rest."""
    unsettled = result.value - model.problem.weights.lateness * result.bounds.lateness
    return (result.value - result.lower_bound) / unsettled if unsettled > 0 else 0.0


def _moves(
    model: LevelingModel, result: LevelingResult, rows: Iterable[tuple[int, MovedTask]], wanted: Mapping[int, date]
) -> list[Document]:
    reasons = {reason.task: reason for reason in result.reasons}
    moves = []
    for project_id, row in rows:
        reason = reasons.get(str(row.id))
        moves.append({
            "task": row.id, "project": project_id, "start_before": _iso(row.start_before), "finish_before": _iso(row.finish_before),
            "start": row.start_date.isoformat(), "finish": row.finish_date.isoformat(), "is_set": row.id in wanted,
            "because": kept(row.because), **_binding(model, reason),
            **({} if reason else {"binding": "overdue" if row.id in model.overdue else "follows"}),
        })
    return sorted(moves, key=lambda move: (move["start_before"] or "", move["task"]))


def _conflict(model: LevelingModel, element: ConflictElement) -> Document:
    """One element, with the day on which the last work would end without it and the first slot it moves to."""
    tasks = {task.key: task for task in model.problem.tasks}
    ends = [
        model.axis.day(max(0, end_of(task, element.starts[key], model) - 1)) for key, task in tasks.items() if key in element.starts and task.duration
    ]
    own = tasks.get(element.subject)
    at = element.starts.get(element.subject) if own else None
    return {
        "kind": str(element.kind), "task": int(element.subject) if element.subject.isdecimal() else 0, "subject": element.subject,
        "other": element.other, "finish": max(ends).isoformat() if ends else None,
        "start": model.axis.day(at).isoformat() if at is not None else None, "is_alone": element.is_alone,
        "also": [{"kind": str(kind), "subject": subject, "other": other} for kind, subject, other in element.also],
    }


def end_of(task: LevelingTask, start: int, model: LevelingModel) -> int:
    """The slot after the last worked one."""
    cells = worked_slots(task, start, model)
    return cells[-1] + 1 if cells else start


def worked_slots(task: LevelingTask, start: int, model: LevelingModel) -> list[int]:
    """The slots a task works in when it begins at `start`."""
    pattern = model.problem.calendars.get(task.calendar or "", ())
    cells: list[int] = []
    slot = start
    while len(cells) < task.duration:
        if not 0 <= slot < len(pattern) or pattern[slot]:
            cells.append(slot)
        slot += 1
    return cells


Late = tuple[int, int, date, date, list[int]]


def _late(world: LevelingWorld, after: Mapping[int, tuple[date, date]]) -> list[Late]:
    """The promises and promised finishes that would be missed: task (0 for a whole project), project, due, finish, the last tasks."""
    finishes = {item.id: after[item.id][1] if item.id in after else item.finish_date for item in world.items}
    project_of = {item.id: item.project_id for item in world.items}
    late: list[Late] = []
    for task_id, due, _ in world.dues:
        finish = finishes.get(task_id)
        if finish and finish > due:
            inside = [item.id for item in world.items if item.parent_id == task_id and finishes[item.id] == finish]
            late.append((task_id, project_of[task_id], due, finish, inside or [task_id]))
    for project_id, (due, _) in world.promised.items():
        ends = {item.id: day for item in world.items if item.project_id == project_id and (day := finishes[item.id])}
        if ends and (last := max(ends.values())) > due:
            late.append((0, project_id, due, last, [key for key, day in ends.items() if day == last]))
    return late


def _late_work(world: LevelingWorld, model: LevelingModel, result: LevelingResult, late: Late) -> Document:
    """A promise that would be late, with the task at the root of it and what binds that: the chain of waiting, followed back."""
    task_id, project_id, due, finish, last = late
    known = {(one[0], one[1]) for one in _late(world, {})}
    reasons = {reason.task: reason for reason in result.reasons}
    root = next((str(key) for key in last if str(key) in reasons), str(last[0]) if last else "")
    seen: set[str] = set()
    while root in reasons and root not in seen and reasons[root].binding is Binding.PREDECESSOR:
        seen.add(root)
        waits = [key for key in reasons[root].blockers if key in reasons]
        root = max(waits, key=lambda key: result.finishes.get(key, 0)) if waits else root
    reason = reasons.get(root)
    return {
        "task": task_id, "project": project_id, "due": due.isoformat(), "finish": finish.isoformat(),
        "root": int(root) if root.isdecimal() else 0, "is_new": (task_id, project_id) not in known, **_binding(model, reason),
    }


def _binding(model: LevelingModel, reason: Reason | None) -> Document:
    return {
        "binding": str(reason.binding) if reason else "", "resource": reason.resource if reason else None,
        "blockers": [int(key) for key in reason.blockers if key.isdecimal()] if reason else [],
        "day": model.axis.day(reason.slot).isoformat() if reason and reason.slot is not None else None,
    }


def _finishes(world: LevelingWorld, after: Mapping[int, tuple[date, date]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for project_id in world.calendars:
        inside = [item for item in world.items if item.project_id == project_id and item.finish_date]
        if inside:
            before = max(item.finish_date for item in inside if item.finish_date)
            later = max(after[item.id][1] if item.id in after else item.finish_date for item in inside if item.finish_date)
            found[str(project_id)] = [before.isoformat(), later.isoformat()]
    return found


def _loads(world: LevelingWorld, model: LevelingModel, after: Mapping[int, tuple[date, date]]) -> list[Document]:
    """Minutes by week of everybody the plans ask, before and after, with what others ask of them included."""
    monday = monday_of(world.first)
    weeks = WEEKS_SHOWN
    before_rows: dict[str, list[int]] = {}
    after_rows: dict[str, list[int]] = {}
    makers: dict[tuple[str, int], dict[int, int]] = {}
    starts = {item.id: item.start_date for item in world.items if item.start_date}
    for task in model.problem.tasks:
        asked = {key: minutes for key, minutes in task.demands.items() if key.startswith(("person:", "role:", "able:", "joint:"))}
        if not asked:
            continue
        start = starts[int(task.key)]
        moved = after[int(task.key)][0] if int(task.key) in after else start
        for rows, day in ((before_rows, start), (after_rows, moved)):
            for slot in worked_slots(task, model.axis.slot(day), model):
                week = (model.axis.day(slot) - monday).days // 7
                for key, minutes in asked.items():
                    row = rows.setdefault(key, [0] * weeks)
                    if slot >= 0 and week < weeks:
                        row[week] += minutes
                        if rows is after_rows:
                            by = makers.setdefault((key, week), {})
                            by[int(task.key)] = by.get(int(task.key), 0) + minutes
    loads = []
    staffing = Staffing(world, model.axis)
    for key in sorted(before_rows):
        capacity, taken = _given(world, staffing.pools.of(key), monday, weeks), _taken(staffing, key, world, monday, weeks)
        loads.append({
            "key": key, "capacity": capacity, "before": [a + b for a, b in zip(before_rows[key], taken, strict=True)],
            "after": [a + b for a, b in zip(after_rows[key], taken, strict=True)],
            "makers": [_most(makers.get((key, week), {})) for week in range(weeks)],
        })
    return loads


def _most(minutes: Mapping[int, int]) -> list[int]:
    """The tasks that ask most, the most first."""
    return sorted(minutes, key=lambda task_id: (-minutes[task_id], task_id))[:MOST_MAKERS]


def _given(world: LevelingWorld, people: frozenset[int], monday: date, weeks: int) -> list[int]:
    row = [0] * weeks
    for person in (one for one in world.people if one.id in people):
        off = [one for one in world.time_off if one.person_id == person.id]
        for place in range(7 * weeks):
            day = monday + timedelta(days=place)
            if day >= world.first:
                row[place // 7] += working_minutes(person, day, off)
    return row


def _taken(staffing: Staffing, key: str, world: LevelingWorld, monday: date, weeks: int) -> list[int]:
    row = [0] * weeks
    for day, minutes in staffing.taken_from(key).items():
        week = (day - monday).days // 7
        if 0 <= week < weeks and day >= world.first:
            row[week] += minutes
    return row


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
