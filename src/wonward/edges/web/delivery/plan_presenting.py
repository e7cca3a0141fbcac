"""The plan and its tasks as the timeline and the task drawer lay them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from markupsafe import Markup

from wonward.domains.delivery.types import DependencyRow, PlanOutcome, TaskRow
from wonward.domains.staff.queries import PersonRow, list_roles
from wonward.edges.web.delivery.drawing import Bar, PlanDrawing
from wonward.edges.web.delivery.presenting import Face, face
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, date_words
from wonward.edges.web.shell.navigation import initials_of
from wonward.edges.web.shell.render import macro_of

MINUTES_PER_DAY = 480
CALENDAR_DAY = 1440
BY_HAND = "HAND"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One row of the timeline in words."""

    bar: Bar
    task: TaskRow
    look: str
    who: Face | None
    start: str
    finish: str
    slack: str
    spoken: str
    label: str
    keeps: int


def drawn_rows(drawing: PlanDrawing, keeps: Mapping[int, int], folded: frozenset[int]) -> list[Markup]:
    """The rows of a drawing as markup; `keeps` counts the promises of each task, `folded` are the phases shown closed."""
    language = get_language() or ""
    return [
        _drawn(bar, keeps.get(bar.task.id, 0), _fold_query(folded, bar.task.id) if bar.has_children else "",
               bar.task.id in folded, drawing.width, language)
        for bar in drawing.bars
    ]


def _fold_query(folded: frozenset[int], key: int) -> str:
    """The query of the page on which this phase is folded, or unfolded."""
    return f"?collapsed={','.join(map(str, sorted(folded ^ {key})))}"


@lru_cache(maxsize=4096)
def _drawn(bar: Bar, keeps: int, fold_query: str, is_folded: bool, width: int, language: str) -> Markup:
    """Everything a row shows is in its arguments, so a row drawn once is right until its task or the drawing changes."""
    del language
    href = address_of("task", task_id=bar.task.id)
    line: Markup = macro_of("delivery/parts/plan_row.html", "line")(plan_row(bar, keeps), width, href, fold_query, is_folded)
    return line


def plan_row(bar: Bar, keeps: int) -> PlanRow:
    """One row of the timeline in words."""
    task = bar.task
    start, finish = date_short(task.start_date), date_short(task.finish_date)
    dates = finish if task.is_moment else f"{start} – {finish}"
    spoken = f"{task.name}, {dates}"
    if task.status == "done":
        spoken = _("%(task)s, done") % {"task": spoken}
    elif task.is_critical:
        spoken = _("%(task)s, critical") % {"task": spoken}
    look = ("summary" if bar.has_children else "milestone" if task.is_moment else "done" if task.status == "done"
            else "critical" if task.is_critical else "task")
    return PlanRow(
        bar, task, look, face(task.assignee_name, task.assignee_id), start, finish, _slack_words(task, bar.has_children), spoken,
        task.name if not task.is_moment else f"{task.name}, {finish}", keeps,
    )


def _slack_words(task: TaskRow, is_parent: bool) -> str:
    if is_parent:
        return ""
    if task.status == "done":
        return _("Done")
    if task.is_critical:
        return _("Critical")
    return _("%(n)s d") % {"n": days_words(task.total_float_minutes)}


def days_words(minutes: int) -> str:
    """Working days with at most two decimals: 5, 0.5, 1.25."""
    return f"{minutes / MINUTES_PER_DAY:.2f}".rstrip("0").rstrip(".")


def minutes_of_days(text: str) -> int | None:
    """Working minutes of a number of days as typed; None when it is no number of days."""
    try:
        days = float(text.replace(",", "."))
    except ValueError:
        return None
    return round(days * MINUTES_PER_DAY) if 0 <= days <= 10_000 else None


def constraint_options() -> list[tuple[str, str]]:
    """What may hold a task, in words; all but the first two go with a day."""
    return [
        ("ASAP", _("as soon as it can")), ("ALAP", _("as late as it can")), ("SNET", _("starts no earlier than")),
        ("SNLT", _("starts no later than")), ("FNET", _("finishes no earlier than")), ("FNLT", _("finishes no later than")),
        ("MSO", _("must start on")), ("MFO", _("must finish on")), (BY_HAND, _("exactly as put by hand, from")),
    ]


def minutes_of_hours(text: str) -> int | None:
    """Minutes of a number of hours as typed; None when it is no number of hours."""
    try:
        hours = float(text.replace(",", "."))
    except ValueError:
        return None
    return round(hours * 60) if 0 <= hours <= 100_000 else None


