"""Background work on companies and contacts."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.clients.operations.filing import look_for_duplicates
from wonward.foundation.jobs.registry import job


@job("clients.duplicates.look")
def look_on(*, noun: str, after_id: int, now: datetime) -> None:
    look_for_duplicates(noun=noun, after_id=after_id, now=now)
