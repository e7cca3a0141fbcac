import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0002_checklist"),
        ("staff", "0002_defaults"),
    ]

    operations = [
        migrations.CreateModel(
            name="Objective",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=160)),
                ("measure", models.CharField(max_length=24)),
                ("target", models.BigIntegerField(null=True)),
                ("starts_date", models.DateField()),
                ("ends_date", models.DateField()),
                ("note", models.TextField(default="")),
                ("archived_at", models.DateTimeField(null=True)),
                ("author_label", models.CharField(default="", max_length=160)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.person")),
                ("team", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.team")),
            ],
        ),
        migrations.CreateModel(
            name="ObjectiveLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("noun", models.CharField(max_length=60)),
                ("ref_id", models.BigIntegerField()),
                ("objective", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="links", to="insights.objective")),
            ],
        ),
        migrations.AddIndex(
            model_name="objective",
            index=models.Index(fields=["ends_date", "starts_date"], name="objective_period"),
        ),
        migrations.AddConstraint(
            model_name="objective",
            constraint=models.CheckConstraint(condition=models.Q(("ends_date__gte", models.F("starts_date"))), name="objective_ends_after_start"),
        ),
        migrations.AddConstraint(
            model_name="objective",
            constraint=models.CheckConstraint(condition=models.Q(("person__isnull", True), ("team__isnull", True), _connector="OR"), name="objective_of_one"),
        ),
        migrations.AddIndex(
            model_name="objectivelink",
            index=models.Index(fields=["noun", "ref_id"], name="objective_link_ref"),
        ),
        migrations.AddConstraint(
            model_name="objectivelink",
            constraint=models.UniqueConstraint(fields=("objective", "noun", "ref_id"), name="objective_link_once"),
        ),
    ]
