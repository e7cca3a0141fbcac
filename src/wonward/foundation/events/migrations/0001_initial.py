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
                    name="OutboxEvent",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=120)),
                        ("version", models.PositiveSmallIntegerField()),
                        ("payload", models.JSONField()),
                        ("actor_label", models.CharField(max_length=200)),
                        ("actor_user_id", models.BigIntegerField(null=True)),
                        ("on_behalf_of", models.CharField(default="", max_length=200)),
                        ("recorded_at", models.DateTimeField()),
                        ("transaction_id", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["transaction_id", "id"], name="event_commit_order"),
                            models.Index(fields=["recorded_at"], name="event_recorded_at"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventSubject",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("noun", models.CharField(max_length=80)),
                        ("ref_id", models.BigIntegerField()),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="subjects", to="events.outboxevent"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["noun", "ref_id", "event"], name="subject_of_event")],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("handler", models.CharField(max_length=200)),
                        (
                            "state",
                            models.CharField(
                                choices=[("pending", "Pending"), ("done", "Done"), ("dead", "Dead")],
                                default="pending",
                                max_length=8,
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField(null=True)),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("died_at", models.DateTimeField(null=True)),
                        ("fence", models.PositiveIntegerField(default=0)),
                        ("last_error", models.TextField(default="")),
                        (
                            "event",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deliveries",
                                to="events.outboxevent",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)), fields=["due_at", "id"], name="delivery_due"
                            ),
                            models.Index(
                                condition=models.Q(("leased_until__isnull", False)), fields=["leased_until"], name="delivery_leased"
                            ),
                            models.Index(condition=models.Q(("died_at__isnull", False)), fields=["died_at"], name="delivery_dead"),
                        ],
                        "constraints": [models.UniqueConstraint(fields=("event", "handler"), name="one_delivery_per_handler")],
                    },
                ),
            ],
        ),
    ]
