"""Documents as their viewer may see them, filtered in SQL before anything is counted or cut into pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import F, Max, Q, QuerySet, Subquery
from django.db.models.expressions import OuterRef

from wonward.foundation.access.policy import require, require_change, visible_refs
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Question, Values, count_of
from wonward.foundation.files.models import GUEST, Blob, Document, DocumentLink, DocumentVersion
from wonward.foundation.files.rules import preview_kind, read_text
from wonward.foundation.files.storage import current_storage
from wonward.foundation.files.types import (
    AttachedFile,
    DocumentRow,
    DocumentVersionRow,
    OpenDocument,
    Privacy,
)
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, NotFound
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

SORTS: dict[str, tuple[str, ...]] = {
    "-happened_at": ("-happened_at", "-pk"), "happened_at": ("happened_at", "pk"),
    "name": ("name", "pk"), "-name": ("-name", "-pk"), "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"),
}
_NOUN_FOR_PEOPLE = "document"
_VERSION_COLUMNS = (
    "number", "name", "blob__sha256", "blob__size", "blob__media_type", "added_by_label", "added_at", "restored_from",
)
_COLUMNS = (
    "id", "name", "privacy", "uploaded_by_id", "uploaded_by_label", "version", "created_at", "updated_at", "archived_at",
    "happened_at", "sha256", "size", "media_type",
)


def ask_links(ref: Ref) -> Question:
    """How many documents hang on a record, whoever may read them, to be asked together with other numbers."""
    return Question(
        "count of documents", lambda values: count_of(DocumentLink.objects.filter(ref_noun=values["noun"], ref_id=values["record"])),
        {"noun": ref.noun, "record": ref.id},
    )


def list_documents(
    actor: Actor,
    refs: Iterable[Ref] = (),
    *,
    limit: int = 50,
    before: tuple[datetime, int] | None = None,
    offset: int = 0,
    text: str = "",
    updated_since: datetime | None = None,
    sort: str = "-happened_at",
    with_archived: bool = False,
    only_archived: bool = False,
) -> list[DocumentRow]:
    """Documents on any of the given records (none given: on any record), newest first.

    `before` is the (`happened_at`, `id`) of the last row of the page before; `sort` is one of SORTS.
    """
    refs = list(refs)
    if len(refs) == 1 and not (before or offset or text or updated_since or with_archived or only_archived) and sort == "-happened_at":
        return _on_record(actor, refs[0], limit)
    found = _visible(actor, refs, with_archived=with_archived, only_archived=only_archived)
    if before is not None:
        when, last_id = before
        found = found.filter(Q(happened_at__lt=when) | Q(happened_at=when, pk__lt=last_id))
    if text:
        found = found.filter(name__icontains=text)
    if updated_since is not None:
        found = found.filter(updated_at__gte=updated_since)
    return _rows(actor, found.order_by(*SORTS[sort])[offset : offset + limit])


def _on_record(actor: Actor, ref: Ref, limit: int) -> list[DocumentRow]:
    """The newest documents on one record, the question every record's page asks."""
    if not visible_refs(actor, [ref]):
        return []
    key = ("documents on a record", limit, actor.role == GUEST, actor.may("files.restricted.view"), actor.user_id is None)

    def build(values: Values) -> QuerySet[Any, Any]:
        viewer = replace(actor, user_id=values["user"] if actor.user_id is not None else None)
        found = Document.objects.of_fitting_privacy(viewer).filter(archived_at__isnull=True)
        links = DocumentLink.objects.filter(ref_noun=values["noun"], ref_id=values["id"])
        dated = found.filter(links__in=links).annotate(happened_at=F("links__happened_at"))
        return _with_blob(dated.order_by(*SORTS["-happened_at"])[:limit])

    given = {"noun": ref.noun, "id": ref.id, "user": actor.user_id or 0}
    return _told(actor, [dict(zip(_COLUMNS, values, strict=True)) for values in prepared.rows(key, build, given)])


def list_attached(*, actor: Actor, noun: str, ids: Iterable[int]) -> dict[int, list[AttachedFile]]:
    """The documents on records of a noun that the viewer was shown, by record, oldest first; one query, none without records."""
    def build(values: Values) -> QuerySet[Any, Any]:
        viewer = replace(actor, user_id=values["user"] if actor.user_id is not None else None)
        links = DocumentLink.objects.filter(ref_noun=values["noun"], ref_id__in=values["ids"], document__archived_at__isnull=True)
        seen = links.filter(document__in=Document.objects.of_fitting_privacy(viewer)).order_by("pk")
        return seen.values_list("ref_id", "document_id", "document__name", "document__blob__size")

    key = ("attached documents", actor.role == GUEST, actor.may("files.restricted.view"), actor.user_id is None)
    given = {"noun": noun, "user": actor.user_id or 0}
    found: dict[int, list[AttachedFile]] = {}
    for record, *facts in prepared.rows_among(key, build, given, name="ids", choices=set(ids)):
        found.setdefault(record, []).append(AttachedFile(*facts))
    return found


