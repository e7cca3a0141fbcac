"""How long phases take: their tasks say when they begin and end, so they have no length of their own."""

from __future__ import annotations

from collections.abc import Iterable

from wonward.domains.delivery.models import Project
from wonward.domains.delivery.rules.by_hand import minutes_between
from wonward.domains.delivery.types import TaskRow
from wonward.domains.staff.queries import get_calendar


def find_phase_minutes(rows: Iterable[TaskRow]) -> dict[int, int]:
    """Working minutes from the first to the last day of each phase among tasks the viewer has been shown; by id, two queries at most for a project."""
    phases = [row for row in rows if row.kind == "phase" and row.start_date and row.finish_date]
    calendars = dict(Project.objects.filter(pk__in={row.project_id for row in phases}).values_list("pk", "calendar_id")) if phases else {}
    return {
        row.id: minutes_between(row.start_date, row.finish_date, get_calendar(calendars[row.project_id]))
        for row in phases if row.start_date and row.finish_date
    }
