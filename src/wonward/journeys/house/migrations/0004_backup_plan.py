from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("house", "0003_retention_and_holds")]

    operations = [
        migrations.CreateModel(
            name="BackupPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_on", models.BooleanField(default=False)),
                ("hour", models.PositiveSmallIntegerField()),
                ("keep", models.PositiveSmallIntegerField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("updated_at", models.DateTimeField()),
                ("tried_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("file", models.CharField(default="", max_length=200)),
                ("size", models.BigIntegerField(default=0)),
                ("failure", models.TextField(default="")),
            ],
        ),
    ]
