"""Proposals in the office: the list, the editor with its margin and differences, sending, and answering questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.catalog.queries import list_promise_keys, list_services
from wonward.domains.catalog.types import ServiceRow
from wonward.domains.sales.operations.proposals import (
    comment_on_proposal,
    create_proposal,
    revoke_links,
    save_proposal,
    send_proposal,
)
from wonward.domains.sales.queries.deals import get_deal, require_right_to_change
from wonward.domains.sales.queries.documents import draw_proposal, read_signed_document
from wonward.domains.sales.queries.drafts import work_out
from wonward.domains.sales.queries.proposals import count_proposals, get_proposal, list_proposals, sum_content
from wonward.domains.sales.types.proposals import ProposalContent, ProposalLine, ProposalRow, ProposalView
from wonward.edges.web.sales.line_panel import conversion_words
from wonward.edges.web.sales.role_hours import hours_words, read_hours
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.formats import date_short, day_of, money_words
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.shell.saved_lists import ListColumn, SavedList, look_at, register_list
from wonward.foundation.files.rules import delivery_headers
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.errors import Conflict, FieldError, NotAllowed, Refused, Stale

PROPOSALS_PER_PAGE = 50
SPARE_LINES = 2
STATUSES = ("draft", "sent", "accepted")
PROPOSALS = register_list(SavedList(
    "sales.proposals", "proposals", gettext_lazy("Proposals"), gettext_lazy("All proposals"), "sales.proposal.view", ("status", "q"),
    (
        ListColumn("number", gettext_lazy("Proposal"), is_fixed=True), ListColumn("deal", gettext_lazy("Deal")),
        ListColumn("status", gettext_lazy("State"), is_sortable=False), ListColumn("price", gettext_lazy("Price"), is_number=True, is_sortable=False),
        ListColumn("owner", gettext_lazy("Owner"), is_sortable=False), ListColumn("updated_at", gettext_lazy("Changed")),
    ),
    (("status", gettext_lazy("State")), ("owner", gettext_lazy("Owner")), ("company", gettext_lazy("Company"))),
))


@page(permission="sales.proposal.view")
def proposals(request: SignedInRequest) -> HttpResponse:
    """Every proposal, the newest change first."""
    look = look_at(request, PROPOSALS)
    status, text = look.query.get("status", ""), look.query.get("q", "").strip()[:120]
    status = status if status in STATUSES else ""
    place = look.query.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    counts = {key: count_proposals(actor=request.actor, status=key, text=text) for key in ("", *STATUSES)}
    rows = list_proposals(
        actor=request.actor, status=status, text=text, sort=look.state.sort or "-updated_at", group=look.state.group,
        offset=(number - 1) * PROPOSALS_PER_PAGE, limit=PROPOSALS_PER_PAGE,
    )
    words = {"": _("All"), "draft": _("Drafts"), "sent": _("Sent"), "accepted": _("Signed")}
    base = look.without("status", "page")
    context = {
        "rows": rows, "total": counts[status], "page_number": number, "pages": max(1, -(-counts[status] // PROPOSALS_PER_PAGE)),
        "page_href": look.without("page"), "look": look, "sort": look.state.sort or "-updated_at", "sort_href": look.without("sort", "page"), "text": text,
        "group_heads": _group_heads(rows, look.state.group),
        "chips": [{"label": label, "href": f"{base}status={key}" if key else base.rstrip("?&"), "count": counts[key], "is_on": key == status} for key, label in words.items()],
    }
    return render(request, "sales/proposals.html", context)


def _group_heads(rows: Sequence[ProposalRow], group: str) -> dict[int, str]:
    """The words of each group, by the id of its first proposal on the page."""
    said = {"draft": _("Drafts"), "sent": _("Sent"), "accepted": _("Signed")}
    words = {
        row.id: said.get(row.status, row.status) if group == "status" else (row.owner_name if group == "owner" else row.company_name) or _("None") for row in rows
    } if group else {}
    return {row.id: words[row.id] for place, row in enumerate(rows) if words and (not place or words[row.id] != words[rows[place - 1].id])}


@page(permission="sales.proposal.edit", methods=("POST",))
def new_proposal(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Start one from the services and answers of a deal."""
    key = create_proposal(actor=request.actor, deal_id=deal_id, now=request.now)
    return go_to(request, address_of("proposal", proposal_id=key))


