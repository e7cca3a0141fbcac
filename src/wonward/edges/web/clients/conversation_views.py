"""The whole log: found by words, people and time; written from anywhere; moved to where it belongs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.comms.operations import PRIVACIES, log_communications, refile_communication
from wonward.domains.comms.queries import get_communication, search_log
from wonward.domains.comms.types import CommunicationKind, CommunicationRow, LogFilter, NewCommunication
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.types import DealFilter
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.records import PLACES, read_ref, record_address
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to, with_toast
from wonward.edges.web.shell.saved_lists import ListLook, SavedList, look_at, register_list
from wonward.edges.web.shell.timelines import (
    StoryEntry,
    direction_of,
    entry_of,
    files_beside,
    kind_choices,
    tell,
)
from wonward.foundation.access.policy import host_nouns, names_of, visible_refs
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import put_stream
from wonward.foundation.files.types import Privacy
from wonward.foundation.search.queries import search_records
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref

_ROWS = 50
_OFFERED = 6
_FOUND = 8
_SPANS = (("7", gettext_lazy("Last 7 days")), ("31", gettext_lazy("Last month")), ("92", gettext_lazy("Last 3 months")), ("365", gettext_lazy("Last year")))
_OUTCOMES = (gettext_lazy("Reached"), gettext_lazy("No answer"), gettext_lazy("Left a message"), gettext_lazy("Wants to be called back"))
PRIVACY_WORDS = {"internal": gettext_lazy("Colleagues"), "client": gettext_lazy("Colleagues and the client"), "restricted": gettext_lazy("Only me")}


LOG = register_list(SavedList(
    "comms.log", "conversations", gettext_lazy("Log"), gettext_lazy("The whole log"), "comms.communication.view",
    ("q", "kind", "span", "contact", "ref", "auto"),
))


@dataclass(frozen=True, slots=True)
class RecordChoice:
    """A record an entry belongs to or may belong to."""

    ref: str
    icon: str
    name: str
    href: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry with the day it was said and the records it hangs on."""

    entry: StoryEntry
    day: str
    homes: list[RecordChoice]
    href: str
    place_url: str


@page(permission="comms.communication.view")
def conversations(request: SignedInRequest) -> HttpResponse:
    """Everything that was said, as far as the viewer may read it, narrowed by words, person, record, kind and time."""
    look = look_at(request, LOG)
    actor, query = request.actor, look.query
    text = query.get("q", "").strip()[:200]
    number = int(query["page"]) if query.get("page", "").isdecimal() and len(query["page"]) < 4 else 1
    where = _where(actor, query, text, request.now)
    hits = search_log(actor=actor, where=where, offset=(number - 1) * _ROWS, limit=_ROWS + 1)
    rows = hits.rows[:_ROWS]
    context = {
        "text": text, "found": _found(actor, rows, request.now), "is_partial": hits.is_partial, "has_more": len(hits.rows) > _ROWS,
        "page_number": number, "look": look, "query": look.without("page"), "asked": query, "kinds": [*kind_choices(), ("chat", _("Chat"))],
        "kind": query.get("kind", ""), "spans": _SPANS, "span": query.get("span", ""), "narrowing": _narrowing(look, where),
        "may_log": actor.may("comms.communication.log"), "is_narrowed": where != LogFilter(is_by_people=True), "with_automatic": not where.is_by_people,
    }
    return render(request, "clients/conversations.html", context, block="found")


def _where(actor: Actor, query: Any, text: str, now: datetime) -> LogFilter:
    kind, span = query.get("kind", ""), query.get("span", "")
    contact = query.get("contact", "")
    ref = query.get("ref", "")
    refs: tuple[Ref, ...] = ()
    if ref:
        refs = (read_ref(ref),)
        if not visible_refs(actor, refs):
            raise NotFound("record", ref)
    contact_id = int(contact) if contact.isdecimal() and len(contact) < 16 else None
    if contact_id is not None and not visible_refs(actor, [Ref("clients.contact", contact_id)]):
        raise NotFound("contact", contact_id)
    return LogFilter(
        text, contact_id, refs, (kind,) if kind in set(CommunicationKind) else (),
        now - timedelta(days=int(span)) if span in dict(_SPANS) else None, is_by_people="auto" not in query,
    )


