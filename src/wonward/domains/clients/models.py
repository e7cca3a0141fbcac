"""Companies and their people, the parts they play, and who of us works for them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower


class Company(models.Model):
    """A company; shown as Client once `client_since_date` is set by the first win."""

    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, db_index=True)
    domain = models.CharField(max_length=200, default="", db_index=True)
    industry = models.CharField(max_length=120, default="")
    country = models.CharField(max_length=120, default="")
    tier = models.CharField(max_length=1, default="")
    employees = models.PositiveIntegerField(null=True)
    annual_revenue_minor = models.BigIntegerField(null=True)
    founded_year = models.PositiveSmallIntegerField(null=True)
    pain_points = models.TextField(default="")
    preferences = models.TextField(default="")
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="children")
    owner = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    client_since_date = models.DateField(null=True)
    is_restricted = models.BooleanField(default=False)
    external_source = models.CharField(max_length=40, default="")
    external_id = models.CharField(max_length=160, default="")
    archived_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(Lower("name"), name="company_lower_name"),
            models.Index(fields=["updated_at", "id"], name="company_updated"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["external_source", "external_id"], condition=~models.Q(external_id=""), name="company_external"
            )
        ]


class Contact(models.Model):
    """A person at one or several companies."""

    name = models.CharField(max_length=200)
    title = models.CharField(max_length=160, default="")
    preference = models.CharField(max_length=200, default="")
    external_source = models.CharField(max_length=40, default="")
    external_id = models.CharField(max_length=160, default="")
    archived_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(Lower("name"), name="contact_lower_name"),
            models.Index(fields=["updated_at", "id"], name="contact_updated"),
        ]


class ContactPoint(models.Model):
    """An e-mail address, phone number or handle of a contact; `normalised` is compared."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="points")
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=254)
    normalised = models.CharField(max_length=254, db_index=True)
    is_primary = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "kind"], condition=models.Q(is_primary=True), name="one_primary_point_per_kind"
            )
        ]


class Affiliation(models.Model):
    """A contact's time at a company; one current main per contact."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="affiliations")
    company = models.ForeignKey(Company, models.CASCADE, related_name="affiliations")
    is_main = models.BooleanField(default=True)
    start_date = models.DateField(null=True)
    finish_date = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "company"], name="contact_once_per_company"),
            models.UniqueConstraint(
                fields=["contact"],
                condition=models.Q(is_main=True, finish_date__isnull=True),
                name="one_current_main_company",
            ),
        ]


class Stakeholder(models.Model):
    """The part a contact plays in a deal or project."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="stakes")
    noun = models.CharField(max_length=60)
    ref_id = models.BigIntegerField()
    decision_role = models.CharField(max_length=24, default="")
    influence = models.CharField(max_length=12, default="")
    preference = models.CharField(max_length=200, default="")
    is_main = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["noun", "ref_id", "contact"], name="stakeholder_once"),
            models.UniqueConstraint(
                fields=["noun", "ref_id"], condition=models.Q(is_main=True), name="one_main_stakeholder"
            ),
        ]


class ClientTeamMember(models.Model):
    """A colleague who works for a company, and the record that says so (`basis`)."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="team_links")
    person = models.ForeignKey("staff.Person", models.CASCADE, related_name="+")
    basis_noun = models.CharField(max_length=60)
    basis_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["person", "company"], name="client_team_person")]
        constraints = [
            models.UniqueConstraint(fields=["basis_noun", "basis_id", "person"], name="client_team_once_per_basis")
        ]
