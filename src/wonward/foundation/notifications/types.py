"""What crosses the border of the inbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wonward.kernel.ref import Ref


class Reason(StrEnum):
    """Why somebody is told; the first that applies counts."""

    MENTION = "mention"
    ASSIGNED = "assigned"
    WATCHING = "watching"


class Level(StrEnum):
    """How much somebody wants to hear of a topic; each level includes those before it, except MAIL, which is sent at once."""

    OFF = "off"
    INBOX = "inbox"
    DIGEST = "digest"
    MAIL = "mail"


class View(StrEnum):
    """The parts of the inbox."""

    FOR_YOU = "for-you"
    WATCHING = "watching"
    EVERYTHING = "everything"
    SNOOZED = "snoozed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell. It hangs on `ref` and is visible exactly to those who see that record, and `about` if given.

    `detail` is one sentence without money. Those who follow one of `near` are told too.
    A notice with a `key` is told to each person once, however often it comes.
    """

    kind: str
    ref: Ref
    detail: str = ""
    about: Ref | None = None
    near: tuple[Ref, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice as its reader sees it; `detail` is empty when what it is about may not be read."""

    id: int
    kind: str
    label: str
    reason: Reason
    detail: str
    author: str
    about: Ref | None
    happened_at: datetime
    is_unread: bool


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """Everything a person was told about one record; `latest` is the newest notice."""

    id: int
    ref: Ref
    title: str
    reason: Reason
    last_at: datetime
    unread_count: int
    is_done: bool
    is_muted: bool
    snoozed_until: datetime | None
    latest: NoticeRow


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """One page of the inbox; `next_cursor` asks for the following one, None at the end."""

    threads: tuple[ThreadRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """A reminder on a record the viewer sees; `due_at` is UTC."""

    id: int
    ref: Ref
    title: str
    note: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class NoticeSettingsRow:
    """How a person wants to be told. `digest_hour` is an hour of their own day; None sends no digest."""

    levels: Mapping[str, Level] = field(default_factory=dict)
    digest_hour: int | None = 8
    quiet_until: datetime | None = None
    version: int = 1
