"""Mark the time that templates reserved, so that reserving again knows its own bookings."""

from django.db import migrations, models


def mark(apps, schema_editor):
    """Until now a note alone told them."""
    apps.get_model("staff", "Booking").objects.filter(
        subject_noun="sales.deal", role__isnull=False, note="From the templates of the services"
    ).update(is_from_templates=True)


class Migration(migrations.Migration):
    dependencies = [("staff", "0002_defaults")]
    operations = [
        migrations.AddField("Booking", "is_from_templates", models.BooleanField(default=False)),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
