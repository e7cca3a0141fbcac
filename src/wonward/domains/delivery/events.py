"""Facts about projects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class _AboutProject(Event):
    project_id: int
    company_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("delivery.project", self.project_id),)


@dataclass(frozen=True, slots=True)
class ProjectCreated(_AboutProject):
    name: ClassVar[str] = "delivery.project.created"


@dataclass(frozen=True, slots=True)
class ProjectChanged(_AboutProject):
    name: ClassVar[str] = "delivery.project.changed"


@dataclass(frozen=True, slots=True)
class TasksAssigned(_AboutProject):
    """Tasks were given to people; `person_ids` goes with `task_ids`."""

    name: ClassVar[str] = "delivery.task.assigned"
    task_ids: list[int] = field(default_factory=list)
    person_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TasksBlocked(_AboutProject):
    """Somebody said of these tasks that they cannot go on."""

    name: ClassVar[str] = "delivery.task.blocked"
    task_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TaskDetailsChanged(_AboutProject):
    """The checklist, labels, people or met criteria of a task changed; its plan did not."""

    name: ClassVar[str] = "delivery.task.changed"
    task_id: int = 0


@dataclass(frozen=True, slots=True)
class RiskChanged(_AboutProject):
    """A risk or an issue was entered, changed or closed."""

    name: ClassVar[str] = "delivery.risk.changed"
    risk_id: int = 0


@dataclass(frozen=True, slots=True)
class PlanChanged(_AboutProject):
    """A plan was changed; `removed_task_ids` are the tasks that are no longer in it."""

    name: ClassVar[str] = "delivery.plan.changed"
    plan_version: int = 0
    removed_task_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NoteWritten(_AboutProject):
    """A note of the project was begun, saved anew or put away."""

    name: ClassVar[str] = "delivery.note.written"
    note_id: int = 0
