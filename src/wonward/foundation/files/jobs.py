"""What the file cabinet does in the background."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.foundation.files.storage import current_storage
from wonward.foundation.jobs.registry import job


@job("files.tidy", every=timedelta(days=1))
def tidy(*, now: datetime) -> None:
    """Remove uploads that broke off more than a day ago."""
    current_storage().remove_leftovers((now - timedelta(days=1)).timestamp())
