"""What is sold on a deal: the panel on its page, and the editor of its services, prices and options."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.catalog.queries import get_offers, list_services
from wonward.domains.catalog.types import Offer
from wonward.domains.sales.operations.lines import change_lines
from wonward.domains.sales.queries.deals import get_deal, list_lines, require_right_to_change, sum_of
from wonward.domains.sales.types import DealRow, LineRow
from wonward.edges.web.sales.line_draft import (
    MOST_ROWS,
    DraftRow,
    change_rows,
    plain_amount,
    read_lines,
    read_rows,
    rows_of,
    settle,
    sums,
    tell,
)
from wonward.edges.web.sales.line_panel import conversion_words, shown_lines
from wonward.edges.web.sales.page_context import redrawn
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.formats import money_words
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import closing_drawer, go_to, with_toast
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotAllowed, Refused, Stale

MOST_SERVICES = 1000
PAGE = "sales/deal/lines_page.html"


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the editor works with, as far as the viewer sees it."""

    deal: DealRow
    lines: Sequence[LineRow]
    currency: str
    offers: Mapping[int, Offer]
    choices: list[tuple[int, str]]


@page(permission="sales.deal.edit", methods=("GET", "POST"))
def deal_lines(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """The services as a form. Every press of a button sends all of it; only Save writes."""
    deal = get_deal(actor=request.actor, deal_id=deal_id)
    require_right_to_change(actor=request.actor, deal=deal, permission="sales.deal.edit")
    if request.method != "POST":
        return _open(request, deal)
    rows, do = read_rows(request.POST), request.POST.get("do", "save")
    desk = _desk(request.actor, deal, [row.service_id for row in rows], request.now)
    settle(rows, desk.offers)
    reader = FormReader(request.POST)
    version = reader.version()
    reader.finish()
    if do == "save":
        return _save(request, desk, rows, version)
    if do == "sum":
        return render_block(request, PAGE, "sums", _context(desk, rows, version) | {"is_swap": True})
    change_rows(rows, do)
    return _show(request, desk, rows, version)


def _open(request: SignedInRequest, deal: DealRow) -> HttpResponse:
    if deal.status != "open":
        raise Conflict(_("%(deal)s is closed; its services can no longer change.") % {"deal": deal.number})
    desk = _desk(request.actor, deal, [], request.now)
    if len(desk.lines) > MOST_ROWS:
        raise Conflict(_("This deal has more services than the editor holds; change them through the API."))
    return _show(request, desk, rows_of(desk.lines, desk.offers), deal.version)


def _desk(actor: Actor, deal: DealRow, service_ids: Collection[int | None], now: datetime) -> _Desk:
    """The catalogue for this deal: what is sold today, and what already stands on it."""
    lines = list_lines(deal=deal)
    listed = list_services(actor=actor, limit=MOST_SERVICES)
    sold = {line.service_id: line.service_name for line in lines}
    prices = [deal.value, *(line.unit_price for line in lines)]
    house = get_organisation()
    currency = next((price.currency for price in prices if price), "") or house.currency
    today = civil_date(now, house.time_zone)
    offers = get_offers({*sold, *(key for key in service_ids if key)}, currency=currency, on=today)
    if not (deal.has_value_right and actor.may("catalog.price.view")):
        offers = {key: replace(offer, price=None, conversion=None) for key, offer in offers.items()}
    known = {row.id for row in listed}
    older = [(key, name) for key, name in sold.items() if key not in known]
    return _Desk(deal, lines, currency, offers, [*older, *((row.id, row.name) for row in listed)])


def _save(request: SignedInRequest, desk: _Desk, rows: list[DraftRow], version: int | None) -> HttpResponse:
    deal = desk.deal
    found = read_lines(rows, desk.currency, with_prices=deal.has_value_right)
    if any(row.errors for row in rows):
        return _show(request, desk, rows, version, status=422)
    try:
        answer = change_lines(
            actor=request.actor, deal_id=deal.id, lines=[line for _row, line in found], version=version, now=request.now
        )
    except Stale as stale:
        return _show(request, desk, rows, get_deal(actor=request.actor, deal_id=deal.id).version, status=412,
                     theirs=stale.current["lines"])
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        return _show(request, desk, rows, version, status=422, general=tell(found, refusal.errors) if refusal.errors else [refusal.message])
    here = address_of("deal", deal_id=deal.id)
    if not is_fragment(request) or urlsplit(request.headers.get("HX-Current-URL", here)).path != here:
        return go_to(request, here)
    answered = redrawn(request, deal.id, ("header", "facts"))
    answered.headers["HX-Reswap"] = "none"
    return closing_drawer(with_toast(answered, _said(request.actor, deal.id, answer.is_value_kept)))


def _said(actor: Actor, deal_id: int, is_value_kept: bool) -> str:
    deal = get_deal(actor=actor, deal_id=deal_id)
    if is_value_kept and deal.value and deal.value != sum_of(list_lines(deal=deal)):
        return _("Services saved. The value stays %(value)s, as it was entered.") % {"value": money_words(deal.value)}
    return _("Services saved.")


def _show(
    request: SignedInRequest, desk: _Desk, rows: list[DraftRow], version: int | None, *, status: int = 200,
    theirs: Sequence[LineRow] | None = None, general: Sequence[str] = (),
) -> HttpResponse:
    context = _context(desk, rows, version) | {
        "theirs": None if theirs is None else shown_lines(theirs),
        "summary": [FieldError("", message) for message in general] + [
            FieldError(f"{name}-{row.key}", message) for row in rows for name, message in row.errors.items()
        ],
    }
    if is_fragment(request):
        return render_block(request, PAGE, "drawer_body", context, status=status)
    return render(request, PAGE, context, status=status)


def _context(desk: _Desk, rows: Sequence[DraftRow], version: int | None) -> dict[str, Any]:
    copies = [replace(row, errors={}) for row in rows]
    by_row, total = sums(copies, desk.offers, desk.currency) if desk.deal.has_value_right else ({}, None)
    before, value = sum_of(desk.lines), desk.deal.value
    return {
        "deal": desk.deal, "here": address_of("deal", deal_id=desk.deal.id), "rows": rows, "version": version,
        "action": address_of("deal_lines", deal_id=desk.deal.id), "choices": desk.choices, "offers": desk.offers,
        "currency": desk.currency, "row_sums": by_row, "notes": _notes(desk, rows) if desk.deal.has_value_right else {}, "total": total, "may_price": desk.deal.has_value_right,
        "own_value": value if value is not None and value != before else None, "most_rows": MOST_ROWS, "summary": [], "theirs": None,
    }


def _notes(desk: _Desk, rows: Sequence[DraftRow]) -> dict[str, str]:
    """Beside each row by its key: which currency and rate its price comes from, or why there is none."""
    stored = {(line.service_id, plain_amount(line.unit_price)): line.conversion for line in desk.lines if line.conversion}
    found = {}
    for row in rows:
        offer = desk.offers.get(row.service_id or 0)
        if offer is None:
            continue
        known = stored.get((row.service_id or 0, row.price))
        if known is None and row.price in ("", plain_amount(offer.price)):
            known = offer.conversion
        words = conversion_words(known)
        if not words and not row.price and offer.missing_rate:
            words = _("no price in %(currency)s: there is no exchange rate for %(missing)s") % {"currency": desk.currency, "missing": offer.missing_rate}
        if words:
            found[row.key] = words
    return found
