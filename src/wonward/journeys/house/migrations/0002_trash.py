from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("house", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="TrashItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("noun", models.CharField(max_length=60)),
                ("ref_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=400)),
                ("is_restricted", models.BooleanField(default=False)),
                ("rows", models.JSONField()),
                ("emptied", models.JSONField()),
                ("user_id", models.BigIntegerField(null=True)),
                ("trashed_by", models.CharField(max_length=160)),
                ("trashed_at", models.DateTimeField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["noun", "ref_id"], name="trashed_once")]},
        ),
    ]
