"""What the task table of django-tasks-db lacks: attempts, leases and ticks of schedules."""

from __future__ import annotations

from django.db import models


class JobRun(models.Model):
    """The durable side of one queued job. `fence` counts leases: only the latest may report a result.

    `due_at` is set while it waits, `leased_until` while it runs, `failed_at` once it was given up.
    """

    task = models.OneToOneField(
        "django_tasks_database.DBTaskResult", models.CASCADE, primary_key=True, related_name="+"
    )
    name = models.CharField(max_length=120)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    last_error = models.TextField(default="")

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="job_due", condition=models.Q(due_at__isnull=False)),
            models.Index(
                fields=["leased_until"], name="job_leased", condition=models.Q(leased_until__isnull=False)
            ),
            models.Index(
                fields=["failed_at"], name="job_failed", condition=models.Q(failed_at__isnull=False)
            ),
        ]


class ScheduleTick(models.Model):
    """One due moment of one scheduled job; its row exists once, so the job is queued once."""

    name = models.CharField(max_length=120)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "due_at"], name="one_job_per_tick")]
