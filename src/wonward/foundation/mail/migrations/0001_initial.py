import wonward.foundation.mail.types
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("to", models.CharField(max_length=320)),
                ("reply_to", models.CharField(default="", max_length=320)),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("html", models.TextField(default="")),
                ("ref_noun", models.CharField(default="", max_length=64)),
                ("ref_id", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "queued"), ("sent", "sent"), ("failed", "failed")],
                        default=wonward.foundation.mail.types.MailState["QUEUED"],
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.TextField(default="")),
                ("queued_by_id", models.BigIntegerField(null=True)),
                ("queued_by_label", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "-id"], name="mail_state"),
                    models.Index(fields=["ref_noun", "ref_id"], name="mail_ref"),
                ],
            },
        ),
    ]
