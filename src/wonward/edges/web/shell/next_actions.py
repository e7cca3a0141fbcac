"""A deal's next action as every screen shows it: how urgent, with which icon, in which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wonward.domains.sales.types import NextAction, NextActionRow
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.formats import date_form
from wonward.kernel.errors import Refused

KIND_WORDS = {
    "call": gettext_lazy("Call"), "email": gettext_lazy("E-mail"), "meeting": gettext_lazy("Meeting"),
    "proposal": gettext_lazy("Proposal"), "demo": gettext_lazy("Demo"), "document": gettext_lazy("Document"),
    "review": gettext_lazy("Review"), "task": gettext_lazy("Task"), "parked": gettext_lazy("Parked"),
}
_ICONS = {
    "call": "phone", "email": "mail", "meeting": "calendar", "proposal": "file-text", "demo": "monitor",
    "document": "file-pen-line", "review": "eye", "task": "square-check", "parked": "pause",
}


@dataclass(frozen=True, slots=True)
class ActionLook:
    """`state` is overdue, today, planned, parked or missing; `when` is short (“4 d late”), `due` a full date."""

    state: str
    icon: str
    words: str
    when: str
    due: str
    badge: str


MISSING = ActionLook("missing", "circle-alert", "", "", "", "")


def look_of(action: NextActionRow | None, today: date) -> ActionLook:
    """How a next action looks on a given day."""
    if action is None:
        return MISSING
    words = action.note or str(KIND_WORDS.get(action.kind, action.kind))
    icon = _ICONS.get(action.kind, "square-check")
    late = (today - action.due_date).days
    when, due = day_words(action.due_date, today), _full(action.due_date)
    if late > 0:
        return ActionLook("overdue", icon, words, late_words(late), due, late_words(late))
    if action.kind == "parked":
        return ActionLook("parked", icon, words, when, due, _("Parked"))
    if late == 0:
        return ActionLook("today", icon, words, when, due, when)
    return ActionLook("planned", icon, words, when, due, when)


def late_words(days: int) -> str:
    """4 d late."""
    return ngettext("%(count)s d late", "%(count)s d late", days) % {"count": days}


def day_words(day: date, today: date) -> str:
    """Today, Tomorrow, Thu, 4 Dec, 4 Dec 2027: as short as stays clear."""
    if day == today:
        return _("Today")
    if day == today + timedelta(days=1):
        return _("Tomorrow")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    if today < day < today + timedelta(days=7):
        return date_form(day, "EEE")
    return date_form(day, "d MMM" if day.year == today.year else "d MMM y")


def kind_choices(*, with_parked: bool = False) -> list[tuple[str, str]]:
    """Kinds of next action for a form, as (value, words)."""
    return [(key, str(words)) for key, words in KIND_WORDS.items() if with_parked or key != "parked"]


def day_choices(today: date) -> list[tuple[str, str]]:
    """Days people choose most: tomorrow, in two working days, next Monday, in two weeks."""
    monday = today + timedelta(days=7 - today.weekday())
    wanted = [_workday(today + timedelta(days=1)), _workday(today + timedelta(days=3)), monday, monday + timedelta(days=7)]
    return [(day.isoformat(), _short(day, today)) for day in dict.fromkeys(wanted)]


def _workday(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def _short(day: date, today: date) -> str:
    return _("Tomorrow") if day == today + timedelta(days=1) else date_form(day, "EEE d MMM")


def _full(day: date) -> str:
    return date_form(day, "EEE d MMM y")


def read_next_action(data: Mapping[str, str], *, prefix: str = "next_", kind: str = "") -> NextAction | None:
    """A next action from a form; a typed date wins over a chosen day, and without either there is none."""
    reader = FormReader(data)
    chosen = kind or reader.text(f"{prefix}kind", limit=24)
    due = reader.day(f"{prefix}due_date") or reader.day(f"{prefix}day")
    note = reader.text(f"{prefix}note", limit=300)
    owner_id = reader.number(f"{prefix}owner_id")
    reader.finish()
    return NextAction(chosen or "task", due, note, owner_id) if due else None


def action_errors(refusal: Refused, *, prefix: str = "next_") -> dict[str, str]:
    """Sentences by the field of the form, whatever the operation called them."""
    found: dict[str, str] = {}
    for error in refusal.errors:
        name = error.field.rpartition(".")[2].removeprefix(prefix)
        found.setdefault(prefix + ("due_date" if name in ("action", "next_action", "day") else name), error.message)
    return found


def typed_action(data: Mapping[str, str], *, prefix: str = "next_") -> dict[str, Any]:
    """What was typed, ready to be shown again; a date that cannot be read is left out."""
    found: dict[str, Any] = {name: value for name, value in data.items() if name.startswith(prefix)}
    found[f"{prefix}due_date"] = FormReader(data).day(f"{prefix}due_date")
    return found
