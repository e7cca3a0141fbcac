"""What new dates of a plan do to the promises that hold in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from wonward.domains.delivery.queries.tasks import find_tasks
from wonward.foundation.database.prepared import records_among
from wonward.journeys.promises.models import Promise
from wonward.journeys.promises.queries.holding import list_covers
from wonward.journeys.promises.rules import coverage_of
from wonward.journeys.promises.types import BrokenPromise

_HARM = {"planned": 0, "at_risk": 1, "uncovered": 2}


def find_newly_broken(
    *, project_id: int, finishes: Mapping[int, date], gone: Collection[int], joining: Mapping[str, Collection[int]]
) -> list[BrokenPromise]:
    """Confirmed promises that these finish dates would make late, or leave without work, and that were better off so far.

    `joining` are the tasks of the change that begin to keep promises, by promise key.
    """
    broken = []
    found = confirmed_with_covers(project_ids=[project_id])
    every = finishes_with_others(found, finishes, project_ids=[project_id])
    for promise, task_ids in found:
        live = [every.get(key) for key in (*task_ids, *joining.get(promise.key, ())) if key not in gone]
        coverage, forecast = coverage_of(due_date=promise.due_date, finishes=live)
        if _HARM[coverage] > _HARM[promise.coverage]:
            because = (
                f"the work now ends on {forecast:%Y-%m-%d}, promised was {promise.due_date:%Y-%m-%d}"
                if coverage == "at_risk" and forecast and promise.due_date
                else "no work covers it any more"
            )
            broken.append(BrokenPromise(promise.pk, promise.number, promise.text, promise.due_date, forecast, because))
    return broken


def confirmed_with_covers(*, project_ids: Sequence[int]) -> list[tuple[Promise, list[int]]]:
    """The confirmed promises that hold in any of the projects, with the ids of their covering tasks wherever these are; two queries."""
    promises: list[Promise] = records_among(
        "confirmed promises", lambda values: Promise.objects.holding_in(values["projects"]).filter(state="confirmed").order_by("pk"), {},
        name="projects", choices=project_ids,
    )
    covers: dict[int, list[int]] = {}
    for promise_id, task_id in list_covers(promise_ids=[promise.pk for promise in promises]):
        covers.setdefault(promise_id, []).append(task_id)
    return [(promise, covers.get(promise.pk, [])) for promise in promises]


def finishes_with_others(
    found: Iterable[tuple[Promise, list[int]]], finishes: Mapping[int, date], *, project_ids: Collection[int]
) -> Mapping[int, date]:
    """The finish dates of live tasks of some projects, and those that covering tasks of other projects have now."""
    missing = {key for _, task_ids in found for key in task_ids if key not in finishes}
    others = find_tasks(task_ids=missing) if missing else {}
    return {**finishes, **{task.id: task.finish_date for task in others.values() if task.finish_date and task.project_id not in project_ids}}
