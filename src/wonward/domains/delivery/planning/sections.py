"""Work of a template that joins a plan there is: sections behind what is planned, with everything the items say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wonward.domains.catalog.types import BlueprintItem
from wonward.domains.delivery.models import ChecklistItem, Dependency, Project, Task, TaskEffort
from wonward.domains.delivery.planning.applied import AppliedEdits
from wonward.domains.delivery.planning.network import Network
from wonward.domains.delivery.planning.skills import write_needed_skills
from wonward.domains.delivery.queries.drafts import date_items
from wonward.domains.delivery.types import NewSections
from wonward.domains.staff.operations import ensure_roles
from wonward.domains.staff.queries import get_role_ids


def add_sections(project: Project, network: Network, edit: NewSections, result: AppliedEdits, now: datetime) -> None:
    """Add the items as tasks; work that waits for nothing starts no earlier than the day given."""
    dated = date_items(
        edit.items, start_date=edit.start_date, promised_finish_date=edit.promised_finish_date, calendar=network.calendar
    )
    roles = get_role_ids({item.role for item in edit.items if item.role})
    first, place = -1 - len(result.added), max((task.position for task in network.tasks), default=-1) + 1
    ids = {item.key: first - offset for offset, item in enumerate(edit.items)}
    around = {item.parent for item in edit.items}
    for offset, item in enumerate(edit.items):
        begins = dated[item.key].constraint_date
        if begins is None and not item.after and item.key not in around:
            begins = edit.start_date
        task = Task(
            pk=ids[item.key], project=project, key="", kind=item.kind, name=item.name[:300], position=place + offset,
            parent_id=ids.get(item.parent) if item.parent else None, duration_minutes=item.duration_minutes,
            effort_minutes=item.effort_minutes, role_id=roles.get(item.role.casefold()), promise_key=item.promise_key[:80],
            is_deliverable=item.is_deliverable, acceptance_criteria=list(item.acceptance), constraint="SNET" if begins else "ASAP",
            constraint_date=begins, deadline_date=dated[item.key].deadline_date, created_at=now, updated_at=now,
        )
        if item.role and task.role_id is None:
            result.new_roles[task.pk] = item.role
        network.tasks.append(task)
        result.added.append(task)
        result.details.append((task, item))
    for item in edit.items:
        for wait in {wait.key: wait for wait in item.after}.values():
            link = Dependency(
                project=project, predecessor_id=ids[wait.key], successor_id=ids[item.key], type=wait.type, lag_minutes=wait.lag_minutes,
                lag_unit=wait.lag_unit,
            )
            network.links.append(link)
            result.added_links.append(link)
    result.is_taken_over = True


def write_item_details(details: Sequence[tuple[Task, BlueprintItem]], now: datetime) -> None:
    """Checklists, shared efforts and skills of tasks that have just been written."""
    if not details:
        return
    ChecklistItem.objects.bulk_create(
        ChecklistItem(task=task, position=place, text=text[:300]) for task, item in details for place, text in enumerate(item.checklist)
    )
    shared = [(task, part) for task, item in details if len(item.efforts) > 1 for part in item.efforts]
    roles = ensure_roles(names={part.role for _, part in shared}, now=now) if shared else {}
    TaskEffort.objects.bulk_create(TaskEffort(task=task, role_id=roles[part.role.casefold()], minutes=part.minutes) for task, part in shared)
    write_needed_skills({task.pk: item.skills for task, item in details if item.skills}, now)
