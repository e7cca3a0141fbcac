import django.db.models.deletion
from django.db import migrations, models

from wonward.foundation.database.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0001_initial"),
        ("clients", "0001_initial"),
        ("marketing", "0001_initial"),
        ("staff", "0001_initial"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="LostReason",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=120, unique=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name="Pipeline",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=120, unique=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        ("is_default", models.BooleanField(default=False)),
                        ("qualification", models.JSONField(default=list)),
                        ("response_goal_minutes", models.PositiveIntegerField(default=60)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="ScoreRule",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("field", models.CharField(max_length=60)),
                        ("operator", models.CharField(max_length=12)),
                        ("value", models.CharField(default="", max_length=200)),
                        ("points", models.SmallIntegerField()),
                        ("label", models.CharField(max_length=160)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        ("created_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Stage",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=120)),
                        ("position", models.PositiveSmallIntegerField()),
                        ("kind", models.CharField(default="open", max_length=5)),
                        ("probability", models.PositiveSmallIntegerField(default=0)),
                        ("days_until_stuck", models.PositiveSmallIntegerField(default=14)),
                        ("required_fields", models.JSONField(default=list)),
                        (
                            "pipeline",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="stages", to="sales.pipeline"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("pipeline", "name"), name="stage_name_once"),
                            models.CheckConstraint(condition=models.Q(("probability__lte", 100)), name="probability_is_percent"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Deal",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.CharField(max_length=20, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("status", models.CharField(default="open", max_length=4)),
                        ("value_minor", models.BigIntegerField(null=True)),
                        ("currency", models.CharField(max_length=3)),
                        ("reporting_minor", models.BigIntegerField(default=0)),
                        ("probability", models.PositiveSmallIntegerField(null=True)),
                        ("source", models.CharField(default="", max_length=120)),
                        ("opened_date", models.DateField()),
                        ("expected_close_date", models.DateField(null=True)),
                        ("closed_date", models.DateField(null=True)),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("lost_reason", models.CharField(default="", max_length=300)),
                        ("is_history", models.BooleanField(default=False)),
                        ("stage_entered_at", models.DateTimeField()),
                        ("next_kind", models.CharField(default="", max_length=24)),
                        ("next_note", models.CharField(default="", max_length=300)),
                        ("next_due_date", models.DateField(null=True)),
                        ("parked_reason", models.CharField(default="", max_length=300)),
                        ("next_escalation", models.PositiveSmallIntegerField(default=0)),
                        ("close_slips", models.PositiveSmallIntegerField(default=0)),
                        ("is_restricted", models.BooleanField(default=False)),
                        ("qualification", models.JSONField(default=dict)),
                        ("external_source", models.CharField(default="", max_length=40)),
                        ("external_id", models.CharField(default="", max_length=160)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "company",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.company"
                            ),
                        ),
                        (
                            "main_service",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="catalog.service"
                            ),
                        ),
                        (
                            "next_owner",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="staff.person"
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.person"
                            ),
                        ),
                        (
                            "pipeline",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="deals", to="sales.pipeline"
                            ),
                        ),
                        (
                            "stage",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="deals", to="sales.stage"),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status", "open")),
                                fields=[
                                    "pipeline",
                                    "stage",
                                    "next_due_date",
                                    "id",
                                    "reporting_minor",
                                    "probability",
                                    "stage_entered_at",
                                    "is_restricted",
                                    "owner",
                                ],
                                name="deal_board",
                            ),
                            models.Index(fields=["status", "-updated_at", "-id"], name="deal_recent"),
                            models.Index(fields=["status", "expected_close_date"], name="deal_close_month"),
                            models.Index(fields=["company", "status"], name="deal_company"),
                            models.Index(fields=["owner", "status", "next_due_date"], name="deal_owner"),
                            models.Index(fields=["status", "name", "id"], name="deal_name"),
                            models.Index(fields=["status", "-reporting_minor", "-id"], name="deal_value"),
                            models.Index(fields=["status", "next_due_date", "id"], name="deal_due"),
                            models.Index(fields=["updated_at", "id"], name="deal_updated"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("external_source", "external_id"),
                                name="deal_external",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "open"), _negated=True),
                                    models.Q(("owner__isnull", False), ("next_due_date__isnull", False)),
                                    _connector="OR",
                                ),
                                name="open_deal_has_owner_and_next_action",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "won"), _negated=True),
                                    ("company__isnull", False),
                                    ("is_history", True),
                                    _connector="OR",
                                ),
                                name="won_deal_has_company",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BriefDraft",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("scope_summary", models.TextField(default="")),
                        ("promised_finish_date", models.DateField(null=True)),
                        ("key_constraints", models.TextField(default="")),
                        ("no_constraints", models.BooleanField(default=False)),
                        ("kickoff_date", models.DateField(null=True)),
                        ("updated_at", models.DateTimeField()),
                        (
                            "main_stakeholder",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="clients.contact"
                            ),
                        ),
                        (
                            "deal",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="brief", to="sales.deal"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="DealLine",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        ("quantity", models.DecimalField(decimal_places=2, default=1, max_digits=12)),
                        ("unit_price_minor", models.BigIntegerField(null=True)),
                        ("options", models.JSONField(null=True)),
                        (
                            "deal",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="sales.deal"),
                        ),
                        (
                            "service",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.service"),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="LeadForm",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("key", models.CharField(max_length=40, unique=True)),
                        ("name", models.CharField(max_length=160)),
                        ("title", models.CharField(max_length=160)),
                        ("intro", models.TextField(default="")),
                        ("button", models.CharField(default="", max_length=60)),
                        ("thanks", models.TextField(default="")),
                        ("fields", models.JSONField(default=list)),
                        ("source", models.CharField(default="", max_length=120)),
                        ("is_open", models.BooleanField(default=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "campaign",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="marketing.campaign"
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="staff.person"
                            ),
                        ),
                        (
                            "pipeline",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sales.pipeline"),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Lead",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.CharField(max_length=20, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("company_name", models.CharField(default="", max_length=200)),
                        ("title", models.CharField(default="", max_length=160)),
                        ("email", models.CharField(default="", max_length=254)),
                        ("phone", models.CharField(default="", max_length=60)),
                        ("website", models.CharField(default="", max_length=200)),
                        ("country", models.CharField(default="", max_length=120)),
                        ("industry", models.CharField(default="", max_length=120)),
                        ("employees", models.PositiveIntegerField(null=True)),
                        ("message", models.TextField(default="")),
                        ("source", models.CharField(default="", max_length=120)),
                        ("utm", models.JSONField(default=dict)),
                        ("qualification", models.JSONField(default=dict)),
                        ("score", models.IntegerField(default=0)),
                        ("score_parts", models.JSONField(default=list)),
                        ("status", models.CharField(default="open", max_length=9)),
                        ("received_at", models.DateTimeField()),
                        ("received_date", models.DateField()),
                        ("response_due_at", models.DateTimeField(null=True)),
                        ("responded_at", models.DateTimeField(null=True)),
                        ("closed_date", models.DateField(null=True)),
                        ("closed_reason", models.CharField(default="", max_length=300)),
                        ("is_history", models.BooleanField(default=False)),
                        ("external_source", models.CharField(default="", max_length=40)),
                        ("external_id", models.CharField(default="", max_length=160)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "campaign",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="marketing.campaign"
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="clients.company"
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="clients.contact"
                            ),
                        ),
                        (
                            "deal",
                            models.OneToOneField(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="lead", to="sales.deal"
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="staff.person"
                            ),
                        ),
                        (
                            "responded_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="staff.person"
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="catalog.service"
                            ),
                        ),
                        (
                            "form",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="sales.leadform"
                            ),
                        ),
                        (
                            "pipeline",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sales.pipeline"),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["status", "response_due_at", "id"], name="lead_due"),
                            models.Index(fields=["status", "-received_at", "-id"], name="lead_recent"),
                            models.Index(fields=["status", "-score", "-id"], name="lead_score"),
                            models.Index(fields=["owner", "status"], name="lead_owner"),
                            models.Index(fields=["email"], name="lead_email"),
                            models.Index(fields=["updated_at", "id"], name="lead_updated"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("external_source", "external_id"),
                                name="lead_external",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "open"), _negated=True), ("closed_date__isnull", True), _connector="OR"
                                ),
                                name="open_lead_is_not_closed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NextActionEntry",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=24)),
                        ("note", models.CharField(default="", max_length=300)),
                        ("due_date", models.DateField()),
                        ("outcome", models.CharField(max_length=12)),
                        ("ended_at", models.DateTimeField()),
                        ("ended_by", models.CharField(default="", max_length=160)),
                        (
                            "deal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="past_actions", to="sales.deal"
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="staff.person"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Proposal",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.CharField(max_length=20, unique=True)),
                        ("title", models.CharField(max_length=200)),
                        ("status", models.CharField(default="draft", max_length=8)),
                        ("current_number", models.PositiveSmallIntegerField(default=1)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "deal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="proposals", to="sales.deal"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["status", "-updated_at", "-id"], name="proposal_recent")],
                    },
                ),
                migrations.CreateModel(
                    name="Contract",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.PositiveSmallIntegerField()),
                        ("signer_name", models.CharField(max_length=200)),
                        ("signer_email", models.CharField(default="", max_length=254)),
                        ("signer_address", models.CharField(default="", max_length=64)),
                        ("document_sha256", models.CharField(max_length=64)),
                        ("document_id", models.BigIntegerField(null=True)),
                        ("content", models.JSONField()),
                        ("total_minor", models.BigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("signed_at", models.DateTimeField()),
                        (
                            "deal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="contracts", to="sales.deal"
                            ),
                        ),
                        (
                            "proposal",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="contract", to="sales.proposal"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ProposalComment",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("author", models.CharField(max_length=160)),
                        ("is_client", models.BooleanField()),
                        ("text", models.TextField()),
                        ("created_at", models.DateTimeField()),
                        (
                            "proposal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="sales.proposal"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ProposalVersion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.PositiveSmallIntegerField()),
                        ("content", models.JSONField()),
                        ("currency", models.CharField(max_length=3)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("sent_by", models.CharField(default="", max_length=160)),
                        ("created_at", models.DateTimeField()),
                        (
                            "proposal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="sales.proposal"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("proposal", "number"), name="proposal_version_once")],
                    },
                ),
                migrations.CreateModel(
                    name="ProposalLink",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        ("recipient", models.CharField(default="", max_length=200)),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(null=True)),
                        ("is_tracked", models.BooleanField(default=False)),
                        ("opens", models.PositiveIntegerField(default=0)),
                        ("last_opened_at", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField()),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="links", to="sales.proposalversion"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="StageVisit",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("entered_at", models.DateTimeField()),
                        ("left_at", models.DateTimeField(null=True)),
                        (
                            "deal",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="visits", to="sales.deal"),
                        ),
                        (
                            "stage",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sales.stage"),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["deal", "entered_at"], name="visit_deal")],
                    },
                ),
                migrations.CreateModel(
                    name="DealMember",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("added_at", models.DateTimeField()),
                        (
                            "deal",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="members", to="sales.deal"),
                        ),
                        (
                            "person",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="staff.person"),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("deal", "person"), name="deal_member_once")],
                    },
                ),
                migrations.CreateModel(
                    name="FormSubmission",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("sender_digest", models.CharField(max_length=64)),
                        ("verdict", models.CharField(max_length=12)),
                        ("happened_at", models.DateTimeField()),
                        (
                            "lead",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="sales.lead"
                            ),
                        ),
                        (
                            "form",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="submissions", to="sales.leadform"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["sender_digest", "happened_at"], name="submission_sender"),
                            models.Index(fields=["form", "happened_at"], name="submission_form"),
                        ],
                    },
                ),
            ],
        ),
    ]
