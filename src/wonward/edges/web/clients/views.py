"""Companies and their people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wonward.domains.clients.operations import change_company, create_companies, create_contacts
from wonward.domains.clients.queries import (
    find_duplicate_companies,
    find_duplicate_contacts,
    find_merged_into,
    list_companies,
    list_company_ids,
)
from wonward.domains.clients.queries.segments import NOBODY, read_company_filter
from wonward.domains.clients.queries.sums import GroupSum, sum_companies
from wonward.domains.clients.types import CompanyRow, NewCompany, NewContact
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.staff.queries import get_person_names, list_people
from wonward.edges.web.clients.duplicate_views import duplicate_words
from wonward.edges.web.clients.presenting import facts_of, links_of, people_of
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.custom_facts import cells_of, facts_in
from wonward.edges.web.shell.drifts import contact_words, look_of, unnoted_visits
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import number
from wonward.edges.web.shell.navigation import DELIVERY, SALES, initials_of, tone_of
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
from wonward.edges.web.shell.segments import COMPANY_FILTERS
from wonward.edges.web.shell.terms import shown_term
from wonward.edges.web.shell.timelines import direction_of, files_beside, kind_choices, promise_urls, tell
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.client_record.queries.company_page import get_company_page
from wonward.kernel.errors import Conflict, NotAllowed, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard

ROWS_PER_PAGE = 50
PARTS = ("header", "facts", "aside", "timeline", "work")


def companies_behind(request: SignedInRequest, query: Mapping[str, str], limit: int) -> list[int]:
    """The ids of every row of the list, not only of the page."""
    return list_company_ids(actor=request.actor, where=read_company_filter(query, request.actor.person_id), limit=limit)


COMPANIES = register_list(SavedList(
    "clients.companies", "companies", gettext_lazy("Companies"), gettext_lazy("All companies"), "clients.company.view", COMPANY_FILTERS,
    (
        ListColumn("name", gettext_lazy("Name"), is_fixed=True), ListColumn("industry", gettext_lazy("Industry")), ListColumn("country", gettext_lazy("Country")),
        ListColumn("tier", gettext_lazy("Tier")), ListColumn("owner", gettext_lazy("Owner")), ListColumn("since", gettext_lazy("Client since")),
        ListColumn("number", gettext_lazy("Number"), is_usual=False),
        ListColumn("employees", gettext_lazy("People"), is_number=True, is_usual=False, has_sum=True),
        ListColumn("created_at", gettext_lazy("Added"), is_usual=False), ListColumn("updated_at", gettext_lazy("Changed"), is_usual=False),
    ),
    (("owner", gettext_lazy("Owner")), ("tier", gettext_lazy("Tier")), ("industry", gettext_lazy("Industry")), ("country", gettext_lazy("Country"))),
    noun="clients.company", bulk=BulkSource("clients.company", "clients.company.edit", companies_behind),
))


@page(permission="clients.company.view")
def companies(request: SignedInRequest) -> HttpResponse:
    """Companies by name; the ones we work for can be shown alone."""
    look = look_at(request, COMPANIES)
    query = look.query
    place = query.get("page", "1")
    page_number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    sort = look.state.sort or "name"
    where = read_company_filter(query, request.actor.person_id)
    rows = list_companies(
        actor=request.actor, where=where, sort=sort, group=look.state.group, offset=(page_number - 1) * ROWS_PER_PAGE, limit=ROWS_PER_PAGE + 1,
    )
    owners = get_person_names(row.owner_id for row in rows)
    context = {
        "group_heads": _group_heads(request, look, rows[:ROWS_PER_PAGE], owners), "sums": _sums(request, look),
        "narrowed": _narrowed_words(look.query, look), "people": [(str(one.id), one.name) for one in list_people(actor=request.actor)],
        "cells": cells_of(request.actor, "clients.company", look.custom_keys, [row.id for row in rows[:ROWS_PER_PAGE]]), "deals_href": _deals_href(request, look),
        "companies": rows[:ROWS_PER_PAGE], "has_next": len(rows) > ROWS_PER_PAGE, "page_number": page_number, "query": query,
        "sort": sort, "clients_only": query.get("show") == "clients", "archived_only": query.get("show") == "archived", "base_href": look.without("sort", "page"), "look": look,
        "page_href": look.without("page"), "owners": owners,
        "may_create": request.actor.may("clients.company.edit"),
    }
    return render(request, "clients/companies.html", context, block="rows")


def _group_heads(request: SignedInRequest, look: ListLook, rows: Sequence[CompanyRow], owners: Mapping[int, str]) -> dict[int, tuple[str, str]]:
    """The words and the count of each group, by the id of its first company on the page."""
    group = look.state.group
    if not group:
        return {}
    sums = sum_companies(actor=request.actor, where=read_company_filter(look.query, request.actor.person_id), group=group)
    keys = [row.owner_id if group == "owner" else getattr(row, group) for row in rows]
    begins = [place for place, key in enumerate(keys) if not place or key != keys[place - 1]]
    names = [owners.get(row.owner_id or 0, "") if group == "owner" else str(getattr(row, group)) for row in rows]
    return {rows[place].id: group_words(names[place], sums.get(keys[place])) for place in begins}


def group_words(name: str, found: GroupSum | None) -> tuple[str, str]:
    """A group's name and how many records it holds."""
    count = found.count if found else 0
    return name or _("None"), ngettext("%(count)s record", "%(count)s records", count) % {"count": number(count)}


