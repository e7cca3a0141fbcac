"""Budgets: what a project may cost in hours and money."""

from __future__ import annotations

from django.db import models


class Budget(models.Model):
    """Sold hours and money of a project, opened by the win."""

    project = models.OneToOneField("delivery.Project", models.CASCADE, related_name="+")
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    planned_cost_minor = models.BigIntegerField(null=True)
    effort_minutes = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
