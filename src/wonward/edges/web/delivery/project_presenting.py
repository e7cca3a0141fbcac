"""Projects as their list and their overview lay them out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.delivery.types import BaselineRow, PlanChangeRow, ProjectRow, TaskRow
from wonward.edges.web.delivery.drawing import draw_promise
from wonward.edges.web.delivery.handoff_presenting import STATUS_LOOKS, status_label
from wonward.edges.web.delivery.presenting import (
    conditions,
    coverage_parts,
    entry_views,
    face,
    ledger_columns,
    slip_words,
    stakeholder_views,
    step_views,
)
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, date_words, moment, month_words
from wonward.edges.web.shell.navigation import initials_of
from wonward.journeys.client_record.types import Drift, ProjectPage

MILESTONES_SHOWN = 8
SLIP_ICONS = {"warn": "triangle-alert", "ok": "circle-check"}


def project_status(status: str) -> tuple[str, str]:
    """The state of a project in words and a tone."""
    return {
        "planned": (_("Planned"), ""), "active": (_("Active"), "deliver"), "on_hold": (_("On hold"), "warn"),
        "done": (_("Done"), "ok"), "cancelled": (_("Cancelled"), ""),
    }.get(status, (status, ""))


def project_rows(drifts: Iterable[Drift]) -> list[dict[str, Any]]:
    """The list of projects, row by row."""
    rows = []
    for drift in drifts:
        row = drift.project
        slip, tone = slip_words(drift)
        status, status_tone = project_status(row.status)
        rows.append({
            "project": row, "href": address_of("project", project_id=row.id), "lead": face(row.manager_name, row.manager_id),
            "slip": slip, "slip_tone": tone, "slip_icon": SLIP_ICONS.get(tone, ""), "status": status, "status_tone": status_tone,
            "promised": date_words(row.promised_finish_date) or "–",
            "forecast": date_words(row.finished_date or row.forecast_finish_date) or "–", "start": date_words(row.start_date) or "–",
            "changed": date_words(row.updated_at.date()),
        })
    return rows


def header_of(drift: Drift, steps: list[dict[str, Any]], tab: str) -> dict[str, Any]:
    """What the header of a project's pages shows."""
    slip, tone = slip_words(drift)
    row = drift.project
    return {
        "project": row, "tab": tab, "slip": slip, "slip_tone": tone, "slip_icon": SLIP_ICONS.get(tone, ""), "steps": steps,
        "company_initials": initials_of(row.company_name), "slip_because": drift.last_change if drift.days_late > 0 else None, "is_behind": drift.is_behind,
        "slip_said": drift.last_said if drift.days_late > 0 else None,
        "has_late_work": drift.has_late_work,
    }


def project_page(
    page: ProjectPage, baseline: BaselineRow | None, zone: str, *, may_see_deal: bool,
    promise_url_of: Callable[[int], str] | None = None,
) -> dict[str, Any]:
    """Everything the overview of a project lays out."""
    row, promised = page.project, page.project.promised_finish_date
    sold = baseline.dates if baseline else {}
    places = {"Won": address_of("deal", deal_id=page.deal_id)} if page.deal_id and may_see_deal else {}
    if page.handoff:
        places["Handoff"] = address_of("handoff", handoff_id=page.handoff.id)
    end = row.finished_date or row.forecast_finish_date
    return {
        **header_of(page.drift, step_views(page.lifecycle, places), "overview"), "page": page,
        "promised_words": _date(promised) or _("Nothing yet"), "forecast_words": _date(end) or _("Not planned"),
        "track": _track(row, page.today, page.work.milestones), "milestones": _milestones(page.work.milestones, sold, page.today),
        "planned_minutes": page.work.planned_minutes,
        "hours_done": page.work.done_minutes,
        "done_words": _("%(done)s of %(total)s tasks done") % {"done": row.done_count, "total": row.task_count},
        "coverage_parts": coverage_parts(page.coverage), "ledger": ledger_columns(page.promises, zone, address_of("project_ledger", project_id=row.id)), "conditions": conditions(page.promises, zone),
        "changes": [_change(change, zone) for change in page.changes], "stakeholders": stakeholder_views(page.stakeholders),
        "team": [face(name, key) for key, name in page.members], "entries": entry_views(page.timeline, zone, promise_url_of),
        "handoff_words": status_label(page.handoff) if page.handoff else "",
        "handoff_look": STATUS_LOOKS[page.handoff.status] if page.handoff else ("", ""),
    }


