import django.db.models.deletion
from django.db import migrations, models

from wonward.foundation.database.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("delivery", "0001_initial"),
        ("sales", "0001_initial"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Promise",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.CharField(max_length=20, unique=True)),
                        ("kind", models.CharField(max_length=12)),
                        ("key", models.CharField(default="", max_length=80)),
                        ("text", models.CharField(max_length=500)),
                        ("condition", models.CharField(default="", max_length=500)),
                        ("due_date", models.DateField(null=True)),
                        ("weight", models.PositiveSmallIntegerField(default=1)),
                        ("state", models.CharField(default="draft", max_length=10)),
                        ("coverage", models.CharField(default="uncovered", max_length=10)),
                        ("alarm", models.CharField(default="", max_length=10)),
                        ("forecast_date", models.DateField(null=True)),
                        ("is_client_visible", models.BooleanField(default=True)),
                        ("state_reason", models.CharField(default="", max_length=500)),
                        ("state_by", models.CharField(default="", max_length=160)),
                        ("state_at", models.DateTimeField(null=True)),
                        ("author_label", models.CharField(default="", max_length=160)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "deal",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sales.deal"
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="delivery.project"
                            ),
                        ),
                        (
                            "replaced_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaces",
                                to="promises.promise",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["deal", "state"], name="promise_deal"),
                            models.Index(fields=["project", "state"], name="promise_project"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("deal__isnull", False), ("project__isnull", False), _connector="OR"),
                                name="promise_belongs_somewhere",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("weight__gte", 1), ("weight__lte", 5)), name="promise_weight_range"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ("draft", "confirmed", "kept", "broken", "waived", "replaced"))),
                                name="promise_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("coverage__in", ("uncovered", "planned", "at_risk"))),
                                name="promise_coverage_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("replaced_by__isnull", False), ("state", "replaced")),
                                    models.Q(models.Q(("state", "replaced"), _negated=True), ("replaced_by__isnull", True)),
                                    _connector="OR",
                                ),
                                name="promise_replaced_by_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PromiseCover",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("created_at", models.DateTimeField()),
                        (
                            "promise",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="covers", to="promises.promise"
                            ),
                        ),
                        (
                            "task",
                            models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="delivery.task"),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("promise", "task"), name="cover_once")],
                    },
                ),
                migrations.CreateModel(
                    name="PromiseSource",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("noun", models.CharField(default="", max_length=60)),
                        ("ref_id", models.BigIntegerField(null=True)),
                        ("quote", models.TextField(default="")),
                        ("speaker", models.CharField(default="", max_length=200)),
                        ("said_at", models.DateTimeField(null=True)),
                        (
                            "promise",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="source", to="promises.promise"
                            ),
                        ),
                    ],
                ),
            ],
        ),
    ]
