"""What belongs to a task besides its place in the plan, and work that reads like it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from wonward.domains.delivery.models import (
    ChecklistItem,
    Label,
    MetCriterion,
    Project,
    Task,
    TaskHelper,
    TaskLabel,
)
from wonward.domains.delivery.queries.tasks import get_task
from wonward.domains.delivery.rules.likeness import ALIKE, likeness, words_of
from wonward.domains.delivery.types import (
    CheckRow,
    CriterionRow,
    HelperRow,
    LabelRow,
    SimilarTask,
    TaskDetails,
    TaskRow,
)
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Values
from wonward.kernel.actor import Actor

MOST_CANDIDATES = 2000


def get_task_details(*, actor: Actor, task_id: int) -> TaskDetails:
    """Checklist, labels, people and criteria of a task the viewer sees; five queries."""
    return read_task_details(get_task(actor=actor, task_id=task_id))


def read_task_details(task: TaskRow) -> TaskDetails:
    """The same of a task the viewer has been shown; four queries."""
    task_id = task.id
    checks = ChecklistItem.objects.filter(task_id=task_id).order_by("position", "pk")
    met = _met(task_id) if task.acceptance_criteria else {}
    helpers = TaskHelper.objects.filter(task_id=task_id).order_by("person__name", "pk")
    return TaskDetails(
        tuple(CheckRow(*row) for row in checks.values_list("pk", "text", "is_done", "done_by_label", "done_at")),
        tuple(find_labels_of([task_id]).get(task_id, ())),
        tuple(HelperRow(*row) for row in helpers.values_list("person_id", "person__name", "part")),
        tuple(CriterionRow(text, *met.get(text, ("", None))) for text in task.acceptance_criteria),
    )


def _met(task_id: int) -> dict[str, tuple[str, datetime]]:
    found = MetCriterion.objects.filter(task_id=task_id).values_list("text", "met_by_label", "met_at")
    return {text: (who, at) for text, who, at in found}


def list_labels() -> list[LabelRow]:
    """Every label by name."""
    return [LabelRow(*row) for row in prepared.rows("labels", lambda _: Label.objects.order_by("key").values_list("pk", "name", "tone"), {})]


def find_labels_of(task_ids: Collection[int]) -> dict[int, list[LabelRow]]:
    """The labels of tasks the viewer has been shown; one query."""
    found: dict[int, list[LabelRow]] = {}
    for task_id, label_id, name, tone in prepared.rows_among("labels of tasks", _labels_of, {}, name="tasks", choices=task_ids):
        found.setdefault(task_id, []).append(LabelRow(label_id, name, tone))
    return found


def _labels_of(values: Values) -> QuerySet[Any, Any]:
    rows = TaskLabel.objects.filter(task_id__in=values["tasks"]).order_by("label__key")
    return rows.values_list("task_id", "label_id", "label__name", "label__tone")


def count_checks_of(task_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many lines of the checklist of each task are done, and how many there are; one query."""
    found: dict[int, tuple[int, int]] = {}
    lines = prepared.rows_among("lines of checklists", _checks_of, {}, name="tasks", choices=task_ids)
    for task_id, is_done in lines:
        done, total = found.get(task_id, (0, 0))
        found[task_id] = (done + is_done, total + 1)
    return found


def _checks_of(values: Values) -> QuerySet[Any, Any]:
    return ChecklistItem.objects.filter(task_id__in=values["tasks"]).values_list("task_id", "is_done")


def list_helper_ids(task_id: int) -> list[int]:
    """The people beside the assignee; unfiltered, for telling them."""
    return list(TaskHelper.objects.filter(task_id=task_id).values_list("person_id", flat=True))


def list_similar_tasks(
    *, actor: Actor, company_id: int, name: str, except_id: int = 0, limit: int = 5
) -> list[SimilarTask]:
    """Open work for the same client that reads like `name`, most alike first, as far as the viewer sees it."""
    words = sorted(words_of(name), key=len, reverse=True)
    if not words:
        return []
    tasks = Task.objects.filter(
        kind="task", project__company_id=company_id, project__archived_at__isnull=True,
        project__in=Project.objects.visible_to(actor),
    ).exclude(pk=except_id).exclude(status="done")
    rows = tasks.order_by("-pk").values_list("pk", "name", "project_id", "project__name", "status")[:MOST_CANDIDATES]
    found = [SimilarTask(*row, likeness(name, row[1])) for row in rows]
    alike = [row for row in found if row.likeness >= ALIKE]
    return sorted(alike, key=lambda row: (-row.likeness, row.id))[:limit]
