import django.db.models.deletion

import wonward.foundation.files.types
from django.db import migrations, models

from wonward.foundation.database.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Blob",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("sha256", models.CharField(max_length=64, unique=True)),
                        ("size", models.PositiveBigIntegerField()),
                        ("media_type", models.CharField(max_length=100)),
                        ("created_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Document",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=255)),
                        (
                            "privacy",
                            models.CharField(
                                choices=[("internal", "internal"), ("client", "client"), ("restricted", "restricted")],
                                default=wonward.foundation.files.types.Privacy["INTERNAL"],
                                max_length=10,
                            ),
                        ),
                        ("uploaded_by_id", models.BigIntegerField(null=True)),
                        ("uploaded_by_label", models.CharField(max_length=200)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("archived_at", models.DateTimeField(null=True)),
                        (
                            "blob",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="files.blob"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="DocumentLink",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref_noun", models.CharField(max_length=64)),
                        ("ref_id", models.BigIntegerField()),
                        ("happened_at", models.DateTimeField()),
                        (
                            "document",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="links", to="files.document"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["ref_noun", "ref_id", "happened_at"], name="document_link_ref")],
                        "constraints": [
                            models.UniqueConstraint(fields=("document", "ref_noun", "ref_id"), name="document_linked_once")
                        ],
                    },
                ),
            ],
        ),
    ]
