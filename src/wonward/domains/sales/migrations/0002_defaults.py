"""One pipeline with open, won and lost stages."""

from datetime import UTC, datetime

from django.db import migrations

STAGES = (
    ("Qualified", "open", 10, 14), ("Discovery", "open", 25, 14), ("Proposal", "open", 50, 14),
    ("Negotiation", "open", 70, 10), ("Verbal yes", "open", 90, 7), ("Won", "won", 100, 0), ("Lost", "lost", 0, 0),
)


def add_defaults(apps, schema_editor):
    now = datetime.now(UTC)
    pipeline, created = apps.get_model("sales", "Pipeline").objects.get_or_create(
        name="New business", defaults={"is_default": True, "created_at": now, "updated_at": now}
    )
    if created:
        stage = apps.get_model("sales", "Stage")
        stage.objects.bulk_create(
            stage(pipeline=pipeline, name=name, kind=kind, probability=probability, days_until_stuck=days, position=place)
            for place, (name, kind, probability, days) in enumerate(STAGES)
        )


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]
    operations = [migrations.RunPython(add_defaults, migrations.RunPython.noop)]
