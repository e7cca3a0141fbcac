from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref_noun", models.CharField(max_length=64)),
                ("ref_id", models.BigIntegerField()),
                ("title", models.CharField(max_length=500)),
                ("subtitle", models.CharField(default="", max_length=500)),
                ("number", models.CharField(default="", max_length=40)),
                ("words", models.TextField()),
                ("body", models.TextField(default="")),
                ("happened_at", models.DateTimeField(null=True)),
                ("privacy", models.CharField(default="internal", max_length=10)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("number", ""), _negated=True), fields=["number"], name="entry_number")
                ],
                "constraints": [models.UniqueConstraint(fields=("ref_noun", "ref_id"), name="one_entry_per_record")],
            },
        ),
    ]
