"""How projects stand: what the rules of health count, colours set by hand, status updates, what comes next."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from wonward.domains.catalog.types import MOMENTS
from wonward.domains.delivery.models import (
    HealthOverride,
    Lesson,
    PlanChange,
    Project,
    ProjectClosing,
    Risk,
    StatusUpdate,
    Task,
)
from wonward.domains.delivery.queries.kept import MARK, tell_mark, while_each_planned
from wonward.domains.delivery.queries.projects import narrow_projects
from wonward.domains.delivery.queries.tasks import find_tasks
from wonward.domains.delivery.types import (
    STAGE_OF_STATUS,
    Bottlenecks,
    ClosingRow,
    HealthFacts,
    NextMilestone,
    OverrideRow,
    PersonLoad,
    ProjectStanding,
    RoleLoad,
    SinceThen,
    StatusUpdateRow,
    TaskRow,
)
from wonward.domains.staff.queries import get_person_names, list_roles
from wonward.foundation.access.policy import visible_refs
from wonward.foundation.access.queries import rows_seen
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Values, rows_of_many
from wonward.foundation.database.unchanged import while_unchanged
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

_STANDING = ("pk", "company__name", "manager__name", "calendar_id", "promised_finish_date", "forecast_finish_date", "finished_date", *MARK)
_UPDATE = ("pk", "project_id", "text", "colour", "promised_finish_date", "forecast_finish_date", "author_label", "published_at")


def list_standings(
    *, actor: Actor, statuses: Collection[str] = (), text: str = "", company_id: int | None = None, manager_id: int | None = None
) -> list[ProjectStanding]:
    """What ordering and grouping many projects needs of each the viewer sees, and no more; one query."""
    if text or company_id is not None or manager_id is not None:
        found = narrow_projects(actor=actor, statuses=statuses, text=text, company_id=company_id, manager_id=manager_id)
        return _told(list(found.order_by("pk").values_list(*_STANDING)))
    rows = rows_seen(
        actor, f"standings {sorted(statuses)}", ["delivery.project.view"],
        lambda viewer, _: narrow_projects(actor=viewer, statuses=statuses).order_by("pk").values_list(*_STANDING), is_kept=True,
    )
    return _told(rows)


def _told(rows: Sequence[tuple[Any, ...]]) -> list[ProjectStanding]:
    standings = [ProjectStanding(*row) for row in rows]
    for one in standings:
        tell_mark(one.id, one.plan_version, one.updated_at)
    return standings


def find_health_facts(*, days_late: Mapping[int, int], today: date) -> dict[int, HealthFacts]:
    """What the rules count of projects the viewer has been shown, each with the working days it ends after its promise; two queries."""
    risks = _grave(days_late)
    work = while_each_planned(("late or blocked", today), days_late, lambda ids: _count_late_or_blocked(ids, today))
    facts = {}
    for key, days in days_late.items():
        milestones, overdue, blocked, oldest, behind = work[key]
        blocked_days = (today - oldest).days if oldest else 0
        grave_risks, grave_issues = risks.get(key, (0, 0))
        facts[key] = HealthFacts(days, milestones, overdue, blocked, blocked_days, grave_risks, grave_issues, behind)
    return facts


def _count_late_or_blocked(ids: Collection[int], today: date) -> dict[int, tuple[int, int, int, date | None, int]]:
    found = dict.fromkeys(ids, (0, 0, 0, None, 0))
    return found | {key: tuple(counts) for key, *counts in rows_of_many("late or blocked", _late_or_blocked, {"today": today}, name="ids", choices=ids)}


def _late_or_blocked(values: Values) -> QuerySet[Any, Any]:
    open_work = Task.objects.filter(project_id__in=values["ids"]).exclude(status="done").exclude(kind="phase")
    late = Q(finish_date__lt=values["today"]) | Q(deadline_date__lt=values["today"])
    is_moment, is_blocked = Q(kind__in=MOMENTS), ~Q(blocked_reason="")
    return open_work.filter(late | is_blocked).order_by().values_list("project_id").annotate(
        milestones=Count("pk", filter=late & is_moment), overdue=Count("pk", filter=late & ~is_moment),
        blocked=Count("pk", filter=is_blocked), oldest=Min("blocked_date", filter=is_blocked),
        behind=Count("pk", filter=Q(finish_date__lt=values["today"])),
    )


def _grave(ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many open risks and issues of high exposure each project has."""
    found: dict[int, tuple[int, int]] = {}
    rows = rows_of_many("open", lambda values: Risk.objects.filter(project_id__in=values["ids"], status="open").order_by().values_list(
        "project_id", "kind", "probability", "impact"), {}, name="ids", choices=ids)
    for key, kind, probability, impact in rows:
        risks, issues = found.get(key, (0, 0))
        is_grave = impact * (5 if kind == "issue" else probability) >= 15
        found[key] = (risks + (kind == "risk" and is_grave), issues + (kind == "issue" and is_grave))
    return found


