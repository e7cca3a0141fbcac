from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comms", "0001_initial")]
    operations = [
        migrations.AddIndex(
            model_name="communication",
            index=models.Index(fields=["-happened_at", "-id"], name="communication_newest"),
        ),
    ]
