"""A template on a real start date: drawn, counted and listed, by the dates a win would give it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from wonward.domains.catalog.types import ALL_OPTIONS, BlueprintItem
from wonward.domains.delivery.queries.blueprints import PreviewRow, preview_plan_dates
from wonward.edges.web.shell.formats import date_short, date_words, hours
from wonward.kernel.errors import Refused

MOST_DRAWN = 60
ROW = 22
HEAD = 20
NAMES = 132
WIDTH = 340
LONGEST_NAME = 23


@dataclass(frozen=True, slots=True)
class Sold:
    """What the preview assumes: kickoff, promised finish, units and options. `options` None means all."""

    start_date: date
    finish_date: date | None
    quantity: Decimal
    options: frozenset[str] | None


def read_sold(data: QueryDict, today: date) -> Sold:
    """The assumptions as sent; what cannot be read is what it was at first: next Monday, one unit, everything in."""
    start = _day(data.get("start_date", "")) or today + timedelta(days=7 - today.weekday())
    try:
        quantity = Decimal(data.get("quantity", "1").strip().replace(",", ".") or 1)
    except InvalidOperation:
        quantity = Decimal(1)
    if not quantity.is_finite() or not 0 < quantity <= 10_000:
        quantity = Decimal(1)
    options = frozenset(data.getlist("with")) if "options_shown" in data else None
    return Sold(start, _day(data.get("finish_date", "")), quantity.quantize(Decimal("0.01")), options)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if 1990 <= day.year <= 2150 else None


def chosen_options(sold: Sold) -> frozenset[str]:
    """The options as the composition takes them."""
    return ALL_OPTIONS if sold.options is None else sold.options


def preview_context(items: Sequence[BlueprintItem], sold: Sold, options: Sequence[str]) -> dict[str, Any]:
    """Facts, drawing and dates; when the dates are impossible, the sentence why."""
    about = {
        "sold": sold, "quantity": f"{sold.quantity.normalize():f}",
        "options": [(one, sold.options is None or one in sold.options) for one in options],
    }
    try:
        rows = preview_plan_dates(items=items, start_date=sold.start_date, promised_finish_date=sold.finish_date)
    except Refused as refusal:
        return {**about, "rows": [], "trouble": refusal.message}
    finish = max((row.finish_date for row in rows), default=sold.start_date)
    parents = {row.parent for row in rows}
    tasks = [row for row in rows if row.kind == "task" and row.key not in parents]
    late = sold.finish_date is not None and finish > sold.finish_date
    return {
        **about, "rows": rows, "trouble": "", "finish": finish, "is_late": late,
        "facts": [
            (_("Finish"), date_words(finish)), (_("Effort"), hours(sum(row.effort_minutes for row in tasks))), (_("Tasks"), str(len(tasks))),
        ],
        "drawing": draw(rows[:MOST_DRAWN], sold.start_date, parents), "left_out": max(0, len(rows) - MOST_DRAWN),
        "dates": {row.key: (date_short(row.start_date), date_short(row.finish_date)) for row in rows},
    }


def draw(rows: Sequence[PreviewRow], start: date, parents: set[str | None]) -> dict[str, Any]:
    """Names on the left, bars on the right, months above; numbers are of the drawing's own."""
    first = min([start, *(row.start_date for row in rows)])
    last = max([start, *(row.finish_date for row in rows)])
    days = max(1, (last - first).days + 1)
    scale = (WIDTH - NAMES - 8) / days

    def x_of(day: date) -> float:
        return round(NAMES + (day - first).days * scale, 1)

    bars = []
    for place, row in enumerate(rows):
        look = "phase" if row.key in parents or row.kind == "phase" else "milestone" if row.kind in ("milestone", "approval") else "task"
        name = row.name if len(row.name) <= LONGEST_NAME else f"{row.name[: LONGEST_NAME - 1].rstrip()}…"
        end = round(x_of(row.finish_date) + scale, 1)
        bars.append({
            "name": name, "look": look, "kind": row.kind, "x": x_of(row.start_date), "y": HEAD + place * ROW, "end": end,
            "width": max(3.0, round(end - x_of(row.start_date), 1)), "indent": min(row.level, 3) * 8, "is_critical": row.is_critical,
            "words": f"{row.name}: {_dates(row)}",
        })
    return {"bars": bars, "height": HEAD + len(rows) * ROW + 4, "width": WIDTH, "months": _months(first, last, x_of), "names": NAMES}


def _dates(row: PreviewRow) -> str:
    if row.start_date == row.finish_date:
        return date_words(row.finish_date)
    return f"{date_short(row.start_date)} – {date_words(row.finish_date)}"


def _months(first: date, last: date, x_of: Any) -> list[tuple[float, str]]:
    """The first of every month, thinned out to six marks."""
    marks = [first]
    day = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    while day <= last and len(marks) < 200:
        marks.append(day)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    if len(marks) > 1 and x_of(marks[1]) - x_of(marks[0]) < 34:
        marks = marks[1:]
    step = -(-len(marks) // 6)
    return [(x_of(day), date_short(day)) for day in marks[::step] if x_of(day) < WIDTH - 20]


def date_cells(context: Mapping[str, Any], key: str) -> tuple[str, str]:
    """Start and finish of an item in words; repeated items show their first copy."""
    dates: Mapping[str, tuple[str, str]] = context.get("dates", {})
    return dates.get(key) or dates.get(f"{key}#1") or ("", "")
