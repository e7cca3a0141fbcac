"""Monday to Friday, 08–12 and 13–17, without holidays."""

from datetime import UTC, datetime

from django.db import migrations

from wonward.kernel.work_calendar import STANDARD_CALENDAR


def add_defaults(apps, schema_editor):
    now = datetime.now(UTC)
    apps.get_model("staff", "Calendar").objects.get_or_create(
        is_default=True,
        defaults={"name": "Standard", "document": STANDARD_CALENDAR.to_document(), "created_at": now, "updated_at": now},
    )


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_initial")]
    operations = [migrations.RunPython(add_defaults, migrations.RunPython.noop)]
