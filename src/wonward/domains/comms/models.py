"""One log for sales and delivery. An entry hangs on records by links, never by copies."""

from __future__ import annotations

from django.db import models


class Communication(models.Model):
    """A call, e-mail, chat, meeting or note.

    On PostgreSQL a migration makes the index `communication_readers` of what the privacy of an entry depends on.
    """

    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=300, default="")
    body = models.TextField(default="")
    direction = models.CharField(max_length=8, default="")
    privacy = models.CharField(max_length=12, default="internal")
    happened_at = models.DateTimeField()
    author = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    author_label = models.CharField(max_length=160, default="")
    is_automatic = models.BooleanField(default=False)
    external_source = models.CharField(max_length=40, default="")
    external_id = models.CharField(max_length=255, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["external_source", "external_id"], condition=~models.Q(external_id=""), name="communication_external"
            )
        ]
        indexes = [models.Index(fields=["-happened_at", "-id"], name="communication_newest")]


class CommunicationLink(models.Model):
    """A record the entry belongs to."""

    communication = models.ForeignKey(Communication, models.CASCADE, related_name="links", db_index=False)
    noun = models.CharField(max_length=60)
    ref_id = models.BigIntegerField()
    happened_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["noun", "ref_id", "happened_at"], name="communication_ref")]
        constraints = [
            models.UniqueConstraint(fields=["communication", "noun", "ref_id"], name="communication_link_once")
        ]


class Mention(models.Model):
    """A colleague named by @Name in the words of an entry."""

    communication = models.ForeignKey(Communication, models.CASCADE, related_name="mentions")
    person = models.ForeignKey("staff.Person", models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["communication", "person"], name="mention_once_per_entry")]


class Participant(models.Model):
    """Who took part: a contact, a colleague, or a bare name and address."""

    communication = models.ForeignKey(Communication, models.CASCADE, related_name="participants")
    contact = models.ForeignKey("clients.Contact", models.SET_NULL, null=True, related_name="+")
    person = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=200, default="")
    address = models.CharField(max_length=254, default="")
