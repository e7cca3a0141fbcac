"""Objectives of people, teams and everybody together. What was reached is never stored: it is counted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wonward.journeys.insights.types import MEASURES, Unit
from wonward.kernel.actor import Actor, Scope

_MONEY = tuple(key for key, one in MEASURES.items() if one.unit is Unit.MONEY)


class ObjectiveQuerySet(models.QuerySet["Objective"]):
    """The access funnel of objectives."""

    def visible_to(self, actor: Actor) -> ObjectiveQuerySet:
        """Everybody sees what is to be reached; amounts of money only who sees all values of deals."""
        if not actor.may("insights.objective.view"):
            return self.none()
        sees_money = actor.scope_of("sales.value.view") not in (Scope.NONE, Scope.OWN)
        return self if sees_money else self.exclude(measure__in=_MONEY)


class Objective(models.Model):
    """`target` is in the unit of the measure; NULL takes the sales goals of its months. Nobody named: everybody together."""

    name = models.CharField(max_length=160)
    measure = models.CharField(max_length=24)
    target = models.BigIntegerField(null=True)
    starts_date = models.DateField()
    ends_date = models.DateField()
    person = models.ForeignKey("staff.Person", models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey("access.Team", models.PROTECT, null=True, related_name="+")
    note = models.TextField(default="")
    archived_at = models.DateTimeField(null=True)
    author_label = models.CharField(max_length=160, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["ends_date", "starts_date"], name="objective_period")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_date__gte=models.F("starts_date")), name="objective_ends_after_start"),
            models.CheckConstraint(condition=Q(person__isnull=True) | Q(team__isnull=True), name="objective_of_one"),
        ]


class ObjectiveLink(models.Model):
    """A deal or project that an objective is narrowed to."""

    objective = models.ForeignKey(Objective, models.CASCADE, related_name="links")
    noun = models.CharField(max_length=60)
    ref_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["objective", "noun", "ref_id"], name="objective_link_once")]
        indexes = [models.Index(fields=["noun", "ref_id"], name="objective_link_ref")]
