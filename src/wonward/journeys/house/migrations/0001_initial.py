from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Errand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("user_id", models.BigIntegerField(null=True)),
                ("asked_by", models.CharField(max_length=160)),
                ("given", models.JSONField(default=dict)),
                ("report", models.JSONField(default=dict)),
                ("failure", models.TextField(default="")),
                ("sha256", models.CharField(default="", max_length=64)),
                ("size", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["kind"],
                        condition=models.Q(state__in=("waiting", "running")),
                        name="one_errand_at_a_time",
                    )
                ]
            },
        ),
    ]
