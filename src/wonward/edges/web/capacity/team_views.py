"""What people do, can and cost: roles, skills, employment, targets, rates, and somebody to be hired."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.staff.operations import (
    create_placeholder,
    put_roles,
    put_skills,
    set_employment,
    set_rate,
)
from wonward.domains.staff.queries import (
    get_working_life,
    list_calendars,
    list_rates,
    list_rates_of,
    list_roles,
    list_working_lives,
)
from wonward.domains.staff.types import RateRow, WorkingLife
from wonward.edges.web.capacity.tabs import tabs
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_short, money_words
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Refused

PAGE = 50
BLANK_SKILLS = 3
MOST_SKILLS = 60
MOST_TEXT = 100


@page(permission="staff.booking.view")
def team(request: SignedInRequest) -> HttpResponse:
    """Everybody who works, and who is to be hired."""
    return _team(request, {})


def _team(request: SignedInRequest, errors: dict[str, str], *, part: str = "") -> HttpResponse:
    actor = request.actor
    text = request.GET.get("q", "").strip()[:MOST_TEXT]
    digits = request.GET.get("offset", "")
    offset = int(digits) if digits.isdecimal() and len(digits) < 8 else 0
    today = civil_date(request.now, actor.time_zone)
    lives = list_working_lives(actor=actor, on=today, text=text, offset=offset, limit=PAGE + 1)
    sees_rates = actor.may("staff.rate.view")
    roles = list_roles()
    context = {
        "tabs": tabs(actor, "capacity_team"), "people": [_shown(one) for one in lives[:PAGE]], "text": text, "sees_rates": sees_rates,
        "next_href": f"{address_of('capacity_team')}?offset={offset + PAGE}&q={text}" if len(lives) > PAGE else "",
        "back_href": f"{address_of('capacity_team')}?offset={max(0, offset - PAGE)}&q={text}" if offset else "",
        "may_hire": actor.may("staff.booking.edit"), "may_price": actor.may("staff.rate.edit"), "roles": list(roles.values()),
        "role_rates": [_rate(one, roles.get(one.role_id or 0, "")) for one in list_rates(actor=actor, on=today) if one.role_id] if sees_rates else [],
        "errors": errors, "values": request.POST if errors else {}, "part": part, "today": today, "currency": get_organisation().currency,
    }
    return render(request, "capacity/team.html", context, status=422 if errors else 200)


def _shown(one: WorkingLife) -> dict[str, Any]:
    return {
        "row": one, "href": address_of("team_person", person_id=one.id), "initials": initials_of(one.name), "tone": tone_of(one.id),
        "roles": " · ".join(one.roles), "skills": one.skills[:4], "more_skills": max(0, len(one.skills) - 4),
        "employment": _employment(one), "rate": _rate(one.rate) if one.rate else None,
    }


def _employment(one: WorkingLife) -> str:
    begins, ends = one.employed_from_date, one.employed_until_date
    if begins and ends:
        return _("%(first)s to %(last)s") % {"first": date_short(begins), "last": date_short(ends)}
    if begins:
        return _("from %(day)s") % {"day": date_short(begins)}
    return _("until %(day)s") % {"day": date_short(ends)} if ends else ""


def _rate(rate: RateRow, name: str = "") -> dict[str, str]:
    return {
        "name": name, "from": date_short(rate.valid_from_date), "cost": money_words(rate.cost) if rate.cost else "",
        "bill": money_words(rate.bill) if rate.bill else "",
    }


@page(permission="staff.booking.view")
def team_person(request: SignedInRequest, person_id: int) -> HttpResponse:
    """One person's working life."""
    return _person(request, person_id, {})


def _person(request: SignedInRequest, person_id: int, errors: dict[str, str], *, part: str = "") -> HttpResponse:
    actor = request.actor
    today = civil_date(request.now, actor.time_zone)
    one = get_working_life(actor=actor, person_id=person_id, on=today)
    edits, sees_rates = actor.may("staff.person.edit"), actor.may("staff.rate.view")
    context = {
        "tabs": tabs(actor, "capacity_team"), "one": one, "shown": _shown(one), "may_edit": edits, "may_say_skills": edits or actor.person_id == person_id,
        "may_price": actor.may("staff.rate.edit"), "sees_rates": sees_rates,
        "rates": [_rate(rate) for rate in list_rates_of(actor=actor, person_id=person_id)] if sees_rates else [],
        "calendars": [(row.id, row.name) for row in list_calendars()] if edits else [], "role_names": list(list_roles().values()),
        "levels": [(level, words) for level, words in _levels().items()], "blank": range(BLANK_SKILLS), "errors": errors, "part": part,
        "values": request.POST if errors else {}, "today": today, "currency": get_organisation().currency,
    }
    return render(request, "capacity/team_person.html", context, status=422 if errors else 200)


