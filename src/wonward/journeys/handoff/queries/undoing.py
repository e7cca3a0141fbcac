"""Whether a win may still be undone, as far as the clock tells."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.journeys.handoff.types import HandoffRow

UNDOABLE_FOR = timedelta(hours=24)


def is_undo_in_time(handoff: HandoffRow | None, *, now: datetime) -> bool:
    """Whether the win of a handoff is young enough; what has happened since is asked when it is undone."""
    return handoff is not None and handoff.status != "withdrawn" and now - handoff.submitted_at <= UNDOABLE_FOR
