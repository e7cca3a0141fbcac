"""Lines may name the optional sections that were sold; those written before leave it open."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0002_defaults")]
    operations = [migrations.AddField("dealline", "options", models.JSONField(null=True))]
