"""One pipeline with open, won and lost stages, the questions and score of leads, the reasons a deal is lost."""

from datetime import UTC, datetime

from django.db import migrations

STAGES = (
    ("Qualified", "open", 10, 14), ("Discovery", "open", 25, 14), ("Proposal", "open", 50, 14),
    ("Negotiation", "open", 70, 10), ("Verbal yes", "open", 90, 7), ("Won", "won", 100, 0), ("Lost", "lost", 0, 0),
)

CRITERIA = (
    ("fit", "Fit", "Which of our services is it, and is it what we do well?"),
    ("need", "Need", "What should be different when the work is done?"),
    ("budget", "Budget", "What is set aside for it, and is that confirmed?"),
    ("authority", "Authority", "Who decides, and who has to agree?"),
    ("timing", "Timing", "By when must it be done, and what happens if it is not?"),
)
RULES = (
    ("need", "is", "clear", 20, "Knows what is needed"), ("timing", "is", "clear", 15, "Has a date"),
    ("budget", "is", "clear", 15, "Budget confirmed"), ("authority", "is", "clear", 15, "The one who decides"),
    ("fit", "is", "clear", 10, "Fits what we do"), ("budget", "is", "against", -15, "No budget"),
    ("fit", "is", "against", -20, "Not what we do"), ("service", "is_filled", "", 10, "Asks for a service we sell"),
    ("email_kind", "is", "company", 8, "Writes from a company address"), ("phone", "is_filled", "", 5, "Left a phone number"),
    ("source", "is", "Referral", 12, "Was referred"),
)
REASONS = ("Price", "Went to a competitor", "No budget", "No decision", "Timing", "Not a fit for us")


def add_defaults(apps, schema_editor):
    now = datetime.now(UTC)
    pipeline, created = apps.get_model("sales", "Pipeline").objects.get_or_create(
        name="New business",
        defaults={
            "is_default": True, "created_at": now, "updated_at": now,
            "qualification": [{"key": key, "label": label, "question": question} for key, label, question in CRITERIA],
        },
    )
    if created:
        stage = apps.get_model("sales", "Stage")
        stage.objects.bulk_create(
            stage(pipeline=pipeline, name=name, kind=kind, probability=probability, days_until_stuck=days, position=place)
            for place, (name, kind, probability, days) in enumerate(STAGES)
        )
    rule = apps.get_model("sales", "ScoreRule")
    rule.objects.bulk_create(
        rule(field=field, operator=operator, value=value, points=points, label=label, position=place, created_at=now)
        for place, (field, operator, value, points, label) in enumerate(RULES)
    )
    reason = apps.get_model("sales", "LostReason")
    reason.objects.bulk_create(reason(name=name, position=place) for place, name in enumerate(REASONS))


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]
    operations = [migrations.RunPython(add_defaults, migrations.RunPython.noop)]
