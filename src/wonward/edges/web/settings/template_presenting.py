"""A template as an outline in relative working days: day 1 is the first day of the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.catalog.types import ServiceRow, TemplateRow
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, hours, money_words

PREVIEW_WIDTH = 240
ROW = 22


@dataclass(slots=True)
class Line:
    """One item of a template; `start` and `finish` in working days from the beginning of the project, 0 first."""

    key: str
    kind: str
    name: str
    parent: str
    days: float
    item: Mapping[str, Any]
    start: float = 0.0
    finish: float = 0.0
    level: int = 0
    number: str = ""


def outline(items: Sequence[Mapping[str, Any]]) -> list[Line]:
    """The items in outline order, numbered 1, 1.1 …, each with its earliest relative days."""
    lines = {item["key"]: _line(item) for item in items}
    children: dict[str, list[Line]] = {}
    for line in lines.values():
        children.setdefault(line.parent if line.parent in lines else "", []).append(line)
    _place(lines, children)
    ordered: list[Line] = []
    stack = [(line, 0, str(place)) for place, line in reversed(list(enumerate(children.get("", []), 1)))]
    while stack:
        line, line.level, line.number = stack.pop()
        ordered.append(line)
        inside = list(enumerate(children.get(line.key, []), 1))
        stack += [(child, line.level + 1, f"{line.number}.{place}") for place, child in reversed(inside)]
    return ordered


def _line(item: Mapping[str, Any]) -> Line:
    days = item.get("duration_days")
    length = 0.0 if item["kind"] == "milestone" else float(1 if days is None else days)
    return Line(item["key"], item["kind"], str(item["name"]), str(item.get("parent") or ""), length, item)


def _place(lines: Mapping[str, Line], children: Mapping[str, Sequence[Line]]) -> None:
    """Push every item behind what it waits for until nothing moves; a template has no loops, so that ends."""
    for line in lines.values():
        line.finish = line.start + line.days
    for _round in range(len(lines) + 1):
        has_moved = False
        for line in lines.values():
            start = max([0.0, *(_pushed(line, wait, lines) for wait in line.item.get("after") or [])])
            if line.parent in lines:
                start = max(start, *[_pushed(line, wait, lines) for wait in lines[line.parent].item.get("after") or []], 0.0)
            inside = children.get(line.key, ())
            if inside:
                start, finish = min(child.start for child in inside), max(child.finish for child in inside)
            else:
                finish = start + line.days
            has_moved |= (start, finish) != (line.start, line.finish)
            line.start, line.finish = start, finish
        if not has_moved:
            return


def _pushed(line: Line, wait: Mapping[str, Any], lines: Mapping[str, Line]) -> float:
    """The earliest start that one wait allows."""
    other, lag = lines.get(wait["key"]), float(wait.get("lag_days") or 0)
    if other is None:
        return 0.0
    anchor = other.finish if wait.get("type", "FS") in ("FS", "FF") else other.start
    return anchor + lag - (line.days if wait.get("type", "FS") in ("FF", "SF") else 0.0)


def template_page(row: TemplateRow, services: Sequence[ServiceRow]) -> dict[str, Any]:
    """The read-only page of one template."""
    lines = outline(row.items)
    numbers = {line.key: line.number for line in lines}
    parents = {line.parent for line in lines}
    last = max([line.finish for line in lines], default=0.0) or 1.0
    tasks = [line for line in lines if line.kind == "task" and line.key not in parents]
    return {
        "template": row, "lines": [_shown(line, numbers, line.key in parents) for line in lines],
        "bars": [_bar(line, place, last, line.key in parents) for place, line in enumerate(lines)],
        "preview_height": len(lines) * ROW + 22, "preview_width": PREVIEW_WIDTH, "weeks": _weeks(last),
        "facts": [
            (_("Length"), ngettext("%(n)s working day", "%(n)s working days", round(last)) % {"n": days_words(last)}),
            (_("Effort"), hours(sum(int(line.item.get("effort_minutes") or 0) for line in tasks))),
            (_("Tasks"), str(len(tasks))), (_("Milestones"), str(sum(line.kind == "milestone" for line in lines))),
            (_("Promises kept"), str(len({line.item["promise_key"] for line in lines if line.item.get("promise_key")}))),
        ],
        "services": [service.name for service in services if service.template_id == row.id],
        "roles": sorted({str(line.item["role"]) for line in lines if line.item.get("role")}),
    }


def _shown(line: Line, numbers: Mapping[str, str], is_parent: bool) -> dict[str, Any]:
    waits = []
    for wait in line.item.get("after") or []:
        lag = float(wait.get("lag_days") or 0)
        sign = "+" if lag > 0 else "−"
        extra = f" {sign}{days_words(abs(lag))} d" if lag else ""
        waits.append(f"{wait.get('type', 'FS')} {numbers.get(wait['key'], '?')}{extra}")
    effort = int(line.item.get("effort_minutes") or 0)
    return {
        "number": line.number, "name": line.name, "kind": line.kind, "level": line.level, "is_parent": is_parent,
        "starts": _("day %(n)s") % {"n": days_words(line.start + 1)} if line.kind != "milestone"
        else _("end of day %(n)s") % {"n": days_words(line.finish)} if line.finish else _("start"),
        "lasts": "" if line.kind == "milestone" else f"{days_words(line.finish - line.start)} d", "role": line.item.get("role") or "",
        "hours": hours(effort) if effort else "", "after": ", ".join(waits), "promise_key": line.item.get("promise_key") or "",
        "checklist": [str(text) for text in line.item.get("checklist") or []],
    }


def days_words(days: float) -> str:
    """5, 0.5, 1.25."""
    return f"{days:.2f}".rstrip("0").rstrip(".")


def _bar(line: Line, place: int, last: float, is_parent: bool) -> dict[str, Any]:
    x = round(PREVIEW_WIDTH * line.start / last, 1)
    return {"x": x, "width": max(3.0, round(PREVIEW_WIDTH * (line.finish - line.start) / last, 1)), "y": 22 + place * ROW,
            "kind": "phase" if is_parent or line.kind == "phase" else line.kind}


def _weeks(last: float) -> list[tuple[float, str]]:
    """Marks of the axis, about five of them, in whole weeks of five working days."""
    count = int(last // 5) + 1
    step = max(1, -(-count // 5))
    return [(round(PREVIEW_WIDTH * week * 5 / last, 1), _("w %(n)s") % {"n": week + 1})
            for week in range(0, count, step) if week * 5 < last]


def template_cards(templates: Sequence[TemplateRow], services: Sequence[ServiceRow]) -> list[dict[str, Any]]:
    """The templates as cards, each with the services it delivers."""
    cards = []
    for row in templates:
        parents = {item.get("parent") for item in row.items}
        tasks = [item for item in row.items if item["kind"] == "task" and item["key"] not in parents]
        lines = outline(row.items)
        cards.append({
            "href": address_of("template", template_id=row.id), "name": row.name, "number": row.number,
            "tasks": ngettext("%(n)s task", "%(n)s tasks", len(tasks)) % {"n": len(tasks)},
            "effort": hours(sum(int(item.get("effort_minutes") or 0) for item in tasks)),
            "length": ngettext("%(n)s working day", "%(n)s working days", 2) % {
                "n": days_words(max([line.finish for line in lines], default=0.0))},
            "services": [service.name for service in services if service.template_id == row.id], "since": date_short(row.updated_at.date()),
        })
    return cards


def service_rows(services: Sequence[ServiceRow], templates: Sequence[TemplateRow]) -> list[dict[str, Any]]:
    """What we sell, line by line; money only where the row carries it."""
    names = {row.id: row.name for row in templates}
    return [
        {
            "name": service.name, "description": service.description, "tone": service.tone % 7, "price": money_words(service.price),
            "cost": money_words(service.cost), "effort": hours(service.effort_minutes) if service.effort_minutes else "",
            "template": names.get(service.template_id or 0, ""), "is_to_review": service.is_to_review,
            "href": address_of("template", template_id=service.template_id) if service.template_id in names else "",
        }
        for service in services
    ]
