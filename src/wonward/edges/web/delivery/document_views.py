"""Handing a document out to whoever sees a record it hangs on."""

from __future__ import annotations

from django.http import FileResponse

from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.foundation.files.queries import open_document
from wonward.foundation.files.rules import delivery_headers


@page(permission=None)
def document(request: SignedInRequest, document_id: int) -> FileResponse:
    """The content of a document, always as a download."""
    opened = open_document(request.actor, document_id)
    response = FileResponse(opened.stream)
    # FileResponse guesses its own headers from the stream; ours are the ones that are safe.
    for header, value in delivery_headers(opened.row.name, opened.row.media_type).items():
        response.headers[header] = value
    return response
