"""What is kept of a file: its content once, its name and privacy per document, its place per link."""

from __future__ import annotations

from django.db import models

from wonward.foundation.files.types import Privacy


class Blob(models.Model):
    """Content, kept once however many documents show it. The bytes lie in the storage under their hash."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    created_at = models.DateTimeField()


class Document(models.Model):
    """A named file with its own privacy. `uploaded_by_id` is the id of a user, kept when the user goes."""

    name = models.CharField(max_length=255)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="documents")
    privacy = models.CharField(max_length=10, choices=[(value, value) for value in Privacy], default=Privacy.INTERNAL)
    uploaded_by_id = models.BigIntegerField(null=True)
    uploaded_by_label = models.CharField(max_length=160)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="document_newest")]


class DocumentLink(models.Model):
    """A place where a document is shown: a record by reference, and when it happened there."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="links")
    ref_noun = models.CharField(max_length=64)
    ref_id = models.BigIntegerField()
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "ref_noun", "ref_id"], name="document_linked_once"),
        ]
        indexes = [models.Index(fields=["ref_noun", "ref_id", "happened_at"], name="document_link_ref")]