@page(permission="sales.proposal.view")
def proposal(request: SignedInRequest, proposal_id: int) -> HttpResponse:
    """One version: its lines, sums, differences, links and questions."""
    number = request.GET.get("version", "")
    view = get_proposal(
        actor=request.actor, proposal_id=proposal_id, number=int(number) if number.isdecimal() and len(number) < 5 else None, now=request.now
    )
    return render(request, "sales/proposal.html", _context(request, view, view.content, None))


@page(permission="sales.proposal.edit", methods=("POST",))
def proposal_draft(request: SignedInRequest, proposal_id: int) -> HttpResponse:
    """Keep the draft; after sending, a change begins the next version."""
    view = get_proposal(actor=request.actor, proposal_id=proposal_id, now=request.now)
    content = view.content
    is_sum = request.POST.get("do") == "sum"
    try:
        content, errors = _read_content(request.POST, view, {one.id: one.name for one in list_services(actor=request.actor)})
        if is_sum:
            sums = sum_content(work_out(view=view, content=content, now=request.now), view.currency, actor=request.actor)
            return render_block(request, "sales/proposal.html", "sums", {"sums": sums, "hours_words": hours_words})
        if errors:
            raise Refused(errors[0].words, errors)
        save_proposal(actor=request.actor, proposal_id=proposal_id, content=content, version=FormReader(request.POST).version(), now=request.now)
        return go_to(request, address_of("proposal", proposal_id=proposal_id))
    except (NotAllowed, Conflict, Stale):
        raise
    except Refused as refusal:
        if is_sum:
            return HttpResponse(status=204)
        return render(request, "sales/proposal.html", _context(request, view, content, refusal), status=422)


@page(permission="sales.proposal.edit", methods=("POST",))
def proposal_sending(request: SignedInRequest, proposal_id: int) -> HttpResponse:
    """Freeze the version and show its link, once."""
    view = get_proposal(actor=request.actor, proposal_id=proposal_id, now=request.now)
    reader = FormReader(request.POST)
    try:
        valid_until, recipient, is_tracked = reader.day("valid_until"), reader.text("recipient", limit=200), reader.flag("is_tracked")
        reader.finish()
        if valid_until is None:
            raise Refused.field("valid_until", _("Say until when it is valid."), "required")
        token = send_proposal(
            actor=request.actor, proposal_id=proposal_id, valid_until=valid_until, recipient=recipient, is_tracked=is_tracked, now=request.now
        )
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        return render(request, "sales/proposal.html", _context(request, view, view.content, refusal), status=422)
    view = get_proposal(actor=request.actor, proposal_id=proposal_id, now=request.now)
    link = settings.BASE_URL.rstrip("/") + address_of("public_proposal", token=token)
    return render(request, "sales/proposal.html", _context(request, view, view.content, None) | {"fresh_link": link})


@page(permission="sales.proposal.edit", methods=("POST",))
def proposal_links(request: SignedInRequest, proposal_id: int) -> HttpResponse:
    """Take every link back."""
    revoke_links(actor=request.actor, proposal_id=proposal_id, now=request.now)
    return go_to(request, address_of("proposal", proposal_id=proposal_id))


@page(permission="sales.proposal.edit", methods=("POST",))
def proposal_comment(request: SignedInRequest, proposal_id: int) -> HttpResponse:
    """Answer what the client asked."""
    comment_on_proposal(actor=request.actor, proposal_id=proposal_id, text=FormReader(request.POST).text("text"), now=request.now)
    return go_to(request, address_of("proposal", proposal_id=proposal_id) + "#questions")


@page(permission="sales.proposal.view")
def proposal_file(request: SignedInRequest, proposal_id: int) -> HttpResponse:
    """The newest version as a PDF; once it is signed, the sealed document itself."""
    view = get_proposal(actor=request.actor, proposal_id=proposal_id, now=request.now)
    number = view.number
    if view.contract is not None:
        number, content = view.contract.number, read_signed_document(view.contract.document_sha256)
    else:
        content = draw_proposal(organisation=get_organisation().name, number=f"{view.row.number} v{number}", content=view.content, sums=view.sums)
    return HttpResponse(content, headers=delivery_headers(f"{view.row.number}-v{number}.pdf", "application/pdf"))


