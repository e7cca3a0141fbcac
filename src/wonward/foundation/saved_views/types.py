"""What crosses the border of this package."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Audience(StrEnum):
    """Who finds a view: its owner, a team, or everybody who may see the list."""

    PRIVATE = "private"
    TEAM = "team"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class ViewState:
    """How a list is looked at. Everything empty is the list as it comes.

    `filters` are (parameter, value) pairs of the list's own address; `columns` in the order shown; `sort` as the list takes
    it, with a minus for falling; `group` a column's key; `sums` the columns added up at the foot, None for the list's usual.
    """

    filters: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    group: str = ""
    sort: str = ""
    sums: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view as its reader sees it."""

    id: int
    list_key: str
    name: str
    audience: Audience
    owner_name: str
    is_mine: bool
    is_pinned: bool
    state: ViewState = field(default_factory=ViewState)
    version: int = 1
