"""Saved what-ifs of the outlook, levelling runs, answers about dates, fixes of overload, and forecasts kept to be judged."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

LEVELING_STATES = ("queued", "searching", "ready", "failed", "applied", "undone")


class Scenario(models.Model):
    """`changes` holds the deals taken as won and lost, and the days others are taken to start on."""

    name = models.CharField(max_length=120)
    author = models.ForeignKey("staff.Person", models.CASCADE, null=True, related_name="+")
    is_shared = models.BooleanField(default=False)
    changes = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()


class LevelingRun(models.Model):
    """One run over some plans. `plan_versions` (by project id) are the plans it read; `applied` those its moves made.

    `answer` is what the engine found, with ids instead of names; it stays readable while a longer search is under way.
    """

    author = models.ForeignKey("staff.Person", models.CASCADE, null=True, related_name="+")
    user_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, default="ready")
    plan_versions = models.JSONField()
    rules = models.JSONField()
    tier = models.PositiveSmallIntegerField(default=1)
    seconds = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    applied = models.JSONField(default=dict)
    applied_tasks = models.JSONField(default=list)
    failure = models.CharField(max_length=500, default="")
    is_stop_wanted = models.BooleanField(default=False)
    searched_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["author", "id"], name="leveling_author")]
        constraints = [models.CheckConstraint(condition=Q(state__in=LEVELING_STATES), name="leveling_state_known")]


class DateAnswer(models.Model):
    """What was answered when somebody asked whether a date can be promised for a deal; `answer` is a document of days and sentences."""

    deal = models.ForeignKey("sales.Deal", models.PROTECT, related_name="+")
    author = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    author_label = models.CharField(max_length=160, default="")
    user_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, default="ready")
    kickoff_date = models.DateField()
    wanted_date = models.DateField(null=True)
    seed = models.PositiveIntegerField(default=1)
    answer = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["deal", "id"], name="date_answer_deal")]


class AppliedFix(models.Model):
    """A fix of overload that somebody made with one click; `undo` says what it rests on and what was before."""

    author = models.ForeignKey("staff.Person", models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=10)
    words = models.CharField(max_length=300)
    undo = models.JSONField()
    state = models.CharField(max_length=10, default="applied")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["author", "id"], name="applied_fix_author")]
        constraints = [models.CheckConstraint(condition=Q(state__in=("applied", "undone")), name="applied_fix_state")]


class ForecastWeek(models.Model):
    """What was forecast in the week of a Monday for the weeks after it, and what that week itself asked in the end.

    `forecast` holds by role id a list of (weeks ahead, weighted mean, 80 % point, steps), in hours; empty where nothing was
    forecast that week. `came` holds hours by role id, None until the week is over.
    """

    week = models.DateField(unique=True)
    forecast = models.JSONField(default=dict)
    came = models.JSONField(null=True)
    kept_at = models.DateTimeField()
