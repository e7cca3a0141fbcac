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
