"""What must hold about promises; `wonward check` reports every sentence returned here."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q

from wonward.journeys.promises.models import Promise, PromiseCover, PromiseProject


def check_covers_are_where_the_promise_holds() -> list[str]:
    """A promise is kept by tasks of the projects in which it holds."""
    further = PromiseProject.objects.filter(promise=OuterRef("promise"), project=OuterRef("task__project"))
    astray = PromiseCover.objects.exclude(task__project_id=F("promise__project_id")).exclude(Exists(further))
    return [
        f"The promise {number} is covered by the task {task_id} of a project in which it does not hold."
        for number, task_id in astray.values_list("promise__number", "task_id")
    ]


def check_further_projects_are_further() -> list[str]:
    """A promise holds in further projects only beside a home, and no further project is that home."""
    astray = PromiseProject.objects.filter(Q(promise__project__isnull=True) | Q(project_id=F("promise__project_id")))
    return [
        f"The promise {number} holds in the project {project_id} beside no other home."
        for number, project_id in astray.values_list("promise__number", "project_id")
    ]


def check_replaced_promises_lead_to_one_that_stands() -> list[str]:
    """Following what replaced a promise never leads in a circle."""
    following = dict(Promise.objects.filter(state="replaced").values_list("pk", "replaced_by_id"))
    lost = []
    for start in following:
        seen, at = {start}, following[start]
        while at in following and at not in seen:
            seen.add(at)
            at = following[at]
        if at is None or at in seen:
            lost.append(f"The promise with the id {start} was replaced, and nothing stands in its place.")
    return lost
