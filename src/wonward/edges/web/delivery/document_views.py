"""Handing a document out to whoever sees a record it hangs on, looking at it, and its versions."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

from wonward.edges.web.delivery.pages_asked import page_asked
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import errors_by_field, read_archiving
from wonward.edges.web.shell.formats import moment, size_words
from wonward.edges.web.shell.middleware import CSP
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.shell.saying import go_on, take_said
from wonward.foundation.files.operations import add_version, archive_document, restore_version
from wonward.foundation.files.queries import (
    count_versions,
    get_document,
    get_version,
    list_versions,
    may_change_document,
    open_document,
    open_version,
    read_start,
    require_document_change,
)
from wonward.foundation.files.rules import delivery_headers, preview_kind
from wonward.foundation.files.storage import put_stream
from wonward.foundation.files.types import OpenDocument
from wonward.kernel.errors import Refused

TEXT_SHOWN_BYTES = 256 * 1024
VERSIONS_PER_PAGE = 50


@page(permission=None)
def document(request: SignedInRequest, document_id: int) -> FileResponse:
    """The content of a document, always as a download."""
    return _sent(open_document(request.actor, document_id), in_place=False)


@page(permission=None)
def document_version(request: SignedInRequest, document_id: int, number: int) -> FileResponse:
    """The content of one version as a download."""
    return _sent(open_version(request.actor, document_id, number), in_place=False)


@page(permission=None)
def document_shown(request: SignedInRequest, document_id: int, number: int) -> FileResponse:
    """One version in place: raster images and PDF only, everything else is refused."""
    opened = open_version(request.actor, document_id, number)
    if preview_kind(opened.row.media_type) not in ("image", "pdf"):
        opened.stream.close()
        raise Refused(_("A file of this kind is not shown in place; download it."))
    return _sent(opened, in_place=True)


def _sent(opened: OpenDocument, *, in_place: bool) -> FileResponse:
    response = FileResponse(opened.stream)
    # FileResponse guesses its own headers from the stream; ours are the ones that are safe.
    for header, value in delivery_headers(opened.row.name, opened.row.media_type, in_place=in_place).items():
        response.headers[header] = value
    return response


@page(permission=None)
def document_preview(request: SignedInRequest, document_id: int) -> HttpResponse:
    """A document as far as it can be looked at here, with its versions."""
    return _preview(request, document_id, {})


@page(permission="files.document.change", methods=("POST",))
def document_versions(request: SignedInRequest, document_id: int) -> HttpResponse:
    """Put a new version of a document. The content is stored first, outside any transaction."""
    require_document_change(request.actor, get_document(request.actor, document_id))
    upload = request.FILES.get("file")
    if upload is None:
        return _preview(request, document_id, {"file": _("Choose a file.")}, status=422)
    try:
        stored = put_stream(upload)
        add_version(actor=request.actor, document_id=document_id, name=upload.name or "file", stored=stored, now=request.now)
    except Refused as refusal:
        return _preview(request, document_id, errors_by_field(refusal.errors) or {"file": refusal.message}, status=422)
    return go_to(request, address_of("document_preview", document_id=document_id))


@page(permission="files.document.change", methods=("POST",))
def document_restoring(request: SignedInRequest, document_id: int, number: int) -> HttpResponse:
    """Show an earlier version again; the one it replaces stays."""
    restore_version(actor=request.actor, document_id=document_id, number=number, now=request.now)
    return go_to(request, address_of("document_preview", document_id=document_id))


@page(permission="files.document.change", methods=("POST",))
def document_archiving(request: SignedInRequest, document_id: int) -> HttpResponse:
    """Put a document away, out of every list, or bring it back; the page of the document says so, with an undo."""
    is_archived, version = read_archiving(request.POST)
    archive_document(actor=request.actor, document_id=document_id, is_archived=is_archived, version=version, now=request.now)
    words = _("The document is put away.") if is_archived else _("The document is back.")
    here = address_of("document_preview", document_id=document_id)
    return go_on(request, here, words, undo_url=request.path, undo={"do": "restore" if is_archived else "archive"})


def _preview(request: SignedInRequest, document_id: int, errors: dict[str, str], *, status: int = 200) -> HttpResponse:
    actor = request.actor
    row = get_document(actor, document_id)
    place = page_asked(request.GET)
    versions = list_versions(actor, document_id, offset=(place - 1) * VERSIONS_PER_PAGE, limit=VERSIONS_PER_PAGE)
    total = count_versions(actor, document_id)
    wanted = request.GET.get("version", "")
    if wanted.isdecimal() and len(wanted) < 7:
        shown = get_version(actor, document_id, int(wanted))
    else:
        shown = versions[0] if versions and place == 1 else list_versions(actor, document_id, limit=1)[0]
    home = address_of("document_preview", document_id=document_id)
    kind = preview_kind(shown.media_type)
    start = read_start(actor, document_id, number=shown.number, limit_bytes=TEXT_SHOWN_BYTES) if kind == "text" else None
    context: dict[str, Any] = {
        "document": row, "shown": shown, "kind": kind, "text": start[0] if start else "", "is_whole": start[1] if start else True,
        "shown_href": address_of("document_shown", document_id=document_id, number=shown.number), "errors": errors,
        "download_href": address_of("document_version", document_id=document_id, number=shown.number),
        "size": size_words(shown.size), "at": moment(shown.added_at, actor.time_zone),
        "may_add": row.uploaded_by_id is not None and may_change_document(actor, row), "said": take_said(request), "may_archive": may_change_document(actor, row),
        "page_number": place, "pages": max(1, -(-total // VERSIONS_PER_PAGE)), "total": total, "base_href": f"{home}?version={shown.number}&",
        "versions": [
            {"row": one, "size": size_words(one.size), "at": moment(one.added_at, actor.time_zone),
             "href": f"{home}?version={one.number}&page={place}",
             "restore_href": address_of("document_restoring", document_id=document_id, number=one.number)}
            for one in versions
        ],
    }
    response = render(request, "delivery/document.html", context, status=status)
    if kind == "pdf":
        # The browser's own viewer stands in a frame of this page; only our own files may.
        response.headers["Content-Security-Policy"] = f"{CSP}; frame-src 'self'"
    return response
