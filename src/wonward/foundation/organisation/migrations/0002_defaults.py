"""The one row of settings, so that everything works after `migrate` alone."""

from datetime import UTC, datetime

from django.db import migrations


def add_defaults(apps, schema_editor):
    now = datetime.now(UTC)
    apps.get_model("organisation", "Organisation").objects.get_or_create(
        pk=1, defaults={"created_at": now, "updated_at": now}
    )


class Migration(migrations.Migration):
    dependencies = [("organisation", "0001_initial")]
    operations = [migrations.RunPython(add_defaults, migrations.RunPython.noop)]
