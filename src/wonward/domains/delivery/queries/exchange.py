"""A plan as a file for other programs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from wonward.domains.catalog.types import MOMENTS
from wonward.domains.comms.queries import find_logged_refs
from wonward.domains.delivery.models import (
    Dependency,
    PlanBaseline,
    Project,
    ProjectNote,
    Risk,
    Task,
)
from wonward.domains.delivery.queries.outside import list_outside_links
from wonward.domains.delivery.queries.own_facts import gather_own_facts
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import in_order
from wonward.domains.delivery.rules.issue_reading import read_issue_file
from wonward.domains.delivery.rules.project_file import MOST_BASELINES, project_file
from wonward.domains.delivery.rules.project_reading import read_project_file
from wonward.domains.delivery.types import TIER_PRIORITIES
from wonward.domains.delivery.types.exchange import (
    Loss,
    OwnFacts,
    PlanFacts,
    PlannedLink,
    PlannedOutsideLink,
    PlannedTask,
    ProjectFile,
    ReadPlan,
    TakenOutsideLink,
    WholePlan,
)
from wonward.domains.staff.queries import get_calendar
from wonward.foundation.custom_fields.queries import values_by_record
from wonward.foundation.files.queries import find_documented_refs
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

_EXAMPLES = 5
_COLUMNS = ("pk", "parent_id", "name", "notes", "kind", "duration_minutes", "effort_minutes", "percent_complete", "status", "priority",
            "start_date", "start_minute", "finish_date", "finish_minute", "constraint", "constraint_date", "deadline_date",
            "actual_start_date", "actual_finish_date", "is_critical", "total_float_minutes", "free_float_minutes", "assignee_id",
            "assignee__name", "role__name", "project__company__tier", "is_deliverable", "manual_start_date", "manual_finish_date")


def get_project_file(*, actor: Actor, project_id: int) -> ProjectFile:
    """The plan of a visible project as MS Project XML, or NotFound."""
    row = get_project(actor=actor, project_id=project_id)
    calendar_name, status_date = Project.objects.filter(pk=project_id).values_list("calendar__name", "status_date").get()
    found = Task.objects.filter(project_id=project_id).order_by("position", "pk").values_list(*_COLUMNS)
    links = Dependency.objects.filter(project_id=project_id).order_by("pk")
    baselines, facts = _baselines(project_id), gather_own_facts(project_id=project_id)
    outline = in_order(found, parent_at=1)
    if outline:
        first = outline[0][0][0]
        said = PlanFacts(tuple(name for name, _ in baselines), row.promised_finish_date, status_date)
        facts[first] = replace(facts[first], plan=None if said == PlanFacts() else said)
    plan = WholePlan(
        row.name, row.company_name, row.manager_name, row.start_date, row.created_at, row.updated_at, calendar_name,
        get_calendar(row.calendar_id), tuple(_task(values, level, facts[values[0]]) for values, level in outline),
        tuple(PlannedLink(*values) for values in links.values_list("predecessor_id", "successor_id", "type", "lag_minutes", "lag_unit")),
        tuple(dates for _, dates in baselines),
        tuple(
            PlannedOutsideLink(_file_name(link.from_number, link.from_project_name), link.from_id, link.to_id, link.type, link.lag_minutes, link.lag_unit)
            for link in list_outside_links(actor=actor, project_id=project_id) if link.to_project_id == project_id and link.is_from_seen
        ),
    )
    return ProjectFile(_file_name(row.number, row.name), project_file(plan))


def _file_name(number: str, name: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", f"{number}-{name}").strip("-")[:80] + ".xml"


def list_file_losses(*, actor: Actor, project_id: int) -> tuple[Loss, ...]:
    """What of a plan the viewer has been shown its file for MS Project will not hold, with how many."""
    links = list_outside_links(actor=actor, project_id=project_id)
    followers = [link for link in links if link.from_project_id == project_id]
    tasks = dict(Task.objects.filter(project_id=project_id).order_by("position", "pk").values_list("pk", "name"))
    refs = [Ref("delivery.task", key) for key in tasks]
    found = (
        Loss("Dependencies on work of projects you do not see stay here.", sum(not link.is_from_seen for link in links)),
        Loss("Work of other projects that waits for this plan is named in the files of those projects.", len(followers),
             tuple(dict.fromkeys(link.to_number for link in followers if link.is_to_seen))[:_EXAMPLES]),
        Loss("Comments on tasks stay here.", *_named(tasks, {ref.id for ref in find_logged_refs(refs)})),
        Loss("Files of tasks stay here.", *_named(tasks, {ref.id for ref in find_documented_refs(refs)})),
        Loss("Custom fields of tasks stay here.", *_named(tasks, values_by_record(actor=actor, noun="delivery.task", ids=tasks))),
        Loss("Risks and issues stay here.", Risk.objects.filter(project_id=project_id).count()),
        Loss("Notes of the project stay here.", ProjectNote.objects.filter(project_id=project_id, archived_at__isnull=True).count()),
        Loss("Frozen plans between the first and the newest ten stay here.", max(0, PlanBaseline.objects.filter(project_id=project_id).count() - MOST_BASELINES)),
    )
    return tuple(loss for loss in found if loss.count)


def _named(tasks: Mapping[int, str], having: Collection[int]) -> tuple[int, tuple[str, ...]]:
    names = [name[:80] for key, name in tasks.items() if key in having]
    return len(names), tuple(dict.fromkeys(names))[:_EXAMPLES]


def find_outside_tasks(*, actor: Actor, links: Iterable[TakenOutsideLink], company_id: int | None) -> set[int]:
    """The tasks of other plans that links of a file name rightly, the viewer sees, and that are work for the client (None: any)."""
    named = {link.from_id: link.from_file for link in links}
    if not named:
        return set()
    tasks = Task.objects.filter(pk__in=named, project__in=Project.objects.visible_to(actor), project__archived_at__isnull=True)
    if company_id is not None:
        tasks = tasks.filter(project__company_id=company_id)
    return {key for key, number in tasks.values_list("pk", "project__number") if named[key].startswith((f"{number}-", f"{number}."))}


def _task(values: tuple[Any, ...], level: int, facts: OwnFacts) -> PlannedTask:
    (key, parent_id, name, notes, kind, duration, effort, percent, status, priority, start, start_minute, finish, finish_minute,
     constraint, constraint_date, deadline, begun, ended, is_critical, total_float, free_float, person_id, person, role, tier, is_deliverable, by_hand_from, by_hand_until) = values
    return PlannedTask(
        key, parent_id, level, name, notes, kind in MOMENTS, duration, effort, 100 if status == "done" else percent,
        priority or TIER_PRIORITIES.get(tier, "normal"), _moment(start, start_minute), _moment(finish, finish_minute), constraint,
        constraint_date, deadline, begun, ended, is_critical, total_float, free_float, person_id, person or "", role or "",
        "deliverable" if is_deliverable else kind if kind in ("phase", "approval") else "", status if status in ("review", "doing") else "", (by_hand_from, by_hand_until) if by_hand_from and by_hand_until else None, facts,
    )


def _moment(day: date | None, minute: int) -> datetime | None:
    return datetime.combine(day, time(minute // 60, minute % 60)) if day else None


def _baselines(project_id: int) -> list[tuple[str, dict[int, tuple[date, date]]]]:
    """The first frozen plan and the newest others with their names, as many as a file holds."""
    rows = list(PlanBaseline.objects.filter(project_id=project_id).order_by("number").values_list("name", "dates"))
    kept = rows if len(rows) <= MOST_BASELINES else [rows[0], *rows[1 - MOST_BASELINES :]]
    return [
        (name, {int(key): (date.fromisoformat(pair[0]), date.fromisoformat(pair[1])) for key, pair in dates.items()}) for name, dates in kept
    ]


def read_plan(content: bytes, today: date | None = None) -> ReadPlan:
    """The plan in a file of another program, a list without any date beginning `today`; Refused, naming the file, when it cannot be read."""
    start = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    return read_project_file(content) if start.startswith((b"<", b"\xff\xfe", b"\xfe\xff")) else read_issue_file(content, today)


def find_taken_project(*, actor: Actor, source: str, external_id: str) -> int | None:
    """The project the viewer sees that was made of this very file before, or None."""
    found = Project.objects.visible_to(actor).filter(external_source=source, external_id=external_id, archived_at__isnull=True)
    return found.values_list("pk", flat=True).first()


def is_plan_empty(*, project_id: int) -> bool:
    """Whether a project the viewer has been shown has no task yet."""
    return not Task.objects.filter(project_id=project_id).exists()


def list_task_ids(*, project_id: int) -> list[int]:
    """The tasks of a project in the order they were entered."""
    return list(Task.objects.filter(project_id=project_id).order_by("position", "pk").values_list("pk", flat=True))
