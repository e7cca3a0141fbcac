import django.db.models.deletion
import django.db.models.functions.text

from django.db import migrations, models

from wonward.foundation.database.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("staff", "0001_initial"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Company",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.CharField(max_length=20, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("name_key", models.CharField(db_index=True, max_length=200)),
                        ("domain", models.CharField(db_index=True, default="", max_length=200)),
                        ("industry", models.CharField(default="", max_length=120)),
                        ("country", models.CharField(default="", max_length=120)),
                        ("tier", models.CharField(default="", max_length=1)),
                        ("employees", models.PositiveIntegerField(null=True)),
                        ("annual_revenue_minor", models.BigIntegerField(null=True)),
                        ("founded_year", models.PositiveSmallIntegerField(null=True)),
                        ("pain_points", models.TextField(default="")),
                        ("preferences", models.TextField(default="")),
                        ("client_since_date", models.DateField(null=True)),
                        ("is_restricted", models.BooleanField(default=False)),
                        ("external_source", models.CharField(default="", max_length=40)),
                        ("external_id", models.CharField(default="", max_length=160)),
                        ("archived_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="staff.person"
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="children",
                                to="clients.company",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(django.db.models.functions.text.Lower("name"), name="company_lower_name"),
                            models.Index(fields=["updated_at", "id"], name="company_updated"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("external_source", "external_id"),
                                name="company_external",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClientTeamMember",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("basis_noun", models.CharField(max_length=60)),
                        ("basis_id", models.BigIntegerField()),
                        (
                            "person",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="staff.person"),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="team_links", to="clients.company"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["person", "company"], name="client_team_person")],
                        "constraints": [
                            models.UniqueConstraint(fields=("basis_noun", "basis_id", "person"), name="client_team_once_per_basis")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contact",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=200)),
                        ("title", models.CharField(default="", max_length=160)),
                        ("preference", models.CharField(default="", max_length=200)),
                        ("external_source", models.CharField(default="", max_length=40)),
                        ("external_id", models.CharField(default="", max_length=160)),
                        ("archived_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(django.db.models.functions.text.Lower("name"), name="contact_lower_name"),
                            models.Index(fields=["updated_at", "id"], name="contact_updated"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Affiliation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("is_main", models.BooleanField(default=True)),
                        ("start_date", models.DateField(null=True)),
                        ("finish_date", models.DateField(null=True)),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="affiliations", to="clients.company"
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="affiliations", to="clients.contact"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("contact", "company"), name="contact_once_per_company"),
                            models.UniqueConstraint(
                                condition=models.Q(("finish_date__isnull", True), ("is_main", True)),
                                fields=("contact",),
                                name="one_current_main_company",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactPoint",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=12)),
                        ("value", models.CharField(max_length=254)),
                        ("normalised", models.CharField(db_index=True, max_length=254)),
                        ("is_primary", models.BooleanField(default=False)),
                        (
                            "contact",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="points", to="clients.contact"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("is_primary", True)),
                                fields=("contact", "kind"),
                                name="one_primary_point_per_kind",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Stakeholder",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("noun", models.CharField(max_length=60)),
                        ("ref_id", models.BigIntegerField()),
                        ("decision_role", models.CharField(default="", max_length=24)),
                        ("influence", models.CharField(default="", max_length=12)),
                        ("preference", models.CharField(default="", max_length=200)),
                        ("is_main", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField()),
                        (
                            "contact",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="stakes", to="clients.contact"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("noun", "ref_id", "contact"), name="stakeholder_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("is_main", True)), fields=("noun", "ref_id"), name="one_main_stakeholder"
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
