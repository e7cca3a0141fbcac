"""E-mails taken into the log from their files, several at once; each file is told what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.comms.operations import PRIVACIES
from wonward.edges.web.clients.conversation_views import PRIVACY_WORDS, RecordChoice, record_choices
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.records import read_ref, record_address
from wonward.edges.web.shell.render import render
from wonward.foundation.access.policy import names_of, require, visible_refs
from wonward.foundation.files.rules import clean_name
from wonward.journeys.client_record.operations import store_email, take_in_email
from wonward.kernel.errors import NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard

MOST_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class EmailOutcome:
    """What became of one file: the entry it is now, or the sentence that says why it is none."""

    name: str
    words: str
    tone: str
    href: str = ""
    remarks: tuple[str, ...] = ()


@page(permission="comms.communication.log", methods=("GET", "POST"))
def log_emails(request: SignedInRequest) -> HttpResponse:
    """Take e-mails into the log of the records chosen, or of the people in them."""
    require(request.actor, "files.document.add")
    chosen = [read_ref(text) for text in (request.GET if request.method == "GET" else request.POST).getlist("ref")[:MOST_AT_ONCE]]
    if request.method == "GET":
        return _draw(request, chosen)
    privacy = request.POST.get("privacy") or "internal"
    uploads = [one for one in request.FILES.getlist("file") if isinstance(one, UploadedFile)]
    problem = _problem(uploads, privacy)
    if problem:
        return _draw(request, chosen, error=problem, status=422)
    return _draw(request, chosen, outcomes=[_take_in(request, upload, chosen, privacy) for upload in uploads])


def _problem(uploads: Sequence[UploadedFile], privacy: str) -> str:
    if not uploads:
        return _("Choose at least one e-mail.")
    if len(uploads) > MOST_AT_ONCE:
        return _("Choose at most %(most)s e-mails at once.") % {"most": MOST_AT_ONCE}
    return "" if privacy in PRIVACIES else _("Choose who sees it.")


def _take_in(request: SignedInRequest, upload: UploadedFile, chosen: Sequence[Ref], privacy: str) -> EmailOutcome:
    name = clean_name(upload.name or "")
    try:
        arrived = store_email(actor=request.actor, content=upload.read())
        taken = take_in_email(actor=request.actor, arrived=arrived, refs=chosen, privacy=privacy, now=request.now)
    except NotAllowed:
        raise
    except NotFound as missing:
        return EmailOutcome(name, missing.message, "bad")
    except Refused as refusal:
        return EmailOutcome(name, " ".join(dict.fromkeys(errors_by_field(refusal.errors).values())) or refusal.message, "bad")
    words = _("Taken in.") if taken.is_new else _("It is in the log already.")
    href = address_of("log_entry", communication_id=taken.communication_id)
    return EmailOutcome(arrived.email.subject or name, words, "ok" if taken.is_new else "", href, tuple(heard(one) for one in taken.remarks))


def _draw(
    request: SignedInRequest, chosen: Sequence[Ref], *, outcomes: Sequence[EmailOutcome] = (), error: str = "", status: int = 200
) -> HttpResponse:
    seen = visible_refs(request.actor, chosen)
    kept = [ref for ref in dict.fromkeys(chosen) if ref in seen]
    choices: list[RecordChoice] = record_choices(kept, names_of(kept), kept)
    context = {
        "choices": choices, "outcomes": outcomes, "error": error, "privacies": [(key, str(PRIVACY_WORDS[key])) for key in PRIVACIES],
        "privacy": request.POST.get("privacy", "internal"), "back": (record_address(kept[0]) if kept else "") or address_of("conversations"),
    }
    return render(request, "clients/log_emails.html", context, block="drawer_body", status=status)
