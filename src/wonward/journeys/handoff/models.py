"""The handoff of one won deal, the scope it froze and the questions delivery asked."""

from __future__ import annotations

from django.db import models


class Handoff(models.Model):
    """One per deal won through the gate."""

    number = models.CharField(max_length=20, unique=True)
    deal = models.OneToOneField("sales.Deal", models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, default="awaiting_acceptance")
    scope_summary = models.TextField()
    promised_finish_date = models.DateField()
    key_constraints = models.TextField(default="")
    no_constraints = models.BooleanField(default=False)
    main_stakeholder = models.ForeignKey("clients.Contact", models.PROTECT, related_name="+")
    kickoff_date = models.DateField()
    asked_kickoff_date = models.DateField()
    lead = models.ForeignKey("staff.Person", models.PROTECT, null=True, related_name="+")
    submitted_by = models.ForeignKey("staff.Person", models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField()
    accepted_by = models.ForeignKey("staff.Person", models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    returns_count = models.PositiveSmallIntegerField(default=0)
    records_created = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["status", "submitted_at"], name="handoff_queue")]


class HandoffProject(models.Model):
    """A project the win created, and the template it came from."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="project_links")
    project = models.OneToOneField("delivery.Project", models.PROTECT, related_name="+")
    template_name = models.CharField(max_length=200, default="")
    template_number = models.PositiveIntegerField(null=True)
    task_count = models.PositiveIntegerField(default=0)
    milestone_count = models.PositiveIntegerField(default=0)


class ScopeBaseline(models.Model):
    """What was sold, frozen: `document` holds answers, lines, promises and stakeholders."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="baselines")
    number = models.PositiveSmallIntegerField(default=1)
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handoff", "number"], name="scope_baseline_once")]


class HandoffQuestion(models.Model):
    """A field delivery returned, the question, and the answer sales gave."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="questions")
    round = models.PositiveSmallIntegerField(default=1)
    field = models.CharField(max_length=40)
    text = models.TextField()
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField()
    answer = models.TextField(default="")
    answered_by = models.CharField(max_length=160, default="")
    answered_at = models.DateTimeField(null=True)
