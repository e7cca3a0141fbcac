"""What whoever does a task must be able to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from wonward.domains.delivery import events
from wonward.domains.delivery.models import TaskSkill
from wonward.domains.delivery.operations.locking import hold_task
from wonward.domains.delivery.queries.skills import find_asked_skills
from wonward.domains.staff.operations import ensure_skills, read_skills
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

MOST_ASKED = 10


@transaction.atomic
def ask_for_skills(
    *, actor: Actor, task_id: int, put: Mapping[str, int] | None = None, remove: Collection[str] = (), now: datetime
) -> dict[str, int]:
    """Let a task ask for skills by name with the level needed at least, and no longer for others; a name nobody used yet is added.

    Returns what it asked for before, enough to put it back.
    """
    task = hold_task(actor, task_id)
    if task.kind != "task":
        raise Refused.field("skill", "Only a task asks for skills; a phase or a milestone is nobody’s work.", "kind")
    wanted = read_skills(put or {})
    before = {one.name: one.level for one in find_asked_skills([task_id]).get(task_id, ())}
    gone = {" ".join(name.split()).casefold() for name in remove} - set(wanted)
    if len(({name.casefold() for name in before} - gone) | set(wanted)) > MOST_ASKED:
        raise Refused.field("skill", worded("A task asks for at most {most_asked} skills.", most_asked=MOST_ASKED), "range")
    TaskSkill.objects.filter(task=task, skill__key__in=gone).delete()
    ids = ensure_skills(names=[name for name, _ in wanted.values()], now=now)
    for key, (_, level) in wanted.items():
        TaskSkill.objects.update_or_create(task=task, skill_id=ids[key], defaults={"level": level})
    after = {one.name: one.level for one in find_asked_skills([task_id]).get(task_id, ())}
    if after != before:
        record_change(actor=actor, operation="delivery.task.ask_for_skills", ref=Ref("delivery.task", task_id), changes={"skills": [before, after]}, now=now)
        publish(
            events.TaskDetailsChanged(project_id=task.project_id, company_id=task.project.company_id, task_id=task.pk), actor=actor, now=now
        )
    return before
