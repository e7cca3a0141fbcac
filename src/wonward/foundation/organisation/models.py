"""One row of settings, dated exchange rates and the series that number the records."""

from __future__ import annotations

from django.db import models


class Organisation(models.Model):
    """The single row that describes whose installation this is.

    `areas` maps an area to false once it is switched off. `accent` is one of ACCENTS; `logo` a PNG or JPEG as a data address.
    """

    name = models.CharField(max_length=160, default="My organisation")
    currency = models.CharField(max_length=3, default="EUR")
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=12, default="en")
    areas = models.JSONField(default=dict)
    accent = models.CharField(max_length=12, default="petrol")
    logo = models.TextField(default="")
    sample_batch = models.JSONField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_organisation")]


class ExchangeRate(models.Model):
    """One unit of `currency` in the reporting currency, from `valid_from_date` on."""

    currency = models.CharField(max_length=3)
    valid_from_date = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["currency", "valid_from_date"], name="one_rate_per_day")]


class NumberSeries(models.Model):
    """The next number of a noun; `prefix` makes `D-1042` of 1042."""

    noun = models.CharField(max_length=60, unique=True)
    prefix = models.CharField(max_length=8)
    next_number = models.PositiveIntegerField(default=1)
