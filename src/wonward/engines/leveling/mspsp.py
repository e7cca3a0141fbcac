"""Multi-skill projects in the MiniZinc data format (`.dzn`) of the MSPSP library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from wonward.engines.leveling.errors import InvalidFile
from wonward.engines.leveling.types import LevelingLink, LevelingProblem, LevelingResource, LevelingTask

_ASSIGNMENT = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*([^;]*);", re.DOTALL)
_LARGEST = 1_000_000


class Entry(NamedTuple):
    """One `name = value;` and the line it begins on."""

    line: int
    text: str


def read_mspsp(text: str) -> LevelingProblem:
    """The problem of a `.dzn` file; tasks, workers and skills are named by their numbers from 1. Raises InvalidFile."""
    entries = _entries(text)
    tasks, skills, workers = (_size(entries, name) for name in ("nActs", "nSkills", "nResources"))
    durations = _numbers(entries, "dur", tasks)
    wanted = _table(entries, "sreq", tasks, skills)
    mastered = _table(entries, "mastery", workers, skills)
    befores, afters = _numbers(entries, "pred", None), _numbers(entries, "succ", None)
    if len(befores) != len(afters):
        raise InvalidFile(f"pred has {len(befores)} entries, succ {len(afters)}", entries["succ"].line)
    for name, ends in (("pred", befores), ("succ", afters)):
        for end in ends:
            if not 1 <= end <= tasks:
                raise InvalidFile(f"{name} names task {end} of {tasks}", entries[name].line)
    return LevelingProblem(
        tuple(
            LevelingTask(str(number), duration, skills={str(s): amount for s, amount in enumerate(row, 1) if amount})
            for number, (duration, row) in enumerate(zip(durations, wanted, strict=True), 1)
        ),
        tuple(LevelingLink(str(i), str(j)) for i, j in dict.fromkeys(zip(befores, afters, strict=True))),
        tuple(
            LevelingResource(str(number), skills=frozenset(str(s) for s, has in enumerate(row, 1) if has))
            for number, row in enumerate(mastered, 1)
        ),
    )


def _entries(text: str) -> dict[str, Entry]:
    bare = "\n".join(line.split("%", 1)[0] for line in text.splitlines())
    found: dict[str, Entry] = {}
    position = 0
    while bare[position:].strip():
        match = _ASSIGNMENT.match(bare, position)
        gap = len(bare[position:]) - len(bare[position:].lstrip())
        line = bare.count("\n", 0, position + gap) + 1
        if match is None:
            raise InvalidFile("`name = value;` expected", line)
        if match[1] in found:
            raise InvalidFile(f"{match[1]} is given twice", line)
        found[match[1]] = Entry(line, match[2].strip())
        position = match.end()
    return found


def _entry(entries: dict[str, Entry], name: str) -> Entry:
    if name not in entries:
        raise InvalidFile(f"{name} is missing")
    return entries[name]


def _size(entries: dict[str, Entry], name: str) -> int:
    entry = _entry(entries, name)
    value = _value(entry.text, entry.line, name)
    if value > 10_000:
        raise InvalidFile(f"{name} is above 10000", entry.line)
    return value


def _numbers(entries: dict[str, Entry], name: str, size: int | None) -> list[int]:
    entry = _entry(entries, name)
    if not (entry.text.startswith("[") and entry.text.endswith("]")):
        raise InvalidFile(f"{name} is not a list in brackets", entry.line)
    values = _row(entry.text[1:-1], entry.line, name)
    if size is not None and len(values) != size:
        raise InvalidFile(f"{name} has {len(values)} entries instead of {size}", entry.line)
    return values


def _table(entries: dict[str, Entry], name: str, rows: int, columns: int) -> list[list[int]]:
    entry = _entry(entries, name)
    if not (entry.text.startswith("[|") and entry.text.endswith("|]")):
        raise InvalidFile(f"{name} is not a table in [| and |]", entry.line)
    inside = entry.text[2:-2].rstrip().removesuffix("|")
    table = [_row(part, entry.line, name) for part in inside.split("|")] if inside.strip() else []
    if len(table) != rows or any(len(row) != columns for row in table):
        raise InvalidFile(f"{name} is not a table of {rows} rows and {columns} columns", entry.line)
    return table


def _row(text: str, line: int, name: str) -> list[int]:
    parts: Sequence[str] = text.strip().rstrip(",").split(",")
    return [_value(part.strip(), line, name) for part in parts] if text.strip() else []


def _value(text: str, line: int, name: str) -> int:
    if text in ("true", "false"):
        return int(text == "true")
    if not text.isascii() or not text.isdecimal() or len(text) > 7 or int(text) > _LARGEST:
        raise InvalidFile(f"{name}: a whole number from 0 to {_LARGEST} expected, found {text[:40]!r}", line)
    return int(text)
