"""Templates and services in words: outline rows, cards, what changed between versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.catalog.types import (
    GalleryTemplate,
    ItemChange,
    ServiceRow,
    TemplateRow,
    TemplateVersionRow,
)
from wonward.edges.web.settings.draft_text import write_amount, write_waits
from wonward.edges.web.settings.template_draft import DETAILS, Row, draft_of
from wonward.edges.web.settings.template_preview import date_cells
from wonward.edges.web.shell.formats import date_short, hours, moment, money_words

MOST_LINES = 300


def kind_words(kind: str) -> str:
    """What an item is."""
    return {"phase": _("Phase"), "task": _("Task"), "milestone": _("Milestone"), "approval": _("Approval")}.get(kind, kind)


def placement_options() -> list[tuple[str, str]]:
    """Where the work of a service goes when several are sold together; the rule of the composition."""
    return [
        ("by_template", _("With the services of the same template, each a section")),
        ("main_section", _("A section of the main project")),
        ("own_project", _("A project of its own")),
    ]


def template_page(row: TemplateRow, services: Sequence[ServiceRow], preview: Mapping[str, Any]) -> dict[str, Any]:
    """One template to read, with the dates of the preview beside its rows."""
    draft = draft_of(row.name, row.items)
    items = {item["key"]: item for item in row.items}
    numbers = {line.key: line.number for line in draft.rows}
    parents = {item.get("parent") for item in row.items}
    return {
        "template": row, "left_out": max(0, len(draft.rows) - MOST_LINES),
        "lines": [_line(line, items[line.key], numbers, line.key in parents, preview) for line in draft.rows[:MOST_LINES]],
        "services": [service.name for service in services if service.template_id == row.id],
        "roles": roles_of(row.items), "keys": sorted({str(item["promise_key"]) for item in row.items if item.get("promise_key")}),
    }


def roles_of(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """Every role a template names."""
    single = {str(item["role"]) for item in items if item.get("role")}
    return sorted(single | {part["role"] for item in items for part in item.get("efforts") or []})


def _line(
    row: Row, item: Mapping[str, Any], numbers: Mapping[str, str], is_parent: bool, preview: Mapping[str, Any]
) -> dict[str, Any]:
    begins, ends = date_cells(preview, row.key)
    efforts = item.get("efforts") or []
    return {
        "number": row.number, "name": row.name, "kind": row.kind, "kind_words": kind_words(row.kind), "level": row.level,
        "is_parent": is_parent, "begins": begins, "ends": ends,
        "lasts": _days_words(row.days or "1") if row.kind == "task" else "", "role": row.role or ", ".join(part["role"] for part in efforts),
        "hours": effort_words(item), "after": write_waits(item.get("after") or [], numbers), "promise_key": row.promise_key,
        "checklist": list(item.get("checklist") or []), "acceptance": list(item.get("acceptance") or []), "marks": marks_of(item, numbers),
    }


def _days_words(text: str) -> str:
    """`5 d`; what depends on the quantity says so itself."""
    return text if "/" in text else f"{text} d"


def effort_words(item: Mapping[str, Any]) -> str:
    """Hours, by role where several share them."""
    efforts = item.get("efforts") or []
    if efforts:
        return " + ".join(write_amount(part["minutes"], divided_by=60) for part in efforts)
    return write_amount(item.get("effort_minutes"), divided_by=60) if item.get("effort_minutes") else ""


def marks_of(details: Mapping[str, Any], numbers: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(icon, words, tone) for what an item has besides its columns."""
    marks = []
    if details.get("when"):
        marks.append(("circle-dashed", _("if %(option)s") % {"option": details["when"]["option"]}, "sell"))
    if details.get("repeat"):
        words = _("once per unit, in a row") if details.get("in_sequence") else _("once per unit")
        marks.append(("repeat-2", words, "deliver"))
    if details.get("deliverable"):
        marks.append(("package", _("Deliverable"), "deliver"))
    marks += [("sparkles", f"{one['name']} {one.get('level') or 1}", "") for one in details.get("skills") or []]
    anchor = numbers.get(details.get("anchor") or "", "")
    if details.get("start_offset_days") is not None:
        days = details["start_offset_days"]
        marks.append(("calendar-plus", _("day +%(days)s of %(row)s") % {"days": days, "row": anchor} if anchor
                      else _("kickoff +%(days)s d") % {"days": days}, "info"))
    if details.get("before_finish_days") is not None:
        days = details["before_finish_days"]
        marks.append(("flag", _("%(days)s d before %(row)s") % {"days": days, "row": anchor} if anchor
                      else _("%(days)s d before the finish") % {"days": days}, "info"))
    return marks