def _read_content(data: Mapping[str, str], view: ProposalView, names: Mapping[int, str]) -> tuple[ProposalContent, list[FieldError]]:
    reader = FormReader(data)
    lines = []
    for place in range(min(reader.number("rows") or 0, 110)):
        service_id = reader.number(f"service-{place}")
        name = reader.text(f"name-{place}", limit=200)
        if not name and not service_id:
            continue
        lines.append(
            ProposalLine(
                name=name or names.get(service_id or 0, ""), quantity=_decimal(reader, f"quantity-{place}", Decimal(1)),
                unit_price=reader.money(f"price-{place}", view.currency), service_id=service_id,
                description=reader.text(f"description-{place}", limit=1000), is_option=reader.flag(f"option-{place}"),
                is_chosen=reader.flag(f"chosen-{place}"), promise=reader.text(f"promise-{place}", limit=500),
                promise_key=reader.text(f"promise-key-{place}", limit=80), hours=read_hours(reader, f"hours-{place}"),
                discount_percent=_decimal(reader, f"off-percent-{place}", Decimal(0)), discount=reader.money(f"off-{place}", view.currency),
            )
        )
    content = ProposalContent(
        title=reader.text("title", limit=200), recipient=reader.text("recipient", limit=200), intro=reader.text("intro", limit=8000),
        terms=reader.text("terms", limit=20_000), discount_percent=_decimal(reader, "discount_percent", Decimal(0)),
        tax_percent=_decimal(reader, "tax_percent", Decimal(0)), kickoff_date=reader.day("kickoff_date"), finish_date=reader.day("finish_date"),
        lines=tuple(lines), discount=reader.money("discount", view.currency),
    )
    return content, reader.errors


def _decimal(reader: FormReader, name: str, empty: Decimal) -> Decimal:
    text = reader.text(name, limit=20).replace(",", ".")
    if not text:
        return empty
    try:
        value = Decimal(text)
        if value.is_finite() and abs(value) < 10**9 and value == value.quantize(Decimal("0.01")):
            return value
    except InvalidOperation:
        pass
    reader.errors.append(FieldError(name, _("“%(value)s” is not a number with at most two decimal places.") % {"value": text}))
    return empty


def _context(request: SignedInRequest, view: ProposalView, content: ProposalContent, refused: Refused | None) -> dict[str, Any]:
    deal = get_deal(actor=request.actor, deal_id=view.row.deal_id)
    may_edit = view.row.status != "accepted" and view.number == view.row.current_number and _may_change(request, deal)
    sums = sum_content(content, view.currency, actor=request.actor)
    services = list_services(actor=request.actor) if may_edit else []
    return {
        "view": view, "row": view.row, "content": content, "sums": sums, "may_edit": may_edit, "refused": refused, "deal": deal,
        "may_ask_date": may_edit and request.actor.may("capacity.date.ask"),
        "lines": list(enumerate(content.lines)), "spare": range(len(content.lines), len(content.lines) + SPARE_LINES) if may_edit else (),
        "promise_keys": _promise_keys(content, services),
        "service_choices": [(one.id, _choice_words(one, view.currency)) for one in services],
        "notes": [conversion_words(line.conversion) for line in content.lines],
        "errors": {error.field: error.message for error in refused.errors} if refused else {},
        "valid_until": day_of(request.now, get_organisation().time_zone) + timedelta(days=30), "fresh_link": "",
        "versions": [
            {"label": f"v{number} · {date_short(day_of(sent, request.actor.time_zone)) if sent else _('draft')}", "is_current": number == view.number,
             "href": f"{address_of('proposal', proposal_id=view.row.id)}?version={number}"}
            for number, sent in view.numbers
        ],
        "margins": [_margin(line) for line in content.lines], "hours_words": hours_words,
    }


def _promise_keys(content: ProposalContent, services: Sequence[ServiceRow]) -> list[tuple[int, tuple[str, ...]]]:
    """The keys that the templates of the lines' services know, by service; under 0 those of every service, for new lines."""
    if not services:
        return []
    known = list_promise_keys({one.id for one in services} | {line.service_id for line in content.lines if line.service_id})
    return [(0, tuple(dict.fromkeys(key for keys in known.values() for key in keys))), *((key, keys) for key, keys in known.items() if keys)]


def _choice_words(service: ServiceRow, currency: str) -> str:
    """A service with its price in the currency of the proposal, or with its own, to be converted."""
    price = next((entry.price for entry in service.book if entry.currency == currency and entry.price), service.price)
    return f"{service.name}, {money_words(price)}" if price else service.name


def _margin(line: ProposalLine) -> int | None:
    """What is left of a line's price, in percent; None without the right or a price."""
    if line.cost is None or line.total is None or not line.total.minor:
        return None
    return round(100 * (line.total.minor - line.cost.times(line.quantity).minor) / line.total.minor)


def _may_change(request: SignedInRequest, deal: Any) -> bool:
    try:
        require_right_to_change(actor=request.actor, deal=deal, permission="sales.proposal.edit")
    except NotAllowed:
        return False
    return bool(deal.status == "open")
