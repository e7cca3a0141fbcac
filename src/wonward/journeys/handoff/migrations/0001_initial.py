import django.db.models.deletion
from django.db import migrations, models

from wonward.foundation.database.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0001_initial"),
        ("clients", "0001_initial"),
        ("delivery", "0001_initial"),
        ("sales", "0001_initial"),
        ("staff", "0001_initial"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="HandoffRules",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("acceptance_minutes", models.PositiveIntegerField(default=2880)),
                        ("checklist", models.JSONField(default=list)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("updated_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="GateDraft",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("answers", models.JSONField(default=dict)),
                        ("updated_at", models.DateTimeField()),
                        (
                            "deal",
                            models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sales.deal"),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Handoff",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.CharField(max_length=20, unique=True)),
                        ("status", models.CharField(default="awaiting_acceptance", max_length=20)),
                        ("scope_summary", models.TextField()),
                        ("promised_finish_date", models.DateField()),
                        ("key_constraints", models.TextField(default="")),
                        ("no_constraints", models.BooleanField(default=False)),
                        ("kickoff_date", models.DateField()),
                        ("asked_kickoff_date", models.DateField()),
                        ("extra_answers", models.JSONField(default=list)),
                        ("submitted_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField(null=True)),
                        ("escalated_at", models.DateTimeField(null=True)),
                        ("accepted_at", models.DateTimeField(null=True)),
                        ("returns_count", models.PositiveSmallIntegerField(default=0)),
                        ("completeness", models.PositiveSmallIntegerField(null=True)),
                        ("uncovered_at_kickoff", models.PositiveSmallIntegerField(null=True)),
                        ("records_created", models.PositiveIntegerField(default=0)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "accepted_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.person"
                            ),
                        ),
                        (
                            "deal",
                            models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sales.deal"),
                        ),
                        (
                            "lead",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.person"
                            ),
                        ),
                        (
                            "main_stakeholder",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.contact"),
                        ),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.person"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["status", "submitted_at"], name="handoff_queue"),
                            models.Index(fields=["status", "due_at"], name="handoff_clock"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FieldDecision",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("field", models.CharField(max_length=60)),
                        ("decision", models.CharField(max_length=10)),
                        ("decided_by", models.CharField(max_length=160)),
                        ("decided_at", models.DateTimeField()),
                        (
                            "handoff",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="handoff.handoff"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("handoff", "field"), name="one_decision_per_answer")],
                    },
                ),
                migrations.CreateModel(
                    name="HandoffProject",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("template_name", models.CharField(default="", max_length=200)),
                        ("template_number", models.PositiveIntegerField(null=True)),
                        ("task_count", models.PositiveIntegerField(default=0)),
                        ("milestone_count", models.PositiveIntegerField(default=0)),
                        (
                            "handoff",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="project_links", to="handoff.handoff"
                            ),
                        ),
                        (
                            "project",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="delivery.project"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="HandoffQuestion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("round", models.PositiveSmallIntegerField(default=1)),
                        ("field", models.CharField(max_length=60)),
                        ("text", models.TextField()),
                        ("is_error", models.BooleanField(default=False)),
                        ("asked_by", models.CharField(max_length=160)),
                        ("asked_at", models.DateTimeField()),
                        ("answer", models.TextField(default="")),
                        ("answered_by", models.CharField(default="", max_length=160)),
                        ("answered_at", models.DateTimeField(null=True)),
                        (
                            "asked_by_person",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="staff.person"
                            ),
                        ),
                        (
                            "handoff",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="questions", to="handoff.handoff"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["handoff", "field"], name="handoff_question_field")],
                    },
                ),
                migrations.CreateModel(
                    name="KickoffItem",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        ("text", models.CharField(max_length=300)),
                        ("done_at", models.DateTimeField(null=True)),
                        ("done_by", models.CharField(default="", max_length=160)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "handoff",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="kickoff_items", to="handoff.handoff"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="KickoffMeeting",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("date", models.DateField()),
                        ("starts_at", models.TimeField(null=True)),
                        ("duration_minutes", models.PositiveSmallIntegerField(default=60)),
                        ("time_zone", models.CharField(max_length=64)),
                        ("place", models.CharField(default="", max_length=200)),
                        ("video_url", models.CharField(default="", max_length=500)),
                        ("sequence", models.PositiveIntegerField(default=0)),
                        ("updated_at", models.DateTimeField()),
                        (
                            "handoff",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="kickoff_meeting", to="handoff.handoff"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="KickoffAttendee",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clients.contact"
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="staff.person"
                            ),
                        ),
                        (
                            "meeting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="attendees", to="handoff.kickoffmeeting"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("person__isnull", True), ("contact__isnull", True), _connector="XOR"),
                                name="attendee_is_one_of_two",
                            ),
                            models.UniqueConstraint(fields=("meeting", "person"), name="colleague_invited_once"),
                            models.UniqueConstraint(fields=("meeting", "contact"), name="contact_invited_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuestionMessage",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("side", models.CharField(max_length=10)),
                        ("text", models.TextField()),
                        ("author_label", models.CharField(max_length=160)),
                        ("created_at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="staff.person"
                            ),
                        ),
                        (
                            "question",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="handoff.handoffquestion"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RequiredAnswer",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("key", models.CharField(max_length=40)),
                        ("label", models.CharField(max_length=120)),
                        ("kind", models.CharField(default="text", max_length=10)),
                        ("choices", models.JSONField(default=list)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        ("archived_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "pipeline",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sales.pipeline"
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.service"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["archived_at", "position"], name="required_answer_live")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("pipeline__isnull", True), ("service__isnull", True), _connector="XOR"),
                                name="required_answer_has_one_home",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("archived_at__isnull", True)), fields=("key",), name="required_answer_key_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScopeBaseline",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.PositiveSmallIntegerField(default=1)),
                        ("kind", models.CharField(default="win", max_length=12)),
                        ("reason", models.CharField(default="", max_length=500)),
                        ("author_label", models.CharField(default="", max_length=160)),
                        ("document", models.JSONField()),
                        ("digest", models.CharField(max_length=64)),
                        ("created_at", models.DateTimeField()),
                        (
                            "handoff",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="baselines", to="handoff.handoff"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("handoff", "number"), name="scope_baseline_once")],
                    },
                ),
                migrations.CreateModel(
                    name="BriefAcknowledgement",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("item_key", models.CharField(max_length=60)),
                        ("digest", models.CharField(max_length=64)),
                        ("acknowledged_at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="staff.person"),
                        ),
                        (
                            "project",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="delivery.project"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("project", "person", "item_key"), name="known_once_per_person_and_item")
                        ],
                    },
                ),
            ],
        ),
    ]
