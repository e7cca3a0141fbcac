"""What a file of our own said of tasks beside their dates, written once they have their ids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wonward.domains.catalog.types import SkillNeeded
from wonward.domains.delivery.models import (
    ChecklistItem,
    Label,
    MetCriterion,
    ProjectMember,
    Task,
    TaskEffort,
    TaskHelper,
    TaskLabel,
)
from wonward.domains.delivery.planning.skills import write_needed_skills
from wonward.domains.delivery.types.exchange import OwnFacts
from wonward.domains.staff.operations import ensure_roles
from wonward.domains.staff.queries import find_people_by_name

TONES = 7


def set_own_facts(task: Task, facts: OwnFacts) -> None:
    """The columns of a task that is not written yet."""
    task.acceptance_criteria, task.promise_key = list(facts.criteria), facts.promise_key.strip()
    if facts.repeat:
        task.repeat_every, task.repeat_unit, task.repeat_until_date = facts.repeat
        task.repeat_day = facts.repeat_day
    if facts.blocked:
        task.blocked_reason, task.blocked_date = facts.blocked


def write_own_facts(taken: Sequence[tuple[Task, OwnFacts]], now: datetime) -> None:
    """Checklists, met criteria, labels, helpers, shared efforts and skills; helpers nobody here is called are left out."""
    if not taken:
        return
    ChecklistItem.objects.bulk_create([
        ChecklistItem(task=task, position=place, text=text, is_done=is_done, done_by_label=by, done_at=at)
        for task, facts in taken for place, (text, is_done, by, at) in enumerate(facts.checks)
    ], batch_size=500)
    MetCriterion.objects.bulk_create([
        MetCriterion(task=task, text=text, met_by_label=by, met_at=at) for task, facts in taken for text, by, at in facts.met
    ], batch_size=500, ignore_conflicts=True)
    _write_labels(taken, now)
    roles = ensure_roles(names={role for _, facts in taken for role, _ in facts.efforts}, now=now)
    TaskEffort.objects.bulk_create([
        TaskEffort(task=task, role_id=roles[role.strip().casefold()], minutes=minutes)
        for task, facts in taken for role, minutes in facts.efforts if role.strip()
    ], batch_size=500, ignore_conflicts=True)
    write_needed_skills({task.pk: _skills(facts) for task, facts in taken if facts.skills and task.kind == "task"}, now)
    _write_helpers(taken, now)


def _skills(facts: OwnFacts) -> list[SkillNeeded]:
    """Each skill once, however its name is written."""
    return list({" ".join(name.split()).casefold(): SkillNeeded(name, level) for name, level in facts.skills if name.strip()}.values())


def _write_labels(taken: Sequence[tuple[Task, OwnFacts]], now: datetime) -> None:
    names = {_key(name): " ".join(name.split()) for _, facts in taken for name in facts.labels if name.strip()}
    rows = [Label(key=key, name=name, tone=sum(name.encode()) % TONES, created_at=now) for key, name in names.items()]
    Label.objects.bulk_create(rows, ignore_conflicts=True)
    ids = dict(Label.objects.filter(key__in=names).values_list("key", "pk"))
    TaskLabel.objects.bulk_create([
        TaskLabel(task=task, label_id=ids[_key(name)]) for task, facts in taken for name in facts.labels if name.strip()
    ], batch_size=500, ignore_conflicts=True)


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()[:40]


def _write_helpers(taken: Sequence[tuple[Task, OwnFacts]], now: datetime) -> None:
    people = find_people_by_name({name for _, facts in taken for name, _ in facts.helpers})
    rows = [
        TaskHelper(task=task, person_id=people[name], part=part) for task, facts in taken for name, part in facts.helpers
        if name in people and people[name] != task.assignee_id
    ]
    TaskHelper.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    ProjectMember.objects.bulk_create(
        [ProjectMember(project_id=row.task.project_id, person_id=row.person_id, added_at=now) for row in rows], batch_size=500,
        ignore_conflicts=True,
    )
