"""Every noun with fields has tags from the start."""

from datetime import UTC, datetime

from django.db import migrations

NOUNS = ("clients.company", "clients.contact", "sales.lead", "sales.deal", "delivery.project", "delivery.task")


def add_tags(apps, schema_editor):
    now = datetime.now(UTC)
    for noun in NOUNS:
        apps.get_model("custom_fields", "FieldDefinition").objects.get_or_create(
            noun=noun, key="tags", defaults={"label": "Tags", "kind": "tags", "position": 1000, "created_at": now, "updated_at": now}
        )


class Migration(migrations.Migration):
    dependencies = [("custom_fields", "0001_initial")]
    operations = [migrations.RunPython(add_tags, migrations.RunPython.noop)]
