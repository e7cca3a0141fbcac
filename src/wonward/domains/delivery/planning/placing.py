"""Putting a task elsewhere in the outline: into a phase, out of it, above or below a sibling."""

from __future__ import annotations

from wonward.domains.catalog.types import MOMENTS
from wonward.domains.delivery.models import Task
from wonward.domains.delivery.planning.applied import AppliedEdits, set_columns
from wonward.domains.delivery.planning.network import Network
from wonward.domains.delivery.types import PlacedTask
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.wording import worded

DEEPEST = 12


def place_task(network: Network, edit: PlacedTask, result: AppliedEdits) -> None:
    """Give a task its new parent and place; only those of its new siblings whose place changes are written."""
    by_id = {task.pk: task for task in network.tasks}
    task = by_id.get(edit.task_id)
    parent = by_id.get(edit.parent_id) if edit.parent_id is not None else None
    if task is None:
        raise NotFound("task", edit.task_id)
    if edit.parent_id is not None and parent is None:
        raise NotFound("task", edit.parent_id)
    _refuse_impossible(network, task, parent, by_id)
    result.asked_ids[task.pk] = None
    set_columns(task, {"parent_id": edit.parent_id}, result)
    siblings = [one for one in network.tasks if one.parent_id == edit.parent_id and one.pk != task.pk]
    siblings.sort(key=lambda one: (one.position, one.pk))
    siblings.insert(_spot(siblings, edit.after_id), task)
    start = min((one.position for one in siblings), default=0)
    for place, one in enumerate(siblings, start):
        set_columns(one, {"position": place}, result)


def _spot(siblings: list[Task], after_id: int | None) -> int:
    if after_id is None:
        return 0
    for place, one in enumerate(siblings, 1):
        if one.pk == after_id:
            return place
    return len(siblings)


def _refuse_impossible(network: Network, task: Task, parent: Task | None, by_id: dict[int, Task]) -> None:
    if parent is not None and parent.kind in MOMENTS:
        raise Refused.field("parent_id", worded("“{name}” takes no time, so nothing lies in it.", name=parent.name), "moment")
    depth, above = 0, parent
    while above is not None:
        if above.pk == task.pk:
            raise Refused.field("parent_id", worded("“{name}” cannot lie in itself.", name=task.name), "cycle")
        depth, above = depth + 1, by_id.get(above.parent_id) if above.parent_id is not None else None
    if depth >= DEEPEST:
        raise Refused.field("parent_id", worded("An outline is at most {deepest} levels deep.", deepest=DEEPEST), "range")
    if parent is None:
        return
    inside = {task.pk}
    while more := {one.pk for one in network.tasks if one.parent_id in inside} - inside:
        inside |= more
    holders, above = {parent.pk}, parent
    while above.parent_id is not None and (above := by_id.get(above.parent_id)) is not None:
        holders.add(above.pk)
    for link in network.links:
        ends = {link.predecessor_id, link.successor_id}
        if ends & holders and ends & inside:
            raise Refused.field(
                "parent_id", worded("“{name}” cannot lie in “{parent_name}”: one of them waits for the other.", name=task.name, parent_name=parent.name), "cycle"
            )
