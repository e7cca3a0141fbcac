"""Sets of tasks no two of which can lie side by side: said to the exact solver, they shorten its proofs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wonward.engines.leveling.network import Network

MOST_TASKS = 150


def exclusive_sets(network: Network, tasks: Sequence[int]) -> list[list[int]]:
    """Sets that together hold every two of these tasks that no resource has room for at once and no link keeps apart.

    Each is grown greedily, and links count in it as well. The tasks have one calendar; of more than 150 nothing is said.
    """
    if len(tasks) > MOST_TASKS:
        return []
    apart, clashing = _apart(network, tasks)
    pairs = [(i, j) for i in tasks for j in _bits(clashing[i]) if i < j]
    found = []
    for i, j in sorted(pairs, key=lambda pair: (-(apart[pair[0]] & apart[pair[1]]).bit_count(), pair)):
        if not clashing[i] >> j & 1:
            continue
        members, inside, candidates = [i, j], 1 << i | 1 << j, apart[i] & apart[j]
        while candidates:
            mask, seen = inside, candidates
            best = max(_bits(seen), key=lambda k: ((clashing[k] & mask).bit_count(), (apart[k] & seen).bit_count(), -k))
            members.append(best)
            inside |= 1 << best
            candidates &= apart[best]
        for k in members:
            clashing[k] &= ~inside
        found.append(sorted(members))
    return found


def _apart(network: Network, tasks: Sequence[int]) -> tuple[list[int], list[int]]:
    """For each task, as masks, those that never lie beside it, and those of them that only a resource keeps apart."""
    after = [0] * network.count
    for j in reversed(network.order):
        for k in network.frees_fs[j]:
            after[j] |= after[k] | 1 << k
    room = sum(peak << shift for peak, shift in zip(network.peaks, network.shift, strict=True))
    apart, clashing = [0] * network.count, [0] * network.count
    for place, i in enumerate(tasks):
        for j in tasks[place + 1:]:
            is_linked = bool((after[i] >> j | after[j] >> i) & 1)
            has_room = not (room - network.demand[i] - network.demand[j]) & network.guard
            if is_linked or not has_room:
                apart[i] |= 1 << j
                apart[j] |= 1 << i
            if not is_linked and not has_room:
                clashing[i] |= 1 << j
                clashing[j] |= 1 << i
    return apart, clashing


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
