"""One row per change. Rows are never updated, except for the seal and for the erasure of a payload."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """`changes` maps a field to [before, after]; `digest` covers it with `salt`; the chain covers digests."""

    happened_at = models.DateTimeField()
    operation = models.CharField(max_length=80)
    noun = models.CharField(max_length=60)
    ref_id = models.BigIntegerField()
    actor_label = models.CharField(max_length=160)
    user_id = models.BigIntegerField(null=True)
    on_behalf_of = models.CharField(max_length=160, default="")
    via = models.CharField(max_length=16, default="web")
    salt = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    changes = models.JSONField(null=True)
    chain_position = models.BigIntegerField(null=True, unique=True)
    chain_hash = models.CharField(max_length=64, default="")

    class Meta:
        indexes = [models.Index(fields=["noun", "ref_id", "id"], name="audit_ref")]


class Opening(models.Model):
    """Who opened a restricted record, or took personal data out: one row a day for the same person, door and record.

    Records of no noun are lists, named by `detail`.
    """

    user_id = models.BigIntegerField()
    user_label = models.CharField(max_length=160)
    what = models.CharField(max_length=10)
    noun = models.CharField(max_length=60, default="")
    ref_id = models.BigIntegerField(default=0)
    detail = models.CharField(max_length=60, default="")
    via = models.CharField(max_length=16, default="web")
    on_date = models.DateField()
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["-last_at", "-id"], name="opening_recent"),
            models.Index(fields=["noun", "ref_id"], name="opening_ref"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "what", "noun", "ref_id", "detail", "via", "on_date"], name="one_opening_a_day"
            )
        ]
