"""Adding, linking, changing and archiving documents. Content is stored beforehand, by `storage.put_stream`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from wonward.foundation.access.policy import require, require_change, visible_refs
from wonward.foundation.events.operations import publish
from wonward.foundation.files.events import DocumentAdded, DocumentArchived, DocumentChanged, DocumentLinked
from wonward.foundation.files.models import Blob, Document, DocumentLink
from wonward.foundation.files.rules import clean_name
from wonward.foundation.files.storage import current_storage
from wonward.foundation.files.types import Privacy, StoredBlob
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref


def add_document(
    *,
    actor: Actor,
    name: str,
    stored: StoredBlob,
    refs: Sequence[Ref],
    privacy: Privacy = Privacy.INTERNAL,
    now: datetime,
    happened_at: datetime | None = None,
) -> int:
    """Put stored content on records as a document and return its id.

    NotFound names the first record that the actor does not see; Refused when there is no record at all or
    the content is not in the storage. `happened_at` (default now) places it on the records' timelines.
    """
    require(actor, "files.document.add")
    if not refs:
        raise Refused.field("refs", "A document belongs to at least one record.", "required")
    if current_storage().find_size(stored.sha256) != stored.size:
        raise Refused.field("file", "The content of the file did not arrive whole. Please send it again.")
    with transaction.atomic():
        _require_seen(actor, refs)
        blob, _ = Blob.objects.get_or_create(
            sha256=stored.sha256,
            defaults={"size": stored.size, "media_type": stored.media_type, "created_at": now},
        )
        document = Document.objects.create(
            name=clean_name(name),
            blob=blob,
            privacy=Privacy(privacy),
            uploaded_by_id=actor.user_id,
            uploaded_by_label=actor.label[:200],
            created_at=now,
            updated_at=now,
        )
        _link(document.pk, refs, happened_at or now)
        publish(DocumentAdded(document_id=document.pk), actor=actor, now=now)
    return document.pk


def link_document(
    *,
    actor: Actor,
    document_id: int,
    refs: Sequence[Ref],
    now: datetime,
    happened_at: datetime | None = None,
) -> None:
    """Show a document on further records, which never copies it; linking twice changes nothing."""
    require(actor, "files.document.add")
    with transaction.atomic():
        _get_visible(actor, document_id)
        _require_seen(actor, refs)
        if _link(document_id, refs, happened_at or now):
            publish(DocumentLinked(document_id=document_id), actor=actor, now=now)


def change_document(
    *,
    actor: Actor,
    document_id: int,
    version: int,
    name: str | None = None,
    privacy: Privacy | None = None,
    now: datetime,
) -> int:
    """Rename a document or change who sees it; the new version. Stale when `version` is not the current one."""
    with transaction.atomic():
        document = _get_changeable(actor, document_id)
        wished = {
            "name": document.name if name is None else clean_name(name),
            "privacy": document.privacy if privacy is None else Privacy(privacy).value,
        }
        changed = Document.objects.filter(pk=document_id, version=version)
        if not changed.update(**wished, version=version + 1, updated_at=now):
            raise Stale(
                f"“{document.name}” was changed by someone else in the meantime.",
                current={"name": document.name, "privacy": document.privacy, "version": document.version},
                yours={**wished, "version": version},
            )
        publish(DocumentChanged(document_id=document_id), actor=actor, now=now)
    return version + 1


def archive_document(*, actor: Actor, document_id: int, now: datetime) -> None:
    """Put a document away; lists leave it out, its content stays. Archiving twice changes nothing."""
    with transaction.atomic():
        document = _get_changeable(actor, document_id)
        open_documents = Document.objects.filter(pk=document_id, archived_at__isnull=True)
        if open_documents.update(archived_at=now, updated_at=now, version=document.version + 1):
            publish(DocumentArchived(document_id=document_id), actor=actor, now=now)


def _require_seen(actor: Actor, refs: Iterable[Ref]) -> None:
    wanted = list(dict.fromkeys(refs))
    seen = visible_refs(actor, wanted)
    for ref in wanted:
        if ref not in seen:
            raise NotFound(ref.noun, ref.id)


def _get_visible(actor: Actor, document_id: int) -> Document:
    document = Document.objects.visible_to(actor).select_for_update().filter(pk=document_id).first()
    if document is None:
        raise NotFound("document", document_id)
    return document


def _get_changeable(actor: Actor, document_id: int) -> Document:
    document = _get_visible(actor, document_id)
    if actor.user_id is not None and document.uploaded_by_id == actor.user_id:
        require(actor, "files.document.change")
        return document
    try:
        require_change(actor, "files.document.change", person_ids=())
    except NotAllowed:
        raise NotAllowed(
            f"Only {document.uploaded_by_label}, who added “{document.name}”, or an admin may change it."
        ) from None
    return document


def _link(document_id: int, refs: Sequence[Ref], happened_at: datetime) -> int:
    known = set(DocumentLink.objects.filter(document_id=document_id).values_list("ref_noun", "ref_id"))
    fresh = [ref for ref in dict.fromkeys(refs) if (ref.noun, ref.id) not in known]
    DocumentLink.objects.bulk_create(
        [
            DocumentLink(document_id=document_id, ref_noun=ref.noun, ref_id=ref.id, happened_at=happened_at)
            for ref in fresh
        ],
        ignore_conflicts=True,
    )
    return len(fresh)


@transaction.atomic
def link_documents(*, source: Ref, target: Ref, now: datetime) -> int:
    """Hang every document of the source on the target as well; returns how many."""
    links = DocumentLink.objects.filter(ref_noun=source.noun, ref_id=source.id).order_by("pk")
    rows = [
        DocumentLink(document_id=key, ref_noun=target.noun, ref_id=target.id, happened_at=at)
        for key, at in links.values_list("document_id", "happened_at")
    ]
    DocumentLink.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
