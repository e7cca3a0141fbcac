"""Runs queued jobs: one lease at a time, tried again when they fail, taken over when their worker dies.

A job runs at least once. Its result counts only while its lease is the latest.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from traceback import format_exception
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from wonward.foundation.events.rules import retry_delay
from wonward.foundation.jobs.models import JobRun
from wonward.foundation.jobs.registry import find_job
from wonward.foundation.jobs.types import JobLease

LEASE = timedelta(seconds=60)
_LONGEST_ERROR = 4000
_log = logging.getLogger("wonward.jobs")


def run_due_jobs(*, now: datetime, limit: int = 100) -> int:
    """Run what is due, one after the other; how many jobs were tried. For tests and commands."""
    tried = 0
    while tried < limit and run_next_job(now=now):
        tried += 1
    return tried


def run_next_job(
    *,
    now: datetime,
    worker: str = "",
    lease: timedelta = LEASE,
    on_lease: Callable[[JobLease], None] | None = None,
) -> bool:
    """Lease the next due job and run it; False when none is due.

    `on_lease` learns which lease to extend while a long job runs (see `extend_lease`).
    """
    leased = _lease_next(now, worker, lease)
    if leased is None:
        return False
    if on_lease is not None:
        on_lease(leased)
    started = time.monotonic()
    try:
        job = find_job(leased.name)
        if job is None:
            raise LookupError(f"No package declares the job {leased.name} any more.")
        job.function(**leased.arguments, now=now)
    except Exception as error:
        _log.warning("The job %s failed, attempt %s: %s", leased.name, leased.attempts, error)
        trace = "".join(format_exception(error))[-_LONGEST_ERROR:]
        _report_failure(leased, trace, type(error).__qualname__, _later(now, started))
    else:
        _report_success(leased, _later(now, started))
    return True


def extend_lease(leased: JobLease, *, now: datetime, lease: timedelta = LEASE) -> bool:
    """Keep a running job ours; False when another worker has taken it over."""
    held = JobRun.objects.filter(task_id=leased.id, fence=leased.fence, leased_until__isnull=False)
    return bool(held.update(leased_until=now + lease))


def reap_abandoned_jobs(*, now: datetime) -> int:
    """Queue jobs again whose worker vanished, or give them up after their last attempt; how many they were."""
    abandoned = JobRun.objects.filter(leased_until__lte=now)
    rows = list(abandoned.values_list("task_id", "name", "attempts", "fence")[:100])
    for task_id, name, attempts, fence in rows:
        lost = JobLease(task_id, name, {}, attempts, fence)
        _report_failure(lost, f"The worker stopped while the job {name} ran.", "WorkerStopped", now)
    return len(rows)


def _lease_next(now: datetime, worker: str, lease: timedelta) -> JobLease | None:
    due = JobRun.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    # A read first: an idle worker must not queue for the right to write.
    if not due.exists():
        return None
    with transaction.atomic():
        run = due.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked).first()
        if run is None:
            return None
        JobRun.objects.filter(pk=run.pk).update(
            attempts=F("attempts") + 1, fence=F("fence") + 1, leased_until=now + lease, due_at=None
        )
        task = DBTaskResult.objects.get(pk=run.pk)
        DBTaskResult.objects.filter(pk=run.pk).update(
            status=TaskResultStatus.RUNNING, started_at=now, worker_ids=[*task.worker_ids, worker][-20:]
        )
        arguments: dict[str, Any] = task.args_kwargs["kwargs"]["arguments"]
        return JobLease(run.pk, run.name, arguments, run.attempts + 1, run.fence + 1)


def _report_success(leased: JobLease, at: datetime) -> None:
    with transaction.atomic():
        if _release(leased, last_error=""):
            _task(leased).update(status=TaskResultStatus.SUCCESSFUL, finished_at=at, traceback="")


def _report_failure(leased: JobLease, trace: str, kind: str, at: datetime) -> None:
    job = find_job(leased.name)
    is_over = job is None or leased.attempts > job.retries
    again = at + retry_delay(leased.attempts, str(leased.id))
    with transaction.atomic():
        if is_over and _release(leased, last_error=trace, failed_at=at):
            _task(leased).update(
                status=TaskResultStatus.FAILED, finished_at=at, exception_class_path=kind, traceback=trace
            )
        elif not is_over and _release(leased, last_error=trace, due_at=again):
            _task(leased).update(status=TaskResultStatus.READY, run_after=again)


def _release(leased: JobLease, **result: Any) -> bool:
    """End the lease with a result; False when it is no longer ours to end."""
    held = JobRun.objects.filter(task_id=leased.id, fence=leased.fence, leased_until__isnull=False)
    return bool(held.update(leased_until=None, **result))


def _task(leased: JobLease) -> QuerySet[Any]:
    return DBTaskResult.objects.filter(pk=leased.id)


def _later(now: datetime, started: float) -> datetime:
    return now + timedelta(seconds=time.monotonic() - started)