def find_overrides(*, project_ids: Collection[int], today: date) -> dict[int, OverrideRow]:
    """The colour set by hand that holds today, by project; one query."""
    rows = rows_of_many(
        "held", lambda values: HealthOverride.objects.filter(
            project_id__in=values["ids"], last_date__gte=values["today"], ended_at__isnull=True
        ).order_by("pk").values_list("project_id", "colour", "reason", "author_label", "set_at", "last_date"),
        {"today": today}, name="ids", choices=project_ids,
    )
    return {row[0]: OverrideRow(*row) for row in rows}


def find_next_milestones(*, project_ids: Collection[int]) -> dict[int, NextMilestone]:
    """The first open milestone or approval of each project the viewer has been shown; one query."""
    found = while_each_planned("next milestone", project_ids, _read_next_milestones)
    return {key: one for key, one in found.items() if one is not None}


def _read_next_milestones(ids: Collection[int]) -> dict[int, NextMilestone | None]:
    rows = rows_of_many(
        "next", lambda values: Task.objects.filter(
            project_id__in=values["ids"], kind__in=MOMENTS, finish_date__isnull=False
        ).exclude(status="done").order_by("finish_date", "pk").values_list("project_id", "pk", "name", "finish_date"),
        {}, name="ids", choices=ids,
    )
    found: dict[int, NextMilestone | None] = dict.fromkeys(ids)
    for project_id, key, name, day in rows:
        found[project_id] = found[project_id] or NextMilestone(key, name, day)
    return found


