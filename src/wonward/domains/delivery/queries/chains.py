"""The work that, through several projects, decides when they end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from wonward.domains.delivery.models import Dependency, OutsideDependency, Project, Task
from wonward.domains.delivery.rules.chains import ChainTask, ChainWait, trace_chain
from wonward.domains.delivery.types import ChainLink, CriticalChain
from wonward.domains.staff.queries import get_calendar
from wonward.foundation.database.prepared import Values, rows_among, rows_of_many

MOST_PROJECTS = 30
_WAIT = ("predecessor_id", "successor_id", "type", "lag_minutes")


def list_critical_chains(*, project_ids: Collection[int], late_first: Sequence[int], limit: int = 3) -> list[CriticalChain]:
    """Chains of open work through at least two of the projects the viewer has been shown, for those at the end of one.

    `late_first` orders the projects. One query where no project waits for another, four where some do.
    """
    ids = set(project_ids)
    pairs = rows_of_many(
        "pairs", lambda values: OutsideDependency.objects.filter(project_id__in=values["ids"]).values_list("project_id", "source_project_id").distinct(),
        {}, name="ids", choices=ids,
    )
    before: dict[int, set[int]] = {}
    for project_id, source_id in pairs:
        if source_id in ids:
            before.setdefault(project_id, set()).add(source_id)
    sources = {key for found in before.values() for key in found}
    ends = [key for key in late_first if key in before and key not in sources] or [key for key in late_first if key in before]
    closures = {end: _upstream(end, before) for end in ends[:limit]}
    loaded = set().union(*closures.values()) if closures else set()
    if not loaded:
        return []
    tasks, waits = _load(loaded)
    projects = {row[0]: row for row in Project.objects.filter(pk__in=loaded).values_list("pk", "number", "name", "calendar_id")}
    chains = [_chain(end, closure, tasks, waits, projects) for end, closure in closures.items()]
    return [chain for chain in chains if chain is not None]


def _upstream(end: int, before: Mapping[int, set[int]]) -> set[int]:
    found, frontier = {end}, [end]
    while frontier and len(found) < MOST_PROJECTS:
        for key in before.get(frontier.pop(0), ()):
            if key not in found:
                found.add(key)
                frontier.append(key)
    return found


def _dated(values: Values) -> QuerySet[Any, Any]:
    rows = Task.objects.filter(project_id__in=values["ids"], start_date__isnull=False, finish_date__isnull=False)
    return rows.values_list("pk", "project_id", "name", "parent_id", "start_date", "finish_date", "status")


def _load(project_ids: Collection[int]) -> tuple[dict[int, ChainTask], list[ChainWait]]:
    tasks = {
        key: ChainTask(key, project_id, name, parent_id, start, finish, status == "done")
        for key, project_id, name, parent_id, start, finish, status in
        rows_among("dated work", _dated, {}, name="ids", choices=project_ids)
        if start and finish
    }
    inner = rows_among("what waits inside", lambda values: Dependency.objects.filter(project_id__in=values["ids"]).values_list(*_WAIT), {}, name="ids", choices=project_ids)
    outer = rows_among("what waits outside", lambda values: OutsideDependency.objects.filter(project_id__in=values["ids"]).values_list(*_WAIT), {}, name="ids", choices=project_ids)
    return tasks, [ChainWait(*values) for values in (*inner, *outer)]


def _chain(
    end: int, closure: Collection[int], tasks: Mapping[int, ChainTask], waits: Sequence[ChainWait], projects: Mapping[int, tuple[Any, ...]]
) -> CriticalChain | None:
    open_work = [task for task in tasks.values() if task.project_id == end and not task.is_done]
    if not open_work:
        return None
    own = {key: task for key, task in tasks.items() if task.project_id in closure}
    last = max(open_work, key=lambda one: (one.finish_date, one.start_date, one.id))
    found = trace_chain(last.id, own, waits, get_calendar(projects[end][3]).working_days_between)
    if len({task.project_id for task in found}) < 2:
        return None
    links = tuple(
        ChainLink(task.id, task.name, task.project_id, projects[task.project_id][1], projects[task.project_id][2], task.start_date, task.finish_date)
        for task in found
    )
    return CriticalChain(end, projects[end][1], projects[end][2], last.finish_date, links)
