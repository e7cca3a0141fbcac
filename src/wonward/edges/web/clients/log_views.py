"""One entry of the log with the words that became a promise, and making promises from a company's log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.clients.queries import get_company
from wonward.domains.comms.queries import get_communication, list_communications
from wonward.domains.comms.types import CommunicationRow
from wonward.domains.delivery.queries.projects import find_projects, list_projects
from wonward.domains.sales.queries.deals import find_deal_rows, list_deals
from wonward.domains.sales.types import DealFilter
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.formats import moment
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.promise_drafts import Home, promise_form
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import nothing
from wonward.edges.web.shell.timelines import StoryEntry, StoryFile, entry_of, files_beside
from wonward.journeys.promises.queries import mark_words
from wonward.journeys.promises.types import MarkedWords
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

AROUND = 3
NEIGHBOURS_READ = 200


@dataclass(frozen=True, slots=True)
class LogLine:
    """An entry in full; `pieces` are (words, is it what was promised)."""

    entry: StoryEntry
    at: str
    pieces: list[tuple[str, bool]]
    is_asked_for: bool


@page(permission="comms.communication.view")
def log_entry(request: SignedInRequest, communication_id: int) -> HttpResponse:
    """One entry with what was said before and after it; `promise` names the promise whose words are marked."""
    actor = request.actor
    row = get_communication(actor=actor, communication_id=communication_id)
    key = FormReader(request.GET).number("promise")
    marked = mark_words(actor=actor, promise_id=key, communication_id=row.id, body=row.body) if key else None
    around = _around(actor, row)
    files = files_beside(actor, around)
    context = {
        "lines": [
            _line(one, actor.time_zone, marked if one.id == row.id else None, one.id == row.id, files.get(one.id, ())) for one in around
        ],
        "places": _places(actor, row), "title": row.subject or moment(row.happened_at, actor.time_zone),
        "promise_number": marked.promise_number if marked else "",
    }
    return render(request, "clients/log_entry.html", context)


def _around(actor: Actor, row: CommunicationRow) -> list[CommunicationRow]:
    """The entry among its neighbours on the first of its records, oldest first."""
    rows = list_communications(actor=actor, refs=row.refs[:1], limit=NEIGHBOURS_READ) if row.refs else []
    ids = [one.id for one in rows]
    if row.id not in ids:
        return [row]
    place = ids.index(row.id)
    return rows[max(0, place - AROUND) : place + AROUND + 1][::-1]


def _line(
    row: CommunicationRow, zone: str, marked: MarkedWords | None, is_asked_for: bool, files: Sequence[StoryFile]
) -> LogLine:
    pieces, at = [], 0
    for start, end in marked.pieces if marked else ():
        pieces += [(row.body[at:start], False), (row.body[start:end], True)]
        at = end
    pieces.append((row.body[at:], False))
    return LogLine(entry_of(row, zone, files=files), moment(row.happened_at, zone), [piece for piece in pieces if piece[0]], is_asked_for)


def _places(actor: Actor, row: CommunicationRow) -> list[tuple[str, str, str]]:
    """Where the entry hangs: (icon, name, address)."""
    deals = find_deal_rows(actor=actor, deal_ids=[ref.id for ref in row.refs if ref.noun == "sales.deal"])
    project_ids = [ref.id for ref in row.refs if ref.noun == "delivery.project"]
    projects = find_projects(actor=actor, project_ids=project_ids) if project_ids else {}
    found = [("handshake", deal.name, address_of("deal", deal_id=deal.id)) for deal in deals.values()]
    found += [("folder-kanban", one.name, address_of("project", project_id=one.id)) for one in projects.values()]
    return found + [
        ("building-2", _("Company"), address_of("company", company_id=ref.id))
        for ref in row.refs if ref.noun == "clients.company" and actor.may("clients.company.view")
    ]


@page(permission="promises.promise.make", methods=("GET", "POST"))
def company_promise(request: SignedInRequest, company_id: int) -> HttpResponse:
    """Make a promise of what a company's log says, on one of its deals or projects."""
    actor = request.actor
    company = get_company(actor=actor, company_id=company_id)
    deals = []
    if actor.may("sales.deal.view"):
        deals = list_deals(actor=actor, where=DealFilter(company_id=company_id), now=request.now, limit=100)
    projects = list_projects(actor=actor, company_id=company_id, limit=100) if actor.may("delivery.project.view") else []
    homes = [Home(Ref("sales.deal", deal.id), f"{deal.name} · {deal.number}") for deal in deals if deal.status != "lost"]
    homes += [Home(Ref("delivery.project", one.id), f"{one.name} · {one.number}") for one in projects if one.status != "cancelled"]
    return promise_form(
        request, "clients/new_promise.html", {"company": company},
        action=address_of("company_promise", company_id=company_id),
        back=address_of("company", company_id=company_id), homes=homes, redraw=nothing,
    )
