"""Contacts: the list, one contact's page, and what can be corrected on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.clients.operations import (
    change_contact,
    create_contacts,
    note_consent,
    put_affiliation,
    put_contact_points,
)
from wonward.domains.clients.queries import (
    find_duplicate_contacts,
    find_merged_into,
    get_vcard,
    list_companies,
    list_contact_ids,
    list_contacts,
)
from wonward.domains.clients.queries.segments import list_segments, read_contact_filter
from wonward.domains.clients.queries.sums import sum_contacts
from wonward.domains.clients.types import NONE, ContactFilter, ContactRow, NewContact
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication, NewParticipant
from wonward.edges.web.clients.contact_presenting import (
    BASES,
    KINDS,
    PAGE_PARTS,
    PURPOSES,
    STATES,
    companies_of,
    consent_history,
    consents_of,
    contact_facts,
    contact_links,
    points_of,
)
from wonward.edges.web.clients.duplicate_views import duplicate_words
from wonward.edges.web.clients.views import group_words
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.custom_facts import cells_of, facts_in
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to, with_toast
from wonward.edges.web.shell.saved_lists import (
    BulkSource,
    ListColumn,
    ListLook,
    SavedList,
    look_at,
    register_list,
)
from wonward.edges.web.shell.segments import CONTACT_FILTERS, segment_in
from wonward.edges.web.shell.timelines import direction_of, files_beside, kind_choices, tell
from wonward.journeys.client_record.queries.contact_page import get_contact_page
from wonward.kernel.errors import Conflict, NotAllowed, Refused, Stale
from wonward.kernel.ref import Ref

ROWS_PER_PAGE = 50
_CHOICES = 6
_REACHES = {"email": gettext_lazy("Has an e-mail address"), "phone": gettext_lazy("Has a phone number"), NONE: gettext_lazy("Neither address nor number")}


def contacts_behind(request: SignedInRequest, query: Mapping[str, str], limit: int) -> list[int]:
    """The ids of every row of the list, not only of the page."""
    return list_contact_ids(actor=request.actor, where=read_contact_filter(request.actor, query), limit=limit)


CONTACTS = register_list(SavedList(
    "clients.contacts", "contacts", gettext_lazy("Contacts"), gettext_lazy("All contacts"), "clients.company.view", CONTACT_FILTERS,
    (
        ListColumn("name", gettext_lazy("Name"), is_fixed=True), ListColumn("company", gettext_lazy("Company")),
        ListColumn("email", gettext_lazy("E-mail"), is_sortable=False), ListColumn("phone", gettext_lazy("Phone"), is_sortable=False),
        ListColumn("tags", gettext_lazy("Tags"), is_sortable=False), ListColumn("source", gettext_lazy("Source"), is_usual=False),
        ListColumn("preference", gettext_lazy("Preference"), is_usual=False),
        ListColumn("created_at", gettext_lazy("Added"), is_usual=False), ListColumn("updated_at", gettext_lazy("Changed"), is_usual=False),
    ),
    (("company", gettext_lazy("Company")), ("source", gettext_lazy("Source"))),
    noun="clients.contact", bulk=BulkSource("clients.contact", "clients.company.edit", contacts_behind),
))


@page(permission="clients.company.view")
def contacts(request: SignedInRequest) -> HttpResponse:
    """Contacts by name, found by name, address or number."""
    look = look_at(request, CONTACTS)
    query = look.query
    place = query.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    sort = look.state.sort or "name"
    segment = segment_in(request.actor, query)
    where = read_contact_filter(request.actor, query)
    rows = list_contacts(
        actor=request.actor, where=where, sort=sort, group=look.state.group, offset=(number - 1) * ROWS_PER_PAGE, limit=ROWS_PER_PAGE + 1,
    )
    context = {
        "group_heads": _group_heads(request, look, where, rows[:ROWS_PER_PAGE]), "cells": cells_of(request.actor, "clients.contact", look.custom_keys, [row.id for row in rows[:ROWS_PER_PAGE]]),
        "contacts": rows[:ROWS_PER_PAGE], "has_next": len(rows) > ROWS_PER_PAGE, "page_number": number, "query": query, "sort": sort, "look": look,
        "narrowed": _narrowed_words(query, look), "deals_href": _deals_href(request, look), "reaches": [(key, str(words)) for key, words in _REACHES.items()],
        "base_href": look.without("sort", "page"), "page_href": look.without("page"), "segment": segment, "archived_only": query.get("show") == "archived", "segments": list_segments(request.actor), "segmentless_href": look.without("segment", "page"),
        "may_create": request.actor.may("clients.company.edit"), "may_import": request.actor.may("imports.batch.run"),
    }
    return render(request, "clients/contacts.html", context, block="rows")


def _group_heads(request: SignedInRequest, look: ListLook, where: ContactFilter, rows: Sequence[ContactRow]) -> dict[int, tuple[str, str]]:
    """The words and the count of each group, by the id of its first contact on the page."""
    group = look.state.group
    if not group:
        return {}
    sums = sum_contacts(actor=request.actor, where=where, group=group)
    keys = [row.company_id if group == "company" else row.source for row in rows]
    begins = [place for place, key in enumerate(keys) if not place or key != keys[place - 1]]
    return {rows[place].id: group_words(rows[place].company_name if group == "company" else rows[place].source, sums.get(keys[place])) for place in begins}


def _narrowed_words(query: Mapping[str, str], look: ListLook) -> list[tuple[str, str]]:
    """The conditions that are on, each with the address without it."""
    words = {
        "tag": query.get("tag", ""), "title": query.get("title", ""), "reach": str(_REACHES.get(query.get("reach", ""), "")),
        "source": _("No source") if query.get("source") == NONE else query.get("source", ""),
    }
    return [(text, look.without(name, "page").rstrip("?&")) for name, text in words.items() if text]


def _deals_href(request: SignedInRequest, look: ListLook) -> str:
    """The deals in which people of the segment on the screen play a part."""
    if look.view is None or look.is_changed or not request.actor.may("sales.deal.view"):
        return ""
    return f"{address_of('deals_table')}?people={look.view.id}"


@page(permission="clients.company.edit", methods=("GET", "POST"))
def add_contact(request: SignedInRequest) -> HttpResponse:
    """Add a contact from anywhere; likely duplicates are shown, never refused."""
    errors: dict[str, str] = {}
    duplicates: list[Any] = []
    company_id, company_name = _company_named(request)
    if request.method == "POST":
        reader = FormReader(request.POST)
        new = NewContact(
            name=reader.text("name", limit=200), title=reader.text("title", limit=160), email=reader.text("email", limit=254),
            phone=reader.text("phone", limit=60), company_id=company_id, source=reader.text("source", limit=160),
        )
        if company_name and company_id is None:
            errors["company"] = _("Choose one of the companies below, or leave this empty.")
        elif new.name:
            duplicates = list(find_duplicate_contacts(
                actor=request.actor, name=new.name, email=new.email, phone=new.phone, company_id=company_id
            ))
        if not errors and (not duplicates or reader.flag("is_sure")):
            try:
                reader.finish()
                (contact_id,) = create_contacts(actor=request.actor, contacts=[new], now=request.now)
                return go_to(request, address_of("contact", contact_id=contact_id))
            except Refused as refusal:
                errors = errors_by_field(refusal.errors) or {"": refusal.message}
    choices = list_companies(actor=request.actor, text=company_name, limit=_CHOICES) if company_name and company_id is None else []
    context = {
        "errors": errors, "duplicates": duplicates, "values": request.POST, "choices": choices, "company_id": company_id or "",
        "company_name": company_name, "duplicate_words": duplicate_words,
    }
    status = 422 if errors or duplicates else 200
    if request.headers.get("HX-Request"):
        return render_block(request, "clients/add_contact.html", "drawer_body", context, status=status)
    return render(request, "clients/add_contact.html", context, status=status)


def _company_named(request: SignedInRequest) -> tuple[int | None, str]:
    """The company chosen, or typed when exactly one is called that."""
    data = request.POST if request.method == "POST" else request.GET
    reader = FormReader(data)
    name, key = reader.text("company", limit=200), reader.number("company_id")
    if key is not None:
        return key, name
    if not name:
        return None, ""
    found = [row for row in list_companies(actor=request.actor, text=name, limit=50) if row.name.casefold() == name.casefold()]
    return (found[0].id, name) if len(found) == 1 else (None, name)


def _context(request: SignedInRequest, contact_id: int) -> dict[str, Any]:
    actor = request.actor
    found = get_contact_page(actor=actor, contact_id=contact_id, now=request.now)
    row = found.card.contact
    may_edit = actor.may("clients.company.edit")
    return {
        "page": found, "contact": row, "initials": initials_of(row.name), "tone": tone_of(row.id), "fact_rows": contact_facts(found.card),
        "points": points_of(found.card),
        "phone_href": next((line.href for line in points_of(found.card) if line.kind == "phone"), ""),
        "point_pairs": [(point.kind, point.value) for point in found.card.points], "homes": companies_of(found.card), "consents": consents_of(found.card, actor.time_zone),
        "consent_history": consent_history(found.card, actor.time_zone),
        "custom_facts": facts_in(request, Ref("clients.contact", contact_id), may_edit=may_edit),
        "links": contact_links(found), "here": address_of("contact", contact_id=contact_id), "live": f"clients.contact:{contact_id}",
        "story": tell(found.timeline, today=found.today, zone=actor.time_zone, files=files_beside(actor, found.timeline)), "entry_kinds": kind_choices(),
        "may_edit": may_edit, "may_log": actor.may("comms.communication.log"), "may_merge": actor.may("clients.record.merge"),
        "errors": {}, "values": {}, "one_fact": None, "typed": "", "error": "", "choices": [],
        "point_kinds": [(key, words) for key, (words, _icon) in KINDS.items()], "consent_purposes": list(PURPOSES.items()),
        "consent_states": [(key, words) for key, (words, _tone) in STATES.items()], "consent_bases": list(BASES.items()),
    }


@page(permission="clients.company.view")
def contact(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """One contact; one that was merged leads to the contact it became."""
    part = request.GET.get("part", "")
    context = _context(request, contact_id)
    if context["contact"].merged_into_id is not None:
        target = find_merged_into(noun="clients.contact", record_id=contact_id)
        if target is not None:
            return HttpResponseRedirect(address_of("contact", contact_id=target))
    if part in PAGE_PARTS:
        return render_block(request, "clients/contact.html", part, context)
    return render(request, "clients/contact.html", context)


@page(permission="clients.company.edit", methods=("POST",))
def contact_field(request: SignedInRequest, contact_id: int, name: str) -> HttpResponse:
    """Save one inline-edited field; answers with the field as it is now."""
    status, error = 200, ""
    try:
        reader = FormReader(request.POST)
        text = reader.text(name)
        version = reader.version()
        reader.finish()
        value: Any = text.split(",") if name == "tags" else text
        change_contact(actor=request.actor, contact_id=contact_id, changes={name: value}, version=version, now=request.now)
    except Stale:
        status = 412
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        status, error = 422, refusal.message
    context = _context(request, contact_id)
    one = next((fact for fact in context["fact_rows"] if fact.name == name), None)
    if one is None:
        raise Refused.field(name, _("This cannot be changed here."), "unknown")
    context |= {"one_fact": one, "typed": request.POST.get(name, ""), "error": error}
    return render_block(request, "clients/contact.html", "refused_fact" if error else "one_fact", context, status=status)


@page(permission="clients.company.edit", methods=("POST",))
def contact_points(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """Say anew how the contact is reached; the first of each kind is the main one."""
    typed = list(zip(request.POST.getlist("kind"), request.POST.getlist("value"), strict=False))
    points = [(kind, value.strip()) for kind, value in typed if value.strip()]
    try:
        put_contact_points(actor=request.actor, contact_id=contact_id, points=points, now=request.now)
    except Refused as refusal:
        return _refused(request, contact_id, refusal, "facts", {"typed_points": points})
    return with_toast(render_block(request, "clients/contact.html", "facts", _context(request, contact_id)), _("Saved."))


@page(permission="clients.company.edit", methods=("POST",))
def contact_company(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """Say where the contact works, as what, and since or until when."""
    reader = FormReader(request.POST)
    company_id, name = _company_named(request)
    try:
        reader.finish()
        if company_id is None:
            found = list_companies(actor=request.actor, text=name, limit=_CHOICES) if name else []
            message = _("No company is called that. Add it first.") if not found else _("Several companies fit. Choose one.")
            context = {"choices": found, "open_company": True}
            return _refused(request, contact_id, Refused.field("company", message), "facts", context)
        put_affiliation(
            actor=request.actor, contact_id=contact_id, company_id=company_id, role=reader.text("role", limit=120),
            is_main=reader.flag("is_main"), start_date=reader.day("start_date"), finish_date=reader.day("finish_date"), now=request.now,
        )
    except Refused as refusal:
        return _refused(request, contact_id, refusal, "facts", {"open_company": True})
    return with_toast(render_block(request, "clients/contact.html", "facts", _context(request, contact_id)), _("Saved."))


@page(permission="clients.company.edit", methods=("POST",))
def contact_referrer(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """Say who brought the contact, by name or address."""
    reader = FormReader(request.POST)
    text, key = reader.text("referrer", limit=254), reader.number("referrer_id")
    try:
        reader.finish()
        if text and key is None:
            found = [row for row in list_contacts(actor=request.actor, text=text, limit=_CHOICES) if row.id != contact_id]
            if len(found) != 1:
                message = _("Nobody is called that.") if not found else _("Several people fit. Choose one.")
                context = {"referrer_choices": found, "open_referrer": True}
                return _refused(request, contact_id, Refused.field("referrer", message), "aside", context)
            key = found[0].id
        change_contact(actor=request.actor, contact_id=contact_id, changes={"referred_by_id": key}, version=None, now=request.now)
    except Refused as refusal:
        return _refused(request, contact_id, refusal, "aside", {"open_referrer": True})
    return with_toast(render_block(request, "clients/contact.html", "aside", _context(request, contact_id)), _("Saved."))


@page(permission="clients.company.edit", methods=("POST",))
def contact_consent(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """Note what the contact said about being written to."""
    reader = FormReader(request.POST)
    try:
        reader.finish()
        note_consent(
            actor=request.actor, contact_id=contact_id, purpose=reader.text("purpose", limit=40), state=reader.text("state", limit=10),
            basis=reader.text("basis", limit=24), source=reader.text("consent_source", limit=300), now=request.now,
        )
    except Refused as refusal:
        return _refused(request, contact_id, refusal, "aside", {"open_consent": True})
    return with_toast(render_block(request, "clients/contact.html", "aside", _context(request, contact_id)), _("Noted."))


def _refused(request: SignedInRequest, contact_id: int, refusal: Refused, block: str, more: dict[str, Any]) -> HttpResponse:
    """The part with what was typed and what is wrong with it."""
    if not refusal.errors:
        raise refusal
    context = _context(request, contact_id) | more | {"errors": errors_by_field(refusal.errors) | {"": refusal.message}, "values": request.POST}
    return render_block(request, "clients/contact.html", block, context, status=422)


@page(permission="comms.communication.log", methods=("POST",))
def contact_log(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """Add to the contact's log, and to that of the company they work for."""
    reader = FormReader(request.POST)
    kind, body = reader.text("kind", limit=12), reader.text("text")
    reader.finish()
    if kind not in set(CommunicationKind):
        raise Refused.field("kind", _("Choose note, call, e-mail or meeting."))
    row: ContactRow = _context(request, contact_id)["contact"]
    refs = [Ref("clients.contact", contact_id)]
    if row.company_id is not None:
        refs.append(Ref("clients.company", row.company_id))
    entry = NewCommunication(
        kind=CommunicationKind(kind), refs=tuple(refs), body=body, happened_at=request.now, direction=direction_of(request.POST, kind),
        participants=(NewParticipant(contact_id=contact_id),),
    )
    try:
        log_communications(actor=request.actor, now=request.now, entries=[entry])
    except Refused as refusal:
        return _refused(request, contact_id, refusal, "timeline", {})
    return with_toast(render_block(request, "clients/contact.html", "timeline", _context(request, contact_id)), _("Logged."))


@page(permission="clients.company.view")
def contact_vcard(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """The contact for an address book."""
    name, text = get_vcard(actor=request.actor, contact_id=contact_id)
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name).strip("-") or "contact"
    return HttpResponse(
        text, content_type="text/vcard; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{plain[:80]}.vcf"'}
    )
