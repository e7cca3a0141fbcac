"""“No later than” and “must finish” were kept as the midnight after their day; they are kept as the day itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import migrations

_KINDS = ("FNLT", "SNLT", "MFO")


def move(apps: Any, days: int) -> None:
    tasks = apps.get_model("delivery", "Task")
    held = list(tasks.objects.filter(constraint__in=_KINDS, constraint_date__isnull=False).only("pk", "constraint_date"))
    for task in held:
        task.constraint_date += timedelta(days=days)
    tasks.objects.bulk_update(held, ["constraint_date"], batch_size=500)


def to_the_day(apps: Any, editor: Any) -> None:
    move(apps, -1)


def to_the_midnight_after(apps: Any, editor: Any) -> None:
    move(apps, 1)


class Migration(migrations.Migration):

    dependencies = [("delivery", "0007_changed_dependencies")]

    operations = [migrations.RunPython(to_the_day, to_the_midnight_after)]
