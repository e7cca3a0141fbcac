"""The outlook of capacity, its what-ifs and saved scenarios."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from wonward.edges.web.capacity.outlook_presenting import (
    Look,
    busy_day,
    chart_of,
    drivers_of,
    efforts_of,
    headline_of,
    idle_words,
    remedies_of,
    table_of,
    weeks_of,
    what_if_pairs,
)
from wonward.edges.web.capacity.tabs import tabs
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.formats import time_words
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.capacity.operations import delete_scenario, save_scenario
from wonward.journeys.capacity.queries import get_outlook, list_remedies, list_scenarios
from wonward.journeys.capacity.types import Outlook, OutlookRow, WhatIf

SPANS = (12, 26)
SEED = 1


@page(permission="capacity.outlook.view")
def outlook(request: SignedInRequest) -> HttpResponse:
    """Demand by role and week as bands, what drives a week, and what would help."""
    look = _look(request)
    actor, today = request.actor, civil_date(request.now, request.actor.time_zone)
    found = get_outlook(actor=actor, today=today, weeks=look.weeks, what_if=look.what_if, seed=SEED)
    look = _focused(look, found)
    row = next((one for one in found.rows if one.role_id == look.role_id), None)
    cell = row.cells[look.week] if row and look.week is not None else None
    weeks = weeks_of(found.first, found.weeks)
    remedies = (
        list_remedies(actor=actor, today=today, weeks=look.weeks, role_id=row.role_id, week=look.week, what_if=look.what_if, seed=SEED)
        if row and cell and look.week is not None else []
    )
    return render(request, "capacity/outlook.html", {
        "tabs": tabs(actor, "outlook"), "weeks": weeks, "rows": table_of(found, look), "headline": headline_of(found),
        "chart": chart_of(found, row) if row else None, "role": row.name if row else "",
        "week": weeks[look.week].label if cell and look.week is not None else "", "idle": idle_words(cell),
        "busy_day": busy_day(cell),
        "drivers": drivers_of(found, cell, look), "remedies": remedies_of(remedies, found, found.deals, row.name if row else "", look),
        "spans": [{"label": _("%(count)s weeks") % {"count": span}, "href": look.href(weeks=span, week=None), "is_current": span == look.weeks} for span in SPANS],
        "draws": found.draws, "seed": found.seed, "at": time_words(request.now, actor.time_zone), "unknown": found.unknown_deals, "left_out": found.left_out,
        "changes": found.what_if.count, "reset_href": Look(look.weeks, look.role_id, look.week, WhatIf()).href(),
        "scenarios": [
            {"name": one.name, "author": one.author, "is_mine": one.is_mine, "href": Look(SPANS[0], None, None, one.what_if).href(),
             "delete_href": address_of("scenario", scenario_id=one.id)}
            for one in list_scenarios(actor=actor)
        ],
        "hidden": what_if_pairs(look.what_if), "may_save": actor.may("capacity.scenario.save"), "look": look,
        "has_known_deals": bool(found.deals), "efforts": efforts_of(found.efforts),
    })


def _look(request: SignedInRequest) -> Look:
    wanted = request.GET
    span = int(wanted["weeks"]) if wanted.get("weeks", "") in {str(one) for one in SPANS} else SPANS[0]
    return Look(span, _role(wanted.get("role", "")), _number(wanted.get("week", "")), what_if_of(wanted))


def what_if_of(query: QueryDict) -> WhatIf:
    """The assumptions in query or form parameters; what cannot be read is no assumption."""
    moved: dict[int, date] = {}
    for text in query.getlist("moved")[:200]:
        key, _colon, day = text.partition(":")
        if _number(key) is not None:
            with suppress(ValueError):
                moved[int(key)] = date.fromisoformat(day)
    moving = _number(str(query.get("move_deal", "")))
    if moving is not None:
        with suppress(ValueError):
            moved[moving] = date.fromisoformat(str(query.get("move_to", "")))
    won = frozenset(int(key) for key in query.getlist("won")[:200] if _number(key) is not None)
    lost = frozenset(int(key) for key in query.getlist("lost")[:200] if _number(key) is not None)
    return WhatIf(won, lost - won, moved)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _role(text: str) -> int | None:
    """A role of the table; those that no record stands for have numbers below 0."""
    found = _number(text.removeprefix("-"))
    return -found if found and text.startswith("-") else found


def _focused(look: Look, found: Outlook) -> Look:
    """A role and week to look at: those asked for, else where overload is likely first, else where most is asked."""
    roles = {row.role_id: row for row in found.rows}
    if not roles:
        return Look(look.weeks, None, None, look.what_if)
    row = roles[look.role_id] if look.role_id in roles else min(found.rows, key=_urgency)
    week = look.week if look.role_id in roles else None
    if week is None or week >= found.weeks:
        week = row.first_overload if row.first_overload is not None else _busiest(row)
    return Look(look.weeks, row.role_id, week, look.what_if)


def _urgency(row: OutlookRow) -> tuple[int, float]:
    """Earlier overload first, then the likeliest, then what is asked most."""
    week = _busiest(row)
    return row.first_overload if row.first_overload is not None else 999, -row.cells[week].p_overload - row.cells[week].mean / 1e6


def _busiest(row: OutlookRow) -> int:
    return max(range(len(row.cells)), key=lambda place: (row.cells[place].p_overload, row.cells[place].mean, -place))


@page(permission="capacity.scenario.save", methods=("POST",))
def scenarios(request: SignedInRequest) -> HttpResponse:
    """Save the what-if of the page under a name."""
    reader = FormReader(request.POST)
    name, is_shared = reader.text("name", limit=120), reader.flag("is_shared")
    reader.finish()
    what_if = what_if_of(request.POST)
    save_scenario(actor=request.actor, name=name, what_if=what_if, is_shared=is_shared, now=request.now)
    return go_to(request, Look(SPANS[0], None, None, what_if).href())


@page(permission="capacity.scenario.save", methods=("POST",))
def scenario(request: SignedInRequest, scenario_id: int) -> HttpResponse:
    """Throw a saved what-if away."""
    delete_scenario(actor=request.actor, scenario_id=scenario_id, now=request.now)
    return go_to(request, address_of("outlook"))
