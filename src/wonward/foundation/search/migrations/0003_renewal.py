"""The index knows by which version of the words it was written."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

_THIS_VERSION = 1


def note_version(apps: Any, _: Any) -> None:
    """An empty index has nothing to renew; one that was written before is written anew by the worker."""
    is_empty = not apps.get_model("search", "Entry").objects.exists()
    apps.get_model("search", "Renewal").objects.create(version=_THIS_VERSION if is_empty else 0, writing=_THIS_VERSION, after=0)


class Migration(migrations.Migration):
    dependencies = [("search", "0002_full_text")]
    operations = [
        migrations.CreateModel(
            name="Renewal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("writing", models.PositiveIntegerField()),
                ("after", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunPython(note_version, migrations.RunPython.noop),
    ]
