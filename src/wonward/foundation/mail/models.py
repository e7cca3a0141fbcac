"""Mail on its way out."""

from __future__ import annotations

from django.db import models

from wonward.foundation.mail.types import MailState


class OutgoingMail(models.Model):
    """One mail to one address. Its words are forgotten once it is sent: they may hold a sign-in link."""

    to = models.CharField(max_length=320)
    reply_to = models.CharField(max_length=320, default="")
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(default="")
    ref_noun = models.CharField(max_length=64, default="")
    ref_id = models.BigIntegerField(null=True)
    state = models.CharField(
        max_length=8, choices=[(state.value, state.value) for state in MailState], default=MailState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(default="")
    queued_by_id = models.BigIntegerField(null=True)
    queued_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "-id"], name="mail_state"),
            models.Index(fields=["ref_noun", "ref_id"], name="mail_ref"),
        ]
