"""The inbox of leads, one lead, and everything that is done to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.catalog.queries import list_services
from wonward.domains.comms.queries import list_communications
from wonward.domains.marketing.queries import list_campaigns, list_touches
from wonward.domains.sales.operations.leads import (
    answer_lead,
    change_lead,
    close_lead,
    create_leads,
    reopen_lead,
)
from wonward.domains.sales.queries.leads import (
    LEAD_VIEWS,
    count_leads,
    count_views,
    find_same,
    get_figures,
    get_lead,
    list_lead_ids,
    list_leads,
    list_source_figures,
    may_change_lead,
)
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.queries.scoring import get_response_goal, list_criteria, list_criteria_names
from wonward.domains.sales.queries.shapes import day_frame
from wonward.domains.sales.types.leads import Finding, LeadFilter, LeadRow
from wonward.domains.staff.queries import get_person_names, list_people
from wonward.edges.web.sales.forms import asked_days, asked_words, said_words
from wonward.edges.web.sales.lead_forms import read_lead_field, read_new_lead
from wonward.edges.web.sales.lead_page import (
    SORTS,
    STATES,
    asked_of,
    chips_of,
    clock_of,
    facts_of_lead,
    fields_of_line,
    figures_in_words,
    inbox_address,
    initials_and_tone,
    likenesses,
    line_of,
    orders_by_field,
    parts_of_score,
    path_of,
    share_of,
    tone_of_score,
)
from wonward.edges.web.sales.lead_words import FIELD_NAMES
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.custom_facts import cells_of, facts_in
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_short, number
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to, with_toast
from wonward.edges.web.shell.saved_lists import BulkSource, ListLook, SavedList, look_at, register_list
from wonward.edges.web.shell.timelines import files_beside, tell
from wonward.foundation.custom_fields.queries import asked_fields
from wonward.kernel.errors import Conflict, NotAllowed, Refused, Stale
from wonward.kernel.ref import Ref

LEADS_PER_PAGE = 30


def where_of(query: Mapping[str, str]) -> LeadFilter:
    """What the inbox shows: open leads unless another view is chosen."""
    view = query.get("view", "open")
    ids = {name: int(text) for name in ("campaign", "owner", "pipeline") if (text := query.get(name, "")).isdecimal() and len(text) < 16}
    return LeadFilter(
        view=view if view in LEAD_VIEWS else "open", text=query.get("q", "").strip()[:120], source=said_words(query.get("source", ""), 120),
        campaign_id=ids.get("campaign"), owner_id=ids.get("owner"), pipeline_id=ids.get("pipeline"), received=asked_days(query.get("received", "")),
        custom=asked_fields(query),
    )


def order_of(look: ListLook) -> str:
    """The order of the inbox: the one asked for, else the most urgent first, or the newest where nobody waits."""
    usual = "due" if where_of(look.query).view in ("late", "to_answer", "mine", "unowned", "open") else "-received_at"
    return look.state.sort or usual


def leads_behind(request: SignedInRequest, query: Mapping[str, str], limit: int) -> list[int]:
    """The ids of every lead of the inbox as it is looked at, not only of the page."""
    return list_lead_ids(actor=request.actor, where=where_of(query), now=request.now, limit=limit)


LEADS = register_list(SavedList(
    "sales.leads", "leads", gettext_lazy("Leads"), gettext_lazy("All leads"), "sales.lead.view", ("view", "q", "source", "campaign", "owner", "pipeline", "received"),
    groups=(("source", gettext_lazy("Source")), ("owner", gettext_lazy("Owner")), ("company", gettext_lazy("Company"))),
    sorts=tuple(key.removeprefix("-") for key in SORTS), noun="sales.lead",
    bulk=BulkSource("sales.lead", "sales.lead.edit", leads_behind),
))
PARTS = ("lead_header", "lead_facts", "lead_qualification", "lead_log", "lead_aside")


@page(permission="sales.lead.view")
def leads(request: SignedInRequest) -> HttpResponse:
    """The inbox: who waits for an answer, most urgent first."""
    context = _inbox(request, None) | {"kpis": figures_in_words(get_figures(actor=request.actor)), "lead": None}
    return render(request, "sales/leads.html", context, block="inbox")


@page(permission="sales.lead.view")
def lead(request: SignedInRequest, lead_id: int) -> HttpResponse:
    """One lead beside the inbox; htmx may ask for one part of it."""
    context = lead_context(request, lead_id)
    part = request.GET.get("part", "")
    if part in PARTS:
        return render_block(request, "sales/lead.html", part, context)
    return render(request, "sales/lead.html", context | _inbox(request, lead_id))


def _inbox(request: SignedInRequest, current_id: int | None) -> dict[str, Any]:
    look = look_at(request, LEADS)
    query = look.query
    where = where_of(query)
    view = where.view
    orders = {**SORTS, **orders_by_field(look.source)}
    sort = order_of(look)
    place = query.get("page", "1")
    number_of_page = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    rows = list_leads(
        actor=request.actor, where=where, now=request.now, sort=sort, group=look.state.group, offset=(number_of_page - 1) * LEADS_PER_PAGE, limit=LEADS_PER_PAGE
    )
    cells = cells_of(request.actor, "sales.lead", look.custom_keys, [row.id for row in rows])
    counts = count_views(actor=request.actor, where=where, now=request.now)
    total = getattr(counts, view)
    return {
        "lines": [
            line_of(row, query, now=request.now, zone=request.actor.time_zone, current_id=current_id, fields=fields_of_line(look, cells.get(row.id, {})))
            for row in rows
        ],
        "group_heads": _group_heads(rows, look.state.group), "chips": chips_of(counts, query), "query": query, "look": look, "sort_words": str(orders.get(sort) or orders.get(f"-{sort}") or orders.get(sort.removeprefix("-")) or SORTS["due"]),
        "sorts": [(str(words), inbox_address(query, current_id, sort="" if key == "due" else key, page=""), key == sort) for key, words in orders.items()],
        "inbox_page": number_of_page, "inbox_pages": max(1, -(-total // LEADS_PER_PAGE)), "inbox_total": total,
        "back_page": inbox_address(query, page=number_of_page - 1) if number_of_page > 1 else "",
        "next_page": inbox_address(query, page=number_of_page + 1) if number_of_page * LEADS_PER_PAGE < total else "",
        "export_href": look.without("page").replace(look.base, address_of("leads_export"), 1),
        "is_filtered": view != "open" or where != LeadFilter(view=view),
        "narrowings": _narrowings(where, query, current_id), "clear_href": address_of("leads"),
        "may_create": request.actor.may("sales.lead.create"), "may_choose": request.actor.may("sales.lead.edit"), "may_configure": request.actor.may("sales.lead.configure"),
    }


def _narrowings(where: LeadFilter, query: Mapping[str, str], current_id: int | None) -> list[tuple[str, str]]:
    """What else the inbox is narrowed to, in words, each with the address without it."""
    owners = get_person_names({where.owner_id}) if where.owner_id is not None else {}
    pipelines = {row.id: row.name for row in list_pipelines()} if where.pipeline_id is not None else {}
    days = " – ".join(map(date_short, where.received)) if where.received else ""
    found = {
        "source": None if where.source is None else where.source or _("No source"),
        "owner": None if where.owner_id is None else owners.get(where.owner_id, _("Unknown")),
        "pipeline": None if where.pipeline_id is None else pipelines.get(where.pipeline_id, _("Unknown")),
        "received": _("received %(days)s") % {"days": days} if days else None,
    }
    return [(words, inbox_address(query, current_id, page="", **{name: ""})) for name, words in found.items() if words is not None]


def _group_heads(rows: Sequence[LeadRow], group: str) -> dict[int, str]:
    """The words of each group, by the id of its first lead on the page."""
    words = [(row.source if group == "source" else row.owner_name if group == "owner" else row.company_name) or _("None") for row in rows] if group else []
    return {rows[place].id: one for place, one in enumerate(words) if not place or one != words[place - 1]}


def lead_context(request: SignedInRequest, lead_id: int) -> dict[str, Any]:
    """Everything one lead shows."""
    actor = request.actor
    row = get_lead(actor=actor, lead_id=lead_id)
    may_edit = row.status == "open" and may_change_lead(actor, row)
    criteria = list_criteria(pipeline_id=row.pipeline_id)
    services = [(one.id, one.name) for one in list_services(actor=actor)] if may_edit else []
    ref = Ref("sales.lead", lead_id)
    initials, tone = initials_and_tone(row)
    asked = asked_of(criteria, row)
    entries = list_communications(actor=actor, refs=[ref], limit=30)
    names = {**FIELD_NAMES, **list_criteria_names()}
    campaign = next((one for one in list_campaigns(actor=actor) if one.id == row.campaign_id), None) if row.campaign_id else None
    return {
        "lead": row, "initials": initials, "tone": tone, "may_edit": may_edit,
        "may_reopen": row.status == "closed" and may_change_lead(actor, row),
        "may_convert": row.status == "open" and may_change_lead(actor, row, "sales.lead.convert") and actor.may("sales.deal.create"),
        "here": address_of("lead", lead_id=lead_id), "live": str(ref), "query": request.GET,
        "clock": clock_of(row, now=request.now, zone=actor.time_zone), "goal": get_response_goal(pipeline_id=row.pipeline_id),
        "asked": asked, "clear_count": sum(1 for one in asked if one.state == "clear"),
        "finding_states": [(key, str(words)) for key, (words, _icon, _tone) in STATES.items()],
        "custom_facts": facts_in(request, ref, may_edit=may_edit),
        "facts": facts_of_lead(row, list_people(actor=actor) if may_edit else [], services),
        "score_parts": parts_of_score(row.score_parts, {key: str(words) for key, words in names.items()}),
        "score_share": share_of(row.score), "score_tone": tone_of_score(row.score),
        "same": likenesses(find_same(actor=actor, lead=row), request.GET) if row.status == "open" else [],
        "path": path_of(row, list_touches(ref=ref), actor.time_zone), "campaign": campaign,
        "story": tell(entries, today=day_frame(actor, request.now).today, zone=actor.time_zone, files=files_beside(actor, entries)),
        "may_answer": may_edit and actor.may("comms.communication.log"), "back_href": inbox_address(request.GET),
        "company_href": address_of("company", company_id=row.company_id) if row.company_id and actor.may("clients.company.view") else "",
        "deal_href": address_of("deal", deal_id=row.deal_id) if row.deal_id and actor.may("sales.deal.view") else "",
        "answer_kinds": [("email", _("E-mail")), ("call", _("Call")), ("meeting", _("Meeting"))], "errors": {}, "values": {}, "open_key": "",
    }


@page(permission="sales.lead.create", methods=("GET", "POST"))
def new_lead(request: SignedInRequest) -> HttpResponse:
    """Write down somebody who called or was met."""
    refused: Refused | None = None
    if request.method == "POST":
        try:
            (lead_id,) = create_leads(actor=request.actor, leads=[read_new_lead(request.POST)], now=request.now)
            return go_to(request, address_of("lead", lead_id=lead_id))
        except NotAllowed:
            raise
        except Refused as refusal:
            refused = refusal
    context = {
        "errors": errors_by_field(refused.errors) if refused else {}, "values": request.POST or request.GET,
        "owner_choices": [(row.id, row.name) for row in list_people(actor=request.actor)], "viewer_id": request.actor.person_id,
        "service_choices": [(row.id, row.name) for row in list_services(actor=request.actor)] if request.actor.may("catalog.service.view") else [],
        "campaign_choices": [(row.id, row.name) for row in list_campaigns(actor=request.actor)],
    }
    status = 422 if refused else 200
    if request.headers.get("HX-Request"):
        return render_block(request, "sales/new_lead.html", "drawer_body", context, status=status)
    return render(request, "sales/new_lead.html", context, status=status)


@page(permission="sales.lead.edit", methods=("POST",))
def lead_field(request: SignedInRequest, lead_id: int, name: str) -> HttpResponse:
    """Save one inline-edited field; the score follows."""
    typed = request.POST.get(name, "")
    try:
        value = read_lead_field(name, typed)
        change_lead(actor=request.actor, lead_id=lead_id, changes={name: value}, version=FormReader(request.POST).version(), now=request.now)
    except Stale:
        context = lead_context(request, lead_id)
        return render_block(request, "sales/lead.html", "one_fact", context | {"one_fact": _fact(context, name)}, status=412)
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        context = lead_context(request, lead_id)
        context |= {"one_fact": _fact(context, name), "typed": typed, "error": refusal.message}
        return render_block(request, "sales/lead.html", "refused_fact", context, status=422)
    context = lead_context(request, lead_id)
    answer = render_block(request, "sales/lead.html", "one_fact", context | {"one_fact": _fact(context, name)})
    answer.content += _parts(request, context, ("lead_header", "lead_aside"))
    return answer


def _fact(context: dict[str, Any], name: str) -> Any:
    for fact in context["facts"]:
        if fact.name == name:
            return fact
    raise Refused.field(name, _("This cannot be changed here."), "unknown")


def _parts(request: SignedInRequest, context: dict[str, Any], parts: tuple[str, ...]) -> bytes:
    swapped = context | {"is_swap": True}
    return b"".join(render_block(request, "sales/lead.html", part, swapped).content for part in parts)


@page(permission="sales.lead.edit", methods=("POST",))
def lead_qualification(request: SignedInRequest, lead_id: int) -> HttpResponse:
    """What was found out about one criterion."""
    reader = FormReader(request.POST)
    key, state, note = reader.text("key", limit=40), reader.text("state", limit=12), reader.text("note", limit=1000)
    try:
        reader.finish()
        change_lead(actor=request.actor, lead_id=lead_id, changes={"qualification": {key: Finding(state, note)}}, now=request.now)
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        context = lead_context(request, lead_id) | {"errors": {key: refusal.message}, "open_key": key}
        return render_block(request, "sales/lead.html", "lead_qualification", context, status=422)
    context = lead_context(request, lead_id)
    answer = render_block(request, "sales/lead.html", "lead_qualification", context)
    answer.content += _parts(request, context, ("lead_header", "lead_aside"))
    return answer


@page(permission="sales.lead.edit", methods=("POST",))
def lead_answer(request: SignedInRequest, lead_id: int) -> HttpResponse:
    """Log or send our answer; the first one stops the clock."""
    reader = FormReader(request.POST)
    try:
        kind, body = reader.text("kind", limit=12), reader.text("text", limit=20_000)
        subject, is_mailed = reader.text("subject", limit=200), reader.flag("is_mailed")
        reader.finish()
        answer_lead(
            actor=request.actor, lead_id=lead_id, kind=kind, body=body, subject=subject, is_mailed=is_mailed and kind == "email", now=request.now
        )
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        context = lead_context(request, lead_id) | {"errors": errors_by_field(refusal.errors), "values": request.POST}
        return render_block(request, "sales/lead.html", "lead_log", context, status=422)
    context = lead_context(request, lead_id)
    answer = render_block(request, "sales/lead.html", "lead_log", context)
    answer.content += _parts(request, context, ("lead_header", "lead_aside"))
    return with_toast(answer, _("Sent. The clock has stopped.") if is_mailed and kind == "email" else _("Logged. The clock has stopped."))


@page(permission="sales.lead.edit", methods=("GET", "POST"))
def lead_closing(request: SignedInRequest, lead_id: int) -> HttpResponse:
    """Put a lead away as not a fit, with the reason."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        said = [request.POST.get("why", "").strip(), request.POST.get("reason", "").strip()]
        try:
            close_lead(actor=request.actor, lead_id=lead_id, reason=": ".join(words for words in said if words), now=request.now)
            return go_to(request, address_of("leads"))
        except (NotAllowed, Conflict):
            raise
        except Refused as refusal:
            errors = errors_by_field(refusal.errors)
    reasons = (_("No need"), _("No budget"), _("Not what we do"), _("Looks for a job"), _("Sells to us"), _("Spam"))
    context = {
        "lead": get_lead(actor=request.actor, lead_id=lead_id), "errors": errors, "values": request.POST,
        "reasons": [(words, words) for words in reasons],
    }
    return _drawer(request, "sales/lead_closing.html", context, status=422 if errors else 200)


