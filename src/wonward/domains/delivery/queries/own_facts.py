"""What a plan says that other programs have no word for, gathered for its own file."""

from __future__ import annotations

from typing import Any

from wonward.domains.delivery.models import (
    ChecklistItem,
    MetCriterion,
    Task,
    TaskEffort,
    TaskHelper,
    TaskLabel,
    TaskSkill,
)
from wonward.domains.delivery.types.exchange import OwnFacts

_COLUMNS = ("pk", "acceptance_criteria", "repeat_every", "repeat_unit", "repeat_until_date", "repeat_day", "blocked_reason", "blocked_date",
            "promise_key", "priority", "project__company__tier")


def gather_own_facts(*, project_id: int) -> dict[int, OwnFacts]:
    """The facts of every task of a project the viewer has been shown; seven queries."""
    of_task = {"task__project_id": project_id}
    met = _by_task(MetCriterion.objects.filter(**of_task).order_by("pk").values_list("task_id", "text", "met_by_label", "met_at"))
    checks = _by_task(ChecklistItem.objects.filter(**of_task).order_by("position", "pk").values_list("task_id", "text", "is_done", "done_by_label", "done_at"))
    labels = _by_task(TaskLabel.objects.filter(**of_task).order_by("pk").values_list("task_id", "label__name"))
    helpers = _by_task(TaskHelper.objects.filter(**of_task).order_by("pk").values_list("task_id", "person__name", "part"))
    efforts = _by_task(TaskEffort.objects.filter(**of_task).order_by("pk").values_list("task_id", "role__name", "minutes"))
    skills = _by_task(TaskSkill.objects.filter(**of_task).order_by("skill__key").values_list("task_id", "skill__name", "level"))
    facts: dict[int, OwnFacts] = {}
    for key, criteria, every, unit, until, month_day, blocked, since, promise_key, priority, tier in (
        Task.objects.filter(project_id=project_id).order_by("position", "pk").values_list(*_COLUMNS)
    ):
        facts[key] = OwnFacts(
            tuple(criteria), tuple(met.get(key, ())), tuple(checks.get(key, ())), tuple(name for (name,) in labels.get(key, ())),
            tuple(helpers.get(key, ())), tuple(efforts.get(key, ())), tuple(skills.get(key, ())), (every, unit, until) if every else None,
            month_day if every else None, (blocked, since) if blocked else None, promise_key, _is_priority_set(priority, tier),
        )
    return facts


def _is_priority_set(priority: str, tier: str) -> bool | None:
    """Said only where the number in the file does not tell it."""
    if priority:
        return True if priority == "normal" else None
    return False if tier in ("A", "C") else None


def _by_task(rows: Any) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for key, *values in rows:
        found.setdefault(key, []).append(tuple(values))
    return found
