"""Waiting for work of another project: only of the same client, and never in a circle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from wonward.domains.delivery.models import Dependency, OutsideDependency, Project, Task
from wonward.domains.delivery.planning.applied import AppliedEdits
from wonward.domains.delivery.planning.network import Network, OutsideWait, moment
from wonward.domains.delivery.types import (
    NewDependency,
    NewTask,
    PlacedTask,
    PlanEdit,
    RemovedDependency,
    TakenTasks,
)
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused, Stale
from wonward.kernel.wording import worded

_LINKING = (NewDependency, NewTask, PlacedTask, TakenTasks)


def load_outside(actor: Actor, project_id: int) -> list[OutsideWait]:
    """What the tasks of a project wait for in others, by names the actor may read; one query, and another when there is any."""
    found = OutsideDependency.objects.filter(project_id=project_id).select_related("predecessor", "source_project").order_by("pk")
    waits = [wait_of(link) for link in found]
    if waits:
        sources = {wait.link.source_project_id for wait in waits}
        seen = set(Project.objects.visible_to(actor).filter(pk__in=sources).values_list("pk", flat=True))
        for wait in waits:
            if wait.link.source_project_id not in seen:
                wait.label = "work of another project"
    return waits


def wait_of(link: OutsideDependency) -> OutsideWait:
    """A dependency with the dates its predecessor has now."""
    task = link.predecessor
    assert task.start_date
    assert task.finish_date
    return OutsideWait(
        link, task, f"“{task.name}” of {link.source_project.number}", moment(task.start_date, task.start_minute),
        moment(task.finish_date, task.finish_minute),
    )


def find_linked_plans(*, project_id: int, edits: Sequence[PlanEdit] = ()) -> list[int]:
    """The plans that a change of this one may touch or newly waits for, itself included, in the order to lock them."""
    found = {project_id}
    frontier = {project_id}
    while frontier:
        following = OutsideDependency.objects.filter(source_project_id__in=frontier).values_list("project_id", flat=True)
        frontier = set(following) - found
        found |= frontier
    asked = {edit.from_id for edit in edits if isinstance(edit, NewDependency)}
    if asked:
        found |= set(Task.objects.filter(pk__in=asked).exclude(project_id=project_id).values_list("project_id", flat=True))
    return sorted(found)


def add_outside_link(actor: Actor, project: Project, network: Network, edit: NewDependency, result: AppliedEdits, now: datetime) -> None:
    """Let a task of this plan wait for one of another project; a task the actor may not see looks missing."""
    visible = Project.objects.visible_to(actor)
    source = Task.objects.filter(pk=edit.from_id, project__in=visible).select_related("project__company").first()
    if source is None:
        raise NotFound("task", edit.from_id)
    target = next(task for task in network.tasks if task.pk == edit.to_id)
    if source.project.company_id != project.company_id:
        raise Refused.field(
            "from_id", worded("“{name}” of {number} is work for {company_name}. A task waits only for work of its own client.", name=source.name, number=source.project.number, company_name=source.project.company.name), "other_client",
        )
    if any(wait.link.predecessor_id == source.pk and wait.link.successor_id == target.pk for wait in network.outside):
        raise Refused.field("to_id", worded("“{name}” already waits for “{source_name}” of {number}.", name=target.name, source_name=source.name, number=source.project.number), "duplicate")
    link = OutsideDependency(
        project=project, source_project=source.project, predecessor=source, successor_id=target.pk, type=edit.type,
        lag_minutes=edit.lag_minutes, lag_unit=edit.lag_unit, author_label=actor.label[:160], created_at=now,
    )
    network.outside.append(wait_of(link))
    result.added_outside.append(link)
    result.asked_ids[target.pk] = None


def remove_outside_link(network: Network, edit: RemovedDependency, result: AppliedEdits) -> None:
    """Let a task wait no longer for one of another project; NotFound without such a dependency."""
    for wait in network.outside:
        if (wait.link.predecessor_id, wait.link.successor_id) == (edit.from_id, edit.to_id):
            if edit.version is not None and edit.version != wait.link.version:
                raise Stale(
                    worded("This dependency was changed by somebody else in the meantime."),
                    current={"version": wait.link.version}, yours={"version": edit.version},
                )
            network.outside.remove(wait)
            result.removed_outside.append(wait.link)
            return
    raise NotFound("dependency", f"{edit.from_id} → {edit.to_id}")


def refuse_circles(project: Project, network: Network, edits: Iterable[PlanEdit]) -> None:
    """Refuse edits by which tasks of several projects would wait for each other, naming the path.

    Only edits that can close a circle are looked at, and only where projects are linked.
    """
    if not any(isinstance(edit, _LINKING) for edit in edits):
        return
    around = _linked_with(project.pk, {wait.link.source_project_id for wait in network.outside})
    if len(around) > 1:
        graph = _Graph()
        graph.add_plan(project.number, [(task.pk, task.name, task.parent_id) for task in network.tasks],
                       [(link.predecessor_id, link.successor_id) for link in network.links])
        graph.add_links((wait.link.predecessor_id, wait.link.successor_id) for wait in network.outside)
        _add_others(graph, around - {project.pk})
        path = graph.find_circle()
        if len({number for number, _ in path}) > 1:
            words = " → ".join(f"{name} ({number})" for number, name in path)
            raise Refused.field("dependencies", worded("These tasks would wait for each other: {words}.", words=words), "cycle")


def _linked_with(project_id: int, sources: set[int]) -> set[int]:
    """Every project that hangs together with this one by dependencies, in either direction."""
    found = {project_id} | sources
    frontier = set(found)
    while frontier:
        pairs = OutsideDependency.objects.filter(Q(project_id__in=frontier) | Q(source_project_id__in=frontier))
        frontier = {key for pair in pairs.values_list("project_id", "source_project_id") for key in pair} - found
        found |= frontier
    return found


def _add_others(graph: _Graph, project_ids: set[int]) -> None:
    plans: dict[str, list[tuple[int, str, int | None]]] = defaultdict(list)
    tasks: Any = Task.objects.filter(project_id__in=project_ids).values_list("project__number", "pk", "name", "parent_id")
    for number, key, name, parent_id in tasks:
        plans[number].append((key, name, parent_id))
    for number, rows in plans.items():
        graph.add_plan(number, rows, [])
    graph.add_links(Dependency.objects.filter(project_id__in=project_ids).values_list("predecessor_id", "successor_id"))
    graph.add_links(OutsideDependency.objects.filter(project_id__in=project_ids).values_list("predecessor_id", "successor_id"))


class _Graph:
    """What is dated after what: a task is one point, a phase two, for it passes waits on to what lies in it and ends with that."""

    def __init__(self) -> None:
        self.labels: dict[int, tuple[str, str]] = {}
        self.phases: set[int] = set()
        self.behind: dict[tuple[int, bool], list[tuple[int, bool]]] = defaultdict(list)
        self._links: list[tuple[int, int]] = []
        self._inside: list[tuple[int, int]] = []

    def add_plan(self, number: str, tasks: Iterable[tuple[int, str, int | None]], links: Iterable[tuple[int, int]]) -> None:
        for key, name, parent_id in tasks:
            self.labels[key] = (number, name)
            if parent_id is not None:
                self.phases.add(parent_id)
                self._inside.append((key, parent_id))
        self._links.extend(links)

    def add_links(self, links: Iterable[tuple[int, int]]) -> None:
        self._links.extend(links)

    def _end(self, key: int) -> tuple[int, bool]:
        return (key, key in self.phases)

    def find_circle(self) -> list[tuple[str, str]]:
        """The tasks of a circle in order, the first again at its end, as (project, name); empty without one."""
        for key, parent in self._inside:
            self.behind[(parent, False)].append((key, False))
            self.behind[self._end(key)].append((parent, True))
        for source, target in self._links:
            self.behind[self._end(source)].append((target, False))
        waits: dict[tuple[int, bool], set[tuple[int, bool]]] = defaultdict(set)
        for point, following in self.behind.items():
            for one in following:
                waits[one].add(point)
        free = [point for point in self.behind if not waits[point]]
        while free:
            point = free.pop()
            for one in self.behind.get(point, ()):
                if point in waits[one]:
                    waits[one].discard(point)
                    if not waits[one]:
                        free.append(one)
        held = {point: sources for point, sources in waits.items() if sources}
        return self._words(held) if held else []

    def _words(self, held: dict[tuple[int, bool], set[tuple[int, bool]]]) -> list[tuple[str, str]]:
        point = min(held)
        walked: dict[tuple[int, bool], None] = {}
        while point not in walked:
            walked[point] = None
            point = min(held[point])
        steps = list(walked)
        circle = [*reversed(steps[steps.index(point):]), steps[-1]]
        named = [self.labels[key] for key, _ in circle if key in self.labels]
        kept = [name for place, name in enumerate(named) if place == 0 or name != named[place - 1]]
        return kept if kept[0] == kept[-1] else [*kept, kept[0]]
