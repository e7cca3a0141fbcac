"""What must hold about the outbox; `wonward check` reports every sentence returned here."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.foundation.events.queries import oldest_pending_age

LONGEST_DELAY = timedelta(minutes=5)


def check_outbox_moves(*, now: datetime) -> list[str]:
    """No delivery has been due for more than five minutes."""
    age = oldest_pending_age(now=now)
    if age is None or age <= LONGEST_DELAY:
        return []
    minutes = int(age.total_seconds() // 60)
    return [f"A delivery of the outbox has been due for {minutes} minutes; is a worker running?"]
