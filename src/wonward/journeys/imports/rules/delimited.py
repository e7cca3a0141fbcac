"""Text with separators to rows, whatever is broken in it: each record with its row number and its damage."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

SEPARATORS = {",": worded("comma"), ";": worded("semicolon"), "\t": worded("tab"), "|": worded("vertical bar")}
_SNIFFED_LINES = 60
_LONGEST_RECORD_LINES = 400
_MOST_BROKEN_QUOTES = 1000


@dataclass(slots=True)
class Record:
    """One row of the sheet: its number (1 is the first) and cells; `damage` says what was wrong with the text itself."""

    number: int
    cells: list[str]
    damage: str = ""


@dataclass(slots=True)
class _Lines:
    """Lines that can be read again from any place; a record is never given more than it can hold."""

    lines: list[str]
    place: int = 0
    last: int = field(default=0)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.place >= min(len(self.lines), self.last):
            raise StopIteration
        self.place += 1
        return self.lines[self.place - 1] + "\n"


def sniff_separator(text: str) -> tuple[str, int]:
    """The separator that splits the first lines most evenly, and into how many cells; a comma for a single column."""
    lines = [line for line in text[:200_000].splitlines()[:_SNIFFED_LINES] if line.strip()]
    best, best_score, best_width = ",", 0.0, 1
    for separator in SEPARATORS:
        widths = Counter(_widths(lines, separator))
        wide = {width: count for width, count in widths.items() if width > 1}
        if not wide:
            continue
        width, count = max(wide.items(), key=lambda pair: (pair[1], pair[0]))
        score = count / max(1, sum(widths.values())) + min(width, 50) / 1000
        if score > best_score:
            best, best_score, best_width = separator, score, width
    return best, best_width


def _widths(lines: list[str], separator: str) -> Iterator[int]:
    try:
        yield from (len(row) for row in csv.reader(lines, delimiter=separator) if row)
    except csv.Error:
        return


def read_records(text: str, separator: str, width: int) -> list[Record]:
    """Every record in order, blank ones included; `width` is how many cells a row usually has.

    Refused only when the quotation marks are beyond repair.
    """
    lines = _Lines(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    if lines.lines and not lines.lines[-1]:
        lines.lines.pop()
    records: list[Record] = []
    broken = 0
    while lines.place < len(lines.lines):
        start = lines.place
        cells, is_closed = _next_record(lines, separator)
        is_several_lines = lines.place - start > 1
        if not is_closed or (is_several_lines and len(cells) != width and _is_stray(lines.lines[start], separator)):
            broken += 1
            if broken > _MOST_BROKEN_QUOTES:
                raise Refused.field(
                    "file", worded("Up to row {count}, more than {most_broken_quotes} rows have a quotation mark that is opened and never closed. Export the file again.", count=len(records), most_broken_quotes=_MOST_BROKEN_QUOTES), "broken"
                )
            lines.place = start + 1
            cells = lines.lines[start].replace('"', "").split(separator)
            records.append(Record(len(records) + 1, cells, worded("a quotation mark is opened and never closed.")))
            continue
        records.append(Record(len(records) + 1, cells))
    return records


def _next_record(lines: _Lines, separator: str) -> tuple[list[str], bool]:
    """The next record and whether its quotation marks are closed."""
    start = lines.place
    if '"' not in lines.lines[start]:
        lines.place = start + 1
        line = lines.lines[start]
        return (line.split(separator) if line else []), True
    lines.last = start + _LONGEST_RECORD_LINES
    try:
        cells = next(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return [], False
    except StopIteration:
        return [], True
    if lines.place < min(len(lines.lines), lines.last):
        return cells, True
    return cells, not _is_open(lines.lines[start : lines.place], separator)


def _is_open(physical: list[str], separator: str) -> bool:
    """Whether a record that took everything it was given still waits for its closing quotation mark."""
    try:
        next(csv.reader([line + "\n" for line in physical], delimiter=separator, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _is_stray(line: str, separator: str) -> bool:
    """Whether the first line alone holds an opened quotation mark in an otherwise plain row."""
    return line.count('"') % 2 == 1 and separator in line
