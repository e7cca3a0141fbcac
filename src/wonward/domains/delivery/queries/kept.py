"""What follows from the plan of a project alone is read once per state of that plan, whatever else is written meanwhile.

Tasks and dependencies are written by `planning` alone, which gives the project another mark in the same transaction. Names of
people, roles and clients, risks, approvals, comments and files have no part in the mark: what shows them is asked for anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet

from wonward.domains.delivery.models import Project
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Values
from wonward.foundation.database.reading import is_reading, put, recall
from wonward.foundation.database.unchanged import is_version_kept, while_version, while_versions

T = TypeVar("T")

MARK = ("plan_version", "updated_at")
"""The columns of a project that are the mark of its plan."""


def tell_mark(project_id: int, plan_version: int, updated_at: datetime) -> None:
    """This reading has seen the plan in this state: what it asks for afterwards is as new or newer."""
    put(("mark of a plan", project_id), (plan_version, updated_at))


def while_planned(project_id: int, key: Hashable, fetch: Callable[[], T]) -> T:
    """The answer of `fetch`, immutable and following from `key`, the tasks and the dependencies of this plan alone."""
    return while_version((key, project_id), _mark_of(project_id), fetch)


def is_plan_kept(project_id: int, key: Hashable) -> bool:
    """Whether `while_planned` keeps an answer of this plan in some state: what begins with nothing kept asks for more at once."""
    return is_version_kept((key, project_id))


def while_each_planned(
    key: Hashable, project_ids: Collection[int], fetch: Callable[[Collection[int]], Mapping[int, T]]
) -> dict[int, T]:
    """The same of many plans, by the id of their project; those that moved are asked for at once, and one that `fetch` leaves out is left out."""
    marks: dict[int, Hashable] = {one: recall(("mark of a plan", one)) for one in project_ids}
    untold = [one for one, mark in marks.items() if mark is None]
    if untold and is_reading():
        for one, *mark in prepared.rows_of_many("marks of plans", _marks, {}, name="projects", choices=untold):
            marks[one] = tuple(mark)
    return while_versions(key, marks, fetch)


def _mark_of(project_id: int) -> Hashable:
    told: Hashable | None = recall(("mark of a plan", project_id))
    if told is None and is_reading():
        found = prepared.rows("mark of a plan", _mark, {"project": project_id})
        told = found[0] if found else None
    return told


def _mark(values: Values) -> QuerySet[Any, Any]:
    return Project.objects.filter(pk=values["project"]).values_list(*MARK)


def _marks(values: Values) -> QuerySet[Any, Any]:
    return Project.objects.filter(pk__in=values["projects"]).values_list("pk", *MARK)
