"""What edits changed in memory, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wonward.domains.catalog.types import BlueprintItem
from wonward.domains.delivery.models import Dependency, OutsideDependency, Task
from wonward.domains.delivery.types.exchange import OwnFacts


@dataclass(frozen=True, slots=True)
class ChangedLink:
    """A dependency that waits in another way now, and how it waited: type, lag and its unit."""

    link: Dependency | OutsideDependency
    was: tuple[str, int, str]


@dataclass(slots=True)
class AppliedEdits:
    """What the edits changed in memory; `edited` maps task id to field → [before, after], `new_roles` to a role to add.

    `asked_ids` are the tasks the edits are about, in their order; `replaced` says what held a task that was moved by hand, `repeated` maps the next of a series to the one before it.
    `status_was` holds the status date before it was changed, `start_was` the day the plan began.
    Of tasks that are taken over from another program nobody is told one by one. `details` are new tasks whose checklist and
    shared effort are written once they have their ids, `taken` those of which a file of our own said more.
    """

    edited: dict[int, dict[str, list[Any]]] = field(default_factory=dict)
    added: list[Task] = field(default_factory=list)
    added_links: list[Dependency] = field(default_factory=list)
    added_outside: list[OutsideDependency] = field(default_factory=list)
    removed_outside: list[OutsideDependency] = field(default_factory=list)
    removed_task_ids: set[int] = field(default_factory=set)
    removed_links: list[Dependency] = field(default_factory=list)
    changed_links: list[ChangedLink] = field(default_factory=list)
    new_roles: dict[int, str] = field(default_factory=dict)
    replaced: dict[int, str] = field(default_factory=dict)
    asked_ids: dict[int, None] = field(default_factory=dict)
    repeated: dict[int, int] = field(default_factory=dict)
    is_taken_over: bool = False
    details: list[tuple[Task, BlueprintItem]] = field(default_factory=list)
    taken: list[tuple[Task, OwnFacts]] = field(default_factory=list)
    status_was: list[date | None] = field(default_factory=list)
    start_was: list[date] = field(default_factory=list)


def set_columns(task: Task, values: Mapping[str, Any], result: AppliedEdits) -> None:
    """Set entered columns of a task, remembering what they were before the first change; a new task has no before."""
    for name, value in values.items():
        before = getattr(task, name)
        if before == value:
            continue
        setattr(task, name, value)
        if task.pk > 0:
            result.edited.setdefault(task.pk, {}).setdefault(name, [before, value])[1] = value
