"""An order in which every task comes after what it waits for, or the circle that forbids one."""

from __future__ import annotations

from collections.abc import Sequence

from wonward.engines.scheduling.errors import CycleFound
from wonward.engines.scheduling.types import Key


def order_nodes(after: Sequence[Sequence[int]], names: Sequence[Key]) -> list[int]:
    """Kahn's topological order; ``after[node]`` are the nodes that wait for it. Raises CycleFound."""
    node_count = len(after)
    waits_for = [0] * node_count
    for followers in after:
        for follower in followers:
            waits_for[follower] += 1
    order = [node for node, count in enumerate(waits_for) if not count]
    for node in order:
        for follower in after[node]:
            waits_for[follower] -= 1
            if not waits_for[follower]:
                order.append(follower)
    if len(order) < node_count:
        raise CycleFound(_circle(after, waits_for, names))
    return order


def _circle(after: Sequence[Sequence[int]], waits_for: Sequence[int], names: Sequence[Key]) -> list[Key]:
    """Every node left waiting has a waiting predecessor: walking back from one must meet itself."""
    before: dict[int, int] = {}
    for node, followers in enumerate(after):
        if waits_for[node]:
            for follower in followers:
                if waits_for[follower]:
                    before[follower] = node
    node = next(iter(before))
    seen: dict[int, int] = {}
    trail: list[int] = []
    while node not in seen:
        seen[node] = len(trail)
        trail.append(node)
        node = before[node]
    circle = [names[step] for step in reversed(trail[seen[node] :])]
    path = [key for place, key in enumerate(circle) if not place or circle[place - 1] != key]
    return [*path, path[0]]
