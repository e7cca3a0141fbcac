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
