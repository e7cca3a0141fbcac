"""Webhooks, and one row per fact for each of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Webhook(models.Model):
    """`position` is the last fact that was looked at. `failures` counts in a row how often nobody answered at all."""

    name = models.CharField(max_length=120)
    address = models.CharField(max_length=500)
    events = models.JSONField()
    secret = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    position = models.BigIntegerField()
    failures = models.PositiveSmallIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()


class Sending(models.Model):
    """One fact for one webhook; `due_at` is set while it waits."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="+", db_index=False)
    event_id = models.BigIntegerField()
    event_name = models.CharField(max_length=120)
    body = models.TextField()
    state = models.CharField(max_length=8, default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    said = models.CharField(max_length=300, default="")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["webhook", "event_id"], name="one_sending_per_fact")]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="sending_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["finished_at"], name="sending_finished", condition=models.Q(finished_at__isnull=False)),
        ]
