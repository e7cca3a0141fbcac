"""An import as its pages lay it out: every decision a control, every count a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import moment, number
from wonward.journeys.imports.types import (
    BatchRow,
    MappedColumn,
    ProblemGroup,
    ReconciliationLine,
    StagedRow,
    ValueChoice,
)
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

VALUES_SHOWN = 40
SURE = 0.9
PAGES = {"clients.company": ("company", "company_id"), "sales.deal": ("deal", "deal_id"), "sales.lead": ("lead", "lead_id"),
         "delivery.project": ("project", "project_id"), "delivery.task": ("task", "task_id")}
CHOICE_KEYS = {"stage": "stages", "owner": "owners", "company": "companies", "service": "services"}


def kind_label(kind: str) -> str:
    """What a file brings, in words."""
    return {
        "companies": _("Companies"), "contacts": _("Contacts"), "deals": _("Deals"), "services": _("Services"),
        "users": _("People"), "communications": _("Communications"), "projects": _("Projects"), "tasks": _("Tasks"),
        "leads": _("Leads"),
    }.get(kind, kind)


STATUS_WORDS = {
    "staged": gettext_lazy("Waits for you"), "running": gettext_lazy("Running"), "done": gettext_lazy("Imported"), "failed": gettext_lazy("Stopped"),
    "undone": gettext_lazy("Taken back"),
}


def status_look(row: BatchRow) -> tuple[str, str, str]:
    """Where an import stands: words, tone, icon."""
    look = {
        "staged": ("warn", "hourglass"), "running": ("info", "loader"), "done": ("ok", "circle-check"), "failed": ("bad", "circle-alert"),
        "undone": ("", "undo-2"),
    }
    return str(STATUS_WORDS[row.status]), *look[row.status]


def batch_groups(rows: Sequence[BatchRow], group: str, zone: str) -> list[dict[str, Any]]:
    """The list of imports below the headings of its groups: by what the rows are, state or author."""
    def title(row: BatchRow) -> str:
        return {"kind": kind_label(row.kind), "status": str(STATUS_WORDS[row.status]), "author": row.author_label}.get(group, "")
    return [{"title": name, "rows": batch_rows(list(found), zone)} for name, found in groupby(rows, key=title)]


def batch_rows(rows: Sequence[BatchRow], zone: str) -> list[dict[str, Any]]:
    """The list of imports."""
    return [
        {
            "href": address_of("import_batch", batch_id=row.id), "file": row.file_name, "kind": kind_label(row.kind),
            "rows": row.rows, "written": sum(row.counts.get(key, 0) for key in ("created", "updated")), "look": status_look(row),
            "problems": sum(group.count for group in row.problem_groups), "author": row.author_label,
            "when": moment(row.created_at, zone),
        }
        for row in rows
    ]


def column_rows(row: BatchRow, fields: Sequence[tuple[str, str]], may_change: bool) -> list[dict[str, Any]]:
    """Every column of the file with where it goes, how sure that is, and the values that need a decision."""
    columns = {column.index: column for column in row.columns}
    shown = []
    for line in row.mapping:
        column = columns[line.index]
        is_sure = line.confidence >= SURE
        shown.append({
            "name": f"column_{line.index}", "header": line.header or _("Column %(n)s") % {"n": line.index + 1},
            "examples": " · ".join(column.examples[:3]) or _("empty"), "field": line.field, "label": _field_words(line.field, line.label),
            "is_left_out": not line.field, "is_check": bool(line.field) and not is_sure, "share": round(1000 * line.confidence),
            "tone": "ok" if is_sure else "warn", "sure": _sure_words(line, is_sure), "reason": line.reason,
            "found": ngettext("%(n)s filled", "%(n)s filled", column.filled) % {"n": number(column.filled)},
            "options": [(name, _field_words(name, words)) for name, words in fields] if may_change else [],
        })
    return shown


def _field_words(field: str, label: str) -> str:
    """What a place of ours is called; one the house made keeps its name."""
    return label if not label or field.startswith("cf_") else _(label)


def _sure_words(line: MappedColumn, is_sure: bool) -> str:
    if not line.field:
        return _("Left out")
    percent = round(100 * line.confidence)
    return (_("Sure, %(percent)s %%") if is_sure else _("Check, %(percent)s %%")) % {"percent": percent}


def value_groups(row: BatchRow, offers: Mapping[str, Sequence[tuple[str, str]]]) -> list[dict[str, Any]]:
    """Values that become stages, people, companies or services, grouped; those one may decide carry options."""
    titles = {"stage": _("Stages"), "status": _("States"), "owner": _("Owners"), "company": _("Companies"), "service": _("Services")}
    groups = []
    for about, title in titles.items():
        values = [(place, value) for place, value in enumerate(row.values) if value.about == about]
        if not values:
            continue
        # What resembles something known needs a look; what does not is only counted.
        ranked = sorted(values, key=lambda one: (not one[1].near, -one[1].rows))
        groups.append({
            "about": about, "title": title, "values": [_value(place, value, offers.get(about, ())) for place, value in ranked[:VALUES_SHOWN]],
            "rest": max(0, len(values) - VALUES_SHOWN), "count": len(values),
        })
    return groups


def _value(place: int, value: ValueChoice, offers: Sequence[tuple[str, str]]) -> dict[str, Any]:
    near = [(str(key), _("%(name)s (resembles it)") % {"name": name}) for key, name in value.near]
    options = [*near, *(pair for pair in offers if pair[0] not in dict(near))] if value.about in CHOICE_KEYS else []
    target = str(value.target)
    if options and target not in dict(options):
        options.insert(0, (target, value.label))
    return {"name": f"value_{place}", "value": value.value or _("(empty)"), "rows": value.rows, "target": target, "label": value.label,
            "reason": value.reason, "options": options, "is_check": bool(near)}


def read_choices(row: BatchRow, posted: Mapping[str, str]) -> dict[str, Any]:
    """The choices of a posted form in the words of the operation."""
    choices: dict[str, Any] = {
        "mapping": {
            line.header: posted[f"column_{line.index}"] or None
            for line in row.mapping if posted.get(f"column_{line.index}", line.field) != line.field
        }
    }
    for place, value in enumerate(row.values):
        target = posted.get(f"value_{place}", "")
        if target and value.about in CHOICE_KEYS:
            choices.setdefault(CHOICE_KEYS[value.about], {})[value.value] = int(target) if target.isdecimal() else target
    if posted.get("date_order"):
        choices["date_order"] = posted["date_order"]
    if posted.get("owner_id", "").isdecimal():
        choices["owner_id"] = int(posted["owner_id"])
    return choices


def count_rows(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Counts of an import in words, in the order people ask; zeros and inner counters are left out."""
    words = {
        "created": _("New"), "updated": _("Changed"), "unchanged": _("As they were"), "skipped": _("Left out"), "stopped": _("Left out"),
        "known": _("Known here already"), "companies_created": _("New companies"), "contacts_created": _("New contacts"),
        "people_created": _("New people"), "services_to_review": _("New services to review"),
        "stakeholders_linked": _("Stakeholders linked"), "dependencies_added": _("Dependencies added"),
        "history_won": _("Won deals, as history"), "history_lost": _("Lost deals, as history"),
        "next_actions_given": _("Next actions given"), "next_actions_taken": _("Next actions taken over"), "notes_logged": _("Notes in the log"), "owners_defaulted": _("Owners filled in"),
        "valued_from_prices": _("Values taken from prices"), "unknown_stages": _("Stages nobody knows"),
        "removed": _("Taken back"), "kept": _("Kept"),
    }
    return [(label, counts[key]) for key, label in words.items() if counts.get(key)]


