"""What must hold about promises; `wonward check` reports every sentence returned here."""

from __future__ import annotations

from django.db.models import F

from wonward.journeys.promises.models import Promise, PromiseCover


def check_covers_are_of_the_same_project() -> list[str]:
    """A promise is kept by tasks of its own project."""
    astray = PromiseCover.objects.exclude(task__project_id=F("promise__project_id"))
    return [
        f"The promise {number} is covered by the task {task_id} of another project."
        for number, task_id in astray.values_list("promise__number", "task_id")
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
