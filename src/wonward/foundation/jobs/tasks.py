"""The one task django-tasks knows: it runs a declared job by its name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django_tasks import task

from wonward.foundation.jobs.registry import find_job


@task()
def run_job(name: str, arguments: dict[str, Any]) -> None:
    """Call the job `name` with the keywords it was queued with; LookupError when no package declares it.

    Our own worker adds leases and retries around the job; this is what any other worker of django-tasks runs.
    """
    found = find_job(name)
    if found is None:
        raise LookupError(f"No package declares the job {name} any more.")
    found.function(**arguments, now=datetime.now(UTC))
