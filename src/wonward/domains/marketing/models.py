"""Campaigns, their spend, and the touches that tie them to records."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower


class Campaign(models.Model):
    """Something we do to be found; `channel` is free text such as e-mail or trade fair. `budget_minor` in `currency`."""

    name = models.CharField(max_length=160)
    channel = models.CharField(max_length=80, default="")
    start_date = models.DateField(null=True)
    finish_date = models.DateField(null=True)
    budget_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    archived_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="campaign_name_once")]


class Spend(models.Model):
    """Money spent on a campaign on a day."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="spends")
    spent_date = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=200, default="")
    created_at = models.DateTimeField()


class Touch(models.Model):
    """One contact of a record with what we do: a form sent, a newsletter clicked; with or without a campaign."""

    noun = models.CharField(max_length=60)
    ref_id = models.BigIntegerField()
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, related_name="touches")
    kind = models.CharField(max_length=40)
    detail = models.CharField(max_length=300, default="")
    happened_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["noun", "ref_id", "happened_at"], name="touch_record"),
            models.Index(fields=["campaign", "noun"], name="touch_campaign"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["noun", "ref_id", "campaign", "kind", "happened_at"], name="touch_once")
        ]
