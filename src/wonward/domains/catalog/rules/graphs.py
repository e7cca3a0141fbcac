"""Who contains whom and who waits for whom, by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def parents_of(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The containing item of each item that lies in one."""
    return {item["key"]: item["parent"] for item in items if item.get("parent") is not None}


def children_of(items: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What lies directly in each item that holds something, in order."""
    children: dict[str, list[str]] = {}
    for item in items:
        if item.get("parent") is not None:
            children.setdefault(item["parent"], []).append(item["key"])
    return children


def ancestors_of(key: str, parents: Mapping[str, str]) -> list[str]:
    """Everything an item lies in, innermost first."""
    found: list[str] = []
    while key in parents and parents[key] not in found:
        key = parents[key]
        found.append(key)
    return found


def leaves_of(key: str, children: Mapping[str, Sequence[str]]) -> list[str]:
    """The items below one that hold nothing themselves, or the item itself."""
    found, waiting = [], [key]
    while waiting:
        here = waiting.pop()
        inside = children.get(here)
        if inside:
            waiting.extend(reversed(inside))
        else:
            found.append(here)
    return found


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
