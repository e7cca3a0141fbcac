"""Companies and their people, the parts they play, and who of us works for them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower


class Company(models.Model):
    """A company; shown as Client once `client_since_date` is set by the first win. `tags` is kept as `|one|two|`."""

    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, db_index=True)
    domain = models.CharField(max_length=200, default="", db_index=True)
    industry = models.CharField(max_length=120, default="")
    country = models.CharField(max_length=120, default="")
    phone = models.CharField(max_length=60, default="")
    address = models.TextField(default="")
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
    source = models.CharField(max_length=160, default="")
    tags = models.CharField(max_length=500, default="")
    referred_by = models.ForeignKey("Contact", models.SET_NULL, null=True, related_name="brought_companies")
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
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
    pain_points = models.TextField(default="")
    source = models.CharField(max_length=160, default="")
    tags = models.CharField(max_length=500, default="")
    referred_by = models.ForeignKey("self", models.SET_NULL, null=True, related_name="brought_contacts")
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
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
    role = models.CharField(max_length=120, default="")
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
    """The part a contact plays in a deal or project; `stance` is how they stand to us: for, neutral, against or unknown."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="stakes")
    noun = models.CharField(max_length=60)
    ref_id = models.BigIntegerField()
    decision_role = models.CharField(max_length=24, default="")
    influence = models.CharField(max_length=12, default="")
    stance = models.CharField(max_length=8, default="")
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


class Consent(models.Model):
    """What a contact said about being written to: the newest entry of a purpose counts; nothing is overwritten."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40)
    state = models.CharField(max_length=10)
    basis = models.CharField(max_length=24, default="")
    source = models.CharField(max_length=300, default="")
    noted_at = models.DateTimeField()
    noted_by = models.CharField(max_length=160, default="")

    class Meta:
        indexes = [models.Index(fields=["contact", "purpose", "-noted_at"], name="consent_newest")]


class CompanyMatchKey(models.Model):
    """A key under which a company is looked for when another one may be the same, see `rules.sameness`."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    key = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "company"], name="company_match_key")]


class ContactMatchKey(models.Model):
    """A key under which a contact is looked for when another one may be the same, see `rules.sameness`."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    key = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "contact"], name="contact_match_key")]


class DuplicatePair(models.Model):
    """Two records of a noun that may be one, the older first. `state` is open, resting (one is archived), merged or different."""

    noun = models.CharField(max_length=60)
    first_id = models.BigIntegerField()
    second_id = models.BigIntegerField()
    score = models.PositiveSmallIntegerField()
    because = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default="open")
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=160, default="")

    class Meta:
        indexes = [models.Index(fields=["noun", "state", "-score", "id"], name="duplicate_list")]
        constraints = [models.UniqueConstraint(fields=["noun", "first_id", "second_id"], name="duplicate_pair_once")]


class Merge(models.Model):
    """Two records that became one: what was moved, to be moved back. `left` lists what the undo left as it was."""

    noun = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    target_id = models.BigIntegerField()
    source_name = models.CharField(max_length=200)
    target_name = models.CharField(max_length=200)
    journal = models.JSONField(default=list)
    moved_count = models.PositiveIntegerField(default=0)
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=160)
    undone_at = models.DateTimeField(null=True)
    left = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["noun", "target_id", "-merged_at"], name="merge_target"),
            models.Index(fields=["noun", "source_id"], name="merge_source"),
        ]
