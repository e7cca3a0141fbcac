"""The same work seen as a board, a list or a calendar: narrowed by one filter, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from wonward.domains.delivery.models import Project, Task, TaskHelper, TaskLabel
from wonward.domains.delivery.queries.kept import while_planned
from wonward.domains.delivery.queries.tasks import find_tasks, in_another_order, in_order
from wonward.domains.delivery.types import TASK_STATUSES, DayRow, TaskRow, WorkFilter
from wonward.foundation.access.policy import visible_refs
from wonward.foundation.custom_fields.queries import narrow_by_fields
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Values
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

GROUPINGS = ("status", "phase", "person")


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One column: `key` is a status, or the id of a phase or a person (0: none). `total` counts also what is not shown."""

    key: str
    name: str
    total: int
    tasks: tuple[TaskRow, ...]


@dataclass(frozen=True, slots=True)
class WorkList:
    """A stretch of an outline: rows with their depth, the ids of those that hold others, how many rows there are in all."""

    rows: tuple[TaskRow, ...]
    levels: Mapping[int, int]
    parents: frozenset[int]
    total: int


def _require_seen(actor: Actor, project_id: int) -> None:
    if not visible_refs(actor, [Ref("delivery.project", project_id)]):
        raise NotFound("project", project_id)


def matching(actor: Actor, tasks: QuerySet[Task], where: WorkFilter) -> QuerySet[Task]:
    """Tasks that pass the filter. A person is the assignee or somebody beside them; 0 is nobody."""
    if where.statuses:
        tasks = tasks.filter(status__in=where.statuses)
    if where.person_id == 0:
        tasks = tasks.filter(assignee__isnull=True)
    elif where.person_id is not None:
        helps = TaskHelper.objects.filter(person_id=where.person_id).values("task_id")
        tasks = tasks.filter(Q(assignee_id=where.person_id) | Q(pk__in=helps))
    if where.label:
        tasks = tasks.filter(pk__in=TaskLabel.objects.filter(label__key=where.label.casefold()).values("task_id"))
    if where.is_late:
        tasks = tasks.filter(Q(finish_date__lt=where.today) | Q(deadline_date__lt=where.today)).exclude(status="done").exclude(kind="phase")
    if where.is_blocked:
        tasks = tasks.exclude(blocked_reason="")
    if where.is_critical:
        tasks = tasks.filter(is_critical=True).exclude(status="done").exclude(kind="phase")
    if where.phase_id is not None:
        tasks = tasks.filter(Q(pk=where.phase_id) | Q(parent_id__in=_holders_within(where.phase_id)))
    if where.text:
        tasks = tasks.filter(name__icontains=where.text)
    return narrow_by_fields(tasks, noun="delivery.task", asked=where.custom, actor=actor) if where.custom else tasks


def _holders_within(phase_id: int) -> list[int]:
    """A phase and everything in it that holds tasks of its own, at any depth; one query."""
    project = Task.objects.filter(pk=phase_id).values("project_id")
    shape = Task.objects.filter(project_id__in=project, children__isnull=False).distinct().values_list("pk", "parent_id")
    inside: dict[int | None, list[int]] = {}
    for key, parent in shape:
        inside.setdefault(parent, []).append(key)
    found = [phase_id]
    for key in found:
        found.extend(inside.get(key, ()))
    return found


def find_matching_ids(*, actor: Actor, project_id: int, where: WorkFilter) -> set[int]:
    """The tasks of a project that pass the filter; one query, two with a phase in it."""
    _require_seen(actor, project_id)
    return set(matching(actor, Task.objects.filter(project_id=project_id), where).values_list("pk", flat=True))


def list_phases(*, project_id: int) -> list[tuple[int, str]]:
    """The phases of a project the viewer has been shown, in their order."""
    return list(while_planned(project_id, "phases of a plan", lambda: tuple(prepared.rows("phases of a plan", _phases, {"project": project_id}))))


def _phases(values: Values) -> QuerySet[Any, Any]:
    return Task.objects.filter(project_id=values["project"], kind="phase").order_by("position", "pk").values_list("pk", "name")


def list_board(
    *, actor: Actor, project_id: int, by: str, where: WorkFilter, limit: int, only: str = "", offset: int = 0
) -> list[BoardColumn]:
    """Columns of a board of everything that is no phase, by one of GROUPINGS; the most urgent first, at most `limit` each.

    `only` names one column, of which `offset` cards are left out.
    """
    _require_seen(actor, project_id)
    found = _narrowed("cards of a board", lambda values: Task.objects.filter(project_id=values["project"]).exclude(kind="phase").order_by(
        "finish_date", "pk").values_list("pk", "status", "parent_id", "assignee_id"), {"project": project_id}, actor, where)
    columns = _columns(project_id, by)
    phases = _phase_of(project_id) if by == "phase" else {}
    groups: dict[str, list[int]] = {key: [] for key in columns}
    for key, status, parent_id, person_id in found:
        home = {"status": status, "phase": str(phases.get(parent_id, 0)), "person": str(person_id or 0)}[by]
        groups.setdefault(home, []).append(key)
    if only:
        groups = {only: groups.get(only, [])}
    shown = {key: ids[offset : offset + limit] for key, ids in groups.items()}
    rows = find_tasks(task_ids=[one for ids in shown.values() for one in ids])
    return [
        BoardColumn(key, columns.get(key, ""), len(groups[key]), tuple(rows[one] for one in ids if one in rows))
        for key, ids in shown.items()
    ]