def template_cards(templates: Sequence[TemplateRow], services: Sequence[ServiceRow]) -> list[dict[str, Any]]:
    """The templates as cards, each with the services it delivers."""
    cards = []
    for row in templates:
        tasks = sum(item["kind"] == "task" for item in row.items)
        moments = sum(item["kind"] in ("milestone", "approval") for item in row.items)
        cards.append({
            "href": reverse("template", kwargs={"template_id": row.id}), "name": row.name, "number": row.number,
            "tasks": ngettext("%(n)s task", "%(n)s tasks", tasks) % {"n": tasks},
            "moments": ngettext("%(n)s milestone or approval", "%(n)s milestones and approvals", moments) % {"n": moments},
            "services": [service.name for service in services if service.template_id == row.id], "since": date_short(row.updated_at.date()),
        })
    return cards


def gallery_cards(gallery: Sequence[tuple[GalleryTemplate, int | None]]) -> list[dict[str, Any]]:
    """What comes with the product; `href` where it was taken over already."""
    return [
        {"key": one.key, "name": _(one.name), "summary": _(one.summary),
         "tasks": ngettext("%(n)s item", "%(n)s items", len(one.items)) % {"n": len(one.items)},
         "href": reverse("template", kwargs={"template_id": here}) if here else ""}
        for one, here in gallery
    ]


def service_rows(services: Sequence[ServiceRow], templates: Sequence[TemplateRow]) -> list[dict[str, Any]]:
    """What we sell, line by line; money only where the row carries it."""
    names = {row.id: row.name for row in templates}
    places = dict(placement_options())
    return [
        {
            "name": service.name, "description": service.description, "tone": service.tone % 7, "price": money_words(service.price),
            "cost": money_words(service.cost), "effort": hours(service.effort_minutes) if service.effort_minutes else "",
            "template": names.get(service.template_id or 0, ""), "is_to_review": service.is_to_review, "id": service.id,
            "place": places[service.placement] if service.placement != "by_template" else "",
            "href": reverse("template", kwargs={"template_id": service.template_id}) if service.template_id in names else "",
            "edit_href": reverse("service", kwargs={"service_id": service.id}),
        }
        for service in services
    ]


def version_rows(versions: Sequence[TemplateVersionRow], time_zone: str) -> list[dict[str, Any]]:
    """Every version with who, when and why, newest first."""
    return [
        {"number": row.number, "note": row.note, "author": row.author_label, "when": moment(row.created_at, time_zone),
         "href": f"{reverse('template_versions', kwargs={'template_id': row.template_id})}?version={row.number}"}
        for row in versions
    ]


def change_rows(changes: Sequence[ItemChange], before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What changed, item by item, in words a project manager uses."""
    names = {item["key"]: str(item["name"]) for item in (*before, *after)}
    looks = {"added": ("plus", "ok", _("Added")), "removed": ("minus", "bad", _("Removed")), "changed": ("pencil", "info", _("Changed")),
             "moved": ("arrow-down-up", "info", _("Order changed"))}
    return [
        {"icon": looks[change.kind][0], "tone": looks[change.kind][1], "kind": looks[change.kind][2], "name": change.name,
         "fields": [(_field_words(name), _value_words(name, old, names), _value_words(name, new, names))
                    for name, (old, new) in change.fields.items()]}
        for change in changes
    ]


def _field_words(name: str) -> str:
    return {
        "name": _("Name"), "kind": _("Kind"), "parent": _("Inside"), "duration_days": _("Working days"), "effort_minutes": _("Hours"),
        "role": _("Role"), "efforts": _("Hours by role"), "skills": _("Skills"), "after": _("Waits for"), "promise_key": _("Promise key"),
        "checklist": _("Checklist"), "deliverable": _("Deliverable"), "acceptance": _("Accepted when"),
        "start_offset_days": _("Days after the start"), "before_finish_days": _("Days before the finish"), "anchor": _("Placed by"),
        "when": _("Only with"), "repeat": _("Repeated"), "repeat_limit": _("At most"), "in_sequence": _("One after another"),
    }.get(name, name)


def _value_words(name: str, value: Any, names: Mapping[str, str]) -> str:
    if value in (None, "", [], False):
        return "–"
    if value is True:
        return _("yes")
    if name == "after":
        return write_waits(value, names)
    if name in ("parent", "anchor"):
        return _("Project") if value == "project" else names.get(value, str(value))
    if name == "efforts":
        return ", ".join(f"{part['role']} {write_amount(part['minutes'], divided_by=60)}" for part in value)
    if name == "skills":
        return ", ".join(f"{one['name']} {one.get('level') or 1}" for one in value)
    if name in ("duration_days", "effort_minutes"):
        return write_amount(value, divided_by=60 if name == "effort_minutes" else 1)
    if name == "when":
        return str(value["option"])
    if name == "kind":
        return kind_words(value)
    return "; ".join(value) if isinstance(value, list | tuple) else str(value)


def editor_rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows of the editor with what their hidden details say."""
    numbers = {row.key: row.number for row in rows}
    return [
        {"row": row, "marks": marks_of(row.details, numbers), "checks": len(row.details.get("checklist", ())),
         "has_efforts": bool(row.details.get("efforts")), "faults": [message for _place, message in row.faults],
         "faulty": {place for place, _message in row.faults},
         "more": {name: row.details[name] for name in DETAILS if name in row.details}}
        for row in rows
    ]
