"""Single-mode projects in the `.sm` format of PSPLIB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wonward.engines.leveling.errors import InvalidFile
from wonward.engines.leveling.types import LevelingLink, LevelingProblem, LevelingResource, LevelingTask

PRECEDENCES, REQUESTS, AVAILABILITIES = "PRECEDENCE RELATIONS", "REQUESTS/DURATIONS", "RESOURCEAVAILABILITIES"
LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file split into words."""

    number: int
    words: tuple[str, ...]

    def numbers(self) -> list[int]:
        """The words as whole numbers from 0 to a million."""
        try:
            values = [int(word) for word in self.words]
        except ValueError:
            raise InvalidFile(f"whole numbers expected, found {' '.join(self.words)[:60]!r}", self.number) from None
        if any(not 0 <= value <= LARGEST for value in values):
            raise InvalidFile(f"a number lies outside 0 to {LARGEST}", self.number)
        return values


def read_psplib(text: str) -> LevelingProblem:
    """The problem of a `.sm` file; task keys are its job numbers, source and sink included. Raises InvalidFile."""
    sections = _sections(text)
    jobs = _requests(sections[REQUESTS])
    links, successors_of = [], set()
    for line in sections[PRECEDENCES]:
        values = line.numbers()
        if len(values) < 3 or len(values) != 3 + values[2]:
            raise InvalidFile("job, modes, number of successors and that many successors expected", line.number)
        job, modes, _, *successors = values
        if modes != 1:
            raise InvalidFile(f"job {job} has {modes} modes; one is supported", line.number)
        if job in successors_of:
            raise InvalidFile(f"job {job} is listed twice", line.number)
        successors_of.add(job)
        for successor in successors:
            if successor not in jobs or job not in jobs:
                raise InvalidFile(f"job {successor if job in jobs else job} has no duration", line.number)
            links.append(LevelingLink(str(job), str(successor)))
    capacities = _capacities(sections[AVAILABILITIES])
    names = [f"R{number + 1}" for number in range(len(capacities))]
    tasks = []
    for job, (place, duration, amounts) in jobs.items():
        if len(amounts) != len(names):
            raise InvalidFile(f"job {job} asks {len(amounts)} resources of {len(names)}", place)
        demands = {name: amount for name, amount in zip(names, amounts, strict=True) if amount}
        tasks.append(LevelingTask(str(job), duration, demands=demands))
    resources = [LevelingResource(name, capacity) for name, capacity in zip(names, capacities, strict=True)]
    return LevelingProblem(tuple(tasks), tuple(links), tuple(resources))


def _sections(text: str) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    current: list[Line] | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        heading = raw.strip().rstrip(":")
        if heading in (PRECEDENCES, REQUESTS, AVAILABILITIES):
            if heading in found:
                raise InvalidFile(f"{heading} begins twice", number)
            current = found[heading] = []
        elif raw.startswith("****"):
            current = None
        elif current is not None and raw.strip() and not raw.startswith("----"):
            current.append(Line(number, tuple(raw.split())))
    for heading in (PRECEDENCES, REQUESTS, AVAILABILITIES):
        if heading not in found:
            raise InvalidFile(f"the section {heading} is missing")
        if heading != AVAILABILITIES and len(found[heading]) < 2:
            raise InvalidFile(f"the section {heading} is empty")
        if heading != AVAILABILITIES:
            found[heading] = found[heading][1:]
    return found


def _requests(lines: Sequence[Line]) -> dict[int, tuple[int, int, list[int]]]:
    """Line number, duration and amounts by job."""
    jobs: dict[int, tuple[int, int, list[int]]] = {}
    for line in lines:
        values = line.numbers()
        if len(values) < 3:
            raise InvalidFile("job, mode, duration and demands expected", line.number)
        job, mode, duration, *amounts = values
        if mode != 1 or job in jobs:
            raise InvalidFile(f"job {job} has a second mode or is listed twice", line.number)
        jobs[job] = (line.number, duration, amounts)
    return jobs


def _capacities(lines: Sequence[Line]) -> list[int]:
    if len(lines) != 2:
        raise InvalidFile(
            f"{AVAILABILITIES} has {len(lines)} lines; names and capacities expected",
            lines[-1].number if lines else None,
        )
    return lines[1].numbers()