def find_documented_refs(refs: Iterable[Ref]) -> set[Ref]:
    """Those of the given records that any document hangs on, whoever sees it."""
    by_noun: dict[str, list[int]] = {}
    for ref in refs:
        by_noun.setdefault(ref.noun, []).append(ref.id)
    found: set[Ref] = set()
    for noun, ids in by_noun.items():
        rows = DocumentLink.objects.filter(ref_noun=noun, ref_id__in=ids).values_list("ref_id", flat=True)
        found.update(Ref(noun, key) for key in rows.distinct())
    return found


def find_documents(*, document_ids: Collection[int]) -> list[tuple[int, str, Privacy]]:
    """(id, name, privacy) of those of the given documents that are not put away, whoever sees them: for finding them again."""
    found = Document.objects.filter(pk__in=set(document_ids), archived_at__isnull=True).order_by("pk")
    return [(key, name, Privacy(privacy)) for key, name, privacy in found.values_list("pk", "name", "privacy")]


def find_homes(document_id: int, noun: str) -> list[int]:
    """The records of one noun that a document hangs on, whoever may see it."""
    return list(DocumentLink.objects.filter(document_id=document_id, ref_noun=noun).order_by("pk").values_list("ref_id", flat=True))


def ask_filed(ref: Ref) -> Question:
    """How many documents hang on a record and are not put away, whoever sees them, to be asked together with other numbers."""
    def filed(values: Values) -> QuerySet[Any, Any]:
        return count_of(DocumentLink.objects.filter(ref_noun=values["noun"], ref_id=values["id"], document__archived_at__isnull=True))

    return Question("count of what is filed", filed, {"noun": ref.noun, "id": ref.id})


def count_documents(actor: Actor, refs: Iterable[Ref] = (), *, with_archived: bool = False, only_archived: bool = False) -> int:
    """How many documents `list_documents` would find."""
    return _visible(actor, refs, with_archived=with_archived, only_archived=only_archived).count()


def list_contents() -> list[str]:
    """The SHA-256 of every content that a document has or had, for whoever copies all of them."""
    return list(Blob.objects.order_by("pk").values_list("sha256", flat=True))


def get_document(actor: Actor, document_id: int) -> DocumentRow:
    """One document; NotFound when it is missing or hidden from the actor."""
    rows = _rows(actor, _visible(actor, (), with_archived=True).filter(pk=document_id))
    if not rows:
        raise NotFound(_NOUN_FOR_PEOPLE, document_id)
    return rows[0]


def open_document(actor: Actor, document_id: int) -> OpenDocument:
    """One document with its content; send it with `rules.delivery_headers`. NotFound as in get_document."""
    row = get_document(actor, document_id)
    return OpenDocument(row, current_storage().open(row.sha256))


def list_versions(actor: Actor, document_id: int, *, offset: int = 0, limit: int = 50) -> list[DocumentVersionRow]:
    """What a document shows and showed, newest first; a guest knows only what it shows now. NotFound as in get_document."""
    row = get_document(actor, document_id)
    if actor.role == GUEST:
        limit = min(limit, 1) if offset == 0 else 0
    found = DocumentVersion.objects.filter(document_id=document_id).order_by("-number").values_list(*_VERSION_COLUMNS)
    versions = [_version(values, offset + place == 0) for place, values in enumerate(found[offset : offset + limit])]
    return versions if versions or offset else [_only_version(row)]


def count_versions(actor: Actor, document_id: int) -> int:
    """How many versions `list_versions` would find of a document the viewer has been shown."""
    return 1 if actor.role == GUEST else max(1, DocumentVersion.objects.filter(document_id=document_id).count())


def get_version(actor: Actor, document_id: int, number: int) -> DocumentVersionRow:
    """One version of a document; NotFound also for a number it never had, and of a guest for all but what it shows now."""
    newest = list_versions(actor, document_id, limit=1)[0]
    if newest.number == number:
        return newest
    rows = DocumentVersion.objects.filter(document_id=document_id, number=number).values_list(*_VERSION_COLUMNS)
    values = None if actor.role == GUEST else rows.first()
    if values is None:
        raise NotFound("version", number)
    return _version(values, False)


