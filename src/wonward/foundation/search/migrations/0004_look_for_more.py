"""Tasks and documents are looked for too: an index from before is gone through once more by the worker."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def ask_for_renewal(apps: Any, _: Any) -> None:
    """An empty index has nothing to go through."""
    if apps.get_model("search", "Entry").objects.exists():
        apps.get_model("search", "Renewal").objects.update(version=0, after=0)


class Migration(migrations.Migration):
    dependencies = [("search", "0003_renewal")]
    operations = [migrations.RunPython(ask_for_renewal, migrations.RunPython.noop)]
