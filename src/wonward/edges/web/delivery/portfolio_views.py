"""Many projects and clients on one page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.delivery.types import COLOURS, CriticalChain
from wonward.domains.staff.queries import list_people
from wonward.edges.web.delivery.presenting import face, slip_words
from wonward.edges.web.delivery.project_presenting import SLIP_ICONS
from wonward.edges.web.delivery.standing_presenting import LOOKS, colour_words
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.saved_lists import ListColumn, ListLook, SavedList, look_at, register_list
from wonward.journeys.client_record.queries.standing import HOLDS, get_portfolio
from wonward.journeys.client_record.types import Portfolio, PortfolioRow

ROWS_PER_PAGE = 60
PORTFOLIO = register_list(SavedList(
    "delivery.portfolio", "portfolio", gettext_lazy("Portfolio"), gettext_lazy("All live projects"), "delivery.project.view",
    ("health", "manager", "holds", "q"),
    (
        ListColumn("project", gettext_lazy("Project"), is_sortable=False, is_fixed=True),
        ListColumn("health", gettext_lazy("Health"), is_sortable=False), ListColumn("promise", gettext_lazy("Promise"), is_sortable=False),
        ListColumn("forecast", gettext_lazy("Forecast"), is_sortable=False), ListColumn("next", gettext_lazy("Next milestone"), is_sortable=False),
        ListColumn("overdue", gettext_lazy("Overdue"), is_number=True, is_sortable=False),
        ListColumn("blocked", gettext_lazy("Blocked"), is_number=True, is_sortable=False),
        ListColumn("done", gettext_lazy("Done"), is_sortable=False),
        ListColumn("client", gettext_lazy("Client"), is_sortable=False, is_usual=False),
        ListColumn("lead", gettext_lazy("Lead"), is_sortable=False, is_usual=False),
    ),
    (("client", gettext_lazy("Client")), ("lead", gettext_lazy("Lead")), ("health", gettext_lazy("Health"))),
))


@page(permission="delivery.project.view")
def portfolio(request: SignedInRequest) -> HttpResponse:
    """Health, promise against forecast, what comes next, the chain through several projects and who holds it up, the worst first."""
    look = look_at(request, PORTFOLIO)
    query = look.query
    colours, holds = _listed(query.get("health", ""), COLOURS), _listed(query.get("holds", ""), HOLDS)
    manager, place = query.get("manager", ""), query.get("page", "1")
    manager_id = int(manager) if manager.isdecimal() and len(manager) < 16 else None
    text = query.get("q", "").strip()[:120]
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    found = get_portfolio(
        actor=request.actor, now=request.now, text=text, manager_id=manager_id, colours=colours, holds=holds, group=look.state.group or "",
        offset=(number - 1) * ROWS_PER_PAGE, limit=ROWS_PER_PAGE,
    )
    context = {
        "look": look, "groups": _grouped(found.rows, look.state.group or ""), "total": found.total, "page_number": number,
        "pages": max(1, -(-found.total // ROWS_PER_PAGE)), "base_href": look.without("page"),
        "chips": [*_colour_chips(found, colours, look), *_hold_chips(holds, look)], "manager_id": manager_id, "text": text,
        "people_options": [(person.id, person.name) for person in list_people(actor=request.actor)],
        "loads": [{"face": face(one.name, one.person_id), "load": one} for one in found.bottlenecks.people],
        "roles": found.bottlenecks.roles, "chains": [_chain(one) for one in found.chains],
        "is_filtered": bool(colours or holds or manager_id or text), "kept": look.kept("manager", "q"),
    }
    return render(request, "delivery/portfolio.html", context, block="rows")


def _listed(text: str, known: Sequence[str] | dict[str, tuple[str, ...]]) -> list[str]:
    return [one for one in text.split(",") if one in known]


def _group_of(row: PortfolioRow, group: str) -> str:
    if group == "client":
        return row.drift.project.company_name
    if group == "lead":
        return row.drift.project.manager_name or _("Nobody yet")
    return colour_words(row.health.colour) if group == "health" else ""


def _grouped(rows: Sequence[PortfolioRow], group: str) -> list[dict[str, Any]]:
    return [{"title": title, "rows": [_view(row) for row in found]} for title, found in groupby(rows, key=lambda row: _group_of(row, group))]


def _view(row: PortfolioRow) -> dict[str, Any]:
    project, key = row.drift.project, row.drift.project.id
    tone, icon = LOOKS[row.health.colour]
    slip, slip_tone = slip_words(row.drift)
    work = address_of("project_list", project_id=key)
    overdue = row.count("overdue") + row.count("milestones")
    return {
        "project": project, "href": address_of("project", project_id=key), "lead": face(project.manager_name, project.manager_id),
        "tone": tone, "icon": icon, "words": colour_words(row.health.colour), "status_href": address_of("project_status", project_id=key),
        "by_hand": row.health.override is not None, "slip": slip, "slip_tone": slip_tone, "slip_icon": SLIP_ICONS.get(slip_tone, ""),
        "promised": date_short(project.promised_finish_date) or "–", "forecast": date_short(project.forecast_finish_date) or "–",
        "next": row.next_milestone, "next_date": date_short(row.next_milestone.finish_date) if row.next_milestone else "",
        "next_href": address_of("task", task_id=row.next_milestone.id) if row.next_milestone else "",
        "blocked": row.count("blocked"), "blocked_href": f"{work}?only=blocked", "overdue": overdue, "overdue_href": f"{work}?only=late",
    }


def _chain(chain: CriticalChain) -> dict[str, Any]:
    """A chain with the tasks of one project after each other put together."""
    return {
        "number": chain.project_number, "name": chain.project_name, "finish": date_short(chain.finish_date),
        "href": address_of("project_plan", project_id=chain.project_id),
        "parts": [
            {"number": number, "href": address_of("project_plan", project_id=key),
             "tasks": [{"name": one.task_name, "href": address_of("task", task_id=one.task_id), "finish": date_short(one.finish_date)} for one in links]}
            for (key, number), links in groupby(chain.links, key=lambda one: (one.project_id, one.project_number))
        ],
    }


def _colour_chips(found: Portfolio, colours: list[str], look: ListLook) -> list[dict[str, Any]]:
    return [
        {"label": colour_words(colour), "count": count, "icon": LOOKS[colour][1], "tone": LOOKS[colour][0] if count and colour != "green" else "",
         "is_on": colour in colours, "href": _turned(look, "health", colours, colour)}
        for colour, count in found.counts.items()
    ]


def _hold_chips(holds: list[str], look: ListLook) -> list[dict[str, Any]]:
    words = {"overdue": (_("Something overdue"), "clock-alert"), "blocked": (_("Something blocked"), "ban")}
    return [
        {"label": words[one][0], "count": None, "icon": words[one][1], "tone": "", "is_on": one in holds, "href": _turned(look, "holds", holds, one)}
        for one in HOLDS
    ]


def _turned(look: ListLook, name: str, chosen: list[str], one: str) -> str:
    """The address on which one value of a filter is turned on or off."""
    values = [value for value in chosen if value != one] if one in chosen else [*chosen, one]
    return f"{look.without(name, 'page')}{name}={','.join(values)}" if values else look.without(name, "page").rstrip("?&")
