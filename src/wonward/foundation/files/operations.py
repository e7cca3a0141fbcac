"""Adding, linking, changing and archiving documents. Content is stored beforehand, by `storage.put_stream`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from wonward.foundation.access.policy import require, visible_refs
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.files.events import DocumentAdded, DocumentArchived, DocumentChanged, DocumentLinked
from wonward.foundation.files.models import Blob, Document, DocumentLink, DocumentVersion
from wonward.foundation.files.queries import require_document_change
from wonward.foundation.files.rules import clean_name
from wonward.foundation.files.storage import current_storage
from wonward.foundation.files.types import Privacy, StoredBlob
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


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
        blob = _blob_of(stored, now)
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
                worded("“{name}” was changed by someone else in the meantime.", name=document.name),
                current={"name": document.name, "privacy": document.privacy, "version": document.version},
                yours={**wished, "version": version},
            )
        publish(DocumentChanged(document_id=document_id), actor=actor, now=now)
    return version + 1


def add_version(
    *, actor: Actor, document_id: int, name: str, stored: StoredBlob, version: int | None = None, now: datetime
) -> int:
    """Let a document show new content; its number. What it showed before stays, with who added it and when.

    Whoever may change the document may do so. Refused for what the product sealed itself, such as a signed contract; Stale when
    `version` is not the document's. The same content again changes nothing.
    """
    if current_storage().find_size(stored.sha256) != stored.size:
        raise Refused.field("file", "The content of the file did not arrive whole. Please send it again.")
    with transaction.atomic():
        document = _get_replaceable(actor, document_id, version)
        return _put_version(actor, document, clean_name(name), _blob_of(stored, now), None, now)


def restore_version(*, actor: Actor, document_id: int, number: int, version: int | None = None, now: datetime) -> int:
    """Show the content of an earlier version again, as a new version; its number. Refused and Stale as in add_version."""
    with transaction.atomic():
        document = _get_replaceable(actor, document_id, version)
        former = DocumentVersion.objects.filter(document_id=document_id, number=number).select_related("blob").first()
        if former is None:
            if number == 1 and not DocumentVersion.objects.filter(document_id=document_id).exists():
                return number
            raise NotFound("version", number)
        return _put_version(actor, document, former.name, former.blob, number, now)


def _put_version(actor: Actor, document: Document, name: str, blob: Blob, restored_from: int | None, now: datetime) -> int:
    last = DocumentVersion.objects.filter(document=document).order_by("-number").first()
    if document.blob_id == blob.pk:
        return last.number if last else 1
    if last is None:
        last = DocumentVersion.objects.create(
            document=document, number=1, name=document.name, blob_id=document.blob_id, added_by_id=document.uploaded_by_id,
            added_by_label=document.uploaded_by_label, added_at=document.created_at,
        )
    made = DocumentVersion.objects.create(
        document=document, number=last.number + 1, name=name, blob=blob, added_by_id=actor.user_id, added_by_label=actor.label[:200],
        added_at=now, restored_from=restored_from,
    )
    Document.objects.filter(pk=document.pk).update(name=name, blob=blob, version=document.version + 1, updated_at=now)
    publish(DocumentChanged(document_id=document.pk), actor=actor, now=now)
    return made.number


def _blob_of(stored: StoredBlob, now: datetime) -> Blob:
    blob, _ = Blob.objects.get_or_create(
        sha256=stored.sha256, defaults={"size": stored.size, "media_type": stored.media_type, "created_at": now}
    )
    return blob


def archive_document(*, actor: Actor, document_id: int, is_archived: bool = True, version: int | None = None, now: datetime) -> int:
    """Put a document away, so that lists leave it out while its content stays, or bring it back; its version. Twice changes nothing."""
    with transaction.atomic():
        document = _get_changeable(actor, document_id)
        if version is not None and version != document.version:
            raise Stale(
                worded("“{name}” was changed by someone else in the meantime.", name=document.name), current={"version": document.version},
                yours={"version": version},
            )
        if (document.archived_at is not None) == is_archived:
            return document.version
        before, after = document.archived_at, now if is_archived else None
        Document.objects.filter(pk=document_id).update(archived_at=after, updated_at=now, version=document.version + 1)
        record_change(
            actor=actor, operation="files.document.archive", ref=Ref("files.document", document_id), changes={"archived_at": [before, after]}, now=now
        )
        publish(DocumentArchived(document_id=document_id) if is_archived else DocumentChanged(document_id=document_id), actor=actor, now=now)
    return document.version + 1


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
    require_document_change(actor, document)
    return document


def _get_replaceable(actor: Actor, document_id: int, version: int | None) -> Document:
    document = _get_changeable(actor, document_id)
    if document.uploaded_by_id is None:
        raise Refused.field("file", worded("“{name}” was sealed as it is; add your file beside it.", name=document.name), "sealed")
    if version is not None and version != document.version:
        raise Stale(
            worded("“{name}” was changed by someone else in the meantime.", name=document.name),
            current={"name": document.name, "privacy": document.privacy, "version": document.version}, yours={"version": version},
        )
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


_LINK_AS_WELL = """
INSERT INTO files_documentlink (document_id, ref_noun, ref_id, happened_at)
SELECT document_id, %s, CAST(%s AS bigint), happened_at FROM files_documentlink
WHERE ref_noun = %s AND ref_id = %s ORDER BY id
ON CONFLICT DO NOTHING
"""


@transaction.atomic(savepoint=False)
def link_documents(*, source: Ref, target: Ref, now: datetime) -> int:
    """Hang every document of the source on the target as well; returns how many were not there yet."""
    with connection.cursor() as cursor:
        cursor.execute(_LINK_AS_WELL, [target.noun, target.id, source.noun, source.id])
        return cursor.rowcount


@transaction.atomic(savepoint=False)
def hang_further(*, document_id: int, targets: Collection[Ref], now: datetime) -> None:
    """Hang a document on the targets as well, where it does not hang yet."""
    DocumentLink.objects.bulk_create(
        [DocumentLink(document_id=document_id, ref_noun=target.noun, ref_id=target.id, happened_at=now) for target in targets], ignore_conflicts=True
    )


@transaction.atomic(savepoint=False)
def move_attached(
    *, actor: Actor, carrier: Ref, left: Sequence[Ref], joined: Sequence[Ref], privacy: tuple[Privacy, Privacy], now: datetime
) -> dict[int, dict[str, list[Any]]]:
    """Let the files that came with a record of another package follow it; per document what changed.

    They leave `left` where they were hung together with `carrier`, not where somebody hung them beside it, and stay where another
    carrier of the kind keeps them. A file as private as the carrier was (`privacy`: before, after) stays as private as the carrier.
    """
    hung = dict(DocumentLink.objects.filter(ref_noun=carrier.noun, ref_id=carrier.id).values_list("document_id", "happened_at"))
    others = DocumentLink.objects.filter(document__in=hung, ref_noun=carrier.noun).exclude(ref_id=carrier.id)
    kept = set(others.values_list("document_id", flat=True))
    changed: dict[int, dict[str, list[Any]]] = {}
    for document in Document.objects.select_for_update().filter(pk__in=hung).order_by("pk"):
        at, told = hung[document.pk], changed.setdefault(document.pk, {})
        gone = [] if document.pk in kept else [
            ref for ref in left
            if DocumentLink.objects.filter(document=document, ref_noun=ref.noun, ref_id=ref.id, happened_at=at).delete()[0]
        ]
        if _link(document.pk, joined, at):
            publish(DocumentLinked(document_id=document.pk), actor=actor, now=now)
        if gone or joined:
            told["refs"] = [[str(ref) for ref in gone], [str(ref) for ref in joined]]
        if document.privacy == privacy[0] != privacy[1]:
            told["privacy"] = [str(privacy[0]), str(privacy[1])]
            Document.objects.filter(pk=document.pk).update(privacy=privacy[1], version=document.version + 1, updated_at=now)
            publish(DocumentChanged(document_id=document.pk), actor=actor, now=now)
    return {key: told for key, told in changed.items() if told}
