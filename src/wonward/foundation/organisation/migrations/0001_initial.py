from django.db import migrations, models

from wonward.foundation.database.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="NumberSeries",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("noun", models.CharField(max_length=60, unique=True)),
                        ("prefix", models.CharField(max_length=8)),
                        ("next_number", models.PositiveIntegerField(default=1)),
                    ],
                ),
                migrations.CreateModel(
                    name="ExchangeRate",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("currency", models.CharField(max_length=3)),
                        ("valid_from_date", models.DateField()),
                        ("rate", models.DecimalField(decimal_places=10, max_digits=20)),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("currency", "valid_from_date"), name="one_rate_per_day")],
                    },
                ),
                migrations.CreateModel(
                    name="Organisation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(default="My organisation", max_length=160)),
                        ("currency", models.CharField(default="EUR", max_length=3)),
                        ("time_zone", models.CharField(default="UTC", max_length=64)),
                        ("language", models.CharField(default="en", max_length=12)),
                        ("areas", models.JSONField(default=dict)),
                        ("accent", models.CharField(default="petrol", max_length=12)),
                        ("logo", models.TextField(default="")),
                        ("sample_batch", models.JSONField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_organisation")],
                    },
                ),
            ],
        ),
    ]
