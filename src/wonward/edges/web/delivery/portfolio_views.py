"""Many projects and clients on one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.delivery.types import COLOURS
from wonward.domains.staff.queries import list_people
from wonward.edges.web.delivery.presenting import face, slip_words
from wonward.edges.web.delivery.project_presenting import SLIP_ICONS
from wonward.edges.web.delivery.standing_presenting import LOOKS, colour_words
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.journeys.client_record.queries.standing import get_portfolio
from wonward.journeys.client_record.types import Portfolio, PortfolioRow

ROWS_PER_PAGE = 60
GROUPS = ("none", "client", "lead", "health")


@page(permission="delivery.project.view")
def portfolio(request: SignedInRequest) -> HttpResponse:
    """Health, promise against forecast, what comes next and who holds it up, the worst first."""
    query = request.GET
    colours = [one for one in query.getlist("health") if one in COLOURS]
    manager, place = query.get("manager", ""), query.get("page", "1")
    manager_id = int(manager) if manager.isdecimal() and len(manager) < 16 else None
    group = query.get("group", "none")
    group = group if group in GROUPS else "none"
    text = query.get("q", "").strip()[:120]
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    found = get_portfolio(
        actor=request.actor, now=request.now, text=text, manager_id=manager_id, colours=colours, group=group,
        offset=(number - 1) * ROWS_PER_PAGE, limit=ROWS_PER_PAGE,
    )
    kept = [(name, value) for name in ("health", "manager", "q", "group") for value in query.getlist(name) if value]
    context = {
        "groups": _grouped(found.rows, group), "total": found.total, "page_number": number, "pages": max(1, -(-found.total // ROWS_PER_PAGE)),
        "base_href": f"{address_of('portfolio')}?{urlencode(kept)}{'&' if kept else ''}", "chips": _chips(found, colours, kept),
        "people_options": [(person.id, person.name) for person in list_people(actor=request.actor)], "manager_id": manager_id, "text": text,
        "group": group, "group_options": [("none", _("No groups")), ("client", _("By client")), ("lead", _("By lead")), ("health", _("By health"))],
        "loads": [{"face": face(one.name, one.person_id), "load": one} for one in found.loads], "is_filtered": bool(kept),
        "health_values": colours,
    }
    return render(request, "delivery/portfolio.html", context, block="rows")


def _group_of(row: PortfolioRow, group: str) -> str:
    if group == "client":
        return row.drift.project.company_name
    if group == "lead":
        return row.drift.project.manager_name or _("Nobody yet")
    return colour_words(row.health.colour) if group == "health" else ""


def _grouped(rows: Sequence[PortfolioRow], group: str) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = []
    for row in rows:
        title = _group_of(row, group)
        if not groups or groups[-1]["title"] != title:
            groups.append({"title": title, "rows": []})
        groups[-1]["rows"].append(_view(row))
    return groups


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


def _chips(found: Portfolio, colours: list[str], kept: list[tuple[str, str]]) -> list[dict[str, Any]]:
    others = [pair for pair in kept if pair[0] != "health"]
    chips = []
    for colour, count in found.counts.items():
        chosen = [one for one in colours if one != colour] if colour in colours else [*colours, colour]
        query = urlencode([*others, *(("health", one) for one in chosen)])
        chips.append({"label": colour_words(colour), "count": count, "icon": LOOKS[colour][1], "tone": LOOKS[colour][0] if count and colour != "green" else "",
                      "is_on": colour in colours, "href": f"{address_of('portfolio')}?{query}"})
    return chips
