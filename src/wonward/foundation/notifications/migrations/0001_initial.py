import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from wonward.foundation.database.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Inbox",
                    fields=[
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("levels", models.JSONField(default=dict)),
                        ("digest_hour", models.PositiveSmallIntegerField(default=8, null=True)),
                        ("digest_sent_at", models.DateTimeField(null=True)),
                        ("quiet_until", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                ),
                migrations.CreateModel(
                    name="Reminder",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("noun", models.CharField(max_length=60)),
                        ("ref_id", models.BigIntegerField()),
                        ("note", models.CharField(default="", max_length=500)),
                        ("due_at", models.DateTimeField(db_index=True)),
                        ("created_at", models.DateTimeField()),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Thread",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("noun", models.CharField(max_length=60)),
                        ("ref_id", models.BigIntegerField()),
                        ("title", models.CharField(max_length=300)),
                        ("reason", models.CharField(max_length=10)),
                        ("is_for_you", models.BooleanField(default=False)),
                        ("last_at", models.DateTimeField()),
                        ("unread_count", models.PositiveIntegerField(default=0)),
                        ("done_at", models.DateTimeField(null=True)),
                        ("snoozed_until", models.DateTimeField(null=True)),
                        ("is_muted", models.BooleanField(default=False)),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["user", "last_at", "id"], name="thread_inbox")],
                        "constraints": [models.UniqueConstraint(fields=("user", "noun", "ref_id"), name="one_thread_per_record")],
                    },
                ),
                migrations.CreateModel(
                    name="Notification",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=60)),
                        ("reason", models.CharField(max_length=10)),
                        ("detail", models.CharField(default="", max_length=600)),
                        ("author_label", models.CharField(default="", max_length=200)),
                        ("about_noun", models.CharField(default="", max_length=60)),
                        ("about_id", models.BigIntegerField(null=True)),
                        ("happened_at", models.DateTimeField()),
                        ("key", models.CharField(default="", max_length=120)),
                        ("wants_digest", models.BooleanField(default=False)),
                        ("read_at", models.DateTimeField(null=True)),
                        (
                            "thread",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notices",
                                to="notifications.thread",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["thread", "id"], name="notice_thread"),
                            models.Index(
                                condition=models.Q(("read_at__isnull", True), ("wants_digest", True)),
                                fields=["thread"],
                                name="notice_for_digest",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("key", ""), _negated=True), fields=("thread", "key"), name="told_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Follower",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("noun", models.CharField(max_length=60)),
                        ("ref_id", models.BigIntegerField()),
                        ("since", models.DateTimeField()),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("noun", "ref_id", "user"), name="follows_once")],
                    },
                ),
            ],
        ),
    ]