def _columns(project_id: int, by: str) -> dict[str, str]:
    """Every column by key, the empty ones too; the name of a status, and of none, is said by the edge."""
    if by == "status":
        return dict.fromkeys(TASK_STATUSES, "")
    if by == "phase":
        return {**{str(key): name for key, name in list_phases(project_id=project_id)}, "0": ""}
    working = Task.objects.filter(project_id=project_id, assignee__isnull=False).values_list("assignee_id", "assignee__name")
    members = Project.objects.filter(pk=project_id).values_list("members__person_id", "members__person__name")
    people = {key: name for key, name in [*working.distinct(), *members] if key}
    return {**{str(key): name for key, name in sorted(people.items(), key=lambda pair: pair[1].casefold())}, "0": ""}


def _phase_of(project_id: int) -> dict[int | None, int]:
    """The nearest phase around what lies in each parent."""
    shape = {key: (parent, kind) for key, parent, kind in
             Task.objects.filter(project_id=project_id, children__isnull=False).values_list("pk", "parent_id", "kind")}
    found: dict[int | None, int] = {}
    for key in shape:
        above: int | None = key
        while above is not None and above in shape and shape[above][1] != "phase":
            above = shape[above][0]
        found[key] = above or 0
    return found


def list_work(*, actor: Actor, project_id: int, where: WorkFilter, sort: str = "", offset: int = 0, limit: int = 100) -> WorkList:
    """A stretch of the outline. With a filter on, what passes it and the parents that lead there.

    `sort`, as list_tasks takes it, gives one level in that order instead, and only what passes the filter.
    """
    _require_seen(actor, project_id)
    every = Task.objects.filter(project_id=project_id)
    shape = while_planned(project_id, "shape of a plan", lambda: _read_shape(project_id))
    if sort:
        ordered = [(values, 0) for values in in_another_order(matching(actor, every, where), sort, actor).values_list("pk")]
    else:
        ordered = list(shape)
    if where.is_on and not sort:
        parent_of = dict(values for values, _ in shape)
        kept = set(matching(actor, every, where).values_list("pk", flat=True))
        for key in list(kept):
            above = parent_of.get(key)
            while above is not None and above not in kept:
                kept.add(above)
                above = parent_of.get(above)
        ordered = [(values, level) for values, level in ordered if values[0] in kept]
    part = ordered[offset : offset + limit]
    rows = find_tasks(task_ids=[values[0] for values, _ in part])
    return WorkList(
        tuple(rows[values[0]] for values, _ in part if values[0] in rows), {values[0]: level for values, level in part},
        frozenset(parent for (_, parent), _ in shape if parent is not None), len(ordered),
    )


def _read_shape(project_id: int) -> tuple[tuple[tuple[Any, ...], int], ...]:
    """The outline of a plan as ((id, parent), level)."""
    return tuple(in_order(prepared.rows("parents of a plan", _parents, {"project": project_id}), parent_at=1))


def _parents(values: Values) -> QuerySet[Any, Any]:
    return Task.objects.filter(project_id=values["project"]).order_by("position", "pk").values_list("pk", "parent_id")


def _narrowed(key: str, build: prepared.Build, values: Values, actor: Actor, where: WorkFilter) -> list[tuple[Any, ...]]:
    """The tuples of what `build` makes and the filter lets pass; without one the statement is compiled once."""
    if not where.is_on:
        place = (prepared.place_of(build), key)
        return list(while_planned(values["project"], (*place, *values.values()), lambda: tuple(prepared.rows(place, build, values))))
    found: QuerySet[Any, Any] = matching(actor, build(values), where)
    return list(found)


def list_days(
    *, actor: Actor, project_id: int, where: WorkFilter, first: date, last: date, limit: int = 500
) -> tuple[list[DayRow], int]:
    """What is worked on between two days, phases left out, and how much of it there is in all."""
    _require_seen(actor, project_id)
    found = _narrowed("work between two days", lambda values: Task.objects.filter(
        project_id=values["project"], start_date__lte=values["last"], finish_date__gte=values["first"]
    ).exclude(kind="phase").order_by("start_date", "-finish_date", "pk").values_list(*DayRow._fields), {"project": project_id, "first": first, "last": last}, actor, where)
    return [DayRow(*values) for values in found[:limit]], len(found)


def list_siblings(*, project_id: int, task_id: int) -> tuple[int | None, list[int], int | None]:
    """Around a task of a project the viewer has been shown: its parent, everything directly in that in order, and the parent's parent."""
    parent_id = Task.objects.filter(pk=task_id, project_id=project_id).values_list("parent_id", flat=True).first()
    siblings = Task.objects.filter(project_id=project_id, parent_id=parent_id).order_by("position", "pk")
    above = Task.objects.filter(pk=parent_id).values_list("parent_id", flat=True).first() if parent_id is not None else None
    return parent_id, list(siblings.values_list("pk", flat=True)), above


def find_last_child(*, project_id: int, parent_id: int) -> int | None:
    """The last task directly in another."""
    inside = Task.objects.filter(project_id=project_id, parent_id=parent_id).order_by("-position", "-pk")
    return inside.values_list("pk", flat=True).first()