def hours_words(minutes: int) -> str:
    """Hours with at most two decimals."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


def role_options(chosen: str) -> list[tuple[str, str]]:
    """The roles of the house to choose from, and the chosen one."""
    names = list_roles().values()
    return [(name, name) for name in (*names, *([chosen] if chosen and chosen not in names else []))]


def moved_words(name: str, outcome: PlanOutcome) -> str:
    """What a change of one task did to the plan."""
    others = len({row.id for row in outcome.moved} - set(outcome.touched_ids))
    if not outcome.moved:
        return _("“%(task)s” is saved; no date moved.") % {"task": name}
    if not others:
        return _("“%(task)s” moved.") % {"task": name}
    return ngettext("“%(task)s” moved, and %(n)s other task with it.", "“%(task)s” moved, and %(n)s other tasks with it.", others) % {
        "task": name, "n": others}


def task_drawer(
    task: TaskRow, values: Mapping[str, str], links: Sequence[DependencyRow], tasks: Sequence[TaskRow], people: Sequence[PersonRow],
) -> dict[str, Any]:
    """What the drawer of a task shows and offers."""
    names = {row.id: row.name for row in tasks}
    waits = [
        {"id": link.from_id, "name": names.get(link.from_id, ""), "words": link_words(link), **link_fields(link, values),
         "href": address_of("task", task_id=link.from_id)}
        for link in links if link.to_id == task.id
    ]
    waited = {wait["id"] for wait in waits}
    return {
        "kind_words": {"phase": _("Phase"), "milestone": _("Milestone"), "approval": _("Approval")}.get(task.kind, _("Task")),
        "dates": date_words(task.finish_date) if task.is_moment
        else f"{date_words(task.start_date)} – {date_words(task.finish_date)}",
        "float_words": _float_words(task), "is_late_word": task.is_critical and task.status != "done",
        "name_value": values.get("name", task.name), "held_value": _day(values["constraint_date"]) if "constraint_date" in values else task.manual_start_date or task.constraint_date,
        "hand_finish_value": _day(values["manual_finish_date"]) if "manual_finish_date" in values else task.manual_finish_date,
        "constraint_value": values.get("constraint", BY_HAND if task.is_manual else task.constraint), "constraint_options": constraint_options(),
        "days_value": values.get("duration_days", days_words(task.duration_minutes)),
        "percent_value": values.get("percent_complete", str(task.percent_complete)),
        "assignee_value": values.get("assignee_id", str(task.assignee_id or "")),
        "role_value": values.get("role", task.role), "role_options": role_options(task.role) if people else [],
        "effort_value": values.get("effort_hours", hours_words(task.effort_minutes)),
        "people_options": [(person.id, person.name) for person in people], "waits": waits,
        "after_options": [(row.id, row.name) for row in tasks if row.id != task.id and row.id not in waited and row.kind != "phase"],
        "after_value": values.get("after_id", ""), "type_options": link_types(), "unit_options_of_lag": lag_units(),
        "after_type": values.get("after_type", "FS"), "after_lag": values.get("after_lag", ""), "after_unit": values.get("after_unit", "working"),
        "assignee_initials": initials_of(task.assignee_name),
    }


def _float_words(task: TaskRow) -> str:
    if task.status == "done":
        return _("Done")
    if task.is_critical:
        return _("Critical: every day of delay moves the finish")
    days = task.total_float_minutes // MINUTES_PER_DAY
    return ngettext("Can wait %(n)s working day", "Can wait %(n)s working days", days) % {"n": days}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def link_types() -> list[tuple[str, str]]:
    """How a task may wait for another, in words."""
    return [("FS", _("starts after its finish")), ("SS", _("starts with its start")), ("FF", _("finishes with its finish")),
            ("SF", _("finishes with its start"))]


def lag_units() -> list[tuple[str, str]]:
    """What days between two tasks are counted in."""
    return [("working", _("working days")), ("elapsed", _("calendar days"))]


def link_fields(link: DependencyRow, values: Mapping[str, str]) -> dict[str, str]:
    """What the form of a dependency holds, as typed or as it is."""
    return {
        "type": values.get(f"type_{link.from_id}", link.type), "unit": values.get(f"unit_{link.from_id}", link.lag_unit),
        "lag": values.get(f"lag_{link.from_id}", lag_words(link.lag_minutes, link.lag_unit)),
    }


def lag_words(minutes: int, unit: str) -> str:
    """A lag in days of its unit, as it is typed."""
    return f"{minutes / (CALENDAR_DAY if unit == 'elapsed' else MINUTES_PER_DAY):.2f}".rstrip("0").rstrip(".")


def minutes_of_lag(text: str, unit: str) -> int | None:
    """Minutes of a number of days between two tasks as typed, less than nothing for earlier; None when it is no number of days."""
    try:
        days = float(text.replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return round(days * (CALENDAR_DAY if unit == "elapsed" else MINUTES_PER_DAY)) if abs(days) <= 10_000 else None


def link_words(link: DependencyRow) -> str:
    """How a task waits for another, with the lag in days of its unit."""
    words = dict(link_types())[link.type]
    if not link.lag_minutes:
        return words
    days = lag_words(abs(link.lag_minutes), link.lag_unit)
    if link.lag_unit == "elapsed":
        return (_("%(words)s, %(days)s calendar d later") if link.lag_minutes > 0 else _("%(words)s, %(days)s calendar d earlier")) % {
            "words": words, "days": days}
    return (_("%(words)s, %(days)s d later") if link.lag_minutes > 0 else _("%(words)s, %(days)s d earlier")) % {
        "words": words, "days": days}