def _levels() -> dict[int, str]:
    return {1: _("1 · learning"), 2: _("2 · with help"), 3: _("3 · alone"), 4: _("4 · well"), 5: _("5 · teaches others")}


def _change(request: SignedInRequest, person_id: int, part: str, change: Callable[[], None]) -> HttpResponse:
    """Make a change of one part of the page; what is wrong stands beside its field."""
    get_working_life(actor=request.actor, person_id=person_id, on=_today(request.actor, request))
    try:
        change()
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _person(request, person_id, errors_by_field(refusal.errors), part=part)
    return go_to(request, address_of("team_person", person_id=person_id))


def _today(actor: Actor, request: SignedInRequest) -> date:
    return civil_date(request.now, actor.time_zone)


@page(permission="staff.person.edit", methods=("POST",))
def team_employment(request: SignedInRequest, person_id: int) -> HttpResponse:
    """Since when and until when, how much of the week, how much of it for clients, in which calendar."""
    def change() -> None:
        reader = FormReader(request.POST)
        week, target, calendar = reader.number("week_percent"), reader.number("target_percent"), reader.number("calendar_id")
        begins, ends, version = reader.day("employed_from_date"), reader.day("employed_until_date"), reader.version()
        reader.finish()
        set_employment(
            actor=request.actor, person_id=person_id, week_percent=100 if week is None else week, target_percent=0 if target is None else target,
            employed_from_date=begins, employed_until_date=ends, calendar_id=calendar, version=version, now=request.now,
        )

    return _change(request, person_id, "employment", change)


@page(permission="staff.person.edit", methods=("POST",))
def team_roles(request: SignedInRequest, person_id: int) -> HttpResponse:
    """Which roles somebody can fill, the main one first."""
    names = [name for name in request.POST.get("roles", "")[:2000].split(",") if name.strip()]
    return _change(request, person_id, "roles", lambda: put_roles(actor=request.actor, roles={person_id: names}, now=request.now))


@page(permission="staff.booking.view", methods=("POST",))
def team_skills(request: SignedInRequest, person_id: int) -> HttpResponse:
    """What somebody can do, and how well."""
    names, levels = request.POST.getlist("skill")[:MOST_SKILLS], request.POST.getlist("level")[:MOST_SKILLS]
    skills = {name: int(level) if level.isdecimal() and len(level) < 3 else 0 for name, level in zip(names, levels, strict=False)}
    return _change(request, person_id, "skills", lambda: put_skills(actor=request.actor, person_id=person_id, skills=skills, now=request.now))


@page(permission="staff.rate.edit", methods=("POST",))
def new_rate(request: SignedInRequest) -> HttpResponse:
    """What an hour of a person or a role costs and is billed at from a day on."""
    reader = FormReader(request.POST)
    person_id = reader.number("person_id")
    try:
        currency = get_organisation().currency
        day, cost, bill = reader.day("valid_from_date"), reader.money("cost", currency), reader.money("bill", currency)
        reader.finish()
        if day is None:
            raise Refused.field("valid_from_date", _("A rate counts from a day on."), "required")
        set_rate(
            actor=request.actor, person_id=person_id, role=request.POST.get("role", "")[:120] if person_id is None else "", valid_from_date=day,
            cost=cost, bill=bill, now=request.now,
        )
    except Refused as refusal:
        if not refusal.errors:
            raise
        errors = errors_by_field(refusal.errors)
        return _person(request, person_id, errors, part="rate") if person_id else _team(request, errors, part="rate")
    return go_to(request, address_of("team_person", person_id=person_id) if person_id else address_of("capacity_team"))


@page(permission="staff.booking.edit", methods=("POST",))
def new_placeholder(request: SignedInRequest) -> HttpResponse:
    """Somebody to be hired, who can be booked from a day on."""
    reader = FormReader(request.POST)
    try:
        name, role = reader.text("name", limit=160), reader.text("role", limit=120)
        day, week = reader.day("from_date"), reader.number("week_percent")
        reader.finish()
        if day is None:
            raise Refused.field("from_date", _("Say from when on they would be there."), "required")
        person_id = create_placeholder(
            actor=request.actor, name=name, role=role, from_date=day, week_percent=100 if week is None else week, now=request.now
        )
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _team(request, errors_by_field(refusal.errors), part="placeholder")
    return go_to(request, address_of("team_person", person_id=person_id))
