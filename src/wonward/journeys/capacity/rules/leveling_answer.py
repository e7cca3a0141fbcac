"""From the engine's answer to what is kept of a run: which dates to set, loads before and after, and why each task moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from wonward.domains.delivery.types import MovedTask
from wonward.domains.staff.rules import working_minutes
from wonward.engines.leveling import REMARKS, Binding, ConflictElement, LevelingResult, LevelingTask
from wonward.journeys.capacity.rules.leveling_world import LevelingModel, LevelingWorld
from wonward.journeys.capacity.rules.weeks import monday_of

WEEKS_SHOWN = 12
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


def answer_document(
    world: LevelingWorld, model: LevelingModel, result: LevelingResult, moved: Mapping[int, Sequence[MovedTask]],
    wanted: Mapping[int, date],
) -> Document:
    """What a run remembers, as JSON; `moved` is by project what the plan itself makes of the dates set."""
    rows = [(project_id, row) for project_id, found in moved.items() for row in found if not row.is_around]
    after = {row.id: (row.start_date, row.finish_date) for _, row in rows}
    return {
        "status": str(result.status), "method": result.method, "value": result.value, "bound": result.lower_bound,
        "gap": round(result.gap, 6), "is_repeatable": result.is_repeatable, "first": world.first.isoformat(),
        "tasks": sum(1 for task in model.problem.tasks if task.key.isdecimal() and task.duration),
        "moves": _moves(model, result, rows, wanted), "conflict": [_conflict(model, one) for one in result.conflict],
        "notes": [[note.code, note.subject, note.count] for note in model.notes],
        "remarks": [note for note in result.notes if note in REMARKS],
        "late": [_late(world, {}), _late(world, after)], "finishes": _finishes(world, after),
        "loads": _loads(world, model, after),
    }


def _moves(
    model: LevelingModel, result: LevelingResult, rows: Iterable[tuple[int, MovedTask]], wanted: Mapping[int, date]
) -> list[Document]:
    reasons = {reason.task: reason for reason in result.reasons}
    moves = []
    for project_id, row in rows:
        reason = reasons.get(str(row.id))
        binding = str(reason.binding) if reason else "overdue" if row.id in model.overdue else "follows"
        moves.append({
            "task": row.id, "project": project_id, "start_before": _iso(row.start_before), "finish_before": _iso(row.finish_before),
            "start": row.start_date.isoformat(), "finish": row.finish_date.isoformat(), "is_set": row.id in wanted,
            "binding": binding, "resource": reason.resource if reason else None, "because": row.because,
            "blockers": [int(key) for key in reason.blockers if key.isdecimal()] if reason else [],
            "day": model.axis.day(reason.slot).isoformat() if reason and reason.slot is not None else None,
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
        "start": model.axis.day(at).isoformat() if at is not None else None,
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


def _late(world: LevelingWorld, after: Mapping[int, tuple[date, date]]) -> int:
    """How many promises and promised finishes would be missed."""
    finishes = {item.id: after[item.id][1] if item.id in after else item.finish_date for item in world.items}
    late = sum(1 for task_id, due, _ in world.dues if (finish := finishes.get(task_id)) and finish > due)
    for project_id, (due, _) in world.promised.items():
        ends = [day for item in world.items if item.project_id == project_id and (day := finishes[item.id])]
        late += bool(ends) and max(ends) > due
    return late


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
    starts = {item.id: item.start_date for item in world.items if item.start_date}
    for task in model.problem.tasks:
        asked = {key: minutes for key, minutes in task.demands.items() if key.startswith(("person:", "role:"))}
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
    loads = []
    for key in sorted(before_rows):
        capacity, taken = _given(world, key, monday, weeks), _taken(world, key, monday, weeks)
        loads.append({
            "key": key, "capacity": capacity, "before": [a + b for a, b in zip(before_rows[key], taken, strict=True)],
            "after": [a + b for a, b in zip(after_rows[key], taken, strict=True)],
        })
    return loads


def _given(world: LevelingWorld, key: str, monday: date, weeks: int) -> list[int]:
    kind, _, number = key.partition(":")
    people = [
        person for person in world.people
        if (person.id == int(number) if kind == "person" else person.role_ids[:1] == (int(number),))
    ]
    row = [0] * weeks
    for person in people:
        off = [one for one in world.time_off if one.person_id == person.id]
        for place in range(7 * weeks):
            day = monday + timedelta(days=place)
            if day >= world.first:
                row[place // 7] += working_minutes(person, day, off)
    return row


def _taken(world: LevelingWorld, key: str, monday: date, weeks: int) -> list[int]:
    row = [0] * weeks
    for day, minutes in world.taken.get(key, {}).items():
        week = (day - monday).days // 7
        if 0 <= week < weeks and day >= world.first:
            row[week] += minutes
    return row


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