def _narrowing(look: ListLook, where: LogFilter) -> list[tuple[str, str, str]]:
    """What else the list is narrowed to, as (icon, name, address without it)."""
    asked = [("contact", Ref("clients.contact", where.contact_id))] if where.contact_id is not None else []
    asked += [("ref", ref) for ref in where.refs]
    names = names_of([ref for _, ref in asked])
    return [
        (PLACES[ref.noun].icon if ref.noun in PLACES else "file-text", names.get(ref, str(ref)), look.without(name, "page").rstrip("?&"))
        for name, ref in asked
    ]


def _found(actor: Actor, rows: Sequence[CommunicationRow], now: datetime) -> list[FoundEntry]:
    names = names_of({ref for row in rows for ref in row.refs})
    files = files_beside(actor, rows)
    found = []
    for row in rows:
        (day,) = tell([row], today=now.date(), zone=actor.time_zone)
        found.append(FoundEntry(
            entry_of(row, actor.time_zone, files=files.get(row.id, ())), day.words, record_choices(row.refs, names), address_of("log_entry", communication_id=row.id),
            address_of("log_place", communication_id=row.id) if _may_refile(actor, row) else "",
        ))
    return found


def record_choices(refs: Iterable[Ref], names: dict[Ref, str], chosen: Iterable[Ref] = ()) -> list[RecordChoice]:
    picked = set(chosen)
    return [
        RecordChoice(str(ref), PLACES[ref.noun].icon, names.get(ref) or str(ref), record_address(ref), ref in picked)
        for ref in refs if ref.noun in PLACES
    ]


def _may_refile(actor: Actor, row: CommunicationRow) -> bool:
    """Whether to offer it; the operation decides."""
    return actor.may("comms.communication.refile") and (actor.role in ("owner", "admin", "leadership") or row.author == actor.label)


@page(permission="comms.communication.log", methods=("GET", "POST"))
def log_new(request: SignedInRequest) -> HttpResponse:
    """Write down a call, meeting, chat or note on any record, from wherever one is."""
    if request.method == "POST":
        return _log(request)
    kind = request.GET.get("kind", "call")
    values = {"kind": kind if kind in set(CommunicationKind) else "call"}
    chosen = [read_ref(request.GET["ref"])] if request.GET.get("ref") else []
    return render(request, "clients/log_new.html", _log_context(request, values, chosen, {}), block="drawer_body")


def _log_context(request: SignedInRequest, values: Any, chosen: Sequence[Ref], errors: dict[str, str]) -> dict[str, Any]:
    seen = visible_refs(request.actor, chosen)
    kept = [ref for ref in chosen if ref in seen]
    offered = [*kept, *(ref for ref in _likely(request) if ref not in kept)][: max(_OFFERED, len(kept))]
    return {
        "values": values, "errors": errors, "kinds": [*kind_choices(), ("chat", _("Chat"))], "outcomes": [(str(words), str(words)) for words in _OUTCOMES],
        "choices": record_choices(offered, names_of(offered), kept or offered[:1]), "privacies": [(key, str(PRIVACY_WORDS[key])) for key in PRIVACIES],
        "may_attach": request.actor.may("files.document.add"),
    }


def _likely(request: SignedInRequest) -> list[Ref]:
    """What people write about most: their open deals, the most urgent first."""
    actor = request.actor
    if not actor.may("sales.deal.view") or actor.person_id is None:
        return []
    where = DealFilter(status="open", owner_id=actor.person_id)
    return [Ref("sales.deal", row.id) for row in list_deals(actor=actor, where=where, now=request.now, sort="next_action", limit=_OFFERED)]