def _sums(request: SignedInRequest, look: ListLook) -> dict[str, str]:
    """What is added up at the foot, where that is shown."""
    if "employees" not in look.sums or not look.has("employees"):
        return {}
    found = sum_companies(actor=request.actor, where=read_company_filter(look.query, request.actor.person_id))
    return {"employees": number(found[None].employees)}


def _narrowed_words(query: Mapping[str, str], look: ListLook) -> list[tuple[str, str]]:
    """The conditions that are on, each with the address without it."""
    tier, owner = query.get("tier", ""), query.get("owner", "")
    names = get_person_names([int(owner)]) if owner.isdecimal() and len(owner) < 16 else {}
    words = {
        "owner": _("Mine") if owner == "me" else _("Nobody's") if owner == NOBODY else names.get(int(owner), "") if names else "",
        "tier": _("No tier") if tier == "-" else _("Tier %(tier)s") % {"tier": tier} if tier else "",
        "tag": query.get("tag", ""), "industry": query.get("industry", ""), "country": query.get("country", ""),
    }
    return [(text, look.without(name, "page").rstrip("?&")) for name, text in words.items() if text]


def _deals_href(request: SignedInRequest, look: ListLook) -> str:
    """The deals of the segment on the screen."""
    if look.view is None or look.is_changed or not request.actor.may("sales.deal.view"):
        return ""
    return f"{address_of('deals_table')}?segment={look.view.id}"


def company_context(request: SignedInRequest, company_id: int) -> dict[str, Any]:
    actor = request.actor
    found = get_company_page(actor=actor, company_id=company_id, now=request.now)
    may_open = actor.may("delivery.project.view")
    live = " ".join(
        [f"clients.company:{company_id}", *(f"sales.deal:{deal.id}" for deal in found.open_deals),
         *(f"delivery.project:{drift.project.id}" for drift in found.drifts)]
    )
    live_drifts = [drift for drift in found.drifts if drift.project.status != "done"]
    people = list_people(actor=actor)
    return {
        "page": found, "company": found.company, "lifecycle_steps": [
            replace(step, label=_(step.label), detail=heard(step.detail)) for step in found.lifecycle if get_organisation().is_on(SALES if step.side == "sell" else DELIVERY)
        ], "now": request.now, "today": found.today, "errors": {}, "values": {},
        "live": live, "here": address_of("company", company_id=company_id), "initials": initials_of(found.company.name),
        "tone": tone_of(company_id), "late_count": sum(1 for drift in live_drifts if drift.is_late),
        "custom_facts": facts_in(request, Ref("clients.company", company_id), may_edit=actor.may("clients.company.edit")),
        "fact_rows": facts_of(found.company, found.owner_name, people), "people_cards": people_of(found.contacts),
        "drift_looks": [
            look_of(drift, today=found.today, may_open=may_open, may_tell=actor.may("handoff.client.tell"))
            for drift in live_drifts[:4]
        ],
        "unnoted": unnoted_visits(live_drifts[:4]), "last_contact": contact_words(found.timeline, found.today),
        "story": tell(
            found.timeline, today=found.today, zone=actor.time_zone,
            promise_url=promise_urls(actor, address_of("company_promise", company_id=company_id)),
            files=files_beside(actor, found.timeline),
        ),
        "entry_kinds": kind_choices(), "terms": [shown_term(row) for row in found.terms if row.state != "renewed"][:6],
        "links": links_of(found, may_open_projects=may_open), "may_edit": actor.may("clients.company.edit"),
        "may_log": actor.may("comms.communication.log"), "one_fact": None, "typed": "", "error": "",
        "may_merge": actor.may("clients.record.merge"), "same_people": [], "duplicate_words": duplicate_words,
    }


@page(permission="clients.company.view")
def company(request: SignedInRequest, company_id: int) -> HttpResponse:
    """One company with both sides of its life."""
    part = request.GET.get("part", "")
    context = company_context(request, company_id)
    target = find_merged_into(noun="clients.company", record_id=company_id) if context["company"].merged_into_id else None
    if target is not None:
        return HttpResponseRedirect(address_of("company", company_id=target))
    if part in PARTS:
        return render_block(request, "clients/company.html", part, context)
    return render(request, "clients/company.html", context)


