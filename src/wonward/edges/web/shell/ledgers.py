"""The promise ledger in words: cards, columns, and what may be done with each promise."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, date_words, moment
from wonward.edges.web.shell.navigation import DELIVERY
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment
from wonward.edges.web.shell.render import render, render_block
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.promises.queries import get_ledger, list_promises
from wonward.journeys.promises.types import COLUMNS, Coverage, Ledger, PromiseRow
from wonward.kernel.actor import Actor

CARDS_AT_ONCE = 20
MOST_AT_ONCE = 500
KINDS = {
    "deliverable": gettext_lazy("Deliverable"), "date": gettext_lazy("Date"), "quality": gettext_lazy("Quality"),
    "price": gettext_lazy("Price"), "staffing": gettext_lazy("Staffing"), "exclusion": gettext_lazy("Exclusion"),
    "assumption": gettext_lazy("Assumption"),
}
_BAR = ("kept", "planned", "at_risk", "uncovered")


@dataclass(frozen=True, slots=True)
class Step:
    """One button of a card or drawer: it opens a drawer, or posts one state."""

    label: str
    icon: str
    href: str = ""
    post_url: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class LedgerCard:
    """One promise as the ledger shows it."""

    id: int
    version: int
    number: str
    href: str
    kind: str
    kind_words: str
    text: str
    weight: int
    column: str
    quote: str
    speaker: str
    said: str
    source_href: str
    because: str
    icon: str
    tone: str
    due: str
    badge: str
    is_internal: bool
    covers: list[tuple[str, str]] = field(default_factory=list)
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """One column: its numbers are those of all its rows, shown or still to be asked for."""

    key: str
    count: int
    weight: int
    cards: list[LedgerCard]
    more_url: str


@dataclass(frozen=True, slots=True)
class LedgerLook:
    """Everything the ledger of a deal or project lays out."""

    here: str
    part_url: str
    live: str
    percent: int
    parts: list[dict[str, Any]]
    words: str
    columns: list[LedgerColumn]
    apart: LedgerColumn
    drafts: LedgerColumn
    kinds: list[tuple[str, str, int, bool]]
    kind: str
    total: int
    new_url: str


def promise_url(row_id: int) -> str:
    """The page of one promise, opened in the drawer."""
    return address_of("promise", promise_id=row_id)


def words_url(row: PromiseRow) -> str:
    """Where the original words stand, with the words marked; "" when they stand in no log entry the viewer reads."""
    if row.source_ref is None or row.source_ref.noun != "comms.communication":
        return ""
    entry = address_of("log_entry", communication_id=row.source_ref.id)
    return f"{entry}?promise={row.id}#entry-{row.source_ref.id}"


def said_words(row: PromiseRow, zone: str) -> str:
    """When the words were said, or that they can be read."""
    return moment(row.said_at, zone) if row.said_at else _("Where it stands") if words_url(row) else ""


def because_words(row: PromiseRow) -> str:
    """Why a promise stands where it stands."""
    by = f"{row.state_by}: {row.state_reason}" if row.state_by and row.state_reason else row.state_reason or row.state_by
    if row.state == "draft":
        return _("Written down by %(who)s, not confirmed yet") % {"who": row.author_label or _("somebody")}
    if row.state == "replaced":
        return _("Replaced by %(number)s. %(why)s") % {"number": row.replaced_by_number, "why": row.state_reason}
    if row.state == "kept":
        return _("Kept. %(by)s") % {"by": by} if by else _("Kept")
    if row.state != "confirmed":
        return by
    if row.column == "apart":
        return _("Agreed. No work has to keep it.")
    if row.coverage == "uncovered":
        return _("No task keeps it yet") if row.project_id else _("Delivery covers it when the deal is won") if get_organisation().is_on(DELIVERY) else ""
    if row.coverage == "at_risk" and row.due_date:
        return _("Ends %(end)s, promised %(due)s") % {"end": date_short(row.forecast_date), "due": date_short(row.due_date)}
    return _("Done by %(day)s") % {"day": date_short(row.forecast_date)} if row.forecast_date else ""


_ICONS = {
    "uncovered": ("calendar-x", ""), "planned": ("flag", ""), "at_risk": ("triangle-alert", "warn"), "kept": ("check", "ok"),
    "waived": ("undo-2", ""), "apart": ("info", ""), "draft": ("square-pen", ""),
}


def card_of(row: PromiseRow, zone: str, *, may_make: bool) -> LedgerCard:
    """A promise as its card; without the right to make promises it offers nothing."""
    column = "draft" if row.state == "draft" else row.column
    icon, tone = _ICONS[column]
    badges = {"broken": _("Broken"), "waived": _("Waived") if row.column == "apart" else "", "replaced": _("Replaced")}
    return LedgerCard(
        row.id, row.version, row.number, promise_url(row.id), row.kind, str(KINDS.get(row.kind, row.kind)), row.text, row.weight,
        column, row.quote, row.speaker, said_words(row, zone), words_url(row), because_words(row), icon, tone,
        date_words(row.due_date) if row.state in ("draft", "confirmed") else "", badges.get(row.state, ""),
        not row.is_client_visible,
        [(cover.name, address_of("task", task_id=cover.task_id)) for cover in row.covers] if row.state == "confirmed" else [],
        _next_step(row) if may_make else None,
    )


def _next_step(row: PromiseRow) -> Step | None:
    """The one thing worth a button on the card; everything else is in the drawer."""
    post_url = address_of("promise_state", promise_id=row.id)
    if row.state == "draft":
        return Step(_("Confirm"), "check", post_url=post_url, state="confirmed")
    if row.suggestion == "keep":
        return Step(_("All work is done: mark as kept"), "check-check", post_url=post_url, state="kept")
    if row.suggestion == "take_back":
        return Step(_("Its work was opened again: take back"), "undo-2", post_url=post_url, state="confirmed")
    if row.state == "confirmed" and row.column == "uncovered" and row.project_id:
        return Step(_("Cover with a task"), "link", href=f"{promise_url(row.id)}#cover")
    return None


def coverage_bar(coverage: Coverage) -> list[dict[str, Any]]:
    """The bar of a coverage: thousandths per column; what was waived or stands apart counts for nothing."""
    total = sum(coverage.weights[key] for key in _BAR) or 1
    return [{"share": round(1000 * coverage.weights[key] / total), "tone": key} for key in _BAR]


def ledger_look(
    ledger: Ledger, *, actor: Actor, here: str, live: str, kind: str, new_url: str, shown: int = CARDS_AT_ONCE
) -> LedgerLook:
    """A ledger as its page lays it out."""
    may_make = actor.may("promises.promise.make")

    def column(key: str) -> LedgerColumn:
        rows, tally = ledger.columns[key], ledger.tallies[key]
        query = urlencode({"column": key, "from": len(rows), **({"kind": kind} if kind else {})})
        return LedgerColumn(
            key, tally.count, tally.weight, [card_of(row, actor.time_zone, may_make=may_make) for row in rows],
            f"{here}?{query}" if tally.count > len(rows) else "",
        )

    weights = ledger.coverage.weights
    counted = sum(weights[key] for key in _BAR)
    query = urlencode({"part": "ledger", **({"kind": kind} if kind else {}), **({"shown": shown} if shown != CARDS_AT_ONCE else {})})
    total = sum(ledger.kinds.values())
    return LedgerLook(
        here, f"{here}?{query}", live, ledger.coverage.percent, coverage_bar(ledger.coverage),
        _("%(covered)s of %(total)s weight covered in time") % {"covered": weights["kept"] + weights["planned"], "total": counted},
        [column(key) for key in COLUMNS], column("apart"), column("draft"),
        [("", here, total, not kind)]
        + [(key, f"{here}?kind={key}", ledger.kinds[key], key == kind) for key in KINDS if key in ledger.kinds or key == kind],
        kind, total, new_url if may_make else "",
    )


def show_ledger(
    request: SignedInRequest, template: str, context: dict[str, Any], *, here: str, live: str, new_url: str,
    deal_id: int | None = None, project_id: int | None = None,
) -> HttpResponse:
    """The ledger page, the ledger alone for a live refresh, or further cards of one column."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    column, start = request.GET.get("column", ""), _whole(request.GET.get("from", "0"))
    if is_fragment(request) and column in (*COLUMNS, "apart", "draft"):
        return _further_cards(request, here, column, kind, start, deal_id, project_id)
    shown = min(MOST_AT_ONCE, max(CARDS_AT_ONCE, start + CARDS_AT_ONCE if column else _whole(request.GET.get("shown", "0"))))
    ledger = get_ledger(actor=request.actor, deal_id=deal_id, project_id=project_id, kind=kind, limit=shown)
    look = ledger_look(ledger, actor=request.actor, here=here, live=live, kind=kind, new_url=new_url, shown=shown)
    if request.GET.get("part") == "ledger":
        return render_block(request, template, "ledger", context | {"look": look})
    return render(request, template, context | {"look": look})


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _further_cards(
    request: SignedInRequest, here: str, column: str, kind: str, start: int, deal_id: int | None, project_id: int | None
) -> HttpResponse:
    rows = list_promises(
        actor=request.actor, deal_id=deal_id, project_id=project_id, column=column, kind=kind, offset=start,
        limit=CARDS_AT_ONCE + 1,
    )
    query = urlencode({"column": column, "from": start + CARDS_AT_ONCE, **({"kind": kind} if kind else {})})
    may_make = request.actor.may("promises.promise.make")
    return render(request, "shell/ledger_cards.html", {
        "cards": [card_of(row, request.actor.time_zone, may_make=may_make) for row in rows[:CARDS_AT_ONCE]],
        "more_url": f"{here}?{query}" if len(rows) > CARDS_AT_ONCE else "",
    })


def changed_ledger(response: HttpResponse) -> HttpResponse:
    """Let every ledger on the page fetch itself again."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps(events | {"ledger:changed": {}})
    return response
