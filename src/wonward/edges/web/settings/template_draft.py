"""A template while it is edited: the rows of the form, what a button does to them, and the items they mean.

The whole draft travels with the form, so nothing is stored before it is saved. Every row carries its details as JSON;
only the opened row shows them as fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from wonward.edges.web.settings.draft_text import (
    Unreadable,
    read_amount,
    read_efforts,
    read_lines,
    read_skills,
    read_waits,
    write_amount,
    write_efforts,
    write_skills,
    write_waits,
)
from wonward.kernel.errors import FieldError

MOST_ROWS = 500
DETAILS = ("efforts", "skills", "checklist", "deliverable", "acceptance", "start_offset_days", "before_finish_days", "anchor", "when", "repeat",
           "repeat_limit", "in_sequence")
KINDS = ("phase", "task", "milestone", "approval")
FIELD_OF = {"key": "name", "parent": "name", "duration_days": "days", "effort_minutes": "effort", "efforts": "effort"}


@dataclass(slots=True)
class Row:
    """One row as typed; `level` 0 is the top, `number` its outline number."""

    key: str
    level: int
    name: str
    kind: str
    days: str = ""
    role: str = ""
    effort: str = ""
    after: str = ""
    promise_key: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    number: str = ""
    faults: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """What is being edited; `opened` is the place of the row whose details are shown, or None."""

    name: str
    rows: list[Row]
    note: str = ""
    opened: int | None = None
    faults: list[tuple[str, str]] = field(default_factory=list)

    def items(self) -> list[dict[str, Any]]:
        """The items the rows mean. What cannot be read stands in `faults` of its row."""
        keys = {row.number: row.key for row in self.rows}
        parents: list[Row] = []
        items = []
        for row in self.rows:
            del parents[row.level :]
            items.append(_item(row, parents[-1].key if parents else None, keys))
            parents.append(row)
        return items

    @property
    def is_readable(self) -> bool:
        return not any(row.faults for row in self.rows)

    def tell(self, errors: Sequence[FieldError]) -> None:
        """Put every fault beside the row it names."""
        for error in errors:
            match = re.match(r"items\[(\d+)\](?:\.(\w+))?", error.field)
            if match and int(match[1]) < len(self.rows):
                name = match[2] or "name"
                self.rows[int(match[1])].faults.append((FIELD_OF.get(name, name if name in ("name", "after", "kind") else "name"), error.message))
            else:
                self.faults.append((error.field if error.field == "name" else "", error.message))


def draft_of(name: str, items: Sequence[Mapping[str, Any]]) -> Draft:
    """The rows of a saved version, in outline order."""
    children: dict[str, list[Mapping[str, Any]]] = {}
    for item in items:
        children.setdefault(item.get("parent") or "", []).append(item)
    ordered: list[tuple[Mapping[str, Any], int]] = []
    stack = [(item, 0) for item in reversed(children.get("", []))]
    while stack:
        item, level = stack.pop()
        ordered.append((item, level))
        stack.extend((child, level + 1) for child in reversed(children.get(item["key"], [])))
    rows = [_row(item, level) for item, level in ordered]
    number_rows(rows)
    numbers = {row.key: row.number for row in rows}
    for row, (item, _level) in zip(rows, ordered, strict=True):
        row.after = write_waits(item.get("after") or [], numbers)
    return Draft(name, rows)


def _row(item: Mapping[str, Any], level: int) -> Row:
    details = {name: item[name] for name in DETAILS if item.get(name) not in (None, "", [], False)}
    return Row(
        item["key"], level, str(item["name"]), item["kind"], write_amount(item.get("duration_days")), str(item.get("role") or ""),
        write_amount(item.get("effort_minutes"), divided_by=60), "", str(item.get("promise_key") or ""), details,
    )


def number_rows(rows: Sequence[Row]) -> None:
    """1, 1.1, 1.2, 2 …; a row lies at most one level below the one before it."""
    counts: list[int] = []
    for row in rows:
        row.level = min(row.level, len(counts))
        del counts[row.level + 1 :]
        if len(counts) == row.level:
            counts.append(0)
        counts[row.level] += 1
        row.number = ".".join(str(count) for count in counts)


def _item(row: Row, parent: str | None, keys: Mapping[str, str]) -> dict[str, Any]:
    item: dict[str, Any] = {"key": row.key, "kind": row.kind, "name": row.name}
    if parent is not None:
        item["parent"] = parent

    def put(name: str, place: str, read: Callable[[], Any]) -> None:
        try:
            value = read()
        except Unreadable as error:
            row.faults.append((place, str(error)))
            return
        if value not in (None, "", []):
            item[name] = value

    if row.kind == "task":
        put("duration_days", "days", lambda: read_amount(row.days))
    put("role", "role", row.role.strip)
    put("effort_minutes", "effort", lambda: read_amount(row.effort, times=60))
    put("after", "after", lambda: read_waits(row.after, keys))
    put("promise_key", "promise_key", row.promise_key.strip)
    return item | row.details


def read_draft(data: Mapping[str, str]) -> Draft:
    """The draft as it was sent, the opened row's details read from its fields."""
    count = int(data["rows"]) if data.get("rows", "").isdecimal() and len(data["rows"]) < 5 else 0
    rows = [_read_row(data, place) for place in range(min(count, MOST_ROWS))]
    rows = [row for row in rows if row.key]
    number_rows(rows)
    opened = data.get("opened", "")
    draft = Draft(data.get("name", "").strip()[:200], rows, data.get("note", "").strip()[:300],
                  int(opened) if opened.isdecimal() and len(opened) < 5 and int(opened) < len(rows) else None)
    if draft.opened is not None and "details" in data:
        _read_details(rows[draft.opened], data)
    return draft


