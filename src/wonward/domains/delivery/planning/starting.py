"""Letting a whole plan begin on another day."""

from __future__ import annotations

from datetime import date

from wonward.domains.delivery.models import Dependency, Project, Task
from wonward.domains.delivery.planning.applied import AppliedEdits, set_columns
from wonward.domains.delivery.planning.network import Network, apply_schedule, finish_date_of, solve
from wonward.domains.delivery.planning.outside import load_outside
from wonward.domains.delivery.planning.shifting import days_between, days_on
from wonward.domains.delivery.types import MovedStart
from wonward.domains.staff.queries import get_calendar
from wonward.kernel.actor import Actor


def move_start(project: Project, network: Network, edit: MovedStart, result: AppliedEdits) -> None:
    """Begin on `day`; what must not begin before a day of its own keeps its distance, in working days, to the start."""
    result.start_was.append(project.start_date)
    if not edit.is_undo:
        for task in network.tasks:
            if task.constraint == "SNET" and task.constraint_date:
                away = days_between(network.calendar, project.start_date, task.constraint_date)
                set_columns(task, {"constraint_date": days_on(network.calendar, edit.day, away)}, result)
    project.start_date = network.start_date = edit.day


def look_at_start(*, actor: Actor, project_id: int, day: date) -> date:
    """When a plan the viewer has been shown would end if it began on `day`; nothing is written and nothing waits."""
    project = Project.objects.get(pk=project_id)
    tasks = list(Task.objects.filter(project_id=project_id).order_by("position", "pk"))
    links = list(Dependency.objects.filter(project_id=project_id).order_by("pk"))
    calendar = get_calendar(project.calendar_id)
    network = Network(project.start_date, calendar, tasks, links, load_outside(actor, project_id), project.status_date)
    move_start(project, network, MovedStart(day), AppliedEdits())
    apply_schedule(network.tasks, solve(network))
    return finish_date_of(network.tasks) or day
