"""What the outbox hands out: frozen rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class Author:
    """Who made a fact true and when: a user, or nobody signed in; `label` is their name at that time."""

    user_id: int | None = None
    label: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """A recorded fact. `recorded_at` is UTC; `subjects` are unfiltered, show only those the viewer sees."""

    id: int
    name: str
    version: int
    payload: Mapping[str, Any]
    actor_label: str
    actor_user_id: int | None
    on_behalf_of: str
    recorded_at: datetime
    subjects: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery that fails (`is_dead` false, retried at `due_at`) or has ended in the dead letters."""

    id: int
    event_id: int
    event_name: str
    handler: str
    attempts: int
    is_dead: bool
    due_at: datetime | None
    recorded_at: datetime
    last_error: str
