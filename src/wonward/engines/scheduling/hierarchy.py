"""Who contains whom: summaries, their leaves, and the limits they hand down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wonward.engines.scheduling.errors import CycleFound, UnknownTask
from wonward.engines.scheduling.types import Key


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Task positions: ``parents[i]`` (None at the top) and ``leaves[summary]``, every leaf below it."""

    parents: Sequence[int | None]
    leaves: Mapping[int, list[int]]

    def contains(self, ancestor: int, position: int) -> bool:
        """Whether ``ancestor`` is above ``position``, at any depth."""
        above = self.parents[position] if self.parents else None
        while above is not None:
            if above == ancestor:
                return True
            above = self.parents[above]
        return False


FLAT = Hierarchy((), {})


def build_hierarchy(
    keys: Sequence[Key], parent_keys: Sequence[Key | None], position_of: Mapping[Key, int]
) -> Hierarchy:
    """Resolve parents; raises UnknownTask and, for a task inside itself, CycleFound."""
    if parent_keys.count(None) == len(parent_keys):
        return FLAT
    parents: list[int | None] = []
    for key, parent in zip(keys, parent_keys, strict=True):
        if parent is not None and parent not in position_of:
            raise UnknownTask(f"task {key!r} names an unknown parent {parent!r}")
        parents.append(None if parent is None else position_of[parent])
    children: dict[int, list[int]] = {}
    for position, above in enumerate(parents):
        if above is not None:
            children.setdefault(above, []).append(position)
    depths = _depths(keys, parents)
    leaves: dict[int, list[int]] = {}
    for summary in sorted(children, key=lambda position: -depths[position]):
        below: list[int] = []
        for child in children[summary]:
            below.extend(leaves.get(child, (child,)))
        leaves[summary] = below
    return Hierarchy(parents, leaves)


def _depths(keys: Sequence[Key], parents: Sequence[int | None]) -> list[int]:
    depths = [-1] * len(parents)
    for position in range(len(parents)):
        trail: list[int] = []
        here: int | None = position
        while here is not None and depths[here] < 0:
            if here in trail:
                circle = trail[trail.index(here) :]
                raise CycleFound([keys[step] for step in [*circle, here]])
            trail.append(here)
            here = parents[here]
        depth = -1 if here is None else depths[here]
        for step in reversed(trail):
            depth += 1
            depths[step] = depth
    return depths
