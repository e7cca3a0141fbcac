"""Bulk changes and what became of each record."""

from __future__ import annotations

from django.db import models


class BulkChange(models.Model):
    """The same fields of many records, asked for at once. `asked` maps a field to its plain value."""

    noun = models.CharField(max_length=60)
    asked = models.JSONField()
    status = models.CharField(max_length=10, default="checking")
    author = models.ForeignKey("access.User", models.SET_NULL, null=True, related_name="+")
    author_label = models.CharField(max_length=160)
    token_scopes = models.JSONField(null=True)
    row_count = models.PositiveIntegerField()
    failure = models.TextField(default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["author", "-id"], name="bulk_change_author")]


class BulkRow(models.Model):
    """One record. `changes` maps a field to [before, after]; `record_version` is that of the record when it was looked at or written."""

    bulk = models.ForeignKey(BulkChange, models.CASCADE, related_name="rows")
    noun = models.CharField(max_length=60)
    ref_id = models.BigIntegerField()
    status = models.CharField(max_length=8, default="waiting")
    code = models.CharField(max_length=24, default="")
    message = models.TextField(default="")
    changes = models.JSONField(default=dict)
    record_version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulk", "ref_id"], name="bulk_row_once")]
        indexes = [models.Index(fields=["bulk", "status", "id"], name="bulk_row_status"), models.Index(fields=["noun", "ref_id"], name="bulk_row_ref")]