@page(permission="clients.company.edit", methods=("GET", "POST"))
def new_company(request: SignedInRequest) -> HttpResponse:
    """Add a company; likely duplicates are shown, never refused."""
    errors: dict[str, str] = {}
    duplicates: list[Any] = []
    if request.method == "POST":
        reader = FormReader(request.POST)
        new = NewCompany(
            name=reader.text("name", limit=200), domain=reader.text("domain", limit=200),
            industry=reader.text("industry", limit=120), country=reader.text("country", limit=120),
            owner_id=request.actor.person_id,
        )
        duplicates = list(find_duplicate_companies(actor=request.actor, name=new.name, domain=new.domain, country=new.country)) if new.name else []
        if not duplicates or reader.flag("is_sure"):
            try:
                reader.finish()
                (company_id,) = create_companies(actor=request.actor, companies=[new], now=request.now)
                return go_to(request, address_of("company", company_id=company_id))
            except Refused as refusal:
                errors = errors_by_field(refusal.errors) or {"": refusal.message}
    context = {"errors": errors, "duplicates": duplicates, "values": request.POST, "duplicate_words": duplicate_words}
    status = 422 if errors or duplicates else 200
    if request.headers.get("HX-Request"):
        return render_block(request, "clients/new_company.html", "drawer_body", context, status=status)
    return render(request, "clients/new_company.html", context, status=status)


@page(permission="clients.company.edit", methods=("POST",))
def company_field(request: SignedInRequest, company_id: int, name: str) -> HttpResponse:
    """Save one inline-edited field; answers with the field as it is now."""
    status, error = 200, ""
    try:
        reader = FormReader(request.POST)
        value: Any = reader.number(name) if name in ("owner_id", "employees") else reader.text(name)
        value = value.split(",") if name == "tags" else value
        version = reader.version()
        reader.finish()
        change_company(actor=request.actor, company_id=company_id, changes={name: value}, version=version, now=request.now)
    except Stale:
        status = 412
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        status, error = 422, refusal.message
    context = company_context(request, company_id)
    context |= {"one_fact": _fact(context, name), "typed": request.POST.get(name, ""), "error": error}
    block = "refused_fact" if error else "one_fact"
    return render_block(request, "clients/company.html", block, context, status=status)


def _fact(context: dict[str, Any], name: str) -> Any:
    for fact in context["fact_rows"]:
        if fact.name == name:
            return fact
    raise Refused.field(name, _("This cannot be changed here."), "unknown")


@page(permission="clients.company.edit", methods=("POST",))
def new_contact(request: SignedInRequest, company_id: int) -> HttpResponse:
    """Add a contact to the company."""
    reader = FormReader(request.POST)
    new = NewContact(
        name=reader.text("name", limit=200), company_id=company_id, title=reader.text("title", limit=160),
        email=reader.text("email", limit=254), phone=reader.text("phone", limit=60),
    )
    reader.finish()
    same = find_duplicate_contacts(actor=request.actor, name=new.name, email=new.email, phone=new.phone, company_id=company_id)
    if same and not reader.flag("is_sure"):
        context = company_context(request, company_id) | {"same_people": same, "values": request.POST}
        return render_block(request, "clients/company.html", "facts", context, status=422)
    try:
        create_contacts(actor=request.actor, contacts=[new], now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        context = company_context(request, company_id) | {"errors": errors_by_field(refusal.errors), "values": request.POST}
        return render_block(request, "clients/company.html", "facts", context, status=422)
    return with_toast(render_block(request, "clients/company.html", "facts", company_context(request, company_id)), _("Contact added."))


@page(permission="comms.communication.log", methods=("POST",))
def company_log(request: SignedInRequest, company_id: int) -> HttpResponse:
    """Add to the company's log."""
    reader = FormReader(request.POST)
    kind, body = reader.text("kind", limit=12), reader.text("text")
    reader.finish()
    if kind not in set(CommunicationKind):
        raise Refused.field("kind", _("Choose note, call, e-mail or meeting."))
    try:
        log_communications(
            actor=request.actor, now=request.now,
            entries=[NewCommunication(kind=CommunicationKind(kind), refs=(Ref("clients.company", company_id),), body=body,
                                      happened_at=request.now, direction=direction_of(request.POST, kind))],
        )
    except Refused as refusal:
        if not refusal.errors:
            raise
        context = company_context(request, company_id) | {"errors": errors_by_field(refusal.errors), "values": request.POST}
        return render_block(request, "clients/company.html", "timeline", context, status=422)
    return with_toast(render_block(request, "clients/company.html", "timeline", company_context(request, company_id)), _("Logged."))
