"""Promise against forecast for projects the viewer sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from wonward.domains.delivery.queries.projects import get_latest_plan_changes
from wonward.domains.delivery.types import ProjectRow
from wonward.domains.staff.queries import get_calendar
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.rules import drift_of
from wonward.journeys.client_record.types import Drift
from wonward.journeys.handoff.queries import recall_forecasts
from wonward.journeys.handoff.types.telling import ForecastMemory
from wonward.kernel.actor import Actor


def list_drifts(*, projects: Sequence[ProjectRow], today: date | None = None) -> list[Drift]:
    """One drift per project, with `today` also whether its plan lies behind it; a query for the changes and one per calendar in use."""
    return _drifts(projects, {}, today)


def list_drifts_for(*, actor: Actor, projects: Sequence[ProjectRow], now: datetime) -> list[Drift]:
    """The same with what this viewer saw before and what the clients were told; one query more."""
    forecasts = {project.id: project.finished_date or project.forecast_finish_date for project in projects}
    return _drifts(projects, recall_forecasts(actor=actor, forecasts=forecasts, now=now) if forecasts else {}, civil_date(now, actor.time_zone))


def _drifts(projects: Sequence[ProjectRow], known: Mapping[int, ForecastMemory], today: date | None) -> list[Drift]:
    if not projects:
        return []
    changes = get_latest_plan_changes(project_ids=[project.id for project in projects])
    calendars = {key: get_calendar(key) for key in {project.calendar_id for project in projects}}
    return [
        drift_of(project, changes=changes, calendar=calendars[project.calendar_id], memory=known.get(project.id), today=today)
        for project in projects
    ]