def problem_rows(groups: Sequence[ProblemGroup]) -> list[dict[str, Any]]:
    """Problems by sort."""
    return [
        {
            "icon": "circle-alert" if group.stops_rows else "triangle-alert", "tone": "bad" if group.stops_rows else "warn",
            "message": group.message, "count": group.count, "column": group.column,
            "effect": ngettext("%(n)s row is left out", "%(n)s rows are left out", group.count) % {"n": number(group.count)} if group.stops_rows
            else ngettext("%(n)s row, it comes in", "%(n)s rows, they come in", group.count) % {"n": number(group.count)},
            "rows": ", ".join(str(row) for row in group.first_rows),
        }
        for group in groups
    ]


def reconciliation_rows(lines: Sequence[ReconciliationLine]) -> list[dict[str, Any]]:
    """File against what is written, per state and currency."""
    return [
        {
            "status": {"open": _("Open"), "won": _("Won"), "lost": _("Lost")}.get(line.status, line.status), "currency": line.currency,
            "rows_in_file": line.rows_in_file, "rows_written": line.rows_written,
            "value_in_file": Money.parse(line.value_in_file, line.currency) if line.currency else None,
            "value_written": Money.parse(line.value_written, line.currency) if line.currency else None,
            "is_equal": (line.rows_in_file, line.value_in_file) == (line.rows_written, line.value_written),
        }
        for line in lines
    ]


def staged_rows(rows: Sequence[StagedRow]) -> list[dict[str, Any]]:
    """Rows of the file with what became of them."""
    looks = {"created": (_("New"), "ok"), "updated": (_("Changed"), "info"), "unchanged": (_("As it was"), ""), "skipped": (_("Left out"), "bad"),
             "waiting": (_("Waits"), ""), "undone": (_("Taken back"), ""), "kept": (_("Kept"), "warn")}
    return [
        {"number": row.number, "look": looks[row.status], "href": place_of(row.ref), "message": row.message,
         "words": " · ".join(value for value in row.values.values() if value)[:160]}
        for row in rows
    ]


def kept_rows(kept: Sequence[tuple[Ref, str]]) -> list[tuple[str, str, str]]:
    """What taking an import back left alone: (record, address, why)."""
    return [(str(ref), place_of(ref), why) for ref, why in kept]


def place_of(ref: Ref | None) -> str:
    """The page of a record, or nothing where there is none."""
    if ref is None or ref.noun not in PAGES:
        return ""
    name, key = PAGES[ref.noun]
    try:
        return reverse(name, kwargs={key: ref.id})
    except NoReverseMatch:
        return ""


def steps_of(row: BatchRow) -> list[tuple[str, str]]:
    """The stepper: (state, words) with state done, current or empty."""
    at = {"staged": 1, "running": 2, "failed": 2, "done": 4, "undone": 4}[row.status]
    words = (_("Upload"), _("Check what happens"), _("Import"), _("Done") if row.status != "undone" else _("Taken back"))
    return [("done" if place < at else "current" if place == at else "", label) for place, label in enumerate(words)]


def progress_words(row: BatchRow) -> str:
    """How far a running import is."""
    return _("%(done)s of %(total)s rows") % {"done": number(row.rows_applied), "total": number(row.rows)}
