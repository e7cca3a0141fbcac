"""What waits, and what was given up."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.foundation.access.policy import require
from wonward.foundation.jobs.models import JobRun
from wonward.foundation.jobs.types import FailedJobRow
from wonward.kernel.actor import Actor


def list_failed_jobs(*, actor: Actor, limit: int = 200) -> list[FailedJobRow]:
    """Jobs that were given up, the latest first."""
    require(actor, "jobs.job.retry")
    failed = JobRun.objects.filter(failed_at__isnull=False).select_related("task")
    return [
        FailedJobRow(
            id=run.task_id,
            name=run.name,
            arguments=run.task.args_kwargs["kwargs"].get("arguments", {}),
            attempts=run.attempts,
            failed_at=run.failed_at or run.task.enqueued_at,
            last_error=run.last_error,
        )
        for run in failed.order_by("-failed_at")[:limit]
    ]


def count_failed_jobs() -> int:
    """How many jobs were given up."""
    return JobRun.objects.filter(failed_at__isnull=False).count()


def is_job_waiting(name: str) -> bool:
    """Whether a job of this name is queued or running."""
    waiting = JobRun.objects.filter(due_at__isnull=False, name=name)
    running = JobRun.objects.filter(leased_until__isnull=False, name=name)
    return waiting.exists() or running.exists()


def oldest_due_job_age(*, now: datetime) -> timedelta | None:
    """For how long the most overdue job has been due; None when nothing is due."""
    overdue = JobRun.objects.filter(due_at__lte=now)
    due_at = overdue.order_by("due_at").values_list("due_at", flat=True).first()
    return now - due_at if due_at else None
