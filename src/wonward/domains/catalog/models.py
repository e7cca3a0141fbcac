"""Services we sell and the versioned templates they are delivered by."""

from __future__ import annotations

from django.db import models


class Template(models.Model):
    """A named blueprint; its content lives in immutable versions. `origin` says where it came from: `gallery:website`."""

    name = models.CharField(max_length=200)
    current_number = models.PositiveIntegerField(default=1)
    origin = models.CharField(max_length=80, default="")
    archived_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()


class TemplateVersion(models.Model):
    """One frozen blueprint: `items` is the validated list of phases, tasks, milestones and approvals."""

    template = models.ForeignKey(Template, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    items = models.JSONField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=300, default="")
    author_label = models.CharField(max_length=160, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_version_once")]


class Service(models.Model):
    """What we sell. `key` is the name compared without case and spaces; a merged service is an alias of another."""

    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200, unique=True)
    description = models.TextField(default="")
    template = models.ForeignKey(Template, models.PROTECT, null=True, related_name="services")
    series = models.CharField(max_length=120, default="")
    price_minor = models.BigIntegerField(null=True)
    cost_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    effort_minutes = models.PositiveIntegerField(default=0)
    tone = models.PositiveSmallIntegerField(default=0)
    is_to_review = models.BooleanField(default=False)
    placement = models.CharField(max_length=16, default="by_template")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="aliases")
    archived_at = models.DateTimeField(null=True)
    external_source = models.CharField(max_length=40, default="")
    external_id = models.CharField(max_length=160, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()


class ServicePrice(models.Model):
    """What a service costs in a currency besides its own; either amount may be open."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="book")
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField(null=True)
    cost_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "currency"], name="service_price_once_per_currency")]
