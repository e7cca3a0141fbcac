from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("house", "0002_trash")]

    operations = [
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("key", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("is_on", models.BooleanField(default=False)),
                ("months", models.PositiveSmallIntegerField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("updated_at", models.DateTimeField()),
                ("ran_at", models.DateTimeField(null=True)),
                ("done_count", models.PositiveIntegerField(default=0)),
                ("kept_count", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("noun", models.CharField(max_length=60)),
                ("ref_id", models.BigIntegerField()),
                ("reason", models.CharField(max_length=500)),
                ("set_by", models.CharField(max_length=160)),
                ("set_at", models.DateTimeField()),
                ("released_by", models.CharField(default="", max_length=160)),
                ("released_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["noun", "ref_id"], name="hold_ref")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["noun", "ref_id"], condition=models.Q(released_at__isnull=True), name="one_live_hold_per_record"
                    )
                ],
            },
        ),
    ]
