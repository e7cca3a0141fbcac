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
                    name="Communication",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=12)),
                        ("subject", models.CharField(default="", max_length=300)),
                        ("body", models.TextField(default="")),
                        ("direction", models.CharField(default="", max_length=8)),
                        ("privacy", models.CharField(default="internal", max_length=12)),
                        ("happened_at", models.DateTimeField()),
                        ("author_label", models.CharField(default="", max_length=160)),
                        ("is_automatic", models.BooleanField(default=False)),
                        ("external_source", models.CharField(default="", max_length=40)),
                        ("external_id", models.CharField(default="", max_length=255)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "author",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="staff.person"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("external_source", "external_id"),
                                name="communication_external",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommunicationLink",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("noun", models.CharField(max_length=60)),
                        ("ref_id", models.BigIntegerField()),
                        ("happened_at", models.DateTimeField()),
                        (
                            "communication",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="links", to="comms.communication"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["noun", "ref_id", "happened_at"], name="communication_ref")],
                        "constraints": [
                            models.UniqueConstraint(fields=("communication", "noun", "ref_id"), name="communication_link_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Mention",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "communication",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="comms.communication"
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="staff.person"),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("communication", "person"), name="mention_once_per_entry")],
                    },
                ),
                migrations.CreateModel(
                    name="Participant",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(default="", max_length=200)),
                        ("address", models.CharField(default="", max_length=254)),
                        (
                            "communication",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="participants", to="comms.communication"
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="clients.contact"
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="staff.person"
                            ),
                        ),
                    ],
                ),
            ],
        ),
    ]
