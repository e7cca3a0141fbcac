"""What a document shows and showed: listed, handed out, added and brought back."""

from __future__ import annotations

import json
from datetime import datetime

import msgspec
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query

from wonward.edges.api.v1.answers import Page, after_write, answer, page
from wonward.edges.api.v1.documents import check_form, file_of, text_field
from wonward.edges.api.v1.inputs import Body, Flag, ListQuery
from wonward.edges.api.v1.routes import MULTIPART, ApiRequest, once, route, version_asked
from wonward.foundation.files.operations import add_version, archive_document, restore_version
from wonward.foundation.files.queries import (
    get_document,
    get_version,
    list_versions,
    open_version,
    require_document_change,
)
from wonward.foundation.files.rules import delivery_headers
from wonward.foundation.files.storage import put_stream
from wonward.foundation.files.types import DocumentVersionRow

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object", "required": ["file"], "additionalProperties": False,
                    "properties": {"file": {"type": "string", "format": "binary"}, "name": {"type": "string", "maxLength": 200}},
                }
            }
        },
    }
}


class DocumentVersionOut(msgspec.Struct, frozen=True):
    """What a document showed from a moment on; `size` is in bytes, `restored_from` the version it brought back."""

    number: int
    name: str
    size: int
    media_type: str
    sha256: str
    added_by: str
    added_at: datetime
    restored_from: int | None
    is_current: bool


class DocumentArchivingIn(Body):
    """Put away or brought back."""

    is_archived: Flag


class DocumentArchivingOut(msgspec.Struct, frozen=True):
    """Whether a document is put away; lists leave it out while it is."""

    id: int
    is_archived: bool
    version: int


def _show(row: DocumentVersionRow) -> DocumentVersionOut:
    return DocumentVersionOut(
        row.number, row.name, row.size, row.media_type, row.sha256, row.added_by_label, row.added_at, row.restored_from, row.is_current
    )


@route("GET", "/documents/{record:document_id}/versions", permission=None, answers={200: Page[DocumentVersionOut]})
def read_document_versions(request: ApiRequest, document_id: int, where: ListQuery = Query(...)) -> HttpResponse:
    """What a document shows and showed, newest first."""
    return page(list_versions(request.actor, document_id, offset=where.offset, limit=where.limit + 1), where, _show)


@route("GET", "/documents/{record:document_id}/versions/{record:number}", permission=None, answers={200: DocumentVersionOut})
def read_document_version(request: ApiRequest, document_id: int, number: int) -> HttpResponse:
    """One version of a document, without its content."""
    return answer(_show(get_version(request.actor, document_id, number)))


@route("GET", "/documents/{record:document_id}/versions/{record:number}/content", permission=None, answers={200: bytes})
def read_version_content(request: ApiRequest, document_id: int, number: int) -> FileResponse:
    """The content of one version, always as a download."""
    opened = open_version(request.actor, document_id, number)
    response = FileResponse(opened.stream)
    # FileResponse guesses its own headers from the stream; ours are the ones that are safe.
    for header, value in delivery_headers(opened.row.name, opened.row.media_type).items():
        response.headers[header] = value
    return response


@route(
    "POST", "/documents/{record:document_id}/versions", permission="files.document.change", answers={201: DocumentVersionOut},
    takes=MULTIPART, keeps_own_replies=True, openapi=_FORM,
)
def add_document_version(request: ApiRequest, document_id: int) -> HttpResponseBase:
    """Let a document show new content; what it showed before stays. `If-Match` names the version of the document."""
    require_document_change(request.actor, get_document(request.actor, document_id))
    check_form(request, {"name"})
    file = file_of(request)
    name, version = text_field(request, "name") or file.name or "file", version_asked(request)
    stored = put_stream(file)

    def add() -> HttpResponse:
        number = add_version(actor=request.actor, document_id=document_id, name=name, stored=stored, version=version, now=request.now)
        return _answer(request, document_id, number)

    return once(request, json.dumps([name, version, stored.sha256]).encode(), add)


@route(
    "POST", "/documents/{record:document_id}/versions/{record:number}/restoration", permission="files.document.change",
    answers={201: DocumentVersionOut},
)
def restore_document_version(request: ApiRequest, document_id: int, number: int) -> HttpResponse:
    """Show an earlier version again, as a new one. `If-Match` names the version of the document."""
    made = restore_version(
        actor=request.actor, document_id=document_id, number=number, version=version_asked(request), now=request.now
    )
    return _answer(request, document_id, made)


@route(
    "POST", "/documents/{record:document_id}/archiving", permission="files.document.change", answers={200: DocumentArchivingOut},
    example={"is_archived": True},
)
def archive_document_now(request: ApiRequest, document_id: int, body: DocumentArchivingIn) -> HttpResponse:
    """Put a document away, or bring it back; its content stays either way."""
    version = archive_document(
        actor=request.actor, document_id=document_id, is_archived=body.is_archived, version=version_asked(request), now=request.now
    )
    return after_write(lambda: answer(DocumentArchivingOut(document_id, body.is_archived, version), version=version))


def _answer(request: ApiRequest, document_id: int, number: int) -> HttpResponse:
    row = get_version(request.actor, document_id, number)
    version = get_document(request.actor, document_id).version
    return answer(_show(row), status=201, version=version, location=f"/documents/{document_id}/versions/{number}")
