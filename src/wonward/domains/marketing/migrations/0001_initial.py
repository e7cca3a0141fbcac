import django.db.models.deletion
import django.db.models.functions.text

from django.db import migrations, models

from wonward.foundation.database.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Campaign",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=160)),
                        ("channel", models.CharField(default="", max_length=80)),
                        ("start_date", models.DateField(null=True)),
                        ("finish_date", models.DateField(null=True)),
                        ("budget_minor", models.BigIntegerField(null=True)),
                        ("currency", models.CharField(max_length=3)),
                        ("archived_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(django.db.models.functions.text.Lower("name"), name="campaign_name_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Spend",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("spent_date", models.DateField()),
                        ("amount_minor", models.BigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("note", models.CharField(default="", max_length=200)),
                        ("created_at", models.DateTimeField()),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="spends", to="marketing.campaign"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Touch",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("noun", models.CharField(max_length=60)),
                        ("ref_id", models.BigIntegerField()),
                        ("kind", models.CharField(max_length=40)),
                        ("detail", models.CharField(default="", max_length=300)),
                        ("happened_at", models.DateTimeField()),
                        (
                            "campaign",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="touches",
                                to="marketing.campaign",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["noun", "ref_id", "happened_at"], name="touch_record"),
                            models.Index(fields=["campaign", "noun"], name="touch_campaign"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("noun", "ref_id", "campaign", "kind", "happened_at"), name="touch_once")
                        ],
                    },
                ),
            ],
        ),
    ]
