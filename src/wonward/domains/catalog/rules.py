"""What a valid blueprint is, and how sold services become blueprints. Pure: no tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from wonward.domains.catalog.types import BlueprintItem, Waits
from wonward.kernel.errors import FieldError

MINUTES_PER_DAY = 480
LARGEST_ITEMS = 5000
LONGEST_DAYS = 3650
KINDS = ("phase", "task", "milestone")
LINK_TYPES = ("FS", "SS", "FF", "SF")


def service_key(name: str) -> str:
    """A service name compared without case; spaces matter, so that near names are never merged silently."""
    return " ".join(name.split()).casefold()[:200]


def near_key(name: str) -> str:
    """Even spaces and punctuation gone: `GTX Pro` and `GTXPro` are near each other."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def check_items(items: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Everything wrong with a blueprint, each naming its item; empty when it is fine."""
    errors: list[FieldError] = []
    if not items:
        return [FieldError("items", "A template needs at least one item.", "required")]
    if len(items) > LARGEST_ITEMS:
        return [FieldError("items", f"A template may have {LARGEST_ITEMS} items, this one has {len(items)}.")]
    keys: dict[str, int] = {}
    for index, item in enumerate(items):
        key = str(item.get("key", ""))
        if not key:
            errors.append(FieldError(f"items[{index}].key", f"Item {index + 1} needs a key.", "required"))
        elif key in keys:
            errors.append(FieldError(f"items[{index}].key", f"The key “{key}” is used twice.", "duplicate"))
        keys.setdefault(key, index)
    for index, item in enumerate(items):
        errors.extend(_check_item(index, item, keys, items))
    return errors or _check_order(items, keys)


def _check_item(
    index: int, item: Mapping[str, Any], keys: Mapping[str, int], items: Sequence[Mapping[str, Any]]
) -> Iterable[FieldError]:
    at, label = f"items[{index}]", f"“{item.get('key')}”"
    if item.get("kind") not in KINDS:
        yield FieldError(f"{at}.kind", f"{label} has the kind “{item.get('kind')}”; choose phase, task or milestone.")
    if not str(item.get("name", "")).strip():
        yield FieldError(f"{at}.name", f"{label} needs a name.", "required")
    days = item.get("duration_days")
    if days is not None and not 0 <= days <= LONGEST_DAYS:
        yield FieldError(f"{at}.duration_days", f"{label} cannot take {days} days.", "range")
    effort = item.get("effort_minutes")
    if effort is not None and not 0 <= effort <= 10_000_000:
        yield FieldError(f"{at}.effort_minutes", f"{label} cannot need {effort} minutes.", "range")
    parent = item.get("parent")
    if parent is not None:
        if parent not in keys:
            yield FieldError(f"{at}.parent", f"{label} lies in “{parent}”, which is not an item.", "unknown")
        elif items[keys[parent]].get("kind") == "milestone":
            yield FieldError(f"{at}.parent", f"{label} lies in “{parent}”, which is a milestone.")
    for place, wait in enumerate(item.get("after") or []):
        spot = f"{at}.after[{place}]"
        if wait.get("key") not in keys:
            yield FieldError(f"{spot}.key", f"{label} waits for “{wait.get('key')}”, which is not an item.", "unknown")
        if wait.get("type", "FS") not in LINK_TYPES:
            yield FieldError(f"{spot}.type", f"{label} has a dependency “{wait.get('type')}”; choose FS, SS, FF or SF.")
        if abs(wait.get("lag_days") or 0) > LONGEST_DAYS:
            yield FieldError(f"{spot}.lag_days", f"{label} has a lag of {wait.get('lag_days')} days.", "range")


def _check_order(items: Sequence[Mapping[str, Any]], keys: Mapping[str, int]) -> list[FieldError]:
    """A cycle over containment and waiting: every leaf of a phase inherits what the phase waits for."""
    children: dict[str, list[str]] = {}
    for item in items:
        if item.get("parent") is not None:
            children.setdefault(item["parent"], []).append(item["key"])
    parents = _parents(items)
    cycle = find_cycle({key: [parent] for key, parent in parents.items()})
    if cycle:
        return [_cycle_error(cycle, keys, "lies in itself")]
    graph: dict[str, list[str]] = {item["key"]: [] for item in items}
    for item in items:
        for wait in item.get("after") or []:
            graph[item["key"]].append(wait["key"])
            if wait["key"] in _ancestors(item["key"], parents) or item["key"] in _ancestors(wait["key"], parents):
                return [_cycle_error([item["key"], wait["key"]], keys, "waits for what contains it")]
    expanded = {
        key: [leaf for wanted in waits for leaf in _leaves(wanted, children)] for key, waits in graph.items()
    }
    full = {
        item["key"]: [leaf for holder in (item["key"], *_ancestors(item["key"], parents)) for leaf in expanded[holder]]
        for item in items
        if item["key"] not in children
    }
    cycle = find_cycle(full)
    return [_cycle_error(cycle, keys, "waits for itself")] if cycle else []


def _parents(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {item["key"]: item["parent"] for item in items if item.get("parent") is not None}


def _ancestors(key: str, parents: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    while key in parents and parents[key] not in found:
        key = parents[key]
        found.append(key)
    return found


def _leaves(key: str, children: Mapping[str, list[str]]) -> list[str]:
    if key not in children:
        return [key]
    return [leaf for child in children[key] for leaf in _leaves(child, children)]


def _cycle_error(path: Sequence[str], keys: Mapping[str, int], verb: str) -> FieldError:
    return FieldError(f"items[{keys[path[0]]}].after", f"“{path[0]}” {verb}: {' → '.join(path)}.", "cycle")


def find_cycle(graph: Mapping[str, Sequence[str]]) -> list[str]:
    """A path that ends where it began, or an empty list. Iterative, so depth is no limit."""
    state: dict[str, int] = {}
    for root in graph:
        if root in state:
            continue
        path = [root]
        stack = [iter(graph.get(root, ()))]
        state[root] = 1
        while stack:
            following = next(stack[-1], None)
            if following is None:
                stack.pop()
                state[path.pop()] = 2
            elif state.get(following) == 1:
                return [*path[path.index(following) :], following]
            elif following not in state:
                state[following] = 1
                path.append(following)
                stack.append(iter(graph.get(following, ())))
    return []


def read_items(items: Sequence[Mapping[str, Any]], *, prefix: str = "") -> list[BlueprintItem]:
    """Blueprint items of a checked template; `prefix` keeps the keys of several sections apart."""
    return [
        BlueprintItem(
            key=prefix + item["key"],
            kind=item["kind"],
            name=str(item["name"]).strip(),
            parent=prefix + item["parent"] if item.get("parent") is not None else None,
            duration_minutes=_duration(item),
            effort_minutes=int(item.get("effort_minutes") or 0),
            role=str(item.get("role") or "").strip(),
            after=tuple(
                Waits(prefix + wait["key"], wait.get("type", "FS"), round(Decimal(str(wait.get("lag_days") or 0)) * MINUTES_PER_DAY))
                for wait in item.get("after") or []
            ),
            promise_key=str(item.get("promise_key") or ""),
            checklist=tuple(str(text) for text in item.get("checklist") or []),
        )
        for item in items
    ]


def _duration(item: Mapping[str, Any]) -> int:
    if item["kind"] == "milestone":
        return 0
    days = item.get("duration_days")
    return round(Decimal(str(1 if days is None else days)) * MINUTES_PER_DAY)
