"""Queueing work, and repeating what was given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from wonward.foundation.access.policy import require
from wonward.foundation.database.doorbell import ring
from wonward.foundation.jobs.models import JobRun, ScheduleTick
from wonward.foundation.jobs.registry import find_job
from wonward.foundation.jobs.tasks import run_job
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound

_KEPT_FOR = timedelta(days=14)
_TICKS_KEPT_FOR = timedelta(days=60)
_PRUNED_AT_ONCE = 500


def enqueue(name: str, *, now: datetime, run_at: datetime | None = None, **kwargs: Any) -> UUID:
    """Queue the job `name` in the caller's transaction, to run from `run_at` on (default: now); its id.

    The keywords must be JSON: ids, texts, numbers, lists. LookupError when no package declares the job,
    TypeError when a keyword is not JSON.
    """
    if find_job(name) is None:
        raise LookupError(f"No package declares the job {name}.")
    with transaction.atomic():
        queued = run_job.using(run_after=run_at or now).enqueue(name=name, arguments=kwargs)
        JobRun.objects.create(task_id=queued.id, name=name, due_at=run_at or now)
        ring()
    return UUID(str(queued.id))


def retry_job(*, actor: Actor, job_id: UUID, now: datetime) -> None:
    """Give a failed job all its attempts again, starting now. NotFound unless it has failed."""
    require(actor, "jobs.job.retry")
    with transaction.atomic():
        failed = JobRun.objects.filter(task_id=job_id, failed_at__isnull=False)
        if not failed.exists() or not failed.update(attempts=0, due_at=now, failed_at=None):
            raise NotFound("failed job", job_id)
        DBTaskResult.objects.filter(pk=job_id).update(
            status=TaskResultStatus.READY, run_after=now, finished_at=None
        )
        ring()


def prune_finished_jobs(*, now: datetime) -> int:
    """Forget jobs that succeeded more than 14 days ago and ticks older than 60; how many jobs they were."""
    old = DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - _KEPT_FOR)
    forgotten = 0
    while ids := list(old.values_list("pk", flat=True)[:_PRUNED_AT_ONCE]):
        with transaction.atomic():
            JobRun.objects.filter(task_id__in=ids).delete()
            DBTaskResult.objects.filter(pk__in=ids).delete()
        forgotten += len(ids)
    with transaction.atomic():
        ScheduleTick.objects.filter(due_at__lt=now - _TICKS_KEPT_FOR).delete()
    return forgotten
