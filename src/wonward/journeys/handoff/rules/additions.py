"""What was sold since the plans were made, line by line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class SoldSince:
    """`added` are places of lines nothing is planned for; `told` says what is planned otherwise than it is sold now."""

    added: tuple[int, ...]
    told: tuple[str, ...]


def planned_from(name: str, before: date, kickoff: date) -> str:
    """What is said of a plan that another kickoff does not move."""
    return f"“{name}” is planned from {before}, the kickoff is on {kickoff} now: agree what becomes of its dates"[:300]


def lines_planned(versions: Sequence[Sequence[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """Every line that was ever planned for, from the lines of each win in their order."""
    planned: list[Mapping[str, Any]] = []
    for lines in versions:
        planned += [lines[place] for place in sold_since(planned, lines).added]
    return planned


def by_name(lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Lines told apart by what they are called, for those that name no service of the catalogue."""
    return [{"service_id": line["service"], "service": line["service"], "quantity": line["quantity"], "options": None} for line in lines]


def sold_since(planned: Sequence[Mapping[str, Any]], lines: Sequence[Mapping[str, Any]]) -> SoldSince:
    """The lines of now against those planned for: equal ones first, then those of one service."""
    left, open_places = list(planned), []
    for place, line in enumerate(lines):
        same = next((one for one in left if _key(one) == _key(line)), None)
        if same is None:
            open_places.append(place)
        else:
            left.remove(same)
    added, told = [], []
    for place in open_places:
        line = lines[place]
        former = next((one for one in left if one["service_id"] == line["service_id"]), None)
        if former is None:
            added.append(place)
            continue
        left.remove(former)
        told.append(_changed(former, line))
    told += [f"“{one['service']}” is planned but no longer sold: agree what becomes of its work" for one in left]
    return SoldSince(tuple(added), tuple(line[:300] for line in told))


def _changed(former: Mapping[str, Any], line: Mapping[str, Any]) -> str:
    if former["quantity"] != line["quantity"]:
        return f"“{former['service']}”: planned for {former['quantity']}, sold are {line['quantity']} now: agree what becomes of the plan"
    return f"“{former['service']}”: planned with {_options(former['options'])}, sold with {_options(line['options'])} now: agree what becomes of the plan"


def _options(chosen: Collection[str] | None) -> str:
    return "every option" if chosen is None else ", ".join(sorted(chosen)) or "no option"


def _key(line: Mapping[str, Any]) -> tuple[Any, ...]:
    options = line.get("options")
    return line["service_id"], line["quantity"], None if options is None else tuple(sorted(options))
