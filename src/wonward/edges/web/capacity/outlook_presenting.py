"""The outlook as cells, a chart and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_form, date_short, number
from wonward.journeys.capacity.types import (
    EffortRow,
    Outlook,
    OutlookCell,
    OutlookDeal,
    OutlookRow,
    Remedy,
    WhatIf,
)

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 1000, 250, 44, 18, 28


@dataclass(frozen=True, slots=True)
class Week:
    """A column: its number in the year and its Monday."""

    label: str
    monday: str


@dataclass(frozen=True, slots=True)
class Look:
    """What the page was asked for: a role and week, and what is taken for granted; every link carries it on."""

    weeks: int
    role_id: int | None
    week: int | None
    what_if: WhatIf

    def href(self, **changes: Any) -> str:
        """The page with something changed: `role_id`, `week`, `weeks`, or `deal` set to a state (and `day`)."""
        what_if = self.what_if
        if "deal" in changes:
            what_if = _with_deal(what_if, changes["deal"], changes["state"], changes.get("day"))
        pairs: list[tuple[str, str]] = [("weeks", str(changes.get("weeks", self.weeks)))] if changes.get("weeks", self.weeks) != 12 else []
        role_id, week = changes.get("role_id", self.role_id), changes.get("week", self.week)
        if role_id is not None:
            pairs.append(("role", str(role_id)))
        if week is not None:
            pairs.append(("week", str(week)))
        return f"{address_of('outlook')}?{urlencode(pairs + what_if_pairs(what_if))}"


def what_if_pairs(what_if: WhatIf) -> list[tuple[str, str]]:
    """A what-if as query parameters."""
    pairs = [("won", str(key)) for key in sorted(what_if.won)] + [("lost", str(key)) for key in sorted(what_if.lost)]
    return pairs + [("moved", f"{key}:{day.isoformat()}") for key, day in sorted(what_if.moved.items())]


def _with_deal(what_if: WhatIf, deal_id: int, state: str, day: date | None) -> WhatIf:
    moved = {key: when for key, when in what_if.moved.items() if key != deal_id}
    if state == "moved" and day is not None:
        moved[deal_id] = day
    won, lost = what_if.won - {deal_id}, what_if.lost - {deal_id}
    return WhatIf(won | {deal_id} if state == "won" else won, lost | {deal_id} if state == "lost" else lost, moved)


def weeks_of(first: date, count: int) -> list[Week]:
    """Column heads."""
    mondays = [first + timedelta(weeks=place) for place in range(count)]
    return [Week(_("W%(number)s") % {"number": monday.isocalendar().week}, date_short(monday)) for monday in mondays]


def table_of(outlook: Outlook, look: Look) -> list[dict[str, Any]]:
    """Rows of the heat table."""
    weeks = weeks_of(outlook.first, outlook.weeks)
    rows = []
    for row in outlook.rows:
        usual = sorted(cell.capacity for cell in row.cells)[len(row.cells) // 2]
        rows.append({
            "name": row.name, "is_shown": row.role_id == look.role_id, "href": look.href(role_id=row.role_id, week=None),
            "usual": _("%(hours)s h a week") % {"hours": number(round(usual))} if any(cell.capacity for cell in row.cells) else _("nobody fills it"),
            "first": weeks[row.first_overload].label if row.first_overload is not None else "",
            "cells": [_cell(row, cell, place, weeks[place], look) for place, cell in enumerate(row.cells)],
        })
    return rows


def _cell(row: OutlookRow, cell: OutlookCell, place: int, week: Week, look: Look) -> dict[str, Any]:
    low, high = number(round(cell.p10)), number(round(cell.p90))
    words = _("%(role)s, %(week)s: most likely %(p50)s hours, between %(p10)s and %(p90)s, of %(capacity)s. Overload %(chance)s%%.") % {
        "role": row.name, "week": week.label, "p50": number(round(cell.p50)), "p10": low, "p90": high,
        "capacity": number(round(cell.capacity)), "chance": round(cell.p_overload * 100),
    }
    day = busy_day(cell)
    if day:
        words = f"{words} {day}."
    if cell.idle >= 1:
        words = f"{words} {idle_words(cell)}"
    return {
        "tone": cell.tone, "p50": number(round(cell.p50)), "range": f"{low}–{high}", "is_over": cell.tone in ("p10_over", "p50_over"), "day": day,
        "words": words, "href": look.href(role_id=row.role_id, week=place), "is_current": look.role_id == row.role_id and look.week == place,
    }


def busy_day(cell: OutlookCell | None) -> str:
    """Whoever is most above their hours on a day of a week, in words."""
    if cell is None or cell.busiest is None:
        return ""
    name, one = cell.busiest
    return _("%(name)s: %(asked)s h on %(day)s of %(given)s") % {
        "name": name, "asked": number(round(one.asked / 60, 1)), "day": date_form(one.day, "EEE d MMM"), "given": number(round(one.given / 60, 1))}


def idle_words(cell: OutlookCell | None) -> str:
    """Hours of a week expected to be asked by nobody, in a sentence."""
    if cell is None or not cell.capacity:
        return ""
    return _("Expected idle: %(idle)s of %(capacity)s h.") % {"idle": number(round(cell.idle)), "capacity": number(round(cell.capacity))}


def chart_of(outlook: Outlook, row: OutlookRow) -> dict[str, Any]:
    """The role's weeks as lines and areas in a box of WIDTH by HEIGHT."""
    top = max([1.0, *(max(cell.p90, cell.capacity, cell.confirmed) for cell in row.cells)]) * 1.12
    step = (WIDTH - LEFT - 16) / max(1, outlook.weeks - 1)
    xs = [round(LEFT + step * place, 1) for place in range(outlook.weeks)]

    def y(hours: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - hours / top), 1)

    def line(values: Sequence[float]) -> str:
        return "M" + "L".join(f"{x} {y(value)}" for x, value in zip(xs, values, strict=True))

    def area(upper: Sequence[float], lower: Sequence[float]) -> str:
        back = "L".join(f"{x} {y(value)}" for x, value in reversed(list(zip(xs, lower, strict=True))))
        return f"{line(upper)}L{back}Z"

    cells, base = row.cells, [0.0] * outlook.weeks
    weeks = weeks_of(outlook.first, outlook.weeks)
    unit = _unit(top)
    over = row.first_overload
    return {
        "booked": area([cell.confirmed for cell in cells], base), "band": area([cell.p90 for cell in cells], [cell.p10 for cell in cells]),
        "median": line([cell.p50 for cell in cells]), "capacity": line([cell.capacity for cell in cells]),
        "lines": [{"y": y(value), "words": number(value)} for value in range(0, int(top), unit)],
        "labels": [{"x": x, "words": week.label} for place, (x, week) in enumerate(zip(xs, weeks, strict=True)) if outlook.weeks <= 14 or place % 2 == 0],
        "over": {"x": xs[over], "y": y(cells[over].p50), "words": _("First overload %(week)s") % {"week": weeks[over].label}} if over is not None else None,
        "words": _("%(role)s: booked hours, the range of likely demand and capacity over %(count)s weeks") % {"role": row.name, "count": outlook.weeks},
        "foot": HEIGHT - 8, "base": y(0), "right": WIDTH - 16, "left": LEFT, "top": TOP, "capacity_y": y(cells[0].capacity) - 6,
        "capacity_words": _("Capacity %(hours)s h") % {"hours": number(round(cells[0].capacity))},
    }


