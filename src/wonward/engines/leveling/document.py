"""Levelling problems and results as JSON, for the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wonward.engines.leveling.errors import InvalidFile, LevelingError
from wonward.engines.leveling.mspsp import read_mspsp
from wonward.engines.leveling.psplib import read_psplib
from wonward.engines.leveling.types import (
    LevelingLink,
    LevelingProblem,
    LevelingResource,
    LevelingResult,
    LevelingTask,
    ObjectiveWeights,
    Status,
)
from wonward.engines.scheduling.types import LinkType

Document = Mapping[str, Any]

_TASK = {
    "key", "duration", "project", "demands", "skills", "calendar", "earliest", "pinned_start", "started_at", "is_frozen",
    "due", "due_weight", "deadline", "published_start",
}
_PROBLEM = {"tasks", "links", "resources", "calendars", "weights"}


def read_problem(name: str, text: str) -> LevelingProblem:
    """The problem of a file: PSPLIB `.sm`, MSPSP `.dzn`, anything else our own JSON. Raises a LevelingError."""
    if name.lower().endswith(".sm"):
        return read_psplib(text)
    if name.lower().endswith(".dzn"):
        return read_mspsp(text)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidFile(f"not JSON: {error.msg}", error.lineno) from None
    except RecursionError:
        raise InvalidFile("not JSON: nested too deep") from None
    return problem_from_document(document)


def problem_from_document(document: Any) -> LevelingProblem:
    """The problem of a JSON object with the field names of LevelingProblem. Raises LevelingError naming the item."""
    _only(document, _PROBLEM, "the problem")
    return LevelingProblem(
        tuple(_task(entry, number) for number, entry in enumerate(_list(document, "tasks"), 1)),
        tuple(_link(entry, number) for number, entry in enumerate(_list(document, "links"), 1)),
        tuple(_resource(entry, number) for number, entry in enumerate(_list(document, "resources"), 1)),
        {name: tuple(bool(slot) for slot in _slots(slots, f"calendar {name!r}")) for name, slots in _object(document, "calendars").items()},
        _weights(document.get("weights") or {}),
    )


def result_to_document(problem: LevelingProblem, result: LevelingResult) -> dict[str, Any]:
    """The promised fields first; null where an infeasible problem has no figure."""
    has_plan = result.status is not Status.INFEASIBLE
    is_pure = not (result.parts.lateness or result.parts.change) and result.value == problem.weights.makespan * result.makespan
    document: dict[str, Any] = {
        "status": str(result.status),
        "makespan": result.makespan if has_plan else None,
        "lower_bound": result.makespan_bound if has_plan else None,
        "gap": round(result.gap, 6) if has_plan else None,
        "starts": dict(result.starts),
        "method": result.method,
        "repeatable": result.is_repeatable,
    }
    if any(task.skills for task in problem.tasks):
        document["assignments"] = {task: dict(people) for task, people in result.assignments.items()}
    if has_plan and not is_pure:
        document["objective"] = {
            "value": result.value, "lower_bound": result.lower_bound, "lateness": result.parts.lateness, "change": result.parts.change,
        }
    if result.reasons:
        document["reasons"] = [
            {
                "task": reason.task, "binding": str(reason.binding), "from": reason.from_start, "to": reason.to_start,
                "resource": reason.resource, "blockers": list(reason.blockers), "slot": reason.slot, "text": reason.text,
            }
            for reason in result.reasons
        ]
    if result.conflict:
        document["conflict"] = [
            {
                "kind": str(element.kind), "task": element.subject, "other": element.other, "text": element.text,
                "starts_without": dict(element.starts),
                "also": [{"kind": str(kind), "task": task, "other": other} for kind, task, other in element.also], "is_alone": element.is_alone,
            }
            for element in result.conflict
        ]
    if result.notes:
        document["notes"] = list(result.notes)
    return document


def _task(entry: Any, number: int) -> LevelingTask:
    where = f"task {number}"
    _only(entry, _TASK, where)
    key = _text(entry, "key", where)
    where = f"task {key!r}"
    return LevelingTask(
        key,
        _number(entry, "duration", where) or 0,
        _text(entry, "project", where, ""),
        _amounts(entry, "demands", where),
        _amounts(entry, "skills", where),
        None if entry.get("calendar") is None else _text(entry, "calendar", where),
        _number(entry, "earliest", where) or 0,
        _number(entry, "pinned_start", where),
        _number(entry, "started_at", where),
        _flag(entry, "is_frozen", where),
        _number(entry, "due", where),
        1 if entry.get("due_weight") is None else _number(entry, "due_weight", where) or 0,
        _number(entry, "deadline", where),
        _number(entry, "published_start", where),
    )


def _link(entry: Any, number: int) -> LevelingLink:
    where = f"link {number}"
    _only(entry, {"from", "to", "type", "lag"}, where)
    try:
        kind = LinkType(entry.get("type", "FS"))
    except ValueError:
        raise LevelingError(f"{where}: unknown type {entry.get('type')!r}") from None
    return LevelingLink(_text(entry, "from", where), _text(entry, "to", where), kind, _number(entry, "lag", where) or 0)


def _resource(entry: Any, number: int) -> LevelingResource:
    where = f"resource {number}"
    _only(entry, {"key", "capacity", "profile", "skills"}, where)
    key = _text(entry, "key", where)
    where = f"resource {key!r}"
    capacity = 1 if entry.get("capacity") is None else _number(entry, "capacity", where) or 0
    skills = entry.get("skills") or []
    if not isinstance(skills, Sequence) or not all(isinstance(skill, str) for skill in skills) or isinstance(skills, str):
        raise LevelingError(f"{where}: skills is not a list of names")
    return LevelingResource(key, capacity, tuple(_slots(entry.get("profile") or [], where)), frozenset(skills))


def _weights(entry: Any) -> ObjectiveWeights:
    names = {"lateness", "makespan", "change", "overload", "missed"}
    _only(entry, names, "weights")
    given = {name: _number(entry, name, "weights") for name in names if entry.get(name) is not None}
    if any(value is None or value < 0 for value in given.values()):
        raise LevelingError("weights: below 0")
    return ObjectiveWeights(**{name: value for name, value in given.items() if value is not None})


def _only(entry: Any, names: set[str], where: str) -> None:
    if not isinstance(entry, Mapping):
        raise LevelingError(f"{where} is not an object")
    for name in entry:
        if name not in names:
            raise LevelingError(f"{where} has an unknown field {name!r}")


def _text(entry: Document, name: str, where: str, otherwise: str | None = None) -> str:
    value = entry.get(name, otherwise)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or (not value and otherwise is None):
        raise LevelingError(f"{where}: {name} is missing or no text")
    return value


def _number(entry: Document, name: str, where: str) -> int | None:
    value = entry.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise LevelingError(f"{where}: {name} is not a whole number: {value!r}")
    return value


def _flag(entry: Document, name: str, where: str) -> bool:
    value = entry.get(name, False)
    if not isinstance(value, bool):
        raise LevelingError(f"{where}: {name} is neither true nor false")
    return value


def _list(entry: Document, name: str) -> Sequence[Any]:
    return _typed(entry.get(name), list, [], f"{name} is not a list")


def _object(entry: Document, name: str, where: str = "") -> Document:
    return _typed(entry.get(name), dict, {}, f"{where}{name} is not an object")


def _typed(value: Any, kind: Callable[..., Any], otherwise: Any, fault: str) -> Any:
    if value is None:
        return otherwise
    if type(value) is not kind:
        raise LevelingError(fault)
    return value


def _amounts(entry: Document, name: str, where: str) -> dict[str, int]:
    given = _object(entry, name, f"{where}: ")
    return {key: _number(given, key, f"{where}: {name}") or 0 for key in given}


def _slots(entry: Any, where: str) -> list[int]:
    if not isinstance(entry, list) or not all(isinstance(slot, int) for slot in entry):
        raise LevelingError(f"{where}: not a list of numbers per slot")
    return entry
