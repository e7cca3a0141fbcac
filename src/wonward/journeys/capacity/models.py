"""Saved what-ifs of the outlook."""

from __future__ import annotations

from django.db import models


class Scenario(models.Model):
    """`changes` holds the deals taken as won and lost, and the days others are taken to start on."""

    name = models.CharField(max_length=120)
    author = models.ForeignKey("staff.Person", models.CASCADE, null=True, related_name="+")
    is_shared = models.BooleanField(default=False)
    changes = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
