"""What must hold about plans; `wonward check` reports every sentence returned here."""

from __future__ import annotations

from django.db.models import F, Max, Q

from wonward.domains.delivery.models import Dependency, OutsideDependency, Project, Task


def check_tasks_have_dates_in_order() -> list[str]:
    """Every task has a start and a finish, the finish not before the start, and late dates not before early ones."""
    wrong = Task.objects.filter(Q(start_date__isnull=True) | Q(finish_date__isnull=True) | Q(finish_date__lt=F("start_date")))
    return [
        f"The task “{name}” of {project} runs from {start} to {finish}."
        for name, project, start, finish in wrong.values_list("name", "project__number", "start_date", "finish_date")
    ]


def check_forecasts_are_the_last_finish() -> list[str]:
    """A project's forecast is the finish of its last task."""
    rows = Project.objects.annotate(last=Max("tasks__finish_date")).filter(last__isnull=False).exclude(last=F("forecast_finish_date"))
    return [
        f"The project {number} forecasts {forecast}, but its last task finishes on {last}."
        for number, forecast, last in rows.values_list("number", "forecast_finish_date", "last")
    ]


def check_plans_stay_inside_their_project() -> list[str]:
    """No task lies in, and no dependency leads to, a task of another project."""
    astray = Task.objects.filter(parent__isnull=False).exclude(parent__project_id=F("project_id"))
    links = Dependency.objects.exclude(predecessor__project_id=F("project_id")) | Dependency.objects.exclude(
        successor__project_id=F("project_id")
    )
    return [
        *(f"The task {key} lies in a task of another project." for key in astray.values_list("pk", flat=True)),
        *(f"The dependency {key} leads to another project." for key in links.values_list("pk", flat=True)),
    ]


def check_waits_between_projects_are_of_one_client() -> list[str]:
    """A task waits for work of another project only where both are for the same client, and both ends lie where the link says."""
    links = OutsideDependency.objects.exclude(
        predecessor__project_id=F("source_project_id"), successor__project_id=F("project_id"),
        source_project__company_id=F("project__company_id"),
    )
    return [f"The dependency {key} between two projects leads astray." for key in links.values_list("pk", flat=True)]
