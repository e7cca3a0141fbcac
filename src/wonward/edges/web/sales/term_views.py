"""How long a won deal's contract runs, what renews it, and the list of all contracts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.sales.operations.terms import clear_term, end_term, open_renewal, set_term
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.queries.terms import (
    SOON_DAYS,
    TERM_FILTERS,
    a_year_from,
    count_terms,
    find_term,
    list_terms,
)
from wonward.domains.sales.types.terms import NewTerm, TermRow
from wonward.edges.web.sales.page_context import redrawn
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import closing_drawer, go_to, with_toast
from wonward.edges.web.shell.saved_lists import ListColumn, SavedList, look_at, register_list
from wonward.edges.web.shell.terms import RENEWAL_WORDS, shown_term
from wonward.foundation.organisation.queries import civil_date
from wonward.kernel.errors import Conflict, NotAllowed, Refused, Stale

PAGE = "sales/term.html"
TERMS_PER_PAGE = 50
RENEWALS_LIST = register_list(SavedList(
    "sales.renewals", "renewals", gettext_lazy("Renewals"), gettext_lazy("All contracts"), "sales.deal.view", ("state", "q"),
    (
        ListColumn("deal", gettext_lazy("Contract"), is_fixed=True), ListColumn("company", gettext_lazy("Company")),
        ListColumn("ends", gettext_lazy("Ends")), ListColumn("notice", gettext_lazy("Notice until")),
        ListColumn("value", gettext_lazy("Value"), is_number=True, is_sortable=False), ListColumn("owner", gettext_lazy("Owner"), is_sortable=False),
        ListColumn("state", gettext_lazy("State"), is_sortable=False), ListColumn("renewal", gettext_lazy("Renewal"), is_sortable=False),
    ),
    (("owner", gettext_lazy("Owner")), ("company", gettext_lazy("Company"))),
))


def _context(request: SignedInRequest, deal_id: int) -> dict[str, Any]:
    today = civil_date(request.now, request.actor.time_zone)
    deal, row = get_deal(actor=request.actor, deal_id=deal_id), find_term(actor=request.actor, deal_id=deal_id, today=today)
    return {
        "deal": deal, "row": row, "term": row.terms if row else a_year_from(deal.closed_date or today), "errors": {}, "values": {},
        "choices": list(RENEWAL_WORDS.items()), "here": address_of("deal_term", deal_id=deal_id),
    }


@page(permission="sales.deal.edit", methods=("GET", "POST"))
def deal_term(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Say how long a contract runs and what happens at its end, or take that back; both can be undone where they happened."""
    if request.method != "POST":
        context = _context(request, deal_id)
        return render_block(request, PAGE, "drawer_body", context) if is_fragment(request) else render(request, PAGE, context)
    reader = FormReader(request.POST)
    is_gone = reader.flag("is_gone")
    try:
        if is_gone:
            reader.finish()
            return _saved(request, deal_id, _("The contract term was removed."), _typed(clear_term(actor=request.actor, deal_id=deal_id, now=request.now)))
        term, version = _read(reader), reader.version()
        reader.finish()
        before = set_term(actor=request.actor, deal_id=deal_id, term=term, version=version, now=request.now)
    except (NotAllowed, Conflict, Stale):
        raise
    except Refused as refusal:
        typed = {**request.POST.dict(), **{name: _day_in(request.POST.get(name, "")) for name in ("starts_date", "ends_date")}}
        context = _context(request, deal_id) | {"errors": errors_by_field(refusal.errors), "values": typed}
        if is_fragment(request):
            return render_block(request, PAGE, "drawer_body", context, status=422)
        return render(request, PAGE, context, status=422)
    return _saved(request, deal_id, _("Contract term saved."), _typed(before) if before else {"is_gone": "1"})


def _read(reader: FormReader) -> NewTerm:
    starts, ends = reader.day("starts_date"), reader.day("ends_date")
    notice, lead, months = reader.number("notice_days"), reader.number("lead_days"), reader.number("runs_on_months")
    renewal = reader.text("renewal", limit=8) or "offer"
    reader.finish()
    if starts is None:
        raise Refused.field("starts_date", _("Say when the contract starts."), "required")
    if ends is None:
        raise Refused.field("ends_date", _("Say when the contract ends."), "required")
    return NewTerm(starts, ends, renewal, notice or 0, 60 if lead is None else lead, 12 if months is None else months)


