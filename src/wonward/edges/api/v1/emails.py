"""E-mails taken into the log as they arrived."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from django.http import HttpResponse

from wonward.domains.comms.queries import get_communication
from wonward.edges.api.v1.answers import after_write, answer
from wonward.edges.api.v1.communications import CommunicationOut, show_communication
from wonward.edges.api.v1.documents import (
    PRIVACY_FIELD,
    REFS_FIELD,
    check_form,
    file_of,
    privacy_of,
    refs_of,
)
from wonward.edges.api.v1.routes import MULTIPART, ApiRequest, once, route
from wonward.foundation.access.policy import require
from wonward.foundation.files.types import Privacy
from wonward.journeys.client_record.operations import store_email, take_in_email
from wonward.journeys.client_record.types import ArrivedEmail, TakenIn
from wonward.kernel.ref import Ref

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "The e-mail as it arrived (RFC 5322), an .eml file."},
                        "refs": REFS_FIELD,
                        "privacy": PRIVACY_FIELD,
                    },
                }
            }
        },
    }
}


class EmailTakenInOut(msgspec.Struct, frozen=True):
    """The entry of an e-mail; `is_new` is false where it was there already, `remarks` say what could not be kept."""

    communication: CommunicationOut
    is_new: bool
    remarks: list[str]


@route(
    "POST", "/communications/emails", permission="comms.communication.log", answers={200: EmailTakenInOut, 201: EmailTakenInOut}, takes=MULTIPART,
    keeps_own_replies=True, openapi=_FORM, example={"refs": "sales.deal:1"},
)
def take_in_email_form(request: ApiRequest) -> HttpResponse:
    """Take an e-mail into the log: its new words, its people, its moment, with the whole of it and its files as documents.

    Without `refs` it hangs where the e-mail it answers hangs, else on the contacts found by their addresses, their companies, and their
    open deals and projects. The same e-mail again answers 200 with the entry that is there.
    """
    require(request.actor, "comms.communication.log")
    check_form(request, {"refs", "privacy"})
    file = file_of(request)
    refs, privacy = refs_of(request), privacy_of(request)
    arrived = store_email(actor=request.actor, content=file.read())
    content = json.dumps([[str(ref) for ref in refs], privacy, arrived.source.sha256]).encode()
    response: Any = once(request, content, lambda: _take_in(request, arrived, refs, privacy))
    assert isinstance(response, HttpResponse)
    return response


def _take_in(request: ApiRequest, arrived: ArrivedEmail, refs: list[Ref], privacy: Privacy) -> HttpResponse:
    taken = take_in_email(actor=request.actor, arrived=arrived, refs=refs, privacy=privacy, now=request.now)
    return after_write(lambda: _show(request, taken), status=201 if taken.is_new else 200, location=f"/communications/{taken.communication_id}")


def _show(request: ApiRequest, taken: TakenIn) -> HttpResponse:
    row = get_communication(actor=request.actor, communication_id=taken.communication_id)
    told = EmailTakenInOut(show_communication(row), taken.is_new, [str(remark) for remark in taken.remarks])
    return answer(told, status=201 if taken.is_new else 200, version=row.version, location=f"/communications/{row.id}")
