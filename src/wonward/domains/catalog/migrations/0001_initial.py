import django.db.models.deletion
from django.db import migrations, models

from wonward.foundation.database.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Template",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=200)),
                        ("current_number", models.PositiveIntegerField(default=1)),
                        ("origin", models.CharField(default="", max_length=80)),
                        ("archived_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Service",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=200)),
                        ("key", models.CharField(max_length=200, unique=True)),
                        ("description", models.TextField(default="")),
                        ("series", models.CharField(default="", max_length=120)),
                        ("price_minor", models.BigIntegerField(null=True)),
                        ("cost_minor", models.BigIntegerField(null=True)),
                        ("currency", models.CharField(max_length=3)),
                        ("effort_minutes", models.PositiveIntegerField(default=0)),
                        ("tone", models.PositiveSmallIntegerField(default=0)),
                        ("is_to_review", models.BooleanField(default=False)),
                        ("placement", models.CharField(default="by_template", max_length=16)),
                        ("archived_at", models.DateTimeField(null=True)),
                        ("external_source", models.CharField(default="", max_length=40)),
                        ("external_id", models.CharField(default="", max_length=160)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "merged_into",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="aliases", to="catalog.service"
                            ),
                        ),
                        (
                            "template",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="services",
                                to="catalog.template",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="TemplateVersion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.PositiveIntegerField()),
                        ("items", models.JSONField()),
                        ("digest", models.CharField(max_length=64)),
                        ("note", models.CharField(default="", max_length=300)),
                        ("author_label", models.CharField(default="", max_length=160)),
                        ("created_at", models.DateTimeField()),
                        (
                            "template",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="catalog.template"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("template", "number"), name="template_version_once")],
                    },
                ),
            ],
        ),
    ]
