"""How long what was sold runs, and the deal that renews it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from wonward.domains.sales.models.deals import Deal


class ContractTerm(models.Model):
    """The days a won deal's contract runs, both included, and what happens at their end: `renewal` is one of RENEWALS.

    `notice_date` is the last day on which notice can be given, `opens_date` the day from which the renewal is somebody's work; both follow
    from the others. `end_reason` says why it will not go on. `blocked` says why the renewal could not be opened when its day came.
    """

    deal = models.OneToOneField(Deal, models.CASCADE, related_name="term")
    starts_date = models.DateField()
    ends_date = models.DateField()
    renewal = models.CharField(max_length=8, default="offer")
    notice_days = models.PositiveSmallIntegerField(default=0)
    lead_days = models.PositiveSmallIntegerField(default=60)
    runs_on_months = models.PositiveSmallIntegerField(default=12)
    notice_date = models.DateField()
    opens_date = models.DateField()
    renewal_deal = models.OneToOneField(Deal, models.SET_NULL, null=True, related_name="renews")
    end_reason = models.CharField(max_length=300, default="")
    ended_at = models.DateTimeField(null=True)
    blocked = models.TextField(default="")
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["ends_date", "id"], name="term_ends"),
            models.Index(fields=["opens_date"], condition=Q(end_reason="", renewal_deal__isnull=True), name="term_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_date__gte=F("starts_date")), name="term_ends_after_it_starts"),
        ]
