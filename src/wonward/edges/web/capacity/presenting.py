"""The planner: people in rows, weeks in columns, bookings as bars in lanes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.staff.types import WorkingPerson
from wonward.edges.web.capacity.outlook_presenting import weeks_of
from wonward.edges.web.capacity.planner_look import PlannerLook
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_form, date_short, number
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.journeys.capacity.types import DayOver, Ledger, Load

SPAN, PAGE = 10, 40
OVER, NEAR, SOME = 100, 90, 60


@dataclass(frozen=True, slots=True)
class Bar:
    """One load between two columns (counted from 1), in a lane of its row."""

    load: Load
    first: int
    span: int
    lane: int
    name: str
    hours: str
    words: str
    href: str
    look: str


def is_over(minutes: int, can: int) -> bool:
    """Whether a week is asked for more than it has, by whole percents as they are shown."""
    return round(100 * minutes / can) > OVER if can else bool(minutes)


def cells_of(asked: Sequence[int], supply: Sequence[int]) -> list[dict[str, Any]]:
    """Utilisation by week in percent, with a tone; weeks nobody works are closed."""
    cells = []
    for minutes, can in zip(asked, supply, strict=True):
        if not can:
            cells.append({"words": _("Off"), "tone": "over" if minutes else "off", "is_over": is_over(minutes, can)})
            continue
        percent = round(100 * minutes / can)
        tone = "over" if percent > OVER else "near" if percent >= NEAR else "good" if percent >= SOME else "low"
        cells.append({"words": _("%(percent)s%%") % {"percent": percent} if minutes else _("Free"), "tone": tone, "is_over": is_over(minutes, can)})
    return cells


def day_words(one: DayOver) -> str:
    """A day above somebody's hours: "16 h on Tue 8 Dec of 8"."""
    return _("%(asked)s h on %(day)s of %(given)s") % {
        "asked": number(round(one.asked / 60, 1)), "day": date_form(one.day, "EEE d MMM"), "given": number(round(one.given / 60, 1))}


