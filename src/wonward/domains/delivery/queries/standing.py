"""How projects stand: what the rules of health count, colours set by hand, status updates, what comes next."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Min, Q, Sum

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
from wonward.domains.delivery.queries.projects import narrow_projects
from wonward.domains.delivery.queries.tasks import find_tasks
from wonward.domains.delivery.types import (
    STAGE_OF_STATUS,
    ClosingRow,
    HealthFacts,
    NextMilestone,
    OverrideRow,
    PersonLoad,
    ProjectStanding,
    SinceThen,
    StatusUpdateRow,
    TaskRow,
)
from wonward.foundation.access.policy import visible_refs
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

_UPDATE = ("pk", "project_id", "text", "colour", "promised_finish_date", "forecast_finish_date", "author_label", "published_at")


def list_standings(
    *, actor: Actor, statuses: Collection[str] = (), text: str = "", company_id: int | None = None, manager_id: int | None = None
) -> list[ProjectStanding]:
    """What ordering and grouping many projects needs of each the viewer sees, and no more; one query."""
    found = narrow_projects(actor=actor, statuses=statuses, text=text, company_id=company_id, manager_id=manager_id)
    rows = found.order_by("pk").values_list(
        "pk", "company__name", "manager__name", "calendar_id", "promised_finish_date", "forecast_finish_date", "finished_date"
    )
    return [ProjectStanding(*row) for row in rows]


def find_health_facts(*, project_ids: Collection[int], today: date) -> dict[int, HealthFacts]:
    """What the rules count, without the promise, of projects the viewer has been shown; two queries whatever their number."""
    ids = set(project_ids)
    open_work = Task.objects.filter(project_id__in=ids).exclude(status="done").exclude(kind="phase")
    late = Q(finish_date__lt=today) | Q(deadline_date__lt=today)
    is_moment, is_blocked = Q(kind__in=MOMENTS), ~Q(blocked_reason="")
    rows = open_work.filter(late | is_blocked).order_by().values_list("project_id").annotate(
        milestones=Count("pk", filter=late & is_moment), overdue=Count("pk", filter=late & ~is_moment),
        blocked=Count("pk", filter=is_blocked), oldest=Min("blocked_date", filter=is_blocked),
    )
    risks = _grave(ids)
    work = {key: (milestones, overdue, blocked, (today - oldest).days if oldest else 0) for key, milestones, overdue, blocked, oldest in rows}
    return {key: HealthFacts(0, *work.get(key, (0, 0, 0, 0)), *risks.get(key, (0, 0))) for key in ids}


def _grave(ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many open risks and issues of high exposure each project has."""
    found: dict[int, tuple[int, int]] = {}
    rows = Risk.objects.filter(project_id__in=ids, status="open").values_list("project_id", "kind", "probability", "impact")
    for key, kind, probability, impact in rows:
        risks, issues = found.get(key, (0, 0))
        is_grave = impact * (5 if kind == "issue" else probability) >= 15
        found[key] = (risks + (kind == "risk" and is_grave), issues + (kind == "issue" and is_grave))
    return found


def find_overrides(*, project_ids: Collection[int], today: date) -> dict[int, OverrideRow]:
    """The colour set by hand that holds today, by project; one query."""
    rows = HealthOverride.objects.filter(project_id__in=set(project_ids), last_date__gte=today, ended_at__isnull=True).order_by("pk")
    return {
        row[0]: OverrideRow(*row)
        for row in rows.values_list("project_id", "colour", "reason", "author_label", "set_at", "last_date")
    }


def find_next_milestones(*, project_ids: Collection[int]) -> dict[int, NextMilestone]:
    """The first open milestone or approval of each project the viewer has been shown; one query."""
    rows = Task.objects.filter(project_id__in=set(project_ids), kind__in=MOMENTS, finish_date__isnull=False).exclude(status="done")
    found: dict[int, NextMilestone] = {}
    for project_id, key, name, day in rows.order_by("finish_date", "pk").values_list("project_id", "pk", "name", "finish_date"):
        if day:
            found.setdefault(project_id, NextMilestone(key, name, day))
    return found