def find_bottlenecks(*, project_ids: Collection[int], today: date, limit: int = 8) -> Bottlenecks:
    """Which people and roles carry most of what holds several projects up: critical and overdue work first; at most four queries."""
    by_person, by_role = while_unchanged(("loads", tuple(project_ids), today), lambda: _add_up(project_ids, today))
    names, titles = get_person_names(by_person), list_roles()
    loads = [
        PersonLoad(key, names.get(key, ""), count, critical, overdue, projects, left // 100)
        for key, (count, critical, overdue, left, _, projects) in by_person.items()
    ]
    asked = [
        RoleLoad(titles.get(key, ""), count, critical, overdue, nobody, projects, left // 100)
        for key, (count, critical, overdue, left, nobody, projects) in by_role.items()
    ]
    return Bottlenecks(
        tuple(sorted(loads, key=lambda one: (-one.critical - one.overdue, -one.minutes, one.name))[:limit]),
        tuple(sorted(asked, key=lambda one: (-one.critical - one.overdue, -one.minutes, one.name))[:limit]),
    )


_Loads = tuple[tuple[bool, int, int, int, int, int, int], ...]
"""Open work of one project: whether of a person or for a role, whose or which, tasks, critical, overdue, left × 100, given to nobody."""


def _add_up(project_ids: Collection[int], today: date) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """The loads of projects together, of people and for roles by their ids; the last number counts the projects."""
    sums: tuple[dict[int, list[int]], dict[int, list[int]]] = ({}, {})
    for loads in while_each_planned(("loads", today), project_ids, lambda ids: _read_loads(ids, today)).values():
        for is_role, key, tasks, critical, overdue, left, nobody in loads:
            known = sums[is_role].setdefault(key, [0, 0, 0, 0, 0, 0])
            known[0] += tasks
            known[1] += critical
            known[2] += overdue
            known[3] += left
            known[4] += nobody
            known[5] += 1
    return sums


def _read_loads(ids: Collection[int], today: date) -> dict[int, _Loads]:
    found: dict[int, list[tuple[bool, int, int, int, int, int, int]]] = {key: [] for key in ids}
    for is_role, build in ((False, _load_by_person), (True, _load_by_role)):
        for project_id, *load in rows_of_many("loads", build, {"today": today}, name="ids", choices=ids):
            found[project_id].append((is_role, *load))
    return {key: tuple(loads) for key, loads in found.items()}


def _load_by_person(values: Values) -> QuerySet[Any, Any]:
    return _open_tasks(values).filter(assignee__isnull=False).values_list("project_id", "assignee_id").annotate(**_load_counts(values))


def _load_by_role(values: Values) -> QuerySet[Any, Any]:
    return _open_tasks(values).filter(role__isnull=False).values_list("project_id", "role_id").annotate(**_load_counts(values))


def _open_tasks(values: Values) -> QuerySet[Task]:
    return Task.objects.filter(project_id__in=values["ids"], kind="task").exclude(status="done").order_by()


def _load_counts(values: Values) -> dict[str, Any]:
    return {
        "tasks": Count("pk"), "critical": Count("pk", filter=Q(is_critical=True)),
        "overdue": Count("pk", filter=Q(finish_date__lt=values["today"])),
        "left": Sum(F("effort_minutes") * (100 - F("percent_complete")), default=0), "nobody": Count("pk", filter=Q(assignee__isnull=True)),
    }


def list_health_tasks(*, project_id: int, today: date, limit: int = 8) -> list[TaskRow]:
    """What is overdue or blocked in a project the viewer has been shown, the longest first."""
    ids = [key for (key,) in prepared.rows(("overdue or blocked", limit), lambda values: Task.objects.filter(project_id=values["project"]).exclude(
        status="done").exclude(kind="phase").filter(Q(finish_date__lt=values["today"]) | Q(deadline_date__lt=values["today"]) | ~Q(blocked_reason="")
    ).order_by("finish_date", "pk").values_list("pk")[:limit], {"project": project_id, "today": today})]
    rows = find_tasks(task_ids=ids)
    return [rows[key] for key in ids if key in rows]


def list_status_updates(*, actor: Actor, project_id: int, offset: int = 0, limit: int = 20) -> list[StatusUpdateRow]:
    """What was published about a project the viewer sees, newest first."""
    if not visible_refs(actor, [Ref("delivery.project", project_id)]):
        raise NotFound("project", project_id)
    if offset:
        return [StatusUpdateRow(*row) for row in _updates({"project": project_id})[offset : offset + limit]]
    return [StatusUpdateRow(*row) for row in prepared.rows(("status updates", limit), lambda values: _updates(values)[:limit], {"project": project_id})]


def _updates(values: Values) -> QuerySet[Any, Any]:
    return StatusUpdate.objects.filter(project_id=values["project"]).order_by("-published_at", "-pk").values_list(*_UPDATE)


def get_since(*, project_id: int, since: datetime, today: date) -> SinceThen:
    """What a status update can say of a project the viewer has been shown; five queries."""
    project = {"project": project_id}
    finished = prepared.rows("finished since", _finished, {**project, "day": since.date()})
    risks = [
        title for title, kind, probability, impact in prepared.rows("open risks", _open_risks, project)
        if impact * (5 if kind == "issue" else probability) >= 15
    ]
    coming = prepared.rows("coming moments", _coming, {**project, "until": today + timedelta(days=28)})
    moved = prepared.rows("moved since", _moved, {**project, "since": since})
    return SinceThen(
        tuple((who, reason, before, after) for who, reason, before, after in moved),
        tuple(name for kind, name in finished if kind == "task"), tuple(name for kind, name in finished if kind in MOMENTS),
        tuple((name, reason) for name, reason in prepared.rows("blocked work", _blocked, project)), tuple(risks[:10]),
        tuple((name, day) for name, day in coming if day),
    )


def _moved(values: Values) -> QuerySet[Any, Any]:
    changes = PlanChange.objects.filter(project_id=values["project"], happened_at__gt=values["since"], moved_count__gt=0).order_by("pk")
    changes = changes.exclude(finish_before_date=F("finish_after_date"))
    return changes.values_list("author_label", "reason", "finish_before_date", "finish_after_date")[:10]


def _finished(values: Values) -> QuerySet[Any, Any]:
    done = Task.objects.filter(project_id=values["project"], status="done", actual_finish_date__gte=values["day"]).exclude(kind="phase")
    return done.order_by("actual_finish_date", "pk").values_list("kind", "name")[:60]


def _blocked(values: Values) -> QuerySet[Any, Any]:
    blocked = Task.objects.filter(project_id=values["project"]).exclude(blocked_reason="").exclude(status="done")
    return blocked.order_by("blocked_date", "pk").values_list("name", "blocked_reason")[:10]


def _open_risks(values: Values) -> QuerySet[Any, Any]:
    risks = Risk.objects.filter(project_id=values["project"], status="open").order_by("pk")
    return risks.values_list("title", "kind", "probability", "impact")


def _coming(values: Values) -> QuerySet[Any, Any]:
    moments = Task.objects.filter(project_id=values["project"], kind__in=MOMENTS, finish_date__lte=values["until"]).exclude(status="done")
    return moments.order_by("finish_date", "pk").values_list("name", "finish_date")[:6]


def find_stage(project_id: int) -> str:
    """Where a project the viewer has been shown stands in its lifecycle; until somebody says so, as its status has it."""
    found = prepared.rows("stage of a project", lambda values: Project.objects.filter(pk=values["project"]).values_list("stage", "status"), {"project": project_id})
    stage, status = found[0] if found else ("", "")
    return stage or STAGE_OF_STATUS.get(status, "initiation")


def list_lessons(*, project_id: int) -> list[tuple[str, str, str]]:
    """What a project the viewer has been shown taught: kind, words, who says so."""
    return list(Lesson.objects.filter(project_id=project_id).order_by("pk").values_list("kind", "text", "author_label"))


def find_closing(project_id: int) -> ClosingRow | None:
    """How a project the viewer has been shown was closed."""
    found = ProjectClosing.objects.filter(project_id=project_id)
    row = found.values_list("summary", "survey_place", "open_promises", "closed_by_label", "closed_at").first()
    return ClosingRow(*row[:2], tuple(row[2]), *row[3:]) if row else None


def find_begun_work(project_ids: Collection[int]) -> str:
    """The name of a task of these projects on which somebody has begun; "" when nobody has."""
    begun = Task.objects.filter(project_id__in=project_ids, kind__in=("task", "milestone")).filter(
        Q(percent_complete__gt=0) | Q(actual_start_date__isnull=False) | ~Q(status="todo")
    )
    return begun.order_by("project_id", "position", "pk").values_list("name", flat=True).first() or ""


def list_task_ids(project_ids: Collection[int]) -> list[int]:
    """The tasks of projects the viewer has been shown."""
    return list(Task.objects.filter(project_id__in=project_ids).order_by("pk").values_list("pk", flat=True))


def count_open_work(project_id: int) -> int:
    """Tasks, milestones and approvals that are not done in a project the viewer has been shown."""
    return Task.objects.filter(project_id=project_id).exclude(status="done").exclude(kind="phase").count()
