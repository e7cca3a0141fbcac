"""Facts, what they are about, and which reaction has happened."""

from __future__ import annotations

from django.db import models


class OutboxEvent(models.Model):
    """A fact. `transaction_id` orders commits on PostgreSQL; on SQLite it stays 0, ids commit in order."""

    name = models.CharField(max_length=120)
    version = models.PositiveSmallIntegerField()
    payload = models.JSONField()
    actor_label = models.CharField(max_length=200)
    actor_user_id = models.BigIntegerField(null=True)
    on_behalf_of = models.CharField(max_length=200, default="")
    recorded_at = models.DateTimeField()
    transaction_id = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["transaction_id", "id"], name="event_commit_order"),
            models.Index(fields=["recorded_at"], name="event_recorded_at"),
        ]


class EventSubject(models.Model):
    """One record an event is about."""

    event = models.ForeignKey(OutboxEvent, models.CASCADE, related_name="subjects")
    noun = models.CharField(max_length=80)
    ref_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["noun", "ref_id", "event"], name="subject_of_event")]


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


class Delivery(models.Model):
    """One event for one handler. `fence` counts leases: only the latest lease may report a result.

    `due_at` is set while pending, `died_at` once dead. SQLite uses a partial index only for conditions without
    values, so these two, and not `state`, lead to the few rows that matter.
    """

    event = models.ForeignKey(OutboxEvent, models.CASCADE, related_name="deliveries", db_index=False)
    handler = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    died_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    last_error = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="one_delivery_per_handler")]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="delivery_due", condition=models.Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["leased_until"],
                name="delivery_leased",
                condition=models.Q(leased_until__isnull=False),
            ),
            models.Index(fields=["died_at"], name="delivery_dead", condition=models.Q(died_at__isnull=False)),
        ]
