"""Teams with hours and holidays of their own; calendars that nobody needs any more are put away."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("staff", "0003_reserved_from_templates")]
    operations = [
        migrations.AddField("Calendar", "archived_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="TeamCalendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("calendar", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="team_links", to="staff.calendar")),
                ("team", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="access.team")),
            ],
        ),
    ]