def _read_row(data: Mapping[str, str], place: int) -> Row:
    def text(name: str, longest: int) -> str:
        return data.get(f"{name}-{place}", "").replace("\x00", "").strip()[:longest]

    level = text("level", 2)
    kind = text("kind", 20)
    return Row(
        text("key", 70), int(level) if level.isdecimal() else 0, text("name", 300), kind if kind in KINDS else "task", text("days", 60),
        text("role", 120), text("effort", 60), text("after", 2000), text("promise_key", 80), _json(data.get(f"more-{place}", "")),
    )


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return {name: value[name] for name in DETAILS if name in value} if isinstance(value, dict) else {}


def _read_details(row: Row, data: Mapping[str, str]) -> None:
    details: dict[str, Any] = {
        "checklist": read_lines(data.get("checklist", "")), "deliverable": data.get("deliverable") == "on",
        "in_sequence": data.get("in_sequence") == "on",
        "acceptance": read_lines(data.get("acceptance", "")), "repeat": "quantity" if data.get("repeat") == "on" else None,
        "when": {"option": data["option"].strip()} if data.get("option", "").strip() else None,
    }
    for name, place in (("repeat_limit", "repeat_limit"), ("offset", "offset")):
        text = data.get(name, "").strip()
        if text and not (text.isdecimal() and len(text) < 7):
            row.faults.append(("name", _("“%(text)s” is not a whole number.") % {"text": text[:20]}))
        elif text and place == "repeat_limit":
            details["repeat_limit"] = int(text)
        elif text and data.get("placing") in ("start_offset_days", "before_finish_days"):
            details[data["placing"]] = int(text)
            details["anchor"] = data.get("anchor", "") if data.get("anchor") not in ("", "project") else None
    if not details["repeat"]:
        details.pop("repeat_limit", None)
        details["in_sequence"] = False
    try:
        details["efforts"] = read_efforts(data.get("efforts", ""))
    except Unreadable as error:
        row.faults.append(("effort", str(error)))
    try:
        details["skills"] = read_skills(data.get("skills", ""))
    except Unreadable as error:
        row.faults.append(("name", str(error)))
    row.details = {name: value for name, value in details.items() if value not in (None, "", [], False)}


def details_of(row: Row) -> dict[str, Any]:
    """The fields of the opened row."""
    details = row.details
    placing = next((name for name in ("start_offset_days", "before_finish_days") if name in details), "")
    return {
        "checklist": "\n".join(details.get("checklist", [])), "acceptance": "\n".join(details.get("acceptance", [])),
        "deliverable": bool(details.get("deliverable")), "efforts": write_efforts(details.get("efforts", [])),
        "skills": write_skills(details.get("skills", [])),
        "placing": placing, "offset": details.get(placing, "") if placing else "", "anchor": details.get("anchor") or "project",
        "option": (details.get("when") or {}).get("option", ""), "repeat": bool(details.get("repeat")),
        "repeat_limit": details.get("repeat_limit", ""), "in_sequence": bool(details.get("in_sequence")),
    }


