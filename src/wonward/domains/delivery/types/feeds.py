"""What a calendar link shows, and what stands in a calendar file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One thing with its days, both included. `kind`: task, milestone, approval, promise (the promised finish) or time_off.

    `id` counts within the kind; a promise carries the project's. `detail` is the kind of time off.
    """

    kind: str
    id: int
    name: str
    first_date: date
    last_date: date
    project_id: int = 0
    project_number: str = ""
    project_name: str = ""
    is_done: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CalendarFeed:
    """What whoever made a link may see now; `name` is that of the person or the project, `language` the maker's."""

    name: str
    language: str
    items: tuple[FeedItem, ...]


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One event of a calendar file on whole days, both included, in words."""

    uid: str
    title: str
    first_date: date
    last_date: date
    note: str = ""
    address: str = ""
    is_busy: bool = False