def _version(values: Sequence[Any], is_current: bool) -> DocumentVersionRow:
    return DocumentVersionRow(*(*values, is_current))


def _only_version(row: DocumentRow) -> DocumentVersionRow:
    return DocumentVersionRow(1, row.name, row.sha256, row.size, row.media_type, row.uploaded_by_label, row.created_at, None, True)


def may_change_document(actor: Actor, document: Document | DocumentRow) -> bool:
    """Whether the viewer may rename a document, replace what it shows or put it away."""
    try:
        require_document_change(actor, document)
    except NotAllowed:
        return False
    return True


def require_document_change(actor: Actor, document: Document | DocumentRow) -> None:
    """NotAllowed unless the viewer added the document and may change their own, or may change those of everybody."""
    if actor.user_id is not None and document.uploaded_by_id == actor.user_id:
        require(actor, "files.document.change")
        return
    try:
        require_change(actor, "files.document.change", person_ids=())
    except NotAllowed:
        raise NotAllowed(worded("Only {uploaded_by_label}, who added “{name}”, or an admin may change it.", uploaded_by_label=document.uploaded_by_label, name=document.name)) from None


def open_version(actor: Actor, document_id: int, number: int) -> OpenDocument:
    """A document as it was in one version, with that content; NotFound also for a number it never had."""
    found = get_version(actor, document_id, number)
    row = replace(
        get_document(actor, document_id), name=found.name, sha256=found.sha256, size=found.size, media_type=found.media_type
    )
    return OpenDocument(row, current_storage().open(row.sha256))


def read_start(actor: Actor, document_id: int, *, number: int | None = None, limit_bytes: int) -> tuple[str, bool] | None:
    """The beginning of a text document as text, and whether that is all of it; None for what is no text."""
    opened = open_document(actor, document_id) if number is None else open_version(actor, document_id, number)
    with opened.stream as stream:
        if preview_kind(opened.row.media_type) != "text":
            return None
        return read_text(stream.read(limit_bytes), opened.row.media_type), opened.row.size <= limit_bytes


def _visible(actor: Actor, refs: Iterable[Ref], *, with_archived: bool, only_archived: bool = False) -> QuerySet[Any]:
    wanted = list(refs)
    found = Document.objects.of_fitting_privacy(actor)
    if only_archived or not with_archived:
        found = found.filter(archived_at__isnull=not only_archived)
    if wanted:
        seen = Q(pk__in=[])
        for ref in visible_refs(actor, wanted):
            seen |= Q(ref_noun=ref.noun, ref_id=ref.id)
        links = DocumentLink.objects.filter(seen)
        # Starting from the few links of these records keeps the cost apart from the number of documents.
        found = found.filter(pk__in=links.values("document_id"))
    else:
        links = DocumentLink.objects.visible_to(actor)
    of_document = links.filter(document=OuterRef("pk")).order_by().values("document")
    latest = of_document.annotate(at=Max("happened_at")).values("at")
    return found.annotate(happened_at=Subquery(latest)).filter(happened_at__isnull=False)


def _with_blob(found: QuerySet[Any]) -> QuerySet[Any, Any]:
    described = found.annotate(sha256=F("blob__sha256"), size=F("blob__size"), media_type=F("blob__media_type"))
    return described.values_list(*_COLUMNS)


def _rows(actor: Actor, found: QuerySet[Any]) -> list[DocumentRow]:
    return _told(actor, [dict(zip(_COLUMNS, values, strict=True)) for values in _with_blob(found)])


def _told(actor: Actor, documents: Sequence[dict[str, Any]]) -> list[DocumentRow]:
    refs = _visible_refs_of(actor, [document["id"] for document in documents]) if documents else {}
    return [
        DocumentRow(
            **{**document, "privacy": Privacy(document["privacy"])}, refs=refs.get(document["id"], ())
        )
        for document in documents
    ]


def _visible_refs_of(actor: Actor, document_ids: Sequence[int]) -> dict[int, tuple[Ref, ...]]:
    links = DocumentLink.objects.filter(document_id__in=document_ids).order_by("happened_at", "pk")
    pairs = [
        (key, Ref(noun, ref_id))
        for key, noun, ref_id in links.values_list("document_id", "ref_noun", "ref_id")
    ]
    seen = visible_refs(actor, {ref for _, ref in pairs})
    refs: dict[int, tuple[Ref, ...]] = {}
    for key, ref in pairs:
        if ref in seen:
            refs[key] = (*refs.get(key, ()), ref)
    return refs
