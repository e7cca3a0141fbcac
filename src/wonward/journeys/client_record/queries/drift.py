"""Promise against forecast for projects the viewer sees."""

from __future__ import annotations

from collections.abc import Sequence

from wonward.domains.delivery.queries.projects import get_latest_plan_changes
from wonward.domains.delivery.types import ProjectRow
from wonward.domains.staff.queries import get_calendar
from wonward.journeys.client_record.rules import drift_of
from wonward.journeys.client_record.types import Drift


def list_drifts(*, projects: Sequence[ProjectRow]) -> list[Drift]:
    """One drift per project; a query for the changes and one per calendar in use."""
    if not projects:
        return []
    changes = get_latest_plan_changes(project_ids=[project.id for project in projects])
    calendars = {key: get_calendar(key) for key in {project.calendar_id for project in projects}}
    return [drift_of(project, changes=changes, calendar=calendars[project.calendar_id]) for project in projects]
