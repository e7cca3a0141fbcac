"""What waits for what inside a plan: links that come, wait in another way, and go."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.delivery.models import Dependency, OutsideDependency, Project, Task
from wonward.domains.delivery.planning.applied import AppliedEdits, ChangedLink
from wonward.domains.delivery.planning.network import Network
from wonward.domains.delivery.planning.outside import add_outside_link, remove_outside_link
from wonward.domains.delivery.rules.entries import LONGEST_MINUTES
from wonward.domains.delivery.types import ChangedDependency, NewDependency, RemovedDependency
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused, Stale
from wonward.kernel.wording import worded

LINK_TYPES = ("FS", "SS", "FF", "SF")
LAG_UNITS = ("working", "elapsed")


def find_task(network: Network, task_id: int) -> Task:
    """A task of the plan; an id outside it looks missing."""
    for task in network.tasks:
        if task.pk == task_id:
            return task
    raise NotFound("task", task_id)


def add_link(actor: Actor, project: Project, network: Network, edit: NewDependency, result: AppliedEdits, now: datetime) -> None:
    """The task that waits is one of this plan; the one it waits for may be one of another project."""
    target = find_task(network, edit.to_id)
    if edit.from_id == target.pk:
        raise Refused.field("to_id", worded("“{name}” cannot wait for itself.", name=target.name), "self")
    _check(edit)
    source = next((task for task in network.tasks if task.pk == edit.from_id), None)
    if source is None:
        add_outside_link(actor, project, network, edit, result, now)
        return
    if any(link.predecessor_id == source.pk and link.successor_id == target.pk for link in network.links):
        raise Refused.field("to_id", worded("“{name}” already waits for “{source_name}”.", name=target.name, source_name=source.name), "duplicate")
    link = Dependency(
        project=project, predecessor_id=source.pk, successor_id=target.pk, type=edit.type, lag_minutes=edit.lag_minutes,
        lag_unit=edit.lag_unit,
    )
    network.links.append(link)
    result.added_links.append(link)
    result.asked_ids[target.pk] = None


def change_link(network: Network, edit: ChangedDependency, result: AppliedEdits) -> None:
    """Let a task wait in another way for what it waits for already, in its plan or in another project."""
    link = _find_link(network, edit.from_id, edit.to_id)
    _check_version(link, edit)
    _check(edit)
    was = (link.type, link.lag_minutes, link.lag_unit)
    if was == (edit.type, edit.lag_minutes, edit.lag_unit):
        return
    link.type, link.lag_minutes, link.lag_unit = edit.type, edit.lag_minutes, edit.lag_unit
    result.changed_links.append(ChangedLink(link, was))
    result.asked_ids[edit.to_id] = None


def _find_link(network: Network, from_id: int, to_id: int) -> Dependency | OutsideDependency:
    ends = (from_id, to_id)
    links: list[Dependency | OutsideDependency] = [*network.links, *(wait.link for wait in network.outside)]
    for link in links:
        if (link.predecessor_id, link.successor_id) == ends:
            return link
    raise NotFound("dependency", f"{from_id} → {to_id}")


def _check(edit: NewDependency | ChangedDependency) -> None:
    if edit.type not in LINK_TYPES:
        raise Refused.field("type", worded("“{type}” is not a dependency; choose FS, SS, FF or SF.", type=edit.type), "unknown")
    if edit.lag_unit not in LAG_UNITS:
        raise Refused.field("lag_unit", worded("“{unit}” is not a unit; choose {units}.", unit=edit.lag_unit, units=", ".join(LAG_UNITS)), "unknown")
    if abs(edit.lag_minutes) > LONGEST_MINUTES:
        raise Refused.field("lag_days", worded("A lag of {lag_minutes} days is too long.", lag_minutes=f"{edit.lag_minutes / 480:g}"), "range")


def _check_version(link: Dependency | OutsideDependency, edit: ChangedDependency | RemovedDependency) -> None:
    if edit.version is not None and edit.version != link.version:
        raise Stale(
            worded("This dependency was changed by somebody else in the meantime."),
            current={"version": link.version, "type": link.type}, yours={"version": edit.version},
        )


def remove_link(network: Network, edit: RemovedDependency, result: AppliedEdits) -> None:
    """Let a task wait no longer for another."""
    for link in network.links:
        if (link.predecessor_id, link.successor_id) == (edit.from_id, edit.to_id):
            _check_version(link, edit)
            network.links.remove(link)
            result.removed_links.append(link)
            return
    remove_outside_link(network, edit, result)
