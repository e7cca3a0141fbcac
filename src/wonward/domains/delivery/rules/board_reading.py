"""The sheet of a monday board laid flat: its groups one under another, each with its own header, and the subitems between the items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_HEADER_SOUGHT_IN = 40
_AUTOMATIC_ID = "item id (auto generated)"
_TELLING = {
    "subitems", "owner", "person", "people", "status", "due date", "date", "deadline", "priority", "timeline", "timeline - start", "timeline - end",
    _AUTOMATIC_ID, "dependent on", "numbers", "text", "files", "tags",
}


@dataclass(frozen=True, slots=True)
class BoardItem:
    """A row of a board: `cells` by the header in small letters, the first filled one where a header stands twice; `parent` is a place."""

    name: str
    group: str
    parent: int | None
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Board:
    """A board with its items in the order of the sheet, and its groups in that order too, the empty ones with them."""

    title: str
    groups: tuple[str, ...]
    items: tuple[BoardItem, ...]


def read_board(rows: Sequence[Sequence[str]]) -> Board | None:
    """The board in these rows, or None when they are none: a title above a header row that begins with Name."""
    filled = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    first = next((place for place, row in enumerate(filled[:_HEADER_SOUGHT_IN]) if _is_header(row)), None)
    if first is None or not (_is_title(filled[first - 1]) if first else _AUTOMATIC_ID in _small(filled[first])):
        return None
    title = filled[0][0] if first else ""
    groups: dict[str, None] = {}
    items = tuple(_items(filled[max(first - 1, 0) :], groups))
    return Board(title, tuple(groups), items)


def _items(rows: Sequence[Sequence[str]], groups: dict[str, None]) -> Iterator[BoardItem]:
    columns: Sequence[str] = ()
    inner: Sequence[str] = ()
    group, last, count = "", -1, 0
    for place, row in enumerate(rows):
        following = rows[place + 1] if place + 1 < len(rows) else ()
        if _is_title(row) and _is_header(following):
            group, inner, last = row[0], (), -1
            groups.setdefault(group)
        elif _is_header(row):
            columns, inner = _small(row), ()
        elif row[0].casefold() == "subitems":
            inner = ["", *_small(row[1:])]
        elif row[0]:
            inner, last = (), count
            yield BoardItem(row[0], group, None, _cells(columns, row))
            count += 1
        elif last >= 0 and (cells := _cells(inner, row)).get("name"):
            yield BoardItem(cells["name"], group, last, cells)
            count += 1


def _is_title(row: Sequence[str]) -> bool:
    return bool(row) and bool(row[0]) and not any(row[1:])


def _is_header(row: Sequence[str]) -> bool:
    return bool(row) and row[0].casefold() == "name" and any(name in _TELLING or name.endswith(" - start") for name in _small(row[1:]))


def _small(row: Sequence[str]) -> list[str]:
    return [" ".join(cell.split()).casefold() for cell in row]


def _cells(columns: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, cell in zip(columns, row, strict=False):
        if name and cell:
            found.setdefault(name, cell)
    return found
