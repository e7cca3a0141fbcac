import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("delivery", "0001_initial"),
        ("promises", "0002_basis"),
    ]

    operations = [
        migrations.CreateModel(
            name="PromiseProject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("project", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="delivery.project")),
                ("promise", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="further", to="promises.promise")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("promise", "project"), name="promise_holds_once")],
            },
        ),
    ]
