import django.db.models.deletion
from django.db import migrations, models

from wonward.foundation.database.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("django_tasks_database", "0001_initial"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="JobRun",
                    fields=[
                        (
                            "task",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="django_tasks_database.dbtaskresult",
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField(null=True)),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("failed_at", models.DateTimeField(null=True)),
                        ("fence", models.PositiveIntegerField(default=0)),
                        ("last_error", models.TextField(default="")),
                    ],
                    options={
                        "indexes": [
                            models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="job_due"),
                            models.Index(
                                condition=models.Q(("leased_until__isnull", False)), fields=["leased_until"], name="job_leased"
                            ),
                            models.Index(condition=models.Q(("failed_at__isnull", False)), fields=["failed_at"], name="job_failed"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScheduleTick",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=120)),
                        ("due_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("name", "due_at"), name="one_job_per_tick")],
                    },
                ),
            ],
        ),
    ]
