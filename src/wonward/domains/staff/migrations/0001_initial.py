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
                    name="Role",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=120)),
                        ("key", models.CharField(max_length=120, unique=True)),
                        ("created_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Skill",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=120)),
                        ("key", models.CharField(max_length=120, unique=True)),
                        ("created_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Calendar",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=120, unique=True)),
                        ("document", models.JSONField()),
                        ("is_default", models.BooleanField(default=False)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("is_default", True)), fields=("is_default",), name="one_default_calendar"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Person",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=160)),
                        ("email", models.CharField(db_index=True, default="", max_length=254)),
                        ("job_title", models.CharField(default="", max_length=160)),
                        ("is_team_lead", models.BooleanField(default=False)),
                        ("is_active", models.BooleanField(default=True)),
                        ("is_placeholder", models.BooleanField(default=False)),
                        ("employed_from_date", models.DateField(null=True)),
                        ("employed_until_date", models.DateField(null=True)),
                        ("week_percent", models.PositiveSmallIntegerField(default=100)),
                        ("target_percent", models.PositiveSmallIntegerField(default=75)),
                        ("external_source", models.CharField(default="", max_length=40)),
                        ("external_id", models.CharField(default="", max_length=160)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "calendar",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="people", to="staff.calendar"
                            ),
                        ),
                        (
                            "manager",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="reports", to="staff.person"
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="access.team"
                            ),
                        ),
                        (
                            "user",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["name"], name="person_name")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("external_source", "external_id"),
                                name="person_external",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("week_percent__lte", 100), ("target_percent__lte", 100)), name="person_percents"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Rate",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("valid_from_date", models.DateField()),
                        ("cost_minor", models.BigIntegerField(null=True)),
                        ("bill_minor", models.BigIntegerField(null=True)),
                        ("currency", models.CharField(max_length=3)),
                        ("created_at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="rates", to="staff.person"
                            ),
                        ),
                        (
                            "role",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="rates", to="staff.role"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("role__isnull", True)),
                                fields=("person", "valid_from_date"),
                                name="rate_of_person",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("person__isnull", True)),
                                fields=("role", "valid_from_date"),
                                name="rate_of_role",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("person__isnull", True), ("role__isnull", True), _connector="XOR"),
                                name="rate_of_someone",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PersonRole",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="role_links", to="staff.person"
                            ),
                        ),
                        (
                            "role",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="person_links", to="staff.role"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("person", "role"), name="role_once_per_person")],
                    },
                ),
                migrations.CreateModel(
                    name="Booking",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject_noun", models.CharField(max_length=60)),
                        ("subject_id", models.BigIntegerField()),
                        ("status", models.CharField(max_length=12)),
                        ("start_date", models.DateField()),
                        ("finish_date", models.DateField()),
                        ("minutes", models.PositiveIntegerField()),
                        ("spread", models.CharField(default="total", max_length=8)),
                        ("amount_minutes", models.PositiveIntegerField(default=0)),
                        ("note", models.CharField(default="", max_length=300)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="bookings", to="staff.person"
                            ),
                        ),
                        (
                            "role",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="bookings", to="staff.role"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["subject_noun", "subject_id"], name="booking_subject"),
                            models.Index(fields=["person", "start_date"], name="booking_person"),
                            models.Index(fields=["status", "finish_date", "start_date"], name="booking_days"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("person__isnull", False), ("role__isnull", False), _connector="OR"),
                                name="booking_of_someone",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PersonSkill",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("level", models.PositiveSmallIntegerField(default=3)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="skill_links", to="staff.person"
                            ),
                        ),
                        (
                            "skill",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="person_links", to="staff.skill"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("person", "skill"), name="skill_once_per_person"),
                            models.CheckConstraint(condition=models.Q(("level__gte", 1), ("level__lte", 5)), name="skill_level"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TimeOff",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=12)),
                        ("start_date", models.DateField()),
                        ("finish_date", models.DateField()),
                        ("minutes_per_day", models.PositiveSmallIntegerField(null=True)),
                        ("status", models.CharField(default="requested", max_length=12)),
                        ("note", models.CharField(default="", max_length=300)),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="staff.person"
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="time_off", to="staff.person"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["status", "start_date"], name="time_off_days")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("finish_date__gte", models.F("start_date"))), name="time_off_in_order"
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
