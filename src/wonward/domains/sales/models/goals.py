"""What is to be won."""

from __future__ import annotations

from django.db import models


class Goal(models.Model):
    """What a person, or everybody together where there is none, wants to win in a month, in the reporting currency."""

    person = models.ForeignKey("staff.Person", models.CASCADE, null=True, related_name="+")
    month = models.DateField()
    amount_minor = models.BigIntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "month"], name="one_goal_per_person_and_month"),
            models.UniqueConstraint(fields=["month"], condition=models.Q(person__isnull=True), name="one_goal_together_per_month"),
        ]