@page(permission="sales.lead.edit", methods=("POST",))
def lead_reopening(request: SignedInRequest, lead_id: int) -> HttpResponse:
    """Take a closed lead up again."""
    reopen_lead(actor=request.actor, lead_id=lead_id, now=request.now)
    return go_to(request, address_of("lead", lead_id=lead_id))


@page(permission="sales.lead.view")
def lead_sources(request: SignedInRequest) -> HttpResponse:
    """Where leads come from, and which of them become deals."""
    rows = list_source_figures(actor=request.actor)
    context = {
        "rows": [
            {"source": row.source or _("Unknown"), "href": inbox_address({}, view="open", source=row.source) if row.source else "",
             "leads": number(row.figures.leads), "leads_href": inbox_address({}, view="all", source=asked_words(row.source)),
             "converted": number(row.figures.converted), "converted_href": inbox_address({}, view="converted", source=asked_words(row.source)),
             "share": f"{number(row.figures.share)}%" if row.figures.share is not None else "", "bar": int(10 * (row.figures.share or 0)),
             "median": number(row.figures.median_days), "backwards": row.figures.backwards}
            for row in rows
        ],
        "kpis": figures_in_words(get_figures(actor=request.actor)),
        "total": count_leads(actor=request.actor, where=LeadFilter(), now=request.now),
    }
    return render(request, "sales/lead_sources.html", context)


def _drawer(request: SignedInRequest, template: str, context: dict[str, Any], *, status: int) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render_block(request, template, "drawer_body", context, status=status)
    return render(request, template, context, status=status)


