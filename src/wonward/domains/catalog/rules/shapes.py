"""Whether an item of a blueprint has the form it must have, before anybody asks what it means.

An item is a JSON object. Amounts are a number, or `{"base": 2, "per_unit": 0.25}`: so much, and so much more for each
unit sold. Nothing is ever evaluated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wonward.kernel.errors import FieldError
from wonward.kernel.wording import worded

LARGEST_NUMBER = 10_000_000
LONGEST_CHECKLIST = 200
LONGEST_WAITS = 10_000

Judge = Callable[[Any], bool]


def _is_text(longest: int) -> Judge:
    return lambda value: isinstance(value, str) and len(value) <= longest and "\x00" not in value


def is_number(value: Any) -> bool:
    """A number that can be reckoned with: no truth value, no infinity."""
    is_plain = isinstance(value, int | float) and not isinstance(value, bool)
    return is_plain and math.isfinite(value) and abs(value) <= LARGEST_NUMBER


def _is_whole(value: Any) -> bool:
    return is_number(value) and value == int(value)


def is_amount(value: Any) -> bool:
    """A number or `{"base", "per_unit"}`, of which `base` may be left out."""
    if isinstance(value, Mapping):
        return "per_unit" in value and set(value) <= {"base", "per_unit"} and all(is_number(one) for one in value.values())
    return is_number(value)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) <= LONGEST_CHECKLIST and all(map(_is_text(300), value))


def _is_objects(fields: Mapping[str, Judge], needed: frozenset[str]) -> Judge:
    def judge(value: Any) -> bool:
        return isinstance(value, list | tuple) and len(value) <= LONGEST_WAITS and all(
            isinstance(one, Mapping) and needed <= set(one) <= set(fields) and all(fields[name](part) for name, part in one.items())
            for one in value
        )

    return judge


_WAIT = {"key": _is_text(120), "type": _is_text(80), "lag_days": is_number, "lag_unit": _is_text(80)}
_SKILL = {"name": _is_text(120), "level": lambda value: _is_whole(value) and 1 <= value <= 5}
_EFFORT = {"role": _is_text(120), "minutes": is_amount}
_FIELDS: dict[str, tuple[Judge, str]] = {
    "key": (_is_text(120), worded("a text of at most 120 characters")),
    "kind": (_is_text(80), worded("a text")),
    "name": (_is_text(300), worded("a text of at most 300 characters")),
    "parent": (_is_text(120), worded("the key of an item")),
    "duration_days": (is_amount, worded("a number, or an object with base and per_unit")),
    "effort_minutes": (is_amount, worded("a number, or an object with base and per_unit")),
    "role": (_is_text(120), worded("a text of at most 120 characters")),
    "efforts": (_is_objects(_EFFORT, frozenset(["role", "minutes"])), worded("a list of objects with role and minutes")),
    "skills": (_is_objects(_SKILL, frozenset(["name"])), worded("a list of objects with name and level, 1 to 5")),
    "after": (_is_objects(_WAIT, frozenset(["key"])), worded("a list of objects with key, type, lag_days and lag_unit")),
    "promise_key": (_is_text(80), worded("a text of at most 80 characters")),
    "checklist": (_is_texts, worded("a list of texts of at most 300 characters")),
    "deliverable": (lambda value: isinstance(value, bool), worded("true or false")),
    "acceptance": (_is_texts, worded("a list of texts of at most 300 characters")),
    "start_offset_days": (_is_whole, worded("a whole number of working days")),
    "before_finish_days": (_is_whole, worded("a whole number of working days")),
    "anchor": (_is_text(120), worded("the key of an item")),
    "when": (
        lambda value: isinstance(value, Mapping) and set(value) == {"option"} and _is_text(80)(value["option"]),
        worded("an object with option"),
    ),
    "repeat": (_is_text(80), worded("the word quantity")),
    "repeat_limit": (_is_whole, worded("a whole number")),
    "in_sequence": (lambda value: isinstance(value, bool), worded("true or false")),
}
ITEM_FIELDS = frozenset(_FIELDS)


def check_shape(index: int, item: Any) -> Iterable[FieldError]:
    """Every field of an item that nobody knows or that has the wrong type."""
    at = f"items[{index}]"
    if not isinstance(item, Mapping):
        yield FieldError(at, worded("Item {index} is not an object.", index=index + 1), "type")
        return
    label = f"“{item['key']}”" if isinstance(item.get("key"), str) and item["key"] else worded("Item {place}", place=index + 1)
    for name, value in item.items():
        known = _FIELDS.get(name)
        if known is None:
            yield FieldError(f"{at}.{name}", worded("{label} has a field “{name}”, which a template does not know.", label=label, name=name), "unknown")
        elif value is not None and not known[0](value):
            yield FieldError(f"{at}.{name}", worded("{name} of {label} is not {known}.", name=name, label=label, known=known[1]), "type")
