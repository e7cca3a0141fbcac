"""Reading the form of an objective, and filling it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.formats import date_short
from wonward.edges.web.shell.objectives import MEASURE_WORDS
from wonward.foundation.organisation.queries import get_organisation
from wonward.foundation.search.queries import search_records
from wonward.journeys.insights.queries import list_measures
from wonward.journeys.insights.types import LINKED, MEASURES, ObjectiveRow, Unit
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

_MOST_NUMBERS = 60


def period_choices(today: date) -> list[tuple[str, str]]:
    """The periods offered, with their days; `own` asks for dates."""
    words = {"month": _("This month"), "quarter": _("This quarter"), "next_quarter": _("Next quarter"), "year": _("This year")}
    return [*((key, f"{label}, {date_short(start)} – {date_short(finish)}") for key, label in words.items() for start, finish in [period_of(key, today)]),
            ("own", _("Other days"))]


def period_of(key: str, today: date) -> tuple[date, date]:
    """First and last day of an offered period."""
    quarter = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    if key == "month":
        return today.replace(day=1), _before(today.replace(day=1), 1)
    if key == "year":
        return today.replace(month=1, day=1), today.replace(month=12, day=31)
    if key == "next_quarter":
        start = _before(quarter, 3) + timedelta(days=1)
        return start, _before(start, 3)
    return quarter, _before(quarter, 3)


def _before(first: date, months: int) -> date:
    """The day before the first of the month that comes so many months later."""
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def measure_options() -> list[tuple[str, str]]:
    """Measures with the unit their target is typed in."""
    units = {
        Unit.MONEY: get_organisation().currency, Unit.COUNT: _("how many"), Unit.PERCENT: "%", Unit.MINUTES: _("minutes"), Unit.WORKING_HOURS: _("hours"),
    }
    return [(one.key, f"{MEASURE_WORDS[one.key]} ({units[one.unit]})") for one in list_measures()]


def read_objective(actor: Actor, data: Mapping[str, str], today: date) -> dict[str, Any]:
    """The fields of an objective as typed; refused with everything that cannot be read."""
    reader = FormReader(data)
    period = reader.text("period", limit=20)
    start, finish = (reader.day("starts_date"), reader.day("ends_date")) if period in ("own", "") else period_of(period, today)
    if start is None or finish is None:
        reader.errors.append(FieldError("starts_date" if start is None else "ends_date", _("Choose the first and the last day.")))
    kind, _dot, key = reader.text("whose", limit=40).partition(":")
    measure = reader.text("measure", limit=24)
    read: dict[str, Any] = {
        "name": reader.text("name", limit=160), "measure": measure, "target": _read_target(reader, measure),
        "starts_date": start, "ends_date": finish, "note": reader.text("note", limit=2000),
        "person_id": int(key) if kind == "person" and key.isdigit() else None, "team_id": int(key) if kind == "team" and key.isdigit() else None,
        "links": _read_links(actor, reader),
    }
    reader.finish()
    return read


def _read_target(reader: FormReader, measure: str) -> int | None:
    one = MEASURES.get(measure)
    if one is not None and one.unit is Unit.MONEY:
        amount = reader.money("target", get_organisation().currency)
        return amount.minor if amount else None
    text = reader.text("target", limit=30).replace(",", ".").rstrip("% ")
    if not text:
        return None
    try:
        typed = Decimal(text)
        if not typed.is_finite() or abs(typed) > 10**12:
            raise InvalidOperation
    except InvalidOperation:
        reader.errors.append(FieldError("target", _("“%(value)s” is not a number.") % {"value": text}))
        return None
    return int(typed * 60) if one is not None and one.unit is Unit.WORKING_HOURS else int(typed)


def _read_links(actor: Actor, reader: FormReader) -> tuple[Ref, ...]:
    """Deals and projects by their numbers; the form names what nobody finds."""
    numbers = reader.text("links", limit=2000).replace(",", " ").replace(";", " ").split()
    found: list[Ref] = []
    for number in numbers[:_MOST_NUMBERS]:
        wanted = number.lstrip("#").upper()
        hits = search_records(actor, wanted, nouns=LINKED, limit=5).hits
        ref = next((hit.ref for hit in hits if hit.number.upper().replace("-", "") == wanted.replace("-", "")), None)
        if ref is None:
            reader.errors.append(FieldError("links", _("There is no deal or project %(number)s.") % {"number": number[:40]}))
        else:
            found.append(ref)
    return tuple(found)


def typed_target(row: ObjectiveRow) -> str:
    """The target as somebody would type it; empty where the sales goals say it."""
    target = row.progress.target
    if row.follows_goals or target is None:
        return ""
    if row.measure.unit is Unit.MONEY:
        return str(Money(target, row.currency).amount)
    if row.measure.unit is Unit.WORKING_HOURS:
        return f"{Decimal(target) / 60:f}"
    return str(target)


def fill(row: ObjectiveRow, numbers: Mapping[Ref, str]) -> dict[str, str]:
    """What the form shows of an objective."""
    whose = f"person:{row.person_id}" if row.person_id else f"team:{row.team_id}" if row.team_id else ""
    return {
        "name": row.name, "measure": row.measure.key, "target": typed_target(row), "whose": whose, "period": "own", "note": row.note,
        "starts_date": row.starts_date.isoformat(), "ends_date": row.ends_date.isoformat(),
        "links": ", ".join(numbers.get(ref, "") for ref, _name in row.links if numbers.get(ref)),
    }

