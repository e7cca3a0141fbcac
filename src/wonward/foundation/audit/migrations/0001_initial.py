from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("happened_at", models.DateTimeField()),
                ("operation", models.CharField(max_length=80)),
                ("noun", models.CharField(max_length=60)),
                ("ref_id", models.BigIntegerField()),
                ("actor_label", models.CharField(max_length=160)),
                ("user_id", models.BigIntegerField(null=True)),
                ("on_behalf_of", models.CharField(default="", max_length=160)),
                ("via", models.CharField(default="web", max_length=16)),
                ("salt", models.CharField(max_length=16)),
                ("digest", models.CharField(max_length=64)),
                ("changes", models.JSONField(null=True)),
                ("chain_position", models.BigIntegerField(null=True, unique=True)),
                ("chain_hash", models.CharField(default="", max_length=64)),
            ],
            options={
                "indexes": [models.Index(fields=["noun", "ref_id", "id"], name="audit_ref")],
            },
        ),
    ]
