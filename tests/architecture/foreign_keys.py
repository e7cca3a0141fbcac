"""Law 3: foreign keys point downward only and hide their reverse accessor across packages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_ORDERS = {"foundation": "foundation-order", "domains": "domain-order", "journeys": "journey-order"}


def layer_ranks(contract: str, root: Path = ROOT) -> dict[str, int]:
    """Each name of a layers contract with its height; 0 is the lowest line, names on one line share a height."""
    law = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    lines = next(one["layers"] for one in law if one["id"] == contract)
    return {
        name.strip(" ()"): height
        for height, line in enumerate(reversed(lines))
        for name in line.replace("|", ":").split(":")
    }


def home(model: type[Any]) -> tuple[str, str] | None:
    """(floor, package) of a model of ours; None for Django's and other libraries' models."""
    parts = model.__module__.split(".")
    return (parts[1], parts[2]) if parts[0] == "wonward" else None


def points_down(source: tuple[str, str], target: tuple[str, str]) -> bool:
    """Whether a key from one package to another goes to a lower floor, or lower on the same floor."""
    floors = layer_ranks("floors")
    if source[0] != target[0]:
        return floors[source[0]] > floors[target[0]]
    order = layer_ranks(_ORDERS[source[0]])
    return order[source[1]] > order[target[1]]


def faults(models: Iterable[type[Any]]) -> Iterator[str]:
    """One sentence per foreign, one-to-one or many-to-many key that breaks the law."""
    for model in models:
        source = home(model)
        if source is None:
            continue
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            target = home(field.related_model) if field.is_relation and field.related_model else None
            if target is None or target == source:
                continue
            name = f"{model.__module__}.{model.__name__}.{field.name}"
            if not points_down(source, target):
                yield f"{name} points up or sideways to {'.'.join(target)}."
            elif not field.remote_field.hidden:
                yield f"{name} shows up in {'.'.join(target)}: give it related_name='+'."