def list_person_loads(*, project_ids: Collection[int], today: date, limit: int = 8) -> list[PersonLoad]:
    """Who carries most of what holds several projects up: critical and overdue work first; one query."""
    tasks = Task.objects.filter(project_id__in=set(project_ids), kind="task", assignee__isnull=False).exclude(status="done")
    rows = tasks.order_by().values_list("assignee_id", "assignee__name").annotate(
        tasks=Count("pk"), critical=Count("pk", filter=Q(is_critical=True)), overdue=Count("pk", filter=Q(finish_date__lt=today)),
        projects=Count("project_id", distinct=True), left=Sum(F("effort_minutes") * (100 - F("percent_complete")), default=0),
    )
    loads = [
        PersonLoad(key, name, count, critical, overdue, projects, left // 100)
        for key, name, count, critical, overdue, projects, left in rows if key and name
    ]
    return sorted(loads, key=lambda one: (-one.critical - one.overdue, -one.minutes, one.name))[:limit]


def list_health_tasks(*, project_id: int, today: date, limit: int = 8) -> list[TaskRow]:
    """What is overdue or blocked in a project the viewer has been shown, the longest first."""
    tasks = Task.objects.filter(project_id=project_id).exclude(status="done").exclude(kind="phase").filter(
        Q(finish_date__lt=today) | Q(deadline_date__lt=today) | ~Q(blocked_reason="")
    )
    ids = list(tasks.order_by("finish_date", "pk").values_list("pk", flat=True)[:limit])
    rows = find_tasks(task_ids=ids)
    return [rows[key] for key in ids if key in rows]


def list_status_updates(*, actor: Actor, project_id: int, offset: int = 0, limit: int = 20) -> list[StatusUpdateRow]:
    """What was published about a project the viewer sees, newest first."""
    if not visible_refs(actor, [Ref("delivery.project", project_id)]):
        raise NotFound("project", project_id)
    rows = StatusUpdate.objects.filter(project_id=project_id).order_by("-published_at", "-pk")
    return [StatusUpdateRow(*row) for row in rows.values_list(*_UPDATE)[offset : offset + limit]]


def get_since(*, project_id: int, since: datetime, today: date) -> SinceThen:
    """What a status update can say of a project the viewer has been shown; five queries."""
    changes = PlanChange.objects.filter(project_id=project_id, happened_at__gt=since, moved_count__gt=0).order_by("pk")
    done = Task.objects.filter(project_id=project_id, status="done", actual_finish_date__gte=since.date()).exclude(kind="phase").order_by("actual_finish_date", "pk")
    finished = list(done.values_list("kind", "name")[:60])
    blocked = Task.objects.filter(project_id=project_id).exclude(blocked_reason="").exclude(status="done").order_by("blocked_date", "pk")
    risks = [
        title for title, kind, probability, impact in
        Risk.objects.filter(project_id=project_id, status="open").order_by("pk").values_list("title", "kind", "probability", "impact")
        if impact * (5 if kind == "issue" else probability) >= 15
    ]
    coming = Task.objects.filter(
        project_id=project_id, kind__in=MOMENTS, finish_date__lte=today + timedelta(days=28)
    ).exclude(status="done").order_by("finish_date", "pk")
    moved = changes.exclude(finish_before_date=F("finish_after_date")).values_list(
        "author_label", "reason", "finish_before_date", "finish_after_date")[:10]
    return SinceThen(
        tuple((who, reason, before, after) for who, reason, before, after in moved),
        tuple(name for kind, name in finished if kind == "task"), tuple(name for kind, name in finished if kind in MOMENTS),
        tuple(blocked.values_list("name", "blocked_reason")[:10]), tuple(risks[:10]),
        tuple((name, day) for name, day in coming.values_list("name", "finish_date")[:6] if day),
    )


def find_stage(project_id: int) -> str:
    """Where a project the viewer has been shown stands in its lifecycle; until somebody says so, as its status has it."""
    found = Project.objects.filter(pk=project_id).values_list("stage", "status").first()
    stage, status = found or ("", "")
    return stage or STAGE_OF_STATUS.get(status, "initiation")


def list_lessons(*, project_id: int) -> list[tuple[str, str, str]]:
    """What a project the viewer has been shown taught: kind, words, who says so."""
    return list(Lesson.objects.filter(project_id=project_id).order_by("pk").values_list("kind", "text", "author_label"))


def find_closing(project_id: int) -> ClosingRow | None:
    """How a project the viewer has been shown was closed."""
    found = ProjectClosing.objects.filter(project_id=project_id)
    row = found.values_list("summary", "survey_place", "open_promises", "closed_by_label", "closed_at").first()
    return ClosingRow(*row[:2], tuple(row[2]), *row[3:]) if row else None


def count_open_work(project_id: int) -> int:
    """Tasks, milestones and approvals that are not done in a project the viewer has been shown."""
    return Task.objects.filter(project_id=project_id).exclude(status="done").exclude(kind="phase").count()
