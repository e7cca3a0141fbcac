"""Changing a plan in two steps: work out what would move, then write exactly that."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from wonward.domains.catalog.types import BlueprintItem
from wonward.domains.delivery import events
from wonward.domains.delivery.models import (
    ChecklistItem,
    Dependency,
    OutsideDependency,
    PlanChange,
    Project,
    ProjectMember,
    Task,
    TaskHelper,
    TaskLabel,
    TaskSkill,
)
from wonward.domains.delivery.planning.applied import AppliedEdits, ChangedLink
from wonward.domains.delivery.planning.by_hand import unkept_waits
from wonward.domains.delivery.planning.edits import apply_edits
from wonward.domains.delivery.planning.network import COMPUTED, Network, apply_schedule, finish_date_of
from wonward.domains.delivery.planning.outside import load_outside, refuse_circles
from wonward.domains.delivery.planning.own_facts import write_own_facts
from wonward.domains.delivery.planning.sections import write_item_details
from wonward.domains.delivery.planning.shifting import shift_others
from wonward.domains.delivery.queries.projects import require_plan_change
from wonward.domains.delivery.rules.entries import moved_sentence
from wonward.domains.delivery.types import MovedTask, MovedTasks, PlanEdit, PlanOutcome
from wonward.domains.delivery.types.exchange import OwnFacts
from wonward.domains.staff.operations import ensure_roles
from wonward.domains.staff.queries import get_calendar
from wonward.engines.scheduling import PlanSchedule
from wonward.foundation.audit.operations import Change, record_changes
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import joined, worded


@dataclass(slots=True)
class PlannedChange:
    """A change worked out but not written: the rows as they would be, and what they were.

    `kept` maps tasks that keep their distance to the one they keep it to; `cause_id` is the task of another project it follows.
    """

    project: Project
    network: Network
    edited: dict[int, dict[str, list[Any]]]
    added: list[Task]
    added_links: list[Dependency]
    added_outside: list[OutsideDependency]
    removed_outside: list[OutsideDependency]
    removed_task_ids: set[int]
    removed_links: list[Dependency]
    new_roles: dict[int, str]
    dates_before: dict[int, tuple[date | None, date | None]]
    changed: list[Task]
    schedule: PlanSchedule
    outcome: PlanOutcome
    repeated: dict[int, int]
    kept: Mapping[int, int]
    is_taken_over: bool = False
    changed_links: Sequence[ChangedLink] = ()
    replaced: Mapping[int, str] = field(default_factory=dict)
    status_was: Sequence[date | None] = ()
    start_was: Sequence[date] = ()
    cause_id: int | None = None
    details: Sequence[tuple[Task, BlueprintItem]] = ()
    taken: Sequence[tuple[Task, OwnFacts]] = ()

    def finish_dates(self) -> dict[int, date]:
        """The new finish date of every task that stays."""
        return {task.pk: task.finish_date for task in self.network.tasks if task.finish_date}

    def date_again(self, schedule: PlanSchedule, changed: list[Task]) -> None:
        """The same change under another schedule, already in the rows; `changed` are all tasks with other dates than before."""
        self.schedule, self.changed = schedule, changed
        asked = self.outcome.asked_ids
        self.outcome = replace(
            self.outcome, moved=_moved(self.network, self.dates_before, schedule, set(asked), self.kept, self.replaced),
            finish_after=finish_date_of(self.network.tasks) or self.project.start_date,
            changed_ids=tuple(task.pk for task in changed if task.pk > 0),
            unkept=_unkept(self.network, changed, asked),
        )


def planned_change(
    project: Project, network: Network, result: AppliedEdits, before: dict[int, tuple[date | None, date | None]],
    schedule: PlanSchedule, kept: Mapping[int, int], changed: list[Task],
) -> PlannedChange:
    """A change whose rows hold the dates of the schedule already."""
    asked = tuple(result.asked_ids)
    return PlannedChange(
        project, network, result.edited, result.added, result.added_links, result.added_outside, result.removed_outside,
        result.removed_task_ids, result.removed_links, result.new_roles, before, changed, schedule,
        PlanOutcome(
            project.pk, project.plan_version + 1, tuple(result.edited) + tuple(task.pk for task in result.added),
            _moved(network, before, schedule, set(asked), kept, result.replaced), project.forecast_finish_date,
            finish_date_of(network.tasks) or project.start_date, asked, tuple(task.pk for task in changed if task.pk > 0),
            _unkept(network, changed, asked),
        ),
        result.repeated, kept, result.is_taken_over, tuple(result.changed_links), result.replaced, tuple(result.status_was), tuple(result.start_was),
        details=result.details, taken=result.taken,
    )


def _unkept(network: Network, changed: Sequence[Task], asked: Sequence[int]) -> tuple[str, ...]:
    return unkept_waits(network, {*asked, *(task.pk for task in changed)})


def lock_project(*, actor: Actor, project_id: int) -> Project:
    """Take one visible project for writing and check the right to change its plan."""
    project = Project.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=project_id).first()
    if project is None:
        raise NotFound("project", project_id)
    require_plan_change(actor=actor, project_id=project_id, manager_id=project.manager_id)
    return project


def lock_plans(project_ids: Sequence[int]) -> None:
    """Take plans that move together, always in the same order; a plan alone is taken with its right to be changed."""
    if len(project_ids) > 1:
        list(Project.objects.select_for_update(of=("self",)).filter(pk__in=project_ids).order_by("pk").values_list("pk", flat=True))


def plan_change(
    *, actor: Actor, project_id: int, edits: Sequence[PlanEdit], plan_version: int | None, shift: str = "use_gap", today: date,
    now: datetime,
) -> PlannedChange:
    """Work out the new dates in the caller's transaction; nothing is written. `shift` is one of SHIFT_RULES.

    Refuses a stale `plan_version`, a stale task version, a cycle (naming its path) and unknown ids.
    """
    project = lock_project(actor=actor, project_id=project_id)
    if plan_version is not None and plan_version != project.plan_version:
        raise Stale(
            worded("The plan of {number} moved in the meantime.", number=project.number),
            current={"plan_version": project.plan_version}, yours={"plan_version": plan_version},
        )
    tasks = list(Task.objects.filter(project_id=project_id).order_by("position", "pk"))
    links = list(Dependency.objects.filter(project_id=project_id).order_by("pk"))
    network = Network(project.start_date, get_calendar(project.calendar_id), tasks, links, load_outside(actor, project_id), project.status_date)
    before = {task.pk: (task.start_date, task.finish_date) for task in tasks}
    result = apply_edits(actor=actor, project=project, network=network, edits=edits, today=today, now=now)
    refuse_circles(project, network, edits)
    schedule, kept = shift_others(network, before, result, shift)
    changed = apply_schedule(network.tasks, schedule)
    planned = planned_change(project, network, result, before, schedule, kept, changed)
    if any(isinstance(edit, MovedTasks) for edit in edits):
        _refuse_standstill(network, planned.outcome.moved, schedule, planned.outcome.asked_ids)
    return planned


def _refuse_standstill(
    network: Network, moved: Sequence[MovedTask], schedule: PlanSchedule, asked: Sequence[int]
) -> None:
    """A move that moves nothing it was asked for says what holds it."""
    if not asked or {row.id for row in moved} & set(asked):
        return
    names = network.names()
    timing = schedule.timings[asked[0]]
    because = moved_sentence(timing.because, names.get(timing.driver, ""), was_edited=False)
    raise Refused.field("days", worded("{name} stays where it is. {because}", name=names[asked[0]], because=because), "held")


def _moved(
    network: Network, before: dict[int, tuple[date | None, date | None]], schedule: PlanSchedule, edited: set[int],
    kept: Mapping[int, int], replaced: Mapping[int, str],
) -> tuple[MovedTask, ...]:
    """`kept` maps tasks that keep their distance to the one they keep it to, `replaced` says what held others until now."""
    names = network.names()
    parents = {task.parent_id for task in network.tasks}
    moved = []
    for task in network.tasks:
        was = before.get(task.pk)
        if was is None or was == (task.start_date, task.finish_date):
            continue
        timing = schedule.timings[task.pk]
        assert task.start_date
        assert task.finish_date
        driver = names.get(timing.driver, "")
        because = moved_sentence(
            "gap" if task.pk in kept else timing.because, names.get(kept.get(task.pk, 0), driver), was_edited=task.pk in edited
        )
        released = worded("That “{name}” {held} holds no longer.", name=task.name, held=replaced[task.pk]) if task.pk in replaced else ""
        because = joined([because, released]) if released else because
        moved.append(
            MovedTask(task.pk, task.key, task.name, task.start_date, task.finish_date, was[0], was[1], because, task.pk in parents, released)
        )
    return tuple(moved)


@transaction.atomic
def write_change(*, actor: Actor, planned: PlannedChange, reason: str, now: datetime) -> PlanOutcome:
    """Write a planned change: rows, plan version, the reason, audit and event. Same transaction as `plan_change`."""
    _add_roles(planned, now)
    _write_structure(planned)
    write_item_details(planned.details, now)
    write_own_facts(planned.taken, now)
    # Only now do added tasks have their real ids.
    project, outcome = planned.project, planned.outcome
    edited_rows = [task for task in planned.network.tasks if task.pk in planned.edited]
    for task in edited_rows:
        task.version += 1
        task.updated_at = now
        task.save()
    _write_dates([task for task in planned.changed if task.pk not in planned.edited], now)
    _add_members(project, planned.network.tasks, planned.edited, planned.added, now)
    project.plan_version = outcome.plan_version
    project.forecast_finish_date = outcome.finish_after
    project.updated_at = now
    project.save(update_fields=["plan_version", "forecast_finish_date", "start_date", "status_date", "updated_at"])
    PlanChange.objects.create(
        project=project, plan_version=outcome.plan_version, author_label=actor.label, reason=reason.strip(),
        finish_before_date=outcome.finish_before, finish_after_date=outcome.finish_after, moved_count=len(outcome.moved),
        cause_id=_cause_of(planned), undo=_undo(planned), happened_at=now,
    )
    record_changes(
        actor=actor, operation="delivery.plan.change", now=now,
        changes=[Change(Ref("delivery.task", key), fields) for key, fields in planned.edited.items()]
        + [Change(Ref("delivery.project", project.pk), {
            "forecast_finish_date": [outcome.finish_before, outcome.finish_after],
            **({"status_date": [planned.status_was[0], project.status_date]} if planned.status_was else {}),
            **({"start_date": [planned.start_was[0], project.start_date]} if planned.start_was else {}),
        })],
    )
    publish(
        events.PlanChanged(
            project_id=project.pk, company_id=project.company_id, plan_version=outcome.plan_version,
            removed_task_ids=sorted(planned.removed_task_ids),
        ),
        actor=actor, now=now,
    )
    if not planned.is_taken_over:
        _publish_assignments(actor, planned, now)
    _publish_blocked(actor, planned, now)
    return planned.outcome


def _cause_of(planned: PlannedChange) -> int | None:
    """The task outside that this change follows, unless it is gone with the change."""
    if planned.cause_id is None or not Task.objects.filter(pk=planned.cause_id).exists():
        return None
    return planned.cause_id


def _publish_assignments(actor: Actor, planned: PlannedChange, now: datetime) -> None:
    """Tell of tasks that were given to somebody, edited or new."""
    added = {task.pk for task in planned.added}
    given = [
        (task.pk, task.assignee_id)
        for task in planned.network.tasks
        if task.assignee_id and (task.pk in added or "assignee_id" in planned.edited.get(task.pk, {}))
    ]
    if given:
        publish(
            events.TasksAssigned(
                project_id=planned.project.pk, company_id=planned.project.company_id, task_ids=[key for key, _ in given],
                person_ids=[person_id for _, person_id in given],
            ),
            actor=actor, now=now,
        )


def _publish_blocked(actor: Actor, planned: PlannedChange, now: datetime) -> None:
    """Tell of tasks that somebody says cannot go on."""
    blocked = [key for key, fields in planned.edited.items() if fields.get("blocked_reason", ["", ""])[1]]
    if blocked:
        publish(
            events.TasksBlocked(project_id=planned.project.pk, company_id=planned.project.company_id, task_ids=blocked),
            actor=actor, now=now,
        )


def _add_roles(planned: PlannedChange, now: datetime) -> None:
    ids = ensure_roles(names=planned.new_roles.values(), now=now) if planned.new_roles else {}
    for task in planned.network.tasks:
        if task.pk in planned.new_roles:
            before, task.role_id = task.role_id, ids[planned.new_roles[task.pk].casefold()]
            if task.pk > 0:
                planned.edited.setdefault(task.pk, {}).setdefault("role_id", [before, None])[1] = task.role_id


def _write_structure(planned: PlannedChange) -> None:
    if planned.removed_links:
        Dependency.objects.filter(pk__in=[link.pk for link in planned.removed_links]).delete()
    if planned.removed_outside:
        OutsideDependency.objects.filter(pk__in=[link.pk for link in planned.removed_outside]).delete()
    for changed in planned.changed_links:
        changed.link.version += 1
        changed.link.save(update_fields=["type", "lag_minutes", "lag_unit", "version"])
    if planned.removed_task_ids:
        Task.objects.filter(pk__in=planned.removed_task_ids).delete()
    _number(planned, _insert_added(planned))
    for link in planned.added_links:
        link.pk = None
    Dependency.objects.bulk_create(planned.added_links, batch_size=500)
    OutsideDependency.objects.bulk_create(planned.added_outside)


def _insert_added(planned: PlannedChange) -> dict[int, int]:
    """Insert added tasks level by level of the outline; their real ids by the negative ones they were solved under."""
    ids: dict[int, int] = {}
    waiting = [(task.pk, task) for task in planned.added]
    while waiting:
        ready = [pair for pair in waiting if pair[1].parent_id is None or pair[1].parent_id > 0]
        for _, task in ready:
            task.pk, task.key = None, f"t{secrets.token_hex(4)}"
        for (former, task), made in zip(ready, Task.objects.bulk_create([task for _, task in ready], batch_size=400), strict=True):
            ids[former] = made.pk
            if former in planned.repeated:
                _copy_details(planned.repeated[former], task.pk)
        placed = {former for former, _ in ready}
        waiting = [pair for pair in waiting if pair[0] not in placed]
        for _, task in waiting:
            task.parent_id = ids.get(task.parent_id or 0, task.parent_id)
    return ids


def _number(planned: PlannedChange, ids: Mapping[int, int]) -> None:
    """Everything that named an added task by its negative id names the real one."""
    if not ids:
        return
    for task in planned.network.tasks:
        task.parent_id = ids.get(task.parent_id or 0, task.parent_id)
    for outside in planned.added_outside:
        outside.successor_id = ids.get(outside.successor_id, outside.successor_id)
    for link in planned.added_links:
        link.predecessor_id = ids.get(link.predecessor_id, link.predecessor_id)
        link.successor_id = ids.get(link.successor_id, link.successor_id)
    planned.outcome = replace(planned.outcome, touched_ids=tuple(ids.get(one, one) for one in planned.outcome.touched_ids))


def _copy_details(source_id: int, task_id: int) -> None:
    """The next of a series has the same checklist with nothing ticked, the same labels, people and skills."""
    lines = ChecklistItem.objects.filter(task_id=source_id).order_by("position", "pk").values_list("position", "text")
    ChecklistItem.objects.bulk_create(ChecklistItem(task_id=task_id, position=place, text=text) for place, text in lines)
    labels = TaskLabel.objects.filter(task_id=source_id).values_list("label_id", flat=True)
    TaskLabel.objects.bulk_create(TaskLabel(task_id=task_id, label_id=key) for key in labels)
    helpers = TaskHelper.objects.filter(task_id=source_id).values_list("person_id", "part")
    TaskHelper.objects.bulk_create(TaskHelper(task_id=task_id, person_id=key, part=part) for key, part in helpers)
    skills = TaskSkill.objects.filter(task_id=source_id).values_list("skill_id", "level")
    TaskSkill.objects.bulk_create(TaskSkill(task_id=task_id, skill_id=key, level=level) for key, level in skills)


def _write_dates(tasks: Sequence[Task], now: datetime) -> None:
    """Many rows, few columns: one prepared statement run for each row."""
    if not tasks:
        return
    columns = ", ".join(f"{name} = %s" for name in COMPUTED)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {Task._meta.db_table} SET {columns} WHERE id = %s",  # noqa: S608
            [[*(getattr(task, name) for name in COMPUTED), task.pk] for task in tasks],
        )


def _add_members(
    project: Project, tasks: Sequence[Task], edited: dict[int, dict[str, list[Any]]], added: Sequence[Task], now: datetime
) -> None:
    new_ids = {task.assignee_id for task in added} | {
        task.assignee_id for task in tasks if "assignee_id" in edited.get(task.pk, {})
    }
    ProjectMember.objects.bulk_create(
        [ProjectMember(project=project, person_id=key, added_at=now) for key in new_ids if key], ignore_conflicts=True
    )


def _undo(planned: PlannedChange) -> list[dict[str, Any]]:
    """The entered values before the change, and what came and went, enough to put them back."""
    gone = {link.pk for link in (*planned.removed_links, *planned.removed_outside)}
    return [
        *({"task_id": key, "fields": {name: pair[0].isoformat() if isinstance(pair[0], date) else pair[0] for name, pair in fields.items()}}
          for key, fields in planned.edited.items() if key not in planned.removed_task_ids),
        *({"added_link": [link.predecessor_id, link.successor_id]} for link in planned.added_links),
        *({"added_link": [link.predecessor_id, link.successor_id]} for link in planned.added_outside),
        *({"added_task_id": task.pk} for task in planned.added),
        *({"removed_link": [link.predecessor_id, link.successor_id, link.type, link.lag_minutes, link.lag_unit]}
          for link in planned.removed_links),
        *({"removed_link": [link.predecessor_id, link.successor_id, link.type, link.lag_minutes, link.lag_unit]}
          for link in planned.removed_outside),
        *({"changed_link": [changed.link.predecessor_id, changed.link.successor_id, *changed.was]}
          for changed in reversed(planned.changed_links) if changed.link.pk not in gone),
        *({"status_date": was.isoformat() if was else None} for was in planned.status_was[:1]),
        *({"start_date": was.isoformat()} for was in planned.start_was[:1]),
        *({"removed_task_id": key} for key in sorted(planned.removed_task_ids)),
    ]
