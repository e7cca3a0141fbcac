"""A repeated task that is done brings the next one, in the same change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from wonward.domains.delivery.models import Project, Task
from wonward.domains.delivery.planning.applied import AppliedEdits
from wonward.domains.delivery.planning.network import Network
from wonward.domains.delivery.rules.repeating import kept_day, next_start
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded


def repeat_task(project: Project, network: Network, task: Task, result: AppliedEdits, today: date, now: datetime) -> None:
    """Add the next of the series behind the task, unless the series is over; dependencies stay with the one that is done."""
    if not task.repeat_every or not task.repeat_unit:
        return
    held = task.constraint_date if task.constraint in ("SNET", "MSO") else None
    first = held or task.start_date or today
    month_day = kept_day(first, task.repeat_day)
    start = next_start(first, every=task.repeat_every, unit=task.repeat_unit, after=max(first, today), month_day=month_day)
    if task.repeat_until_date is not None and start > task.repeat_until_date:
        return
    following = Task(
        pk=-1 - len(result.added), project=project, key="", kind=task.kind, name=task.name, notes=task.notes, parent_id=task.parent_id,
        position=task.position, duration_minutes=task.duration_minutes, effort_minutes=task.effort_minutes, role_id=task.role_id,
        assignee_id=task.assignee_id, priority=task.priority, promise_key=task.promise_key, is_deliverable=task.is_deliverable,
        acceptance_criteria=list(task.acceptance_criteria), constraint="SNET", constraint_date=start, repeat_every=task.repeat_every,
        repeat_unit=task.repeat_unit, repeat_until_date=task.repeat_until_date,
        repeat_day=month_day if task.repeat_unit == "month" else None, created_at=now, updated_at=now,
    )
    network.tasks.append(following)
    result.added.append(following)
    result.repeated[following.pk] = task.pk


def check_repeat(task: Task, values: Mapping[str, Any], today: date) -> None:
    """Refuse a repetition without a unit, or one that is over before it comes again."""
    every, unit = (values.get(name, getattr(task, name)) for name in ("repeat_every", "repeat_unit"))
    if every and not unit:
        raise Refused.field("repeat_unit", worded("Say whether “{name}” comes again in days, weeks or months.", name=task.name), "required")
    until = values.get("repeat_until_date")
    if every and until is not None and until < today and until != task.repeat_until_date:
        raise Refused.field("repeat_until_date", worded("{day} is past: “{name}” would never come again.", day=until, name=task.name), "range")
