"""What is kept of a file: its content once, its name and privacy per document, its place per link."""

from __future__ import annotations

from contextvars import ContextVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from wonward.foundation.access.policy import host_nouns, visible_ids
from wonward.foundation.files.types import Privacy
from wonward.kernel.actor import Actor

_OWN_NOUNS = "files."
GUEST = "guest"
_is_resolving: ContextVar[bool] = ContextVar("_is_resolving", default=False)


class Blob(models.Model):
    """Content, kept once however many documents show it. The bytes lie in the storage under their hash."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    created_at = models.DateTimeField()


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents as an actor may see them."""

    def of_fitting_privacy(self, actor: Actor) -> DocumentQuerySet:
        """What the documents' own privacy leaves over, whatever they hang on."""
        if actor.role == GUEST:
            return self.filter(privacy=Privacy.CLIENT)
        if actor.may("files.restricted.view"):
            return self
        mine = Q(uploaded_by_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
        return self.filter(~Q(privacy=Privacy.RESTRICTED) | mine)

    def visible_to(self, actor: Actor) -> DocumentQuerySet:
        """Documents on at least one record the actor sees, of a privacy that lets them through."""
        links = DocumentLink.objects.filter(document=OuterRef("pk")).visible_to(actor)
        return self.of_fitting_privacy(actor).filter(Exists(links))


class Document(models.Model):
    """A named file with its own privacy. `uploaded_by_id` is the id of a user, kept when the user goes."""

    name = models.CharField(max_length=255)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="documents")
    privacy = models.CharField(
        max_length=10, choices=[(value.value, value.value) for value in Privacy], default=Privacy.INTERNAL
    )
    uploaded_by_id = models.BigIntegerField(null=True)
    uploaded_by_label = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    objects = DocumentQuerySet.as_manager()


class DocumentVersion(models.Model):
    """Content a document has or had. A document nobody replaced has no rows here; its newest version is what it shows."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=255)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    added_by_id = models.BigIntegerField(null=True)
    added_by_label = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    restored_from = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_once")]


class DocumentLinkQuerySet(models.QuerySet["DocumentLink"]):
    """Links as an actor may see them."""

    def visible_to(self, actor: Actor) -> DocumentLinkQuerySet:
        """Links to records the actor sees, whatever the noun.

        Some records hang on others, even on documents; a circle of such records shows nothing by itself.
        """
        if actor.is_system:
            return self
        if _is_resolving.get():
            return self.none()
        visible = Q(pk__in=[])
        token = _is_resolving.set(True)
        try:
            for noun in host_nouns():
                if not noun.startswith(_OWN_NOUNS):
                    shown = visible_ids(noun, actor).filter(pk=OuterRef("ref_id"))
                    visible |= Q(Exists(shown), ref_noun=noun)
        finally:
            _is_resolving.reset(token)
        return self.filter(visible)


class DocumentLink(models.Model):
    """A place where a document is shown: a record by reference, and when it happened there."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="links")
    ref_noun = models.CharField(max_length=64)
    ref_id = models.BigIntegerField()
    happened_at = models.DateTimeField()

    objects = DocumentLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "ref_noun", "ref_id"], name="document_linked_once"),
        ]
        indexes = [models.Index(fields=["ref_noun", "ref_id", "happened_at"], name="document_link_ref")]
