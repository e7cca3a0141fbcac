"""An answer about a date as figures, a curve and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.edges.web.shell.formats import date_short, date_words, hours, number
from wonward.journeys.capacity.types import DateAnswerRow, DealFit, ReservedTime, RoleFit
from wonward.kernel.wording import heard

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BASE = 640, 200, 44, 16, 16, 168
LIKELY, UNLIKELY = 80, 50


def answer_context(row: DateAnswerRow) -> dict[str, Any]:
    """Everything the answer draws."""
    return {
        "row": row, "figures": _figures(row), "chart": _chart(row), "tone": tone_of(row),
        "headline": _headline(row), "earliest": date_short(row.earliest), "p50": date_short(row.p50), "p80": date_short(row.p80),
        "levers": [
            {
                "words": heard(lever.words), "finish": date_short(lever.finish), "p50": date_short(lever.p50), "p80": date_short(lever.p80),
                "gain": ngettext("%(num)s working day", "%(num)s working days", lever.gained_days) % {"num": lever.gained_days},
                "chance": f"{lever.chance}%" if row.wanted else "", "cost": _("%(hours)s h") % {"hours": number(round(lever.cost_minutes / 60))} if lever.cost_minutes else _("no extra work"),
            }
            for lever in row.levers
        ],
        "icon": {"role": "users", "skill": "sparkles", "person": "user-round", "absence": "calendar-off", "holiday": "calendar-x"}.get(row.binding, "link"),
    }


def tone_of(row: DateAnswerRow) -> str:
    """How safe the wanted date is."""
    if row.chance is None:
        return "info"
    return "ok" if row.chance >= LIKELY else "warn" if row.chance >= UNLIKELY else "bad"


def _headline(row: DateAnswerRow) -> str:
    if row.wanted is None:
        return _("Four times in five it is finished by %(day)s.") % {"day": date_words(row.p80)}
    day = date_words(row.wanted)
    if not row.chance:
        return _("Not by %(day)s: as planned it ends on %(earliest)s at the earliest.") % {"day": day, "earliest": date_words(row.earliest)}
    return {
        "ok": _("Yes: %(day)s holds with a chance of %(chance)s %%."), "warn": _("Perhaps: %(day)s holds with a chance of %(chance)s %%."),
        "bad": _("Rather not: %(day)s holds with a chance of only %(chance)s %%."),
    }[tone_of(row)] % {"day": day, "chance": row.chance}


def _figures(row: DateAnswerRow) -> list[dict[str, Any]]:
    figures = [
        {"label": _("Earliest, as planned"), "value": date_short(row.earliest), "note": ""},
        {"label": "P50", "value": date_short(row.p50), "note": _("one in two")},
        {"label": "P80", "value": date_short(row.p80), "note": _("four in five")},
        {"label": "P90", "value": date_short(row.p90), "note": _("nine in ten")},
    ]
    if row.wanted is not None and row.chance is not None:
        figures.insert(0, {"label": _("Chance of %(day)s") % {"day": date_short(row.wanted)}, "value": f"{row.chance}%", "note": "", "tone": tone_of(row)})
    return figures


def _chart(row: DateAnswerRow) -> dict[str, Any]:
    """The chance that the work has ended, day by day."""
    points = [(row.spread[0][0], 0), *row.spread]
    first = min(day for day, _share in points)
    last = max([day for day, _share in points] + ([row.wanted] if row.wanted else []))
    first = min(first, row.wanted) if row.wanted else first
    span = max(1, (last - first).days)

    def x(day: date) -> int:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days // span

    def y(share: int) -> int:
        return BASE - (BASE - TOP) * share // 100

    steps = sorted((x(day), y(share)) for day, share in points)
    path = "M" + "L".join(f"{across} {up}" for across, up in sorted(steps, key=lambda step: (step[0], -step[1])))
    marks = [(_("P50"), row.p50, 50), (_("P80"), row.p80, 80)]
    return {
        "path": path, "area": f"{path}L{steps[-1][0]} {BASE}L{steps[0][0]} {BASE}Z", "left": LEFT, "right": WIDTH - RIGHT, "base": BASE, "top": TOP,
        "lines": [{"y": y(share), "words": f"{share}%"} for share in (0, 50, 80, 100)],
        "marks": [{"x": x(day), "y": y(share), "words": f"{name} {date_short(day)}"} for name, day, share in marks],
        "wanted": {"x": x(row.wanted), "words": date_short(row.wanted), "is_right": x(row.wanted) > WIDTH - 130} if row.wanted else None,
        "words": _("Chance that the work has ended: %(p50)s P50, %(p80)s P80, %(p90)s P90") % {
            "p50": date_short(row.p50), "p80": date_short(row.p80), "p90": date_short(row.p90)},
        "first": date_short(first), "last": date_short(last),
    }


def reserved_rows(reserved: Sequence[ReservedTime]) -> list[dict[str, Any]]:
    """What is reserved for a deal, by role and person."""
    return [
        {
            "name": one.person_name or one.role, "role": one.role if one.person_name else "", "hours": hours(one.minutes),
            "days": _("%(first)s to %(last)s") % {"first": date_short(one.start_date), "last": date_short(one.finish_date)},
        }
        for one in reserved
    ]


def _maybe(role: RoleFit) -> str:
    """What others have booked tentatively in the same weeks, and whether it would matter."""
    if role.tentative_hours < 1:
        return ""
    words = _("and %(hours)s h tentative for others") % {"hours": number(round(role.tentative_hours))}
    if role.short_with_tentative - role.short_hours < 1:
        return words
    return _("%(words)s: %(short)s h short if all of it comes") % {"words": words, "short": number(round(role.short_with_tentative))}


def fit_rows(fit: DealFit | None) -> list[dict[str, Any]]:
    """What a win would ask of each role, the short ones first."""
    if fit is None:
        return []
    rows = sorted(fit.roles, key=lambda role: (-role.short_hours, -role.hours))
    return [
        {
            "name": role.name, "hours": _("%(hours)s h") % {"hours": number(round(role.hours))}, "is_short": role.first_short is not None,
            "why": ngettext("%(factor)s × the template, as %(num)s finished sale went", "%(factor)s × the template, as %(num)s finished sales went", role.sales)
            % {"factor": number(round(role.factor, 2)), "num": number(role.sales)} if role.is_corrected else "",
            "maybe": _maybe(role),
            "words": _("%(hours)s h short from %(day)s") % {"hours": number(round(role.short_hours)), "day": date_short(role.first_short)}
            if role.first_short else _("has time"),
            "share": round(1000 * min(1.0, role.short_hours / role.hours)) if role.hours else 0,
        }
        for role in rows
    ]
