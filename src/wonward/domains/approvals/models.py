"""Approvals of records by reference: versions, steps, the links of clients, and who saw what."""

from __future__ import annotations

from django.db import models


class Approval(models.Model):
    """What is to be approved. `state` and `current_number` are those of its newest version."""

    noun = models.CharField(max_length=60)
    ref_id = models.BigIntegerField()
    title = models.CharField(max_length=300)
    place = models.CharField(max_length=300, default="")
    state = models.CharField(max_length=10, default="open")
    current_number = models.PositiveSmallIntegerField(default=0)
    due_date = models.DateField(null=True)
    asked_by = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    asked_by_label = models.CharField(max_length=160)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "due_date"], name="approval_due")]
        constraints = [models.UniqueConstraint(fields=["noun", "ref_id"], name="approval_once")]


class ApprovalVersion(models.Model):
    """One version put forward, frozen: its words, criteria and files. `state` is superseded once a newer one is asked for."""

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default="open")
    words = models.TextField(default="")
    criteria = models.JSONField(default=list)
    files = models.JSONField(default=list)
    due_date = models.DateField(null=True)
    asked_by_label = models.CharField(max_length=160)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["approval", "number"], name="approval_version_once")]


class ApprovalStep(models.Model):
    """Somebody asked about a version, and their answer; `recorded_by` wrote down what was said elsewhere."""

    of_version = models.ForeignKey(ApprovalVersion, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8)
    person = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    contact = models.ForeignKey("clients.Contact", models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254, default="")
    state = models.CharField(max_length=8, default="waiting")
    asked_at = models.DateTimeField(null=True)
    delegated_by = models.CharField(max_length=200, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, default="")
    recorded_by = models.CharField(max_length=160, default="")
    words = models.TextField(default="")
    via = models.CharField(max_length=10, default="")
    address = models.CharField(max_length=64, default="")
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "state"], name="approval_step_person")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=("approved", "rejected")) | models.Q(answered_at__isnull=False),
                name="approval_answer_has_a_time",
            )
        ]


class ApprovalLink(models.Model):
    """The way in for somebody at the client, good for one answer; only the digest of its token is kept."""

    step = models.ForeignKey(ApprovalStep, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    created_by_label = models.CharField(max_length=160, default="")
    created_at = models.DateTimeField()


class ApprovalSighting(models.Model):
    """Somebody who was asked looked at the version: first, last, how often."""

    step = models.ForeignKey(ApprovalStep, models.CASCADE, related_name="sightings")
    label = models.CharField(max_length=200)
    via = models.CharField(max_length=10)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "label", "via"], name="approval_sighting_once")]
