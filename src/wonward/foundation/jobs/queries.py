"""What waits, and what was given up."""

from __future__ import annotations

from datetime import datetime, timedelta

from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from wonward.foundation.access.policy import require
from wonward.foundation.jobs.models import JobRun
from wonward.foundation.jobs.tasks import run_job
from wonward.foundation.jobs.types import FailedJobRow
from wonward.kernel.actor import Actor


def list_failed_jobs(*, actor: Actor, limit: int = 200) -> list[FailedJobRow]:
    """Jobs that were given up, the latest first."""
    require(actor, "jobs.job.retry")
    failed = JobRun.objects.filter(task__status=TaskResultStatus.FAILED).select_related("task")
    return [
        FailedJobRow(
            id=run.task_id,
            name=run.name,
            arguments=run.task.args_kwargs["kwargs"].get("arguments", {}),
            attempts=run.attempts,
            failed_at=run.task.finished_at,
            last_error=run.last_error,
        )
        for run in failed.order_by("-task__finished_at")[:limit]
    ]


def count_failed_jobs() -> int:
    """How many jobs were given up."""
    return JobRun.objects.filter(task__status=TaskResultStatus.FAILED).count()


def is_job_waiting(name: str) -> bool:
    """Whether a job of this name is queued or running."""
    return JobRun.objects.filter(
        name=name, task__status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING)
    ).exists()


def oldest_due_job_age(*, now: datetime) -> timedelta | None:
    """For how long the most overdue job has been due; None when nothing is due."""
    overdue = DBTaskResult.objects.filter(
        task_path=run_job.module_path, status=TaskResultStatus.READY, run_after__lte=now
    )
    due_at = overdue.order_by("run_after").values_list("run_after", flat=True).first()
    return None if due_at is None else now - due_at
