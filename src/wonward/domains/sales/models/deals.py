"""Pipelines, deals and what happens to them. Who sees a deal is decided in `DealQuerySet.visible_to`."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wonward.domains.staff.queries import booked_subject_ids
from wonward.kernel.actor import Actor, Scope


class Pipeline(models.Model):
    """An ordered set of stages deals move through.

    `qualification` lists what is found out about a chance, as {key, label, question}; `response_goal_minutes` is the working
    time within which a lead of this pipeline is answered.
    """

    name = models.CharField(max_length=120, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_default = models.BooleanField(default=False)
    qualification = models.JSONField(default=list)
    response_goal_minutes = models.PositiveIntegerField(default=60)
    answer_goal_minutes = models.PositiveIntegerField(default=480, db_default=480)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()


class Stage(models.Model):
    """One step; `kind` is open, won or lost; `probability` in percent.

    `exit_criteria` lists what is confirmed before a deal goes on from here, as {key, text}.
    """

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="stages")
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=5, default="open")
    probability = models.PositiveSmallIntegerField(default=0)
    days_until_stuck = models.PositiveSmallIntegerField(default=14)
    required_fields = models.JSONField(default=list)
    exit_criteria = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "name"], name="stage_name_once"),
            models.CheckConstraint(condition=Q(probability__lte=100), name="probability_is_percent"),
        ]


class DealQuerySet(models.QuerySet["Deal"]):
    """The access funnel of deals."""

    def visible_to(self, actor: Actor) -> DealQuerySet:
        """Deals this actor may see, by the reach of `sales.deal.view`."""
        reach = actor.scope_of("sales.deal.view")
        if actor.is_system or (reach is Scope.ALL and actor.role in ("owner", "admin")):
            return self
        if reach is Scope.NONE:
            return self.none()
        mine = Q(owner_id=actor.person_id or 0) | Q(
            pk__in=DealMember.objects.filter(person_id=actor.person_id or 0).values("deal_id")
        )
        if reach is Scope.ALL:
            return self.filter(Q(is_restricted=False) | mine)
        if reach is Scope.TEAM:
            return self.filter(mine | Q(is_restricted=False, owner__team_id=actor.team_id or 0))
        if reach is Scope.RELATED:
            booked = booked_subject_ids(noun="sales.deal")
            related = Q(status="won", is_history=False) | Q(pk__in=booked)
            return self.filter(mine | (Q(is_restricted=False) & related))
        return self.filter(mine)


class Deal(models.Model):
    """A chance to win work. An open deal always has an owner and a dated next action (checked by the database).

    `next_escalation` tells who was told that the next action is overdue: 0 nobody, 1 its owner, 2 their manager too.
    `close_slips` counts how often the expected close was moved later.
    """

    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    company = models.ForeignKey("clients.Company", models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey("staff.Person", models.PROTECT, null=True, related_name="+")
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="deals")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="deals")
    status = models.CharField(max_length=4, default="open")
    value_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    reporting_minor = models.BigIntegerField(default=0)
    probability = models.PositiveSmallIntegerField(null=True)
    main_service = models.ForeignKey("catalog.Service", models.SET_NULL, null=True, related_name="+")
    source = models.CharField(max_length=120, default="")
    opened_date = models.DateField()
    expected_close_date = models.DateField(null=True)
    closed_date = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    lost_reason = models.CharField(max_length=300, default="")
    is_history = models.BooleanField(default=False)
    stage_entered_at = models.DateTimeField()
    next_kind = models.CharField(max_length=24, default="")
    next_note = models.CharField(max_length=300, default="")
    next_due_date = models.DateField(null=True)
    next_owner = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    parked_reason = models.CharField(max_length=300, default="")
    next_escalation = models.PositiveSmallIntegerField(default=0)
    close_slips = models.PositiveSmallIntegerField(default=0)
    is_restricted = models.BooleanField(default=False)
    qualification = models.JSONField(default=dict)
    external_source = models.CharField(max_length=40, default="")
    external_id = models.CharField(max_length=160, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = DealQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["pipeline", "stage", "next_due_date", "id", "reporting_minor", "probability", "stage_entered_at",
                        "is_restricted", "owner"],
                condition=Q(status="open"), name="deal_board",
            ),
            models.Index(fields=["status", "-updated_at", "-id"], name="deal_recent"),
            models.Index(fields=["status", "expected_close_date"], name="deal_close_month"),
            models.Index(
                fields=["closed_date", "status", "owner", "reporting_minor", "opened_date", "source", "is_restricted", "lost_reason"],
                condition=Q(closed_date__isnull=False), name="deal_closed",
            ),
            models.Index(fields=["company", "status"], name="deal_company"),
            models.Index(fields=["owner", "status", "next_due_date"], name="deal_owner"),
            models.Index(fields=["status", "name", "id"], name="deal_name"),
            models.Index(fields=["status", "-reporting_minor", "-id"], name="deal_value"),
            models.Index(fields=["status", "next_due_date", "id"], name="deal_due"),
            models.Index(fields=["updated_at", "id"], name="deal_updated"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["external_source", "external_id"], condition=~Q(external_id=""), name="deal_external"
            ),
            models.CheckConstraint(
                condition=~Q(status="open") | (Q(owner__isnull=False) & Q(next_due_date__isnull=False)),
                name="open_deal_has_owner_and_next_action",
            ),
            models.CheckConstraint(
                condition=~Q(status="won") | Q(company__isnull=False) | Q(is_history=True), name="won_deal_has_company"
            ),
        ]


class OwedAnswer(models.Model):
    """A client who wrote about a deal and has no answer yet: since `asked_at`, to be answered by `due_at`.

    Derived from the log and the questions on proposals. `settled_at`: what was written until then needs no answer. `told` says who
    knows that it is late: 0 nobody, 1 the deal's owner, 2 their manager too.
    """

    deal = models.OneToOneField(Deal, models.CASCADE, related_name="owed_answer")
    asked_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    told = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["due_at", "told"], condition=Q(asked_at__isnull=False), name="owed_answer_due")]


class LostReason(models.Model):
    """Why deals are lost, to choose from."""

    name = models.CharField(max_length=120, unique=True)
    position = models.PositiveSmallIntegerField(default=0)


class DealLine(models.Model):
    """A service sold: quantity and unit price, net. `options` lists the optional sections sold; NULL leaves them open: all come.

    `conversion` says which currency, rate and day the price was converted by; NULL where it was typed or listed in the deal's own.
    `role_hours` lists the minutes of each role sold with one unit, as {role, minutes}; NULL leaves them to the template.
    """

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="lines")
    service = models.ForeignKey("catalog.Service", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    quantity = models.DecimalField(max_digits=12, decimal_places=2, default=1)
    unit_price_minor = models.BigIntegerField(null=True)
    options = models.JSONField(null=True)
    conversion = models.JSONField(null=True)
    role_hours = models.JSONField(null=True)


class DealMember(models.Model):
    """A colleague on the deal besides its owner; `part` is one of MEMBER_PARTS."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="members")
    person = models.ForeignKey("staff.Person", models.CASCADE, related_name="+")
    part = models.CharField(max_length=24, default="helps")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "person"], name="deal_member_once")]


class BriefDraft(models.Model):
    """The five answers while they are being gathered; the win freezes them."""

    deal = models.OneToOneField(Deal, models.CASCADE, related_name="brief")
    scope_summary = models.TextField(default="")
    promised_finish_date = models.DateField(null=True)
    key_constraints = models.TextField(default="")
    no_constraints = models.BooleanField(default=False)
    main_stakeholder = models.ForeignKey("clients.Contact", models.SET_NULL, null=True, related_name="+")
    kickoff_date = models.DateField(null=True)
    updated_at = models.DateTimeField()


class NextActionEntry(models.Model):
    """A next action that is over: done, or replaced by another."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="past_actions")
    kind = models.CharField(max_length=24)
    note = models.CharField(max_length=300, default="")
    due_date = models.DateField()
    owner = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(max_length=12)
    ended_at = models.DateTimeField()
    ended_by = models.CharField(max_length=160, default="")


class StageVisit(models.Model):
    """A stay in a stage, for the lifecycle rail and cycle times.

    `confirmed` lists the exit criteria that were confirmed, as {key, by, at}; NULL where none was.
    """

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="visits")
    stage = models.ForeignKey(Stage, models.CASCADE, related_name="+")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    confirmed = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["deal", "entered_at"], name="visit_deal")]
