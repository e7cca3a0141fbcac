"""What must hold about promises; `wonward check` reports every sentence returned here."""

from __future__ import annotations

from django.db.models import F

from wonward.journeys.promises.models import PromiseCover


def check_covers_are_of_the_same_project() -> list[str]:
    """A promise is kept by tasks of its own project."""
    astray = PromiseCover.objects.exclude(task__project_id=F("promise__project_id"))
    return [
        f"The promise {number} is covered by the task {task_id} of another project."
        for number, task_id in astray.values_list("promise__number", "task_id")
    ]