def _mark_days(cells: Sequence[dict[str, Any]], days: Sequence[DayOver], first: date) -> None:
    """A week with a day above the hours says so, however free it is; its worst day stands in place of the share."""
    for week, cell in enumerate(cells):
        mine = [one for one in days if (one.day - first).days // 7 == week]
        if mine and not cell["is_over"]:
            worst = max(mine, key=lambda one: one.asked - one.given)
            cell["spoken"] = ", ".join([cell["words"], *(day_words(one) for one in mine)])
            cell |= {"words": _("%(day)s %(asked)s/%(given)s h") % {
                "day": date_form(worst.day, "EEE"), "asked": number(round(worst.asked / 60)), "given": number(round(worst.given / 60)),
            }, "is_over": True, "tone": "near"}


def bars_of(ledger: Ledger, loads: Sequence[Load], *, shows_person: bool = False) -> list[Bar]:
    """Loads as bars that do not overlap in their lanes, the earliest first."""
    bars: list[Bar] = []
    ends: list[int] = []
    for load in sorted(loads, key=lambda one: (one.start_date, one.finish_date, str(one.subject))):
        first = max(0, (load.start_date - ledger.first).days // 7)
        last = min(ledger.weeks - 1, (load.finish_date - ledger.first).days // 7)
        if last < first or not load.total_minutes:
            continue
        lane = next((place for place, end in enumerate(ends) if end < first), len(ends))
        if lane == len(ends):
            ends.append(last)
        ends[lane] = last
        bars.append(_bar(ledger, load, first, last, lane))
    return bars


def _bar(ledger: Ledger, load: Load, first: int, last: int, lane: int) -> Bar:
    name = load.name or _("Reserved")
    hours = _("%(hours)s h") % {"hours": number(round(load.total_minutes / 60))}
    state = {"tentative": _("Tentative"), "confirmed": _("Confirmed"), "planned": _("Planned, not booked")}[load.state]
    role = ledger.roles.get(load.role_id or 0, "")
    words = " · ".join(part for part in (
        name, state, role, _("%(first)s to %(last)s") % {"first": date_short(load.start_date), "last": date_short(load.finish_date)}, hours,
    ) if part)
    href = ""
    if load.booking is not None and load.name:
        href = address_of("booking", booking_id=load.booking.id)
    elif load.name:
        href = address_of("project_plan", project_id=load.subject.id)
    return Bar(load, first + 1, last - first + 1, lane + 1, name, hours, words, href, load.state)


def person_row(ledger: Ledger, person: WorkingPerson, *, with_tentative: bool) -> dict[str, Any]:
    """A person with utilisation by week and bars."""
    asked = ledger.asked_of_person(person.id, with_tentative=with_tentative)
    supply = ledger.supply[person.id]
    mine = [load for load in ledger.of_person.get(person.id, ()) if with_tentative or load.state != "tentative"]
    percent = round(100 * sum(asked) / sum(supply)) if sum(supply) else 0
    usual = sorted(supply)[len(supply) // 2] if supply else 0
    cells = cells_of(asked, supply)
    _mark_days(cells, ledger.days_over(person.id, with_tentative=with_tentative), ledger.first)
    bars = bars_of(ledger, mine)
    off = [one for one in ledger.time_off if one.person_id == person.id]
    return {
        "id": person.id, "name": person.name, "initials": initials_of(person.name), "tone": tone_of(person.id), "cells": cells, "bars": bars,
        "lanes": max([bar.lane for bar in bars], default=0), "percent": _("%(percent)s%%") % {"percent": percent},
        "share": min(1000, percent * 10), "bar_tone": "bad" if percent > OVER else "warn" if percent >= NEAR else "ok",
        "usual": _("To be hired") if person.is_placeholder else _("%(hours)s h a week") % {"hours": number(round(usual / 60))},
        "is_below_target": bool(sum(supply)) and percent < person.target_percent - 15,
        "off": [_off_words(one) for one in off], "book_href": f"{address_of('new_booking')}?person_id={person.id}",
    }


def _off_words(one: Any) -> str:
    words = _("Off %(first)s to %(last)s") % {"first": date_short(one.start_date), "last": date_short(one.finish_date)}
    return words if one.status == "approved" else _("%(words)s, asked for") % {"words": words}


@dataclass(frozen=True, slots=True)
class _Use:
    """Minutes asked of a person and given by them, and in how many weeks too much is asked, be it on one day."""

    person: WorkingPerson
    asked: int
    given: int
    over: int


def planner_context(ledger: Ledger, today: date, look: PlannerLook) -> dict[str, Any]:
    """Everything the planner draws: sums of whom the look is for, and a page of their rows."""
    people = [person for person in ledger.people if look.shows(person, ledger.known_roles)]
    uses = [_use(ledger, person, with_tentative=look.with_tentative) for person in people]
    over = [use for use in uses if use.over]
    shown = sorted(over if look.only_over else uses, key=lambda use: use.person.team or "\U0010ffff")
    pages = max(1, -(-len(shown) // PAGE))
    page = min(look.page, pages)
    sizes = Counter(use.person.team for use in shown)
    teams: dict[str, list[dict[str, Any]]] = {}
    for use in shown[(page - 1) * PAGE : page * PAGE]:
        teams.setdefault(use.person.team, []).append(person_row(ledger, use.person, with_tentative=look.with_tentative))
    needs = [] if look.text or page > 1 else _needs(ledger, with_tentative=look.with_tentative)
    first = ledger.first
    return {
        "weeks": weeks_of(first, ledger.weeks), "needs": needs, "over_count": len(over), "look": look,
        "groups": [{"name": name or _("No team"), "rows": rows, "count": sizes[name]} for name, rows in teams.items()],
        "page": page, "pages": pages, "total": len(shown), "pages_href": f"{look.href()}{'&' if look.query else '?'}",
        "today_week": (today - first).days // 7 + 1 if 0 <= (today - first).days < 7 * ledger.weeks else 0,
        "figures": _figures(ledger, uses, over, look),
        "before_href": look.href(first=first - timedelta(weeks=4)), "after_href": look.href(first=first + timedelta(weeks=4)),
    }


def _use(ledger: Ledger, person: WorkingPerson, *, with_tentative: bool) -> _Use:
    asked, given = ledger.asked_of_person(person.id, with_tentative=with_tentative), ledger.supply[person.id]
    over = {week for week, (minutes, can) in enumerate(zip(asked, given, strict=True)) if is_over(minutes, can)}
    over |= {(one.day - ledger.first).days // 7 for one in ledger.days_over(person.id, with_tentative=with_tentative)}
    return _Use(person, sum(asked), sum(given), len(over))


def _figures(ledger: Ledger, uses: Sequence[_Use], over: Sequence[_Use], look: PlannerLook) -> list[dict[str, str]]:
    asked, given, weeks = sum(use.asked for use in uses), sum(use.given for use in uses), sum(use.over for use in over)
    every = sum(sum(ledger.asked_of_person(use.person.id, with_tentative=True)) for use in uses)
    figures = [
        {"label": _("Booked, %(count)s weeks") % {"count": ledger.weeks}, "value": _percent(asked, given)},
        {"label": _("If tentative closes"), "value": _percent(every, given)},
        {"label": _("Overloaded"), "value": ngettext("%(num)s person", "%(num)s people", len(over)) % {"num": len(over)},
         "note": ngettext("%(num)s week", "%(num)s weeks", weeks) % {"num": weeks} if over else "", "tone": "bad"},
    ]
    if not look.text:
        nobody = [load for load in ledger.loads if load.person_id is None and load.state != "tentative"]
        roles = len({load.role_id for load in nobody})
        figures.append({
            "label": _("Without a person"), "value": _("%(hours)s h") % {"hours": number(round(sum(load.total_minutes for load in nobody) / 60))},
            "note": ngettext("%(num)s role", "%(num)s roles", roles) % {"num": roles} if roles else "", "tone": "warn",
        })
    return [*figures, {"label": _("Free"), "value": _("%(hours)s h") % {"hours": number(max(0, round((given - asked) / 60)))}}]


def _needs(ledger: Ledger, *, with_tentative: bool) -> list[dict[str, Any]]:
    """Roles that are asked for without anybody."""
    found = []
    for role_id, name in ledger.roles.items():
        loads = [
            load for load in ledger.loads
            if load.person_id is None and load.role_id == role_id and (with_tentative or load.state != "tentative")
        ]
        bars = bars_of(ledger, loads)
        if bars:
            minutes = sum(load.total_minutes for load in loads)
            found.append({
                "name": name, "bars": bars, "lanes": max(bar.lane for bar in bars), "role_id": role_id,
                "note": _("%(hours)s h without a person") % {"hours": number(round(minutes / 60))},
            })
    return found


def _percent(part: int, whole: int) -> str:
    return _("%(percent)s%%") % {"percent": round(100 * part / whole)} if whole else "–"
