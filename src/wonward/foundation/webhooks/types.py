"""Webhooks and what they sent, as frozen rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SendingState(StrEnum):
    """Where a sending stands."""

    WAITING = "waiting"
    TAKEN = "taken"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook; its secret is not in it. `given_up` counts sendings nobody took, `paused_until` is set while nobody answers."""

    id: int
    name: str
    address: str
    events: tuple[str, ...]
    is_active: bool
    version: int
    created_at: datetime
    waiting: int
    given_up: int
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class SendingRow:
    """One fact for one webhook. `status` and `said` are of the last attempt; `due_at` is set while it waits."""

    id: int
    event_id: int
    event_name: str
    state: SendingState
    attempts: int
    status: int | None
    said: str
    body: str
    created_at: datetime
    due_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes out at once: where to, with which headers, and the bytes."""

    sending_id: int
    address: str
    headers: Mapping[str, str]
    body: bytes