def _day_in(text: str) -> date | None:
    """The day a field holds, for showing it again; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _typed(term: NewTerm) -> dict[str, Any]:
    """A term as its form sends it."""
    return {
        "starts_date": term.starts_date.isoformat(), "ends_date": term.ends_date.isoformat(), "renewal": term.renewal,
        "notice_days": term.notice_days, "lead_days": term.lead_days, "runs_on_months": term.runs_on_months,
    }


def _saved(request: SignedInRequest, deal_id: int, said: str, undo: dict[str, Any]) -> HttpResponse:
    """The deal's page as it is now, with the way back."""
    if not is_fragment(request):
        return go_to(request, address_of("deal", deal_id=deal_id))
    answered = redrawn(request, deal_id, ("aside", "header"))
    answered.headers["HX-Reswap"] = "none"
    return closing_drawer(with_toast(answered, said, undo_url=request.path, undo_values=undo))


@page(permission="sales.deal.edit", methods=("POST",))
def deal_term_ending(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Say why a contract will not go on; without a reason that it may."""
    reader = FormReader(request.POST)
    reason, is_live = reader.text("reason"), reader.flag("is_live")
    reader.finish()
    if not reason and not is_live:
        raise Refused.field("reason", _("Say why the contract will not go on."), "required")
    before = end_term(actor=request.actor, deal_id=deal_id, reason="" if is_live else reason, now=request.now)
    said = _("The contract may go on.") if is_live else _("The contract ends.")
    return _saved(request, deal_id, said, {"reason": before} if before else {"is_live": "1"})


@page(permission="sales.deal.create", methods=("POST",))
def deal_renewal(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Open the deal that renews a contract, and go there."""
    renewal_id = open_renewal(actor=request.actor, deal_id=deal_id, now=request.now)
    return go_to(request, address_of("deal", deal_id=renewal_id))


@page(permission="sales.deal.view")
def renewals(request: SignedInRequest) -> HttpResponse:
    """Every contract with a term, what ends first on top."""
    actor, today = request.actor, civil_date(request.now, request.actor.time_zone)
    look = look_at(request, RENEWALS_LIST)
    state, text = look.query.get("state", ""), look.query.get("q", "").strip()[:120]
    state = state if state in TERM_FILTERS else ""
    place = look.query.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    counts = {key: count_terms(actor=actor, today=today, state=key, text=text) for key in ("", *TERM_FILTERS)}
    sort = look.state.sort or "ends"
    rows = list_terms(
        actor=actor, today=today, state=state, text=text, sort=sort, group=look.state.group, offset=(number - 1) * TERMS_PER_PAGE, limit=TERMS_PER_PAGE,
    )
    words = {
        "": _("All"), "soon": _("Next %(days)s days") % {"days": SOON_DAYS}, "due": _("Renewal due"), "offered": _("Being renewed"), "renewed": _("Renewed"),
        "ending": _("Ending"), "over": _("Over"),
    }
    base = look.without("state", "page")
    return render(request, "sales/renewals.html", {
        "rows": [(row.deal_id, shown_term(row)) for row in rows], "total": counts[state], "page_number": number, "text": text, "look": look, "sort": sort,
        "pages": max(1, -(-counts[state] // TERMS_PER_PAGE)), "page_href": look.without("page"), "sort_href": look.without("sort", "page"),
        "group_heads": _group_heads(rows, look.state.group),
        "chips": [{"label": label, "href": f"{base}state={key}" if key else base.rstrip("?&"), "count": counts[key], "is_on": key == state} for key, label in words.items()],
    })


def _group_heads(rows: Sequence[TermRow], group: str) -> dict[int, str]:
    """The words of each group, by the deal of its first contract on the page."""
    words = [(row.owner_name if group == "owner" else row.company_name) or _("None") for row in rows] if group else []
    return {row.deal_id: words[place] for place, row in enumerate(rows) if words and (not place or words[place] != words[place - 1])}
