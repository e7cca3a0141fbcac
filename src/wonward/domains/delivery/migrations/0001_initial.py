import django.db.models.deletion
from django.db import migrations, models

from wonward.foundation.database.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("clients", "0001_initial"),
        ("staff", "0001_initial"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Project",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.CharField(max_length=20, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("status", models.CharField(default="planned", max_length=12)),
                        ("start_date", models.DateField()),
                        ("promised_finish_date", models.DateField(null=True)),
                        ("forecast_finish_date", models.DateField(null=True)),
                        ("finished_date", models.DateField(null=True)),
                        ("is_restricted", models.BooleanField(default=False)),
                        ("external_source", models.CharField(default="", max_length=40)),
                        ("external_id", models.CharField(default="", max_length=160)),
                        ("archived_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("plan_version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "calendar",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.calendar"),
                        ),
                        (
                            "company",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.company"),
                        ),
                        (
                            "manager",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.person"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["status", "forecast_finish_date"], name="project_status"),
                            models.Index(fields=["company", "status"], name="project_company"),
                            models.Index(fields=["updated_at", "id"], name="project_updated"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlanChange",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("plan_version", models.PositiveIntegerField()),
                        ("author_label", models.CharField(max_length=160)),
                        ("reason", models.TextField(default="")),
                        ("finish_before_date", models.DateField(null=True)),
                        ("finish_after_date", models.DateField(null=True)),
                        ("moved_count", models.PositiveIntegerField(default=0)),
                        ("undo", models.JSONField(default=list)),
                        ("happened_at", models.DateTimeField()),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="plan_changes", to="delivery.project"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["project", "id"], name="plan_change_project")],
                    },
                ),
                migrations.CreateModel(
                    name="PlanBaseline",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.PositiveSmallIntegerField()),
                        ("name", models.CharField(max_length=120)),
                        ("finish_date", models.DateField(null=True)),
                        ("dates", models.JSONField()),
                        ("created_at", models.DateTimeField()),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="baselines", to="delivery.project"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("project", "number"), name="baseline_number_once")],
                    },
                ),
                migrations.CreateModel(
                    name="ProjectMember",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("added_at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="staff.person"),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="members", to="delivery.project"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("project", "person"), name="project_member_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Task",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("key", models.CharField(max_length=80)),
                        ("kind", models.CharField(default="task", max_length=10)),
                        ("name", models.CharField(max_length=300)),
                        ("notes", models.TextField(default="")),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("duration_minutes", models.PositiveIntegerField(default=480)),
                        ("effort_minutes", models.PositiveIntegerField(default=0)),
                        ("status", models.CharField(default="todo", max_length=12)),
                        ("percent_complete", models.PositiveSmallIntegerField(default=0)),
                        ("constraint", models.CharField(default="ASAP", max_length=4)),
                        ("constraint_date", models.DateField(null=True)),
                        ("deadline_date", models.DateField(null=True)),
                        ("actual_start_date", models.DateField(null=True)),
                        ("actual_finish_date", models.DateField(null=True)),
                        ("promise_key", models.CharField(default="", max_length=80)),
                        ("is_deliverable", models.BooleanField(default=False)),
                        ("acceptance_criteria", models.JSONField(default=list)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("start_date", models.DateField(null=True)),
                        ("start_minute", models.PositiveSmallIntegerField(default=0)),
                        ("finish_date", models.DateField(null=True)),
                        ("finish_minute", models.PositiveSmallIntegerField(default=0)),
                        ("late_start_date", models.DateField(null=True)),
                        ("late_finish_date", models.DateField(null=True)),
                        ("total_float_minutes", models.IntegerField(default=0)),
                        ("free_float_minutes", models.IntegerField(default=0)),
                        ("is_critical", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "assignee",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="staff.person"
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="children", to="delivery.task"
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="tasks", to="delivery.project"
                            ),
                        ),
                        (
                            "role",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="staff.role"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["project", "position"], name="task_order"),
                            models.Index(fields=["assignee", "status"], name="task_assignee"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("project", "key"), name="task_key_once"),
                            models.CheckConstraint(condition=models.Q(("percent_complete__lte", 100)), name="task_percent"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Dependency",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("type", models.CharField(default="FS", max_length=2)),
                        ("lag_minutes", models.IntegerField(default=0)),
                        ("lag_unit", models.CharField(default="working", max_length=8)),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="dependencies", to="delivery.project"
                            ),
                        ),
                        (
                            "predecessor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="successor_links", to="delivery.task"
                            ),
                        ),
                        (
                            "successor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="predecessor_links", to="delivery.task"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("predecessor", "successor"), name="dependency_once")],
                    },
                ),
                migrations.CreateModel(
                    name="ChecklistItem",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        ("text", models.CharField(max_length=300)),
                        ("is_done", models.BooleanField(default=False)),
                        (
                            "task",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="checklist", to="delivery.task"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="TaskEffort",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("minutes", models.PositiveIntegerField(default=0)),
                        ("role", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="staff.role")),
                        (
                            "task",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="efforts", to="delivery.task"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("task", "role"), name="task_effort_once")],
                    },
                ),
            ],
        ),
    ]
