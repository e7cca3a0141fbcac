"""What stands behind a calendar link, seen with the rights its maker has now."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from wonward.domains.catalog.types import MOMENTS
from wonward.domains.delivery.models import CalendarLink, Project, ProjectMember, Task, TaskHelper
from wonward.domains.delivery.rules.calendar_file import calendar_file
from wonward.domains.delivery.types.feeds import CalendarEntry, CalendarFeed, FeedItem
from wonward.domains.staff.queries import find_actor, list_time_off
from wonward.foundation.organisation.queries import civil_date
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound

LOOK_BACK = timedelta(days=90)
MOST_ITEMS = 5000
_COLUMNS = ("kind", "pk", "name", "start_date", "finish_date", "project_id", "project__number", "project__name", "status")


def digest_of(token: str) -> str:
    """SHA-256 of a token; it is random enough to need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_link_date(*, actor: Actor, project_id: int | None = None) -> datetime | None:
    """When the actor made the live link to a project, or to their own work."""
    links = CalendarLink.objects.live_of(actor.user_id or 0, project_id)
    return links.order_by("-pk").values_list("created_at", flat=True).first()


def get_person_feed(*, token: str, now: datetime) -> CalendarFeed:
    """The maker's tasks, the milestones of their projects and their time off, from 90 days ago on. NotFound for a dead link."""
    actor, _ = _maker(token, is_project=False)
    since = civil_date(now, actor.time_zone) - LOOK_BACK
    person_id = actor.person_id or 0
    seen = Project.objects.visible_to(actor).filter(archived_at__isnull=True)
    helps = TaskHelper.objects.filter(person_id=person_id).exclude(part="informed").values("task_id")
    on = ProjectMember.objects.filter(person_id=person_id).values("project_id")
    works_in = Task.objects.filter(assignee_id=person_id).values("project_id")
    landmarks = Q(kind__in=MOMENTS) & (Q(project__manager_id=person_id) | Q(project_id__in=on) | Q(project_id__in=works_in))
    tasks = Task.objects.filter(Q(assignee_id=person_id) | Q(pk__in=helps) | landmarks, project__in=seen, finish_date__gte=since)
    away = []
    if actor.may("staff.time_off.view"):
        rows = list_time_off(actor=actor, person_id=person_id, first=since, statuses=("approved",))
        away = [FeedItem("time_off", row.id, "", row.start_date, row.finish_date, detail=str(row.kind)) for row in rows]
    return CalendarFeed(actor.label, actor.language, (*_items(tasks), *away))


def get_project_feed(*, token: str, now: datetime) -> CalendarFeed:
    """Milestones, tasks and the promised finish of a project. NotFound for a dead link, or when its maker no longer sees the project."""
    actor, project_id = _maker(token, is_project=True)
    project = Project.objects.visible_to(actor).filter(pk=project_id or 0).first()
    if project is None:
        raise NotFound("calendar", "behind this link")
    promised = []
    if project.promised_finish_date:
        day = project.promised_finish_date
        promised = [FeedItem("promise", project.pk, "", day, day, project.pk, project.number, project.name, project.status == "done")]
    return CalendarFeed(project.name, actor.language, (*promised, *_items(Task.objects.filter(project=project))))


def write_calendar(*, name: str, entries: Sequence[CalendarEntry], now: datetime) -> bytes:
    """A calendar file of these entries."""
    return calendar_file(name=name, entries=entries, stamp=now)


def _maker(token: str, *, is_project: bool) -> tuple[Actor, int | None]:
    link = CalendarLink.objects.filter(digest=digest_of(token), revoked_at__isnull=True, project__isnull=not is_project).first()
    actor = find_actor(user_id=link.user_id, via="calendar") if link is not None else None
    if link is None or actor is None:
        raise NotFound("calendar", "behind this link")
    return actor, link.project_id


def _items(tasks: QuerySet[Task]) -> list[FeedItem]:
    dated: QuerySet[Any, Any] = tasks.exclude(kind="phase").filter(start_date__isnull=False, finish_date__isnull=False)
    rows = dated.order_by("finish_date", "pk").values_list(*_COLUMNS)[:MOST_ITEMS]
    return [
        FeedItem(kind if kind in MOMENTS else "task", key, name, finish if kind in MOMENTS else start, finish, project_id, number, project, status == "done")
        for kind, key, name, start, finish, project_id, number, project, status in rows
    ]
