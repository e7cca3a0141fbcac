"""What a viewer learns of an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class VisibleEvent:
    """Name, version and those subjects the viewer sees; never content. `recorded_at` is UTC."""

    id: int
    name: str
    version: int
    refs: tuple[Ref, ...]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class VisibleEvents:
    """A part of the log as one viewer sees it; `last_id` is the `after` of the next part."""

    events: tuple[VisibleEvent, ...]
    last_id: int
    is_complete: bool
