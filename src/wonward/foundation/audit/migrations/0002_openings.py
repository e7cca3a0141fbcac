from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_id", models.BigIntegerField()),
                ("user_label", models.CharField(max_length=160)),
                ("what", models.CharField(max_length=10)),
                ("noun", models.CharField(default="", max_length=60)),
                ("ref_id", models.BigIntegerField(default=0)),
                ("detail", models.CharField(default="", max_length=60)),
                ("via", models.CharField(default="web", max_length=16)),
                ("on_date", models.DateField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-last_at", "-id"], name="opening_recent"),
                    models.Index(fields=["noun", "ref_id"], name="opening_ref"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["user_id", "what", "noun", "ref_id", "detail", "via", "on_date"], name="one_opening_a_day"
                    )
                ],
            },
        ),
    ]
