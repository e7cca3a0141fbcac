import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from wonward.foundation.database.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="ImportBatch",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=20)),
                        ("file_name", models.CharField(max_length=255)),
                        ("sha256", models.CharField(max_length=64)),
                        ("size", models.BigIntegerField()),
                        ("title", models.CharField(default="", max_length=200)),
                        ("source", models.CharField(max_length=40)),
                        ("status", models.CharField(default="staged", max_length=8)),
                        ("author_label", models.CharField(max_length=160)),
                        ("is_by_system", models.BooleanField(default=False)),
                        ("token_scopes", models.JSONField(null=True)),
                        ("currency", models.CharField(max_length=3)),
                        ("columns", models.JSONField(default=list)),
                        ("mapping", models.JSONField(default=list)),
                        ("formats", models.JSONField(default=dict)),
                        ("choices", models.JSONField(default=dict)),
                        ("values", models.JSONField(default=list)),
                        ("problems", models.JSONField(default=list)),
                        ("problem_groups", models.JSONField(default=list)),
                        ("notes", models.JSONField(default=list)),
                        ("expected", models.JSONField(default=dict)),
                        ("sums", models.JSONField(default=dict)),
                        ("row_count", models.PositiveIntegerField(default=0)),
                        ("kept", models.JSONField(default=list)),
                        ("undo_counts", models.JSONField(default=dict)),
                        ("failure", models.TextField(default="")),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("started_at", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "author",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["author", "-id"], name="import_author"),
                            models.Index(condition=models.Q(("status", "running")), fields=["status"], name="import_running"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportChunk",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("position", models.PositiveIntegerField()),
                        ("rows", models.JSONField()),
                        ("row_count", models.PositiveIntegerField()),
                        ("applied_at", models.DateTimeField(null=True)),
                        ("linked_at", models.DateTimeField(null=True)),
                        ("counts", models.JSONField(default=dict)),
                        ("problems", models.JSONField(default=list)),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="chunks", to="imports.importbatch"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("batch", "position"), name="import_chunk_once")],
                    },
                ),
                migrations.CreateModel(
                    name="ImportOutcome",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("row", models.PositiveIntegerField()),
                        ("kind", models.CharField(max_length=20)),
                        ("source", models.CharField(max_length=40)),
                        ("external_id", models.CharField(max_length=160)),
                        ("status", models.CharField(max_length=10)),
                        ("noun", models.CharField(default="", max_length=60)),
                        ("ref_id", models.BigIntegerField(null=True)),
                        ("ref_version", models.PositiveIntegerField(default=1)),
                        ("digest", models.CharField(default="", max_length=32)),
                        ("record", models.JSONField(null=True)),
                        ("message", models.TextField(default="")),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="outcomes", to="imports.importbatch"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["kind", "external_id", "id"], name="import_ledger")],
                        "constraints": [models.UniqueConstraint(fields=("batch", "row"), name="import_row_once")],
                    },
                ),
                migrations.CreateModel(
                    name="ImportSideRecord",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("noun", models.CharField(max_length=60)),
                        ("ref_id", models.BigIntegerField()),
                        ("ref_version", models.PositiveIntegerField(default=1)),
                        ("name", models.CharField(max_length=300)),
                        ("status", models.CharField(default="created", max_length=10)),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="side_records", to="imports.importbatch"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("batch", "noun", "ref_id"), name="import_side_record_once")
                        ],
                    },
                ),
            ],
        ),
    ]