def _date(day: date | None) -> str:
    return f"{date_short(day)} {day.year}" if day else ""


def _track(row: ProjectRow, today: date, milestones: Sequence[TaskRow]) -> dict[str, Any]:
    end = row.finished_date or row.forecast_finish_date
    mini = draw_promise(start=row.start_date, promised=row.promised_finish_date, forecast=end, today=today)
    late = mini.promised_x is not None and mini.forecast_x > mini.promised_x
    return {
        "start": mini.start_x, "now": mini.today_x, "promised": mini.promised_x, "forecast": mini.forecast_x,
        "band": (mini.promised_x, mini.forecast_x) if late else None, "fixed": None,
        "ticks": [(x, month_words(day, with_year=False)) for x, day in mini.months],
        "is_now_low": min(abs(mini.forecast_x - mini.today_x), mini.today_x - mini.start_x) < 190 or (mini.promised_x is not None and -60 < mini.promised_x - mini.today_x < 230),
        "labels": {
            "start": _("Start %(day)s") % {"day": date_short(row.start_date)}, "now": _("Today"),
            "promised": _("Promised %(day)s") % {"day": date_short(row.promised_finish_date)} if row.promised_finish_date else "",
            "forecast": (_("Finished %(day)s") if row.finished_date else _("Forecast %(day)s")) % {"day": date_short(end)},
        },
    }


def _milestones(rows: Sequence[TaskRow], sold: Any, today: date) -> list[dict[str, Any]]:
    """The open milestones first, then the latest ones reached."""
    waiting = [row for row in rows if row.status != "done"]
    reached = [row for row in rows if row.status == "done"]
    shown = [*waiting[:MILESTONES_SHOWN], *reached[::-1][: max(0, MILESTONES_SHOWN - len(waiting))]]
    return [_milestone(row, sold.get(row.id), today) for row in sorted(shown, key=lambda row: (row.finish_date or today, row.id))]


def _milestone(row: TaskRow, frozen: tuple[date, date] | None, today: date) -> dict[str, Any]:
    is_done = row.status == "done"
    days = (row.finish_date - frozen[1]).days if frozen and row.finish_date else 0
    if is_done:
        state, tone, icon = _("Reached"), "ok", "circle-check"
    elif days > 0:
        state, tone, icon = ngettext("%(n)s calendar day later", "%(n)s calendar days later", days) % {"n": days}, "warn", "triangle-alert"
    elif row.finish_date and row.finish_date < today:
        state, tone, icon = _("Overdue"), "bad", "clock-alert"
    else:
        state, tone, icon = _("As sold") if frozen else _("Planned"), "", ""
    return {
        "name": row.name, "href": address_of("task", task_id=row.id), "sold": date_short(frozen[1]) if frozen else "–",
        "forecast": date_short(row.finish_date) or "–", "state": state, "tone": tone, "icon": icon, "is_done": is_done,
    }


def _change(change: PlanChangeRow, zone: str) -> dict[str, Any]:
    before, after = change.finish_before_date, change.finish_after_date
    moved = ngettext("%(who)s moved %(n)s task", "%(who)s moved %(n)s tasks", change.moved_count) % {
        "who": change.author_label, "n": change.moved_count}
    if not change.moved_count:
        moved = _("%(who)s changed the plan, no date moved") % {"who": change.author_label}
    if before and after and before != after:
        moved = _("%(moved)s, finish %(before)s → %(after)s") % {
            "moved": moved, "before": date_short(before), "after": date_short(after)}
    if change.cause:
        moved = _("%(moved)s, following “%(task)s” of %(project)s") % {
            "moved": moved, "task": change.cause.task_name, "project": change.cause.project_number}
    return {"words": moved, "reason": change.reason, "at": moment(change.happened_at, zone),
            "tone": "warn" if before and after and after > before else "deliver"}
