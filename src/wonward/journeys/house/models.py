"""Errands, which are long work on the whole house, and the trash."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Errand(models.Model):
    """`given` is what was asked for, `report` what came of it; `sha256` finds the file it made in the storage."""

    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=8, default="waiting")
    user_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=160)
    given = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    failure = models.TextField(default="")
    sha256 = models.CharField(max_length=64, default="")
    size = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind"], condition=models.Q(state__in=("waiting", "running")), name="one_errand_at_a_time")
        ]


class TrashItem(models.Model):
    """A record out of its tables. `rows` are its rows by table, `emptied` the links to it: [table, column, keys, its key]."""

    noun = models.CharField(max_length=60)
    ref_id = models.BigIntegerField()
    name = models.CharField(max_length=400)
    is_restricted = models.BooleanField(default=False)
    rows = models.JSONField()
    emptied = models.JSONField()
    user_id = models.BigIntegerField(null=True)
    trashed_by = models.CharField(max_length=160)
    trashed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["noun", "ref_id"], name="trashed_once")]


class RetentionRule(models.Model):
    """How long one kind of personal record is kept, in months; `done_count` and `kept_count` are of the last run."""

    key = models.CharField(max_length=20, primary_key=True)
    is_on = models.BooleanField(default=False)
    months = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    ran_at = models.DateTimeField(null=True)
    done_count = models.PositiveIntegerField(default=0)
    kept_count = models.PositiveIntegerField(default=0)


class LegalHold(models.Model):
    """As long as `released_at` is empty nothing of the record, and of what belongs to it, is erased or thrown away."""

    noun = models.CharField(max_length=60)
    ref_id = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    set_by = models.CharField(max_length=160)
    set_at = models.DateTimeField()
    released_by = models.CharField(max_length=160, default="")
    released_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["noun", "ref_id"], name="hold_ref")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["noun", "ref_id"], condition=models.Q(released_at__isnull=True), name="one_live_hold_per_record"
            )
        ]


class BackupPlan(models.Model):
    """The one row that says when a backup is made, in the house's time, and how the last one went."""

    is_on = models.BooleanField(default=False)
    hour = models.PositiveSmallIntegerField()
    keep = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=200, default="")
    size = models.BigIntegerField(default=0)
    failure = models.TextField(default="")
