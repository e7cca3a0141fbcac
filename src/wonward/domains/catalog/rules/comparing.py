"""What changed between two versions of a blueprint, item by item; and the digest by which equal ones are known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from wonward.domains.catalog.types import ItemChange

_DEFAULTS: dict[str, Any] = {
    "parent": None, "duration_days": 1, "effort_minutes": 0, "role": "", "efforts": [], "skills": [], "after": [], "promise_key": "",
    "checklist": [], "deliverable": False, "acceptance": [], "start_offset_days": None, "before_finish_days": None,
    "anchor": "project", "when": None, "repeat": None, "repeat_limit": None, "in_sequence": False,
}
_WAIT_DEFAULTS = {"type": "FS", "lag_days": 0, "lag_unit": "working"}


def digest_of(items: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 of the items as canonical JSON: the same bytes, the same digest."""
    text = json.dumps([dict(item) for item in items], sort_keys=True, separators=(",", ":"), default=list)
    return hashlib.sha256(text.encode()).hexdigest()


def compare_items(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[ItemChange]:
    """Added, removed and changed items, in the order of the newer version, what is gone last."""
    old, new = {item["key"]: item for item in before}, {item["key"]: item for item in after}
    changes = []
    for key, item in new.items():
        if key not in old:
            changes.append(ItemChange("added", key, str(item["name"]), {}))
        elif fields := _changed_fields(old[key], item):
            changes.append(ItemChange("changed", key, str(item["name"]), fields))
    changes += [ItemChange("removed", key, str(item["name"]), {}) for key, item in old.items() if key not in new]
    moved = [key for key in new if key in old] != [key for key in old if key in new]
    return [*changes, ItemChange("moved", "", "", {})] if moved else changes


def _changed_fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = [*("name", "kind"), *_DEFAULTS]
    pairs = {name: (_plain(old, name), _plain(new, name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _plain(item: Mapping[str, Any], name: str) -> Any:
    value = item.get(name)
    if name == "after":
        return [{**_WAIT_DEFAULTS, **{key: one for key, one in wait.items() if one is not None}} for wait in value or []]
    if value in (None, ""):
        return 0 if name == "duration_days" and item.get("kind") != "task" else _DEFAULTS.get(name)
    return value
