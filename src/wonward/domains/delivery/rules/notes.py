"""What changed between two texts, line by line and within a line word by word.

The work grows with the length of the texts and no faster: lines that stand once in both texts are matched first, and what lies
between two of them is compared closely only where it is short. A long stretch without such a line is shown as taken out and put in.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

LONGEST_NOTE = 200_000
_WORDS = re.compile(r"\s+|[^\s]+")
_AROUND = 2
_CLOSELY = 2_500


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: `kept`, `added` or `removed`."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a comparison: `same`, `changed`, `added`, `removed`, or `gap` for lines left out."""

    state: str
    pieces: tuple[Piece, ...]


def compare_texts(before: str, after: str) -> list[DiffLine]:
    """What became of a text; unchanged lines farther than two from a change are left out."""
    old, new = before.split("\n"), after.split("\n")
    lines: list[DiffLine] = []
    for is_same, first, last, start, end in stretches(old, new):
        if is_same:
            lines.extend(DiffLine("same", (Piece("kept", line),)) for line in old[first:last])
        else:
            lines.extend(_changed(old[first:last], new[start:end]))
    return list(_near_changes(lines))


Stretch = tuple[bool, int, int, int, int]


def stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[Stretch]:
    """Both sequences in stretches, in order: whether the stretch is the same, its place in the old one and in the new one."""
    left = right = 0
    for first, start in [*_anchors(old, new), (len(old), len(new))]:
        yield from _between(old, new, left, first, right, start)
        if first < len(old):
            yield True, first, first + 1, start, start + 1
        left, right = first + 1, start + 1


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The places of what stands once on either side, as many as keep their order on both."""
    often, also = Counter(old), Counter(new)
    places = {one: place for place, one in enumerate(new) if also[one] == 1}
    pairs = [(place, places[one]) for place, one in enumerate(old) if often[one] == 1 and one in places]
    ends: list[int] = []
    best: list[int] = []
    former: list[int] = []
    for number, (_, start) in enumerate(pairs):
        length = bisect_left(ends, start)
        former.append(best[length - 1] if length else -1)
        if length == len(ends):
            ends.append(start)
            best.append(number)
        else:
            ends[length], best[length] = start, number
    chain: list[tuple[int, int]] = []
    number = best[-1] if best else -1
    while number >= 0:
        chain.append(pairs[number])
        number = former[number]
    return chain[::-1]


def _between(old: Sequence[str], new: Sequence[str], first: int, last: int, start: int, end: int) -> Iterator[Stretch]:
    head = tail = 0
    while first + head < last and start + head < end and old[first + head] == new[start + head]:
        head += 1
    while last - tail > first + head and end - tail > start + head and old[last - tail - 1] == new[end - tail - 1]:
        tail += 1
    if head:
        yield True, first, first + head, start, start + head
    left, right = old[first + head : last - tail], new[start + head : end - tail]
    if len(left) * len(right) <= _CLOSELY:
        for tag, one, two, three, four in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            yield tag == "equal", first + head + one, first + head + two, start + head + three, start + head + four
    else:
        yield False, last - tail - len(left), last - tail, end - tail - len(right), end - tail
    if tail:
        yield True, last - tail, last, end - tail, end


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[DiffLine]:
    both = min(len(old), len(new))
    for left, right in zip(old[:both], new[:both], strict=True):
        if SequenceMatcher(None, left, right, autojunk=False).quick_ratio() >= 0.4:
            yield DiffLine("changed", tuple(_words(left, right)))
        else:
            yield DiffLine("removed", (Piece("removed", left),))
            yield DiffLine("added", (Piece("added", right),))
    yield from (DiffLine("removed", (Piece("removed", line),)) for line in old[both:])
    yield from (DiffLine("added", (Piece("added", line),)) for line in new[both:])


def _words(left: str, right: str) -> Iterator[Piece]:
    old, new = _WORDS.findall(left), _WORDS.findall(right)
    for is_same, first, last, start, end in stretches(old, new):
        if is_same:
            yield Piece("kept", "".join(old[first:last]))
            continue
        if last > first:
            yield Piece("removed", "".join(old[first:last]))
        if end > start:
            yield Piece("added", "".join(new[start:end]))


def _near_changes(lines: Sequence[DiffLine]) -> Iterator[DiffLine]:
    near = {
        place + shift for place, line in enumerate(lines) if line.state != "same" for shift in range(-_AROUND, _AROUND + 1)
    }
    is_gap = False
    for place, line in enumerate(lines):
        if place in near:
            is_gap = False
            yield line
        elif not is_gap:
            is_gap = True
            yield DiffLine("gap", ())
