"""What a plan here says beside MS Project's own words, as JSON in one text field of its file.

Whatever another program made of the field is read as nothing: a file is not to be trusted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from wonward.domains.delivery.types import HELPER_PARTS, REPEAT_UNITS
from wonward.domains.delivery.types.exchange import OwnFacts, PlanFacts

_LONGEST = 200_000
_USUAL = OwnFacts()


def own_words(facts: OwnFacts) -> str:
    """The facts that are not the usual ones, as compact JSON; nothing when all are."""
    said = {one.name: value for one in fields(facts) if (value := getattr(facts, one.name)) != getattr(_USUAL, one.name)}
    if facts.plan is not None:
        said["plan"] = {name: value for name, value in asdict(facts.plan).items() if value}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), default=_plain) if said else ""


def _plain(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a file")


def read_own_words(text: str) -> OwnFacts | None:
    """The facts in the field, or None when it holds something else."""
    try:
        said = json.loads(text[:_LONGEST])
        return OwnFacts(**{name: _READERS[name](value) for name, value in said.items()})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _line(most: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or len(value) > most or "\x00" in value:
            raise ValueError
        return value
    return read


def _number(first: int, last: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not first <= value <= last:
            raise ValueError
        return value
    return read


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise ValueError
        return str(value)
    return read


def _day(value: Any) -> date:
    day = date.fromisoformat(value)
    if not 1990 <= day.year <= 2150:
        raise ValueError
    return day


def _instant(value: Any) -> datetime:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None or not 1990 <= at.year <= 2150:
        raise ValueError
    return at


def _maybe(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _row(*readers: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda value: tuple(read(one) for read, one in zip(readers, value, strict=True))


def _rows(most: int, *readers: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    one = _row(*readers) if len(readers) > 1 else readers[0]

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise ValueError
        return tuple(one(part) for part in value)
    return read


def _plan(value: Any) -> PlanFacts:
    readers: dict[str, Callable[[Any], Any]] = {"baseline_names": _rows(11, _line(120)), "promised_finish_date": _day, "status_date": _day}
    return PlanFacts(**{name: readers[name](said) for name, said in value.items()})


_READERS: dict[str, Callable[[Any], Any]] = {
    "criteria": _rows(50, _line(500)), "met": _rows(50, _line(500), _line(160), _instant),
    "checks": _rows(200, _line(300), _flag, _line(160), _maybe(_instant)), "labels": _rows(50, _line(40)),
    "helpers": _rows(200, _line(200), _one_of(*HELPER_PARTS)), "efforts": _rows(50, _line(120), _number(0, 10_000_000)),
    "skills": _rows(50, _line(120), _number(1, 5)),
    "repeat": _row(_number(1, 366), _one_of(*REPEAT_UNITS), _maybe(_day)), "repeat_day": _number(1, 31), "blocked": _row(_line(500), _maybe(_day)),
    "promise_key": _line(80), "is_priority_set": _flag, "plan": _plan,
}
