"""The promise ledger: what was said, in which words, and which work keeps it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from wonward.journeys.promises.types import COVERAGES, STATES


class PromiseQuerySet(models.QuerySet["Promise"]):
    """Promises, by where they hold."""

    def holding_in(self, project: Any) -> PromiseQuerySet:
        """Those that hold in a project, at home or further; `project` is an id or several."""
        where = {"project_id__in": project} if isinstance(project, (list, tuple, set, frozenset, models.QuerySet)) else {"project_id": project}
        further = PromiseProject.objects.filter(**where).order_by().values("promise_id")
        return self.filter(pk__in=Promise.objects.filter(**where).order_by().values("pk").union(further, all=True))


class Promise(models.Model):
    """One thing the client was told they would get. It is never deleted.

    `project` is its home; the further projects of its deal in which it holds too are `PromiseProject`s. `coverage` and `forecast_date` follow the live plan; `alarm` is the line people were last told it had crossed.
    """

    number = models.CharField(max_length=20, unique=True)
    deal = models.ForeignKey("sales.Deal", models.PROTECT, null=True, related_name="+")
    project = models.ForeignKey("delivery.Project", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=80, default="")
    text = models.CharField(max_length=500)
    condition = models.CharField(max_length=500, default="")
    due_date = models.DateField(null=True)
    weight = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, default="draft")
    coverage = models.CharField(max_length=10, default="uncovered")
    alarm = models.CharField(max_length=10, default="")
    forecast_date = models.DateField(null=True)
    is_client_visible = models.BooleanField(default=True)
    state_reason = models.CharField(max_length=500, default="")
    state_by = models.CharField(max_length=160, default="")
    state_at = models.DateTimeField(null=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaces")
    author_label = models.CharField(max_length=160, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = PromiseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["deal", "state"], name="promise_deal"),
            models.Index(fields=["project", "state"], name="promise_project"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(deal__isnull=False) | Q(project__isnull=False), name="promise_belongs_somewhere"
            ),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=5), name="promise_weight_range"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="promise_state_known"),
            models.CheckConstraint(condition=Q(coverage__in=COVERAGES), name="promise_coverage_known"),
            models.CheckConstraint(
                condition=Q(state="replaced", replaced_by__isnull=False) | (~Q(state="replaced") & Q(replaced_by__isnull=True)),
                name="promise_replaced_by_another",
            ),
        ]


class PromiseProject(models.Model):
    """A further project of the deal in which a promise holds, beside its home."""

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="further")
    project = models.ForeignKey("delivery.Project", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["promise", "project"], name="promise_holds_once")]


class PromiseSource(models.Model):
    """The original words, and the record they stand in."""

    promise = models.OneToOneField(Promise, models.CASCADE, related_name="source")
    noun = models.CharField(max_length=60, default="")
    ref_id = models.BigIntegerField(null=True)
    quote = models.TextField(default="")
    speaker = models.CharField(max_length=200, default="")
    said_at = models.DateTimeField(null=True)


class PromiseCover(models.Model):
    """A task or milestone that keeps a promise; `change_plan` removes it before its task goes."""

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="covers")
    task = models.ForeignKey("delivery.Task", models.DO_NOTHING, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["promise", "task"], name="cover_once")]


class PromiseBasis(models.Model):
    """What was known of a date when it was promised. `approved_at` is there once the person named agreed to a date before P50."""

    promise = models.OneToOneField(Promise, models.CASCADE, related_name="basis")
    kickoff_date = models.DateField()
    earliest_date = models.DateField()
    p50_date = models.DateField()
    p80_date = models.DateField()
    p90_date = models.DateField()
    chance_percent = models.PositiveSmallIntegerField()
    because = models.CharField(max_length=500, default="")
    seed = models.PositiveIntegerField(default=1)
    approver = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    approver_label = models.CharField(max_length=160, default="")
    approved_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