def _unit(top: float) -> int:
    for unit in (5, 10, 20, 25, 50, 100, 200, 250, 500, 1000):
        if top / unit <= 5:
            return unit
    return 2000


def headline_of(outlook: Outlook) -> str:
    """The first overload that is likelier than not, in a sentence; "" when there is none."""
    over = [(row.first_overload, row) for row in outlook.rows if row.first_overload is not None]
    if not over:
        return ""
    first = min(place for place, _row in over)
    roles = [row for place, row in over if place == first]
    week = weeks_of(outlook.first, outlook.weeks)[first]
    worst = max(roles, key=lambda row: row.cells[first].p_overload)
    cell = worst.cells[first]
    names = _join([row.name for row in roles])
    text = ngettext(
        "%(names)s is first over in %(week)s (%(day)s).", "%(names)s are first over in %(week)s (%(day)s).", len(roles)
    ) % {"names": names, "week": week.label, "day": week.monday}
    more = _("%(role)s: %(chance)s%% likely, short by %(hours)s h that week.") % {
        "role": worst.name, "chance": round(cell.p_overload * 100), "hours": number(max(1, round(cell.p50 - cell.capacity))),
    }
    return f"{text} {more}"


def _join(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def drivers_of(outlook: Outlook, cell: OutlookCell | None, look: Look) -> list[dict[str, Any]]:
    """The deals that make a week, and those already taken otherwise, with the links that change what is assumed of them."""
    shown: list[tuple[int, float]] = []
    if cell is not None:
        shown = [(one.deal_id, one.hours_in_overload if cell.p_overload >= 0.02 else one.expected_hours) for one in cell.drivers]
    changed = look.what_if.won | look.what_if.lost | set(look.what_if.moved)
    shown += [(key, 0.0) for key in sorted(changed) if key not in {known for known, _hours in shown}]
    most = max([hours for _key, hours in shown], default=0) or 1
    return [_driver(outlook.deals[key], hours, most, look) for key, hours in shown if key in outlook.deals]


def _driver(deal: OutlookDeal, hours: float, most: float, look: Look) -> dict[str, Any]:
    later = deal.start_date + timedelta(days=14)
    chance = _("%(chance)s%%") % {"chance": deal.calibrated}
    why = ngettext(
        "The stage says %(entered)s%%; from %(num)s closed deal it is %(calibrated)s%%.",
        "The stage says %(entered)s%%; from %(num)s closed deals it is %(calibrated)s%%.", deal.evidence,
    ) % {"entered": deal.entered, "num": number(deal.evidence), "calibrated": deal.calibrated}
    facts = [deal.company_name if deal.name else _("a deal you may not open"), chance, _("starts %(day)s") % {"day": date_short(deal.start_date)}]
    return {
        "id": deal.id, "name": deal.name or deal.service_name or _("A deal you may not open"), "href": address_of("deal", deal_id=deal.id) if deal.name else "",
        "facts": " · ".join(fact for fact in facts if fact), "why": why, "hours": f"+{number(round(hours))} h" if hours else "",
        "share": round(1000 * hours / most), "state": deal.state, "start": deal.start_date,
        "choices": [
            {"label": _("As is"), "href": look.href(deal=deal.id, state="as_is"), "is_current": deal.state == "as_is"},
            {"label": _("Won"), "href": look.href(deal=deal.id, state="won"), "is_current": deal.state == "won"},
            {"label": _("Lost"), "href": look.href(deal=deal.id, state="lost"), "is_current": deal.state == "lost"},
            {"label": _("Moved"), "href": look.href(deal=deal.id, state="moved", day=later), "is_current": deal.state == "moved"},
        ] if deal.name else [],
        "hidden": [pair for pair in what_if_pairs(look.what_if) if not (pair[0] == "moved" and pair[1].startswith(f"{deal.id}:"))],
    }


def efforts_of(efforts: Sequence[EffortRow]) -> list[dict[str, Any]]:
    """What finished sales took of each role, with the factor the forecast counts."""
    return [
        {"name": one.name, "sales": number(one.sales), "sold": number(round(one.sold_hours)), "planned": number(round(one.planned_hours)),
         "ratio": _times(one.planned_hours / one.sold_hours), "factor": _times(one.factor)}
        for one in efforts
    ]


def _times(factor: float) -> str:
    return _("× %(factor)s") % {"factor": number(round(factor, 2))}


def remedies_of(remedies: Sequence[Remedy], outlook: Outlook, deals: Mapping[int, OutlookDeal], role: str, look: Look) -> list[dict[str, Any]]:
    """Ways to close the gap in words, each with what the simulation says of it."""
    weeks = weeks_of(outlook.first, outlook.weeks)
    found = []
    for place, one in enumerate(remedies):
        chance = _("Chance of overload falls from %(before)s%% to %(after)s%%.") % {"before": round(one.before * 100), "after": round(one.after * 100)}
        entry: dict[str, Any] = {"is_cheapest": place == 0, "chance": chance, "href": ""}
        if one.kind == "shift" and one.deal_id is not None:
            deal = deals[one.deal_id]
            day = deal.start_date + timedelta(weeks=one.weeks_later)
            name = deal.name or deal.service_name or _("a deal you may not open")
            entry |= {
                "title": _("Shift"), "icon": "arrow-left-right",
                "text": _("Start %(deal)s on %(day)s instead of %(old)s.") % {"deal": name, "day": date_short(day), "old": date_short(deal.start_date)},
                "href": look.href(deal=one.deal_id, state="moved", day=day) if deal.name else "",
            }
        elif one.kind == "freelance":
            entry |= {
                "title": _("Freelance"), "icon": "user-plus",
                "text": _("Book %(hours)s h a week of %(role)s, %(first)s to %(last)s.") % {
                    "hours": number(one.hours_a_week), "role": role, "first": weeks[one.first_week].label, "last": weeks[one.last_week].label,
                },
            }
        else:
            entry |= {
                "title": _("Hire"), "icon": "briefcase",
                "text": _("One more %(role)s: the median need is %(people)s people above the team from %(first)s to %(last)s.") % {
                    "role": role, "people": number(one.people), "first": weeks[one.first_week].label, "last": weeks[one.last_week].label,
                },
            }
        found.append(entry)
    return found
