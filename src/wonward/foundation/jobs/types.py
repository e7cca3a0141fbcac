"""What the queue hands out: frozen rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FailedJobRow:
    """A job that was given up after `attempts` attempts; `last_error` ends with the reason."""

    id: UUID
    name: str
    arguments: Mapping[str, Any]
    attempts: int
    failed_at: datetime
    last_error: str


@dataclass(frozen=True, slots=True)
class JobLease:
    """A job in our hands; only the lease with the highest `fence` may report its result."""

    id: UUID
    name: str
    arguments: Mapping[str, Any]
    attempts: int
    fence: int
