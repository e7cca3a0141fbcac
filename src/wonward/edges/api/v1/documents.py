"""Documents on records: sent as forms, listed by record, handed out as downloads."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from ninja import Query
from pydantic import Field

from wonward.edges.api.v1.answers import Page, after_write, answer, page
from wonward.edges.api.v1.answers import refs as shown_refs
from wonward.edges.api.v1.inputs import ListQuery, RefText
from wonward.edges.api.v1.problems import Wrong
from wonward.edges.api.v1.routes import MULTIPART, ApiRequest, once, route
from wonward.foundation.access.policy import require
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.queries import get_document, list_documents, open_document
from wonward.foundation.files.rules import delivery_headers
from wonward.foundation.files.storage import put_stream
from wonward.foundation.files.types import DocumentRow, Privacy, StoredBlob
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

REFS_FIELD = {
    "type": "string", "pattern": "^[a-z_]+\\.[a-z_]+:[0-9]{1,18}$",
    "description": "Where to show it, such as sales.deal:12; repeat the field, or send a JSON list.",
}
PRIVACY_FIELD = {"type": "string", "enum": [value.value for value in Privacy]}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": ["file", "refs"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "refs": REFS_FIELD,
                        "name": {"type": "string", "maxLength": 200},
                        "privacy": PRIVACY_FIELD,
                    },
                }
            }
        },
    }
}


class DocumentOut(msgspec.Struct, frozen=True):
    """A document; `refs` names only records you see, `size` is in bytes."""

    id: int
    name: str
    size: int
    media_type: str
    sha256: str
    privacy: str
    uploaded_by: str
    happened_at: datetime
    refs: list[str]
    version: int
    created_at: datetime
    updated_at: datetime


class DocumentQuery(ListQuery):
    """Where the documents hang, and what they are narrowed to."""

    ref: Annotated[list[RefText], Field(max_length=50)] = []
    sort: Literal["-happened_at", "happened_at", "name", "-name", "updated_at", "-updated_at"] = "-happened_at"


def show_document(row: DocumentRow) -> DocumentOut:
    """A document in the words of the API."""
    return DocumentOut(
        row.id, row.name, row.size, row.media_type, row.sha256, row.privacy.value, row.uploaded_by_label, row.happened_at,
        shown_refs(row.refs), row.version, row.created_at, row.updated_at,
    )


@route("GET", "/documents", permission=None, answers={200: Page[DocumentOut]})
def read_documents(request: ApiRequest, where: DocumentQuery = Query(...)) -> HttpResponse:
    """Documents on the given records, or on everything you see."""
    rows = list_documents(
        request.actor, [Ref.parse(ref) for ref in where.ref], limit=where.limit + 1, offset=where.offset, text=where.q,
        updated_since=where.updated_since, sort=where.sort,
    )
    return page(rows, where, show_document)


@route("GET", "/documents/{record:document_id}", permission=None, answers={200: DocumentOut})
def read_document(request: ApiRequest, document_id: int) -> HttpResponse:
    """One document, without its content."""
    row = get_document(request.actor, document_id)
    return answer(show_document(row), version=row.version)


@route("GET", "/documents/{record:document_id}/content", permission=None, answers={200: bytes})
def read_content(request: ApiRequest, document_id: int) -> FileResponse:
    """The content of a document, always as a download."""
    opened = open_document(request.actor, document_id)
    response = FileResponse(opened.stream)
    # FileResponse guesses its own headers from the stream; ours are the ones that are safe.
    for header, value in delivery_headers(opened.row.name, opened.row.media_type).items():
        response.headers[header] = value
    return response


@route(
    "POST", "/documents", permission="files.document.add", answers={201: DocumentOut}, takes=MULTIPART,
    keeps_own_replies=True, openapi=_FORM, example={"refs": "sales.deal:1"},
)
def add_document_form(request: ApiRequest) -> HttpResponse:
    """Put a file on records. The content is stored first, outside any transaction."""
    require(request.actor, "files.document.add")
    check_form(request, {"refs", "name", "privacy"})
    file = file_of(request)
    refs = refs_of(request)
    name, privacy = text_field(request, "name"), privacy_of(request)
    stored = put_stream(file)
    content = json.dumps([[str(ref) for ref in refs], name, privacy, file.name, stored.sha256]).encode()
    return _as_http(once(request, content, lambda: _add(request, name or file.name or "", stored, refs, privacy)))


def _as_http(response: Any) -> HttpResponse:
    assert isinstance(response, HttpResponse)
    return response


def _add(request: ApiRequest, name: str, stored: StoredBlob, refs: list[Ref], privacy: Privacy) -> HttpResponse:
    key = add_document(
        actor=request.actor, name=name, stored=stored, refs=refs, privacy=privacy, now=request.now
    )
    return after_write(lambda: _show_new(request, key), status=201, location=f"/documents/{key}")


def _show_new(request: ApiRequest, key: int) -> HttpResponse:
    row = get_document(request.actor, key)
    return answer(show_document(row), status=201, version=row.version, location=f"/documents/{key}")


def check_form(request: ApiRequest, known: set[str]) -> None:
    """An unknown field of a form is a mistake, and is said to be one."""
    sent = {*request.POST, *(name for name in request.FILES if name != "file")}
    if unknown := sorted(sent - known):
        errors = [FieldError(name, worded("“{name}” is not known here.", name=name[:80]), "unknown_key") for name in unknown]
        raise Wrong(400, "unknown_key", errors[0].words, errors)


def file_of(request: ApiRequest) -> UploadedFile:
    """The one file of a form."""
    files = request.FILES.getlist("file")
    if len(files) != 1:
        raise Refused.field("file", "Send exactly one file.", "required")
    return files[0]


def text_field(request: ApiRequest, name: str) -> str:
    """A text field of a form; empty when it is missing."""
    value = request.POST.get(name) or ""
    if "\x00" in value or len(value) > 200:
        raise Refused.field(name, worded("{name} has at most 200 characters, and no NUL among them.", name=name))
    return value


def privacy_of(request: ApiRequest) -> Privacy:
    """The field `privacy` of a form, internal without it."""
    privacy = text_field(request, "privacy") or Privacy.INTERNAL.value
    if privacy not in tuple(Privacy):
        raise Refused.field("privacy", worded("“{privacy}” is not a privacy; choose {choices}.", privacy=privacy[:40], choices=", ".join(Privacy)), "unknown")
    return Privacy(privacy)


def refs_of(request: ApiRequest) -> list[Ref]:
    """`refs` repeated, separated by commas, or as a JSON list."""
    found: list[Ref] = []
    texts: list[Any] = []
    for sent in request.POST.getlist("refs"):
        try:
            read = json.loads(sent) if sent.lstrip().startswith("[") else sent.split(",")
        except (ValueError, RecursionError):
            read = [sent]
        texts.extend(read)
    for place, text in enumerate(texts[:100]):
        try:
            found.append(Ref.parse(str(text).strip()))
        except ValueError as error:
            raise Refused.field(f"refs[{place}]", str(error)) from None
    return found