def _log(request: SignedInRequest) -> HttpResponse:
    actor, post = request.actor, request.POST
    chosen = [read_ref(text) for text in post.getlist("ref")[:20]]
    try:
        reader = FormReader(post)
        kind, body, outcome = reader.text("kind", limit=12), reader.text("text"), reader.text("outcome", limit=60)
        privacy = reader.text("privacy", limit=12) or "internal"
        reader.finish()
        if kind not in set(CommunicationKind):
            raise Refused.field("kind", _("Choose call, meeting, chat, e-mail or note."))
        upload = request.FILES.get("file")
        stored = put_stream(upload) if isinstance(upload, UploadedFile) and actor.may("files.document.add") else None
        words = [part for part in (outcome if kind == "call" else "", body) if part]
        entry = NewCommunication(CommunicationKind(kind), tuple(chosen), "\n".join(words), request.now, privacy=privacy, direction=direction_of(post, kind))
        (key,) = log_communications(actor=actor, entries=[entry], now=request.now)
        if stored is not None and isinstance(upload, UploadedFile):
            homes = [*chosen, Ref("comms.communication", key)]
            add_document(actor=actor, name=upload.name or "file", stored=stored, refs=homes, privacy=Privacy(privacy), now=request.now)
    except NotAllowed:
        raise
    except Refused as refusal:
        errors = {name.split("[")[0]: message for name, message in errors_by_field(refusal.errors).items()} or {"": refusal.message}
        return render(request, "clients/log_new.html", _log_context(request, post, chosen, errors), block="drawer_body", status=422)
    answer = go_to(request, record_address(chosen[0]) or address_of("conversations"))
    return with_toast(HttpResponse(status=204), _("Logged."), closes_drawer=True) if "HX-Redirect" in answer else answer


@page(permission="comms.communication.log")
def log_records(request: SignedInRequest) -> HttpResponse:
    """Records that fit what is being typed, to hang an entry on."""
    text = request.GET.get("record", "").strip()[:120]
    nouns = [noun for noun in host_nouns() if noun in PLACES]
    hits = search_records(request.actor, text, nouns=nouns, limit=_FOUND).hits if text else ()
    refs = [hit.ref for hit in hits]
    context = {"choices": record_choices(refs, names_of(refs)), "text": text, "is_many": "many" in request.GET}
    return render_block(request, "clients/log_new.html", "records", context)


@page(permission="comms.communication.refile", methods=("GET", "POST"))
def log_place(request: SignedInRequest, communication_id: int) -> HttpResponse:
    """Move an entry to the records it belongs to, or let others see it."""
    actor = request.actor
    row = get_communication(actor=actor, communication_id=communication_id)
    if request.method == "GET":
        return render(request, "clients/log_place.html", _place_context(actor, row, row.refs, row.privacy, row.version, ""), block="drawer_body")
    chosen = [read_ref(text) for texts in request.POST.getlist("ref")[:20] for text in texts.split(",")]
    privacy = request.POST.get("privacy", row.privacy)
    try:
        reader = FormReader(request.POST)
        version = reader.version()
        reader.finish()
        refile_communication(actor=actor, communication_id=row.id, refs=chosen, privacy=privacy, version=version, now=request.now)
    except Stale as stale:
        context = _place_context(actor, row, chosen, privacy, row.version, stale.message)
        return render(request, "clients/log_place.html", context, block="drawer_body", status=409)
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        context = _place_context(actor, row, chosen, privacy, row.version, refusal.message)
        return render(request, "clients/log_place.html", context, block="drawer_body", status=422)
    undo = {"ref": ",".join(str(ref) for ref in row.refs), "privacy": row.privacy}
    answer = go_to(request, address_of("log_entry", communication_id=row.id))
    if "HX-Redirect" not in answer:
        return answer
    return with_toast(
        HttpResponse(status=204), _("Filed where it belongs."), undo_url=address_of("log_place", communication_id=row.id), undo_values=undo,
        closes_drawer=True,
    )


def _place_context(
    actor: Actor, row: CommunicationRow, chosen: Sequence[Ref], privacy: str, version: int, error: str
) -> dict[str, Any]:
    seen = visible_refs(actor, chosen)
    refs = list(dict.fromkeys([*row.refs, *(ref for ref in chosen if ref in seen)]))
    return {
        "row": row, "choices": record_choices(refs, names_of(refs), chosen), "privacy": privacy, "version": version, "error": error,
        "privacies": [(key, str(PRIVACY_WORDS[key])) for key in PRIVACIES], "words": row.subject or row.body[:200],
    }