def change_rows(draft: Draft, do: str) -> None:
    """What a button does: `open:3`, `close`, `add:task`, `below:3`, `up:3`, `down:3`, `indent:3`, `outdent:3`, `delete:3`."""
    verb, _colon, word = do.partition(":")
    place = int(word) if word.isdecimal() and len(word) < 5 else -1
    waits = _waits_by_key(draft)
    if verb == "open":
        draft.opened = place if 0 <= place < len(draft.rows) else None
    elif verb == "close":
        draft.opened = None
    elif verb == "add":
        _add(draft, len(draft.rows), word if word in KINDS else "task")
    elif 0 <= place < len(draft.rows):
        _CHANGES.get(verb, lambda _draft, _place: None)(draft, place)
    number_rows(draft.rows)
    numbers = {row.key: row.number for row in draft.rows}
    for row in draft.rows:
        if row.key in waits:
            row.after = write_waits([wait for wait in waits[row.key] if wait["key"] in numbers], numbers)


def _waits_by_key(draft: Draft) -> dict[str, list[dict[str, Any]]]:
    """Dependencies by key, before the numbers change; what cannot be read stays as it was typed."""
    keys = {row.number: row.key for row in draft.rows}
    found = {}
    for row in draft.rows:
        try:
            found[row.key] = read_waits(row.after, keys)
        except Unreadable:
            continue
    return found


def _size(draft: Draft, place: int) -> int:
    """How many rows a row and all below it are."""
    level, end = draft.rows[place].level, place + 1
    while end < len(draft.rows) and draft.rows[end].level > level:
        end += 1
    return end - place


def _add(draft: Draft, place: int, kind: str) -> None:
    if len(draft.rows) >= MOST_ROWS:
        draft.faults.append(("", _("The editor holds %(most)s rows; bring larger templates as a file.") % {"most": MOST_ROWS}))
        return
    taken = {row.key for row in draft.rows}
    number = len(draft.rows) + 1
    while f"item-{number}" in taken:
        number += 1
    above = draft.rows[place - 1] if place else None
    level = 0 if above is None or kind == "phase" else above.level + (above.kind == "phase")
    draft.rows.insert(place, Row(f"item-{number}", level, "", kind, "1" if kind == "task" else ""))
    draft.opened = place


def _add_below(draft: Draft, place: int) -> None:
    _add(draft, place + 1, "task")


def _move_up(draft: Draft, place: int) -> None:
    """Before the sibling above, with everything below it."""
    level = draft.rows[place].level
    above = next((other for other in range(place - 1, -1, -1) if draft.rows[other].level <= level), None)
    if above is not None and draft.rows[above].level == level:
        size = _size(draft, place)
        block = draft.rows[place : place + size]
        del draft.rows[place : place + size]
        draft.rows[above:above] = block
        draft.opened = above


def _move_down(draft: Draft, place: int) -> None:
    following = place + _size(draft, place)
    if following < len(draft.rows) and draft.rows[following].level == draft.rows[place].level:
        size = _size(draft, following)
        _move_up(draft, following)
        draft.opened = place + size


def _indent(draft: Draft, place: int) -> None:
    """Into what stands above; moments hold nothing."""
    above = next((row for row in reversed(draft.rows[:place]) if row.level <= draft.rows[place].level), None)
    if above is not None and above.level == draft.rows[place].level and above.kind not in ("milestone", "approval"):
        for row in draft.rows[place : place + _size(draft, place)]:
            row.level += 1
    draft.opened = place


def _outdent(draft: Draft, place: int) -> None:
    """Out of what contains it, behind its last row, so that what follows keeps its place."""
    level = draft.rows[place].level
    if level:
        size = _size(draft, place)
        block = draft.rows[place : place + size]
        end = place + size
        while end < len(draft.rows) and draft.rows[end].level >= level:
            end += 1
        del draft.rows[place : place + size]
        for row in block:
            row.level -= 1
        draft.rows[end - size : end - size] = block
        draft.opened = end - size


def _delete(draft: Draft, place: int) -> None:
    del draft.rows[place : place + _size(draft, place)]
    draft.opened = None


_CHANGES: Mapping[str, Callable[[Draft, int], None]] = {
    "below": _add_below, "up": _move_up, "down": _move_down, "indent": _indent, "outdent": _outdent, "delete": _delete,
}
