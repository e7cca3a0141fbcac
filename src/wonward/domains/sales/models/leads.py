"""Leads, the rules that score them, and the forms they come by. Who sees a lead is decided in `LeadQuerySet.visible_to`."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wonward.domains.sales.models.deals import Deal, Pipeline
from wonward.kernel.actor import Actor, Scope


class LeadQuerySet(models.QuerySet["Lead"]):
    """The access funnel of leads."""

    def visible_to(self, actor: Actor) -> LeadQuerySet:
        """Leads this actor may see, by the reach of `sales.lead.view`; below ALL those nobody owns are seen too."""
        reach = Scope.ALL if actor.is_system else actor.scope_of("sales.lead.view")
        if reach is Scope.ALL:
            return self
        if reach is Scope.NONE:
            return self.none()
        mine = Q(owner__isnull=True) | Q(owner_id=actor.person_id or 0)
        return self.filter(mine | Q(owner__team_id=actor.team_id or 0)) if reach is Scope.TEAM else self.filter(mine)


class LeadForm(models.Model):
    """A form on the web. `key` is its address, `fields` what it asks: {name, label, kind, is_required, choices}."""

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=160)
    title = models.CharField(max_length=160)
    intro = models.TextField(default="")
    button = models.CharField(max_length=60, default="")
    thanks = models.TextField(default="")
    fields = models.JSONField(default=list)
    source = models.CharField(max_length=120, default="")
    campaign = models.ForeignKey("marketing.Campaign", models.SET_NULL, null=True, related_name="+")
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    owner = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    is_open = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()


class Lead(models.Model):
    """Somebody who may become a client: who, what they said, where they came from, and what became of it.

    `score` is the sum of `score_parts`, each [rule id, field, label, points]; `qualification` maps a criterion of the
    pipeline to {state, note}. A lead that had been converted before it arrived here is history and has no deal.
    """

    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    company_name = models.CharField(max_length=200, default="")
    title = models.CharField(max_length=160, default="")
    email = models.CharField(max_length=254, default="")
    phone = models.CharField(max_length=60, default="")
    website = models.CharField(max_length=200, default="")
    country = models.CharField(max_length=120, default="")
    industry = models.CharField(max_length=120, default="")
    employees = models.PositiveIntegerField(null=True)
    message = models.TextField(default="")
    source = models.CharField(max_length=120, default="")
    utm = models.JSONField(default=dict)
    campaign = models.ForeignKey("marketing.Campaign", models.SET_NULL, null=True, related_name="+")
    form = models.ForeignKey(LeadForm, models.SET_NULL, null=True, related_name="+")
    service = models.ForeignKey("catalog.Service", models.SET_NULL, null=True, related_name="+")
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    owner = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    qualification = models.JSONField(default=dict)
    score = models.IntegerField(default=0)
    score_parts = models.JSONField(default=list)
    status = models.CharField(max_length=9, default="open")
    received_at = models.DateTimeField()
    received_date = models.DateField()
    response_due_at = models.DateTimeField(null=True)
    responded_at = models.DateTimeField(null=True)
    responded_by = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    closed_date = models.DateField(null=True)
    closed_reason = models.CharField(max_length=300, default="")
    company = models.ForeignKey("clients.Company", models.SET_NULL, null=True, related_name="+")
    contact = models.ForeignKey("clients.Contact", models.SET_NULL, null=True, related_name="+")
    deal = models.OneToOneField(Deal, models.SET_NULL, null=True, related_name="lead")
    is_history = models.BooleanField(default=False)
    external_source = models.CharField(max_length=40, default="")
    external_id = models.CharField(max_length=160, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = LeadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "response_due_at", "id"], name="lead_due"),
            models.Index(fields=["status", "-received_at", "-id"], name="lead_recent"),
            models.Index(fields=["status", "-score", "-id"], name="lead_score"),
            models.Index(fields=["owner", "status"], name="lead_owner"),
            models.Index(fields=["email"], name="lead_email"),
            models.Index(fields=["updated_at", "id"], name="lead_updated"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["external_source", "external_id"], condition=~Q(external_id=""), name="lead_external"
            ),
            models.CheckConstraint(
                condition=~Q(status="open") | Q(closed_date__isnull=True), name="open_lead_is_not_closed"
            ),
        ]


class ScoreRule(models.Model):
    """Points for a lead whose `field` compares to `value`; see `rules.scoring` for fields and operators."""

    field = models.CharField(max_length=60)
    operator = models.CharField(max_length=12)
    value = models.CharField(max_length=200, default="")
    points = models.SmallIntegerField()
    label = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()


class FormSubmission(models.Model):
    """One attempt to send a form: what became of it, from whom as a digest that forgets the address.

    `said_digest` stands for the answers while a second, equal sending would be the same one.
    """

    form = models.ForeignKey(LeadForm, models.CASCADE, related_name="submissions")
    lead = models.ForeignKey(Lead, models.SET_NULL, null=True, related_name="+")
    sender_digest = models.CharField(max_length=64)
    said_digest = models.CharField(max_length=64, default="", db_default="")
    verdict = models.CharField(max_length=12)
    happened_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["sender_digest", "happened_at"], name="submission_sender"),
            models.Index(fields=["form", "happened_at"], name="submission_form"),
        ]
