"""Reading projects."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Value

from wonward.domains.clients.queries import visible_companies
from wonward.domains.delivery.models import PlanBaseline, PlanChange, Project, ProjectMember, Task
from wonward.domains.delivery.queries.kept import is_plan_kept, tell_mark, while_planned
from wonward.domains.delivery.types import (
    BaselineRow,
    ChangedDependency,
    MovedStart,
    NewDependency,
    PlanChangeRow,
    PlanEdit,
    ProjectRow,
    RemovedDependency,
    RemovedTask,
    RestoredTask,
    ResumedWork,
    TaskCause,
)
from wonward.domains.staff.queries import get_team_id
from wonward.foundation.access.policy import keep_seen, require_change, visible_refs
from wonward.foundation.access.queries import question_of, rows_seen
from wonward.foundation.audit.queries import OPENED, remember_opening
from wonward.foundation.custom_fields.queries import narrow_by_fields, sort_by_field
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Question, Values, count_of
from wonward.foundation.database.unchanged import is_version_kept, while_version
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import Conflict, NotAllowed, NotFound
from wonward.kernel.ref import Ref

SORTS: dict[str, tuple[str, ...]] = {
    "id": ("pk",), "-id": ("-pk",), "name": ("name", "pk"), "-name": ("-name", "-pk"),
    "forecast_finish_date": ("forecast_finish_date", "pk"), "-forecast_finish_date": ("-forecast_finish_date", "-pk"),
    "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"),
}
_COLUMNS = ("pk", "number", "name", "company_id", "company__name", "manager_id", "manager__name", "status", "start_date",
            "promised_finish_date", "forecast_finish_date", "finished_date", "task_count", "done_count", "calendar_id",
            "version", "plan_version", "created_at", "updated_at", "is_restricted", "archived_at", "open_work_date")
_COUNTS = ("task_count", "done_count", "open_work_date")
_ALONE = tuple(name for name in _COLUMNS if name not in _COUNTS)
_COUNTS_KEPT = "counts of a plan"
_FROZEN = ("number", "name", "finish_date", "created_at", "dates")
_CHANGE = ("plan_version", "author_label", "reason", "finish_before_date", "finish_after_date", "moved_count", "happened_at",
           "cause_id", "cause__name", "cause__project_id", "cause__project__number")
_FOLLOWED = "Work of another project that this one waits for moved."


def _rows(projects: QuerySet[Project]) -> list[ProjectRow]:
    return [ProjectRow(*_named(values)) for values in _counted(projects)]


def _counted(projects: QuerySet[Project]) -> QuerySet[Any, Any]:
    counted = projects.annotate(
        task_count=Count("tasks", filter=Q(tasks__kind="task")),
        done_count=Count("tasks", filter=Q(tasks__kind="task", tasks__status="done")),
        open_work_date=Min("tasks__finish_date", filter=~Q(tasks__kind="phase") & ~Q(tasks__status="done")),
    )
    return counted.values_list(*_COLUMNS)


def _one(projects: QuerySet[Project], columns: tuple[str, ...]) -> QuerySet[Any, Any]:
    return _counted(projects) if columns is _COLUMNS else projects.values_list(*_ALONE)


def _read_counts(project_id: int) -> tuple[Any, ...]:
    found = prepared.rows(_COUNTS_KEPT, _count, {"project": project_id})
    return found[0] if found else (0, 0, None)


def _count(values: Values) -> QuerySet[Any, Any]:
    """The same three of one plan by itself."""
    return Task.objects.filter(project_id=values["project"]).order_by().annotate(one=Value(1)).values("one").annotate(
        task_count=Count("pk", filter=Q(kind="task")), done_count=Count("pk", filter=Q(kind="task", status="done")),
        open_work_date=Min("finish_date", filter=~Q(kind="phase") & ~Q(status="done")),
    ).values_list(*_COUNTS)


def _named(values: tuple[Any, ...]) -> tuple[Any, ...]:
    row = list(values)
    row[6] = row[6] or ""
    return tuple(row)


def get_project(*, actor: Actor, project_id: int) -> ProjectRow:
    """One project, or NotFound when it is missing or hidden."""
    # Where nothing is known of the plan yet, one statement asks for all of it.
    columns = _ALONE if is_plan_kept(project_id, _COUNTS_KEPT) else _COLUMNS
    found = rows_seen(
        actor, "project" if columns is _ALONE else "project with counts", ["delivery.project.view"], values={"project": project_id}, is_kept=True,
        build=lambda viewer, values: _one(Project.objects.visible_to(viewer).filter(pk=values["project"]), columns),
    )
    if not found:
        raise NotFound("project", project_id)
    told = dict(zip(columns, found[0], strict=True))
    tell_mark(project_id, told["plan_version"], told["updated_at"])
    keep_seen(actor, Ref("delivery.project", project_id))
    counted = tuple(told[name] for name in _COUNTS) if columns is _COLUMNS else None
    counts = while_planned(project_id, _COUNTS_KEPT, lambda: counted or _read_counts(project_id))
    row = ProjectRow(*_named(tuple({**told, **dict(zip(_COUNTS, counts, strict=True))}[name] for name in _COLUMNS)))
    if row.is_restricted:
        remember_opening(what=OPENED, ref=Ref("delivery.project", project_id))
    return row


def find_projects(*, actor: Actor, project_ids: Collection[int]) -> dict[int, ProjectRow]:
    """The visible ones among the given projects, by id; one query."""
    question = question_of(
        actor, "projects by id", ["delivery.project.view"],
        lambda viewer, values: _counted(Project.objects.visible_to(viewer).filter(pk__in=values["projects"])),
    )
    found = prepared.rows_among(question.key, question.build, question.values, name="projects", choices=project_ids)
    rows = [ProjectRow(*_named(values)) for values in found]
    for row in rows:
        keep_seen(actor, Ref("delivery.project", row.id))
    return {row.id: row for row in rows}


def list_projects(
    *, actor: Actor, company_id: int | None = None, statuses: Collection[str] = (), text: str = "",
    updated_since: datetime | None = None, manager_id: int | None = None, custom: Sequence[tuple[str, str]] = (), is_archived: bool = False,
    sort: str = "forecast_finish_date", offset: int = 0, limit: int = 50,
) -> list[ProjectRow]:
    """A page of live projects, or of archived ones; `sort` is one of SORTS or `cf_` and the key of a custom field, `custom` conditions on those by key.

    Of a company the viewer does not see there are none, as of one that does not exist.
    """
    projects = narrow_projects(
        actor=actor, company_id=company_id, statuses=statuses, text=text, updated_since=updated_since, manager_id=manager_id, custom=custom,
        is_archived=is_archived,
    )
    by_field = None if sort in SORTS else sort_by_field(projects, noun="delivery.project", sort=sort, actor=actor)
    if by_field is None:
        order = SORTS.get(sort, SORTS["forecast_finish_date"])
        found = _rows(Project.objects.filter(pk__in=projects.order_by(*order).values("pk")[offset : offset + limit]).order_by(*order))
    else:
        ids = list(by_field.values_list("pk", flat=True)[offset : offset + limit])
        found = sorted(_rows(Project.objects.filter(pk__in=ids)), key=lambda row: ids.index(row.id))
    for row in found:
        keep_seen(actor, Ref("delivery.project", row.id))
    return found


def narrow_projects(
    *, actor: Actor, company_id: int | None = None, statuses: Collection[str] = (), text: str = "",
    updated_since: datetime | None = None, manager_id: int | None = None, custom: Sequence[tuple[str, str]] = (), is_archived: bool = False,
) -> QuerySet[Project]:
    """The live projects the viewer sees, or the archived ones, narrowed; for the queries of this package."""
    projects = Project.objects.visible_to(actor).filter(archived_at__isnull=not is_archived)
    if company_id is not None:
        projects = projects.filter(company__in=visible_companies(actor).filter(pk=company_id))
    if manager_id is not None:
        projects = projects.filter(manager_id=manager_id)
    if statuses:
        projects = projects.filter(status__in=statuses)
    if text:
        projects = projects.filter(Q(name__icontains=text) | Q(company__name__icontains=text) | Q(number__iexact=text))
    if updated_since:
        projects = projects.filter(updated_at__gte=updated_since)
    return narrow_by_fields(projects, noun="delivery.project", asked=custom, actor=actor) if custom else projects


def find_project_keys(*, actor: Actor, names: Collection[str]) -> list[tuple[int, str]]:
    """Visible, live projects with exactly one of the names, oldest first."""
    rows = Project.objects.visible_to(actor).filter(archived_at__isnull=True, name__in=set(names)).order_by("pk")
    return list(rows.values_list("pk", "name"))


def get_project_versions(project_ids: Collection[int]) -> dict[int, int]:
    """The current version of each project; archived ones are missing."""
    return dict(Project.objects.filter(pk__in=set(project_ids), archived_at__isnull=True).values_list("pk", "version"))


def find_companies_with_projects(company_ids: Collection[int]) -> set[int]:
    """Those of the given companies that any project is for."""
    return set(Project.objects.filter(company_id__in=set(company_ids)).values_list("company_id", flat=True))


def find_people_with_projects(person_ids: Collection[int]) -> set[int]:
    """Those of the given people who manage a project or are on one."""
    wanted = set(person_ids)
    managers = Project.objects.filter(manager_id__in=wanted).values_list("manager_id", flat=True)
    members = ProjectMember.objects.filter(person_id__in=wanted).values_list("person_id", flat=True)
    return {key for key in (*managers, *members) if key}


def ask_live(actor: Actor) -> Question:
    """How many projects are planned or under way, as far as the viewer sees them; to be asked together with other numbers."""
    return question_of(
        actor, "live projects", ["delivery.project.view"],
        lambda viewer, _: count_of(
            Project.objects.visible_to(viewer).filter(archived_at__isnull=True, status__in=("planned", "active"))
        ),
    )


def find_latest_baseline(*, project_id: int) -> BaselineRow | None:
    """The newest frozen plan of a project the viewer has been shown."""
    return _read_baseline("latest baseline", _newest_baseline, project_id)


def find_first_baseline(*, project_id: int) -> BaselineRow | None:
    """The plan a project the viewer has been shown began with."""
    return _read_baseline("first baseline", _first_baseline, project_id)


def _read_baseline(name: str, build: prepared.Build, project_id: int) -> BaselineRow | None:
    """What is frozen stays as it is: its dates, the long part of it, come along only where none are kept."""
    kept = ("dates of a baseline", name, project_id)
    is_alone = is_version_kept(kept)
    found = prepared.rows((name, is_alone), lambda values: _alone(build(values)) if is_alone else build(values), {"project": project_id}, is_kept=True)
    if not found:
        return None
    key, number, title, finish_date, created_at, *texts = found[0]
    dates = while_version(kept, (number, created_at), lambda: _FrozenDates(texts[0]) if texts else _read_dates(key))
    return BaselineRow(number, title, finish_date, created_at, dates)


def _alone(baselines: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return baselines.values_list("pk", *_FROZEN[:-1])


def _newest_baseline(values: Values) -> QuerySet[Any, Any]:
    return PlanBaseline.objects.filter(project_id=values["project"]).order_by("-number").values_list("pk", *_FROZEN)[:1]


def _first_baseline(values: Values) -> QuerySet[Any, Any]:
    return PlanBaseline.objects.filter(project_id=values["project"]).order_by("number").values_list("pk", *_FROZEN)[:1]


def _read_dates(baseline_id: int) -> _FrozenDates:
    found = prepared.rows("dates of a baseline", _dates, {"baseline": baseline_id})
    return _FrozenDates(found[0][0] if found else {})


def _dates(values: Values) -> QuerySet[Any, Any]:
    return PlanBaseline.objects.filter(pk=values["baseline"]).values_list("dates")


def _frozen(values: tuple[Any, ...]) -> BaselineRow:
    number, name, finish_date, created_at, frozen = values
    return BaselineRow(number, name, finish_date, created_at, _FrozenDates(frozen))


class _FrozenDates(Mapping[int, tuple[date, date]]):
    """The dates of a frozen plan, read from their text when they are asked for: a page shows few of them."""

    def __init__(self, texts: Mapping[str, Sequence[str]]) -> None:
        self._texts = texts

    def __getitem__(self, task_id: int) -> tuple[date, date]:
        start, finish = self._texts[str(task_id)]
        return date.fromisoformat(start), date.fromisoformat(finish)

    def __iter__(self) -> Iterator[int]:
        return map(int, self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def require_plan_change(*, actor: Actor, project_id: int, manager_id: int | None) -> None:
    """Refuses those who may not change the plan of this project: its manager, members and their team lead may."""
    people = [manager_id, *ProjectMember.objects.filter(project_id=project_id).values_list("person_id", flat=True)]
    team_ids = [] if actor.person_id in people else [get_team_id(manager_id)]
    require_change(actor, "delivery.plan.change", person_ids=people, team_ids=team_ids)


def require_project_edit(*, actor: Actor, project_id: int, manager_id: int | None) -> None:
    """Refuses those who may not change this project itself: its manager, members and their team lead may."""
    members = ProjectMember.objects.filter(project_id=project_id).values_list("person_id", flat=True)
    require_change(actor, "delivery.project.edit", person_ids=[manager_id, *members], team_ids=[get_team_id(manager_id)])


def may_change_plan(*, actor: Actor, project_id: int, manager_id: int | None) -> bool:
    """Whether the viewer may change the plan of a project they have been shown."""
    if actor.scope_of("delivery.plan.change") is Scope.ALL:
        return True
    try:
        require_plan_change(actor=actor, project_id=project_id, manager_id=manager_id)
    except NotAllowed:
        return False
    return True


def list_plan_changes(*, actor: Actor, project_id: int, limit: int = 10) -> list[PlanChangeRow]:
    """The newest changes of a plan the viewer has been shown; what another project did to it is told as far as they see that."""
    found = prepared.rows(
        ("plan changes", limit), lambda values: PlanChange.objects.filter(project_id=values["project"]).order_by("-pk")
        .values_list(*_CHANGE)[:limit], {"project": project_id},
    )
    rows = [_change(values) for values in found]
    causes = [Ref("delivery.project", row.cause.project_id) for row in rows if row.cause]
    seen = visible_refs(actor, causes) if causes else set()
    return [row if row.cause is None or Ref("delivery.project", row.cause.project_id) in seen else _hidden(row) for row in rows]


def _change(values: Sequence[Any]) -> PlanChangeRow:
    task_id, task_name, project_id, number = values[7:11]
    cause = TaskCause(task_id, task_name, project_id, number) if task_id else None
    return replace(PlanChangeRow(*values[:7]), cause=cause)


def _hidden(row: PlanChangeRow) -> PlanChangeRow:
    return replace(row, reason=_FOLLOWED, cause=None)


def get_latest_plan_changes(*, project_ids: Collection[int]) -> dict[int, tuple[PlanChangeRow, PlanChangeRow | None]]:
    """The newest change that moved each project, and the newest of them that says why, for drift cards; one query."""
    rows = prepared.rows_among("newest changes of plans", _newest_changes, {}, name="projects", choices=project_ids)
    found: dict[int, list[PlanChangeRow]] = {}
    for key, *values in rows:
        row = _change(values)
        found.setdefault(key, []).append(_hidden(row) if row.cause else row)
    return {key: (changes[-1], next((row for row in reversed(changes) if row.reason), None)) for key, changes in found.items()}


def _newest_changes(values: Values) -> QuerySet[Any, Any]:
    """At most two of each project, the older first."""
    moved = PlanChange.objects.filter(project_id__in=values["projects"]).exclude(moved_count=0).order_by()
    newest = moved.values("project_id").annotate(newest=Max("pk")).values("newest")
    said = moved.exclude(reason="", cause__isnull=True).values("project_id").annotate(newest=Max("pk")).values("newest")
    return PlanChange.objects.filter(Q(pk__in=newest) | Q(pk__in=said)).order_by("pk").values_list("project_id", *_CHANGE)


def list_baselines(*, project_id: int) -> list[tuple[int, str]]:
    """The frozen plans of a project the viewer has been shown, newest first, as (number, name)."""
    return [(number, name) for number, name in prepared.rows("frozen plans", _baselines, {"project": project_id})]


def _baselines(values: Values) -> QuerySet[Any, Any]:
    return PlanBaseline.objects.filter(project_id=values["project"]).order_by("-number").values_list("number", "name")


def find_baseline(*, project_id: int, number: int) -> BaselineRow | None:
    """One frozen plan of a project the viewer has been shown."""
    found = PlanBaseline.objects.filter(project_id=project_id, number=number).values_list(*_FROZEN).first()
    return _frozen(found) if found else None


def find_undo(*, project_id: int, plan_version: int) -> tuple[list[PlanEdit], int]:
    """The edits that put back what the change to this plan version did, and the plan version they are meant for.

    That is a later one where the plan has since only followed other projects. NotFound without such a change, Conflict when it removed
    tasks (`find_removed_tasks`: they come back from the trash) or the plan has moved on since.
    """
    found = _undo_steps(project_id, plan_version)
    if any("removed_task_id" in step for step in found):
        raise Conflict("Tasks that were removed come back from the trash.")
    return [_undone(step) for step in found], _version_after(project_id, plan_version)


def find_removed_tasks(*, project_id: int, plan_version: int) -> tuple[list[int], list[PlanEdit], int]:
    """The tasks that the change to this plan version took out, the edits that put the rest of it back, and the plan version they are meant for.

    The dependencies of those tasks are theirs.
    """
    found = _undo_steps(project_id, plan_version)
    gone = [step["removed_task_id"] for step in found if "removed_task_id" in step]
    rest = [
        _undone(step) for step in found
        if "removed_task_id" not in step and not ("removed_link" in step and {*step["removed_link"][:2]} & {*gone})
    ]
    return gone, rest, _version_after(project_id, plan_version)


def _undo_steps(project_id: int, plan_version: int) -> list[dict[str, Any]]:
    found = PlanChange.objects.filter(project_id=project_id, plan_version=plan_version).order_by("-pk").values_list("undo", flat=True).first()
    if found is None:
        raise NotFound("plan change", plan_version)
    return list(found)


def _version_after(project_id: int, plan_version: int) -> int:
    later = PlanChange.objects.filter(project_id=project_id, plan_version__gt=plan_version).order_by("plan_version")
    version = plan_version
    for number, cause_id, undo in later.values_list("plan_version", "cause_id", "undo"):
        if cause_id is None or undo:
            break
        version = number
    return version


def _undone(step: Mapping[str, Any]) -> PlanEdit:
    if "added_task_id" in step:
        return RemovedTask(step["added_task_id"], may_empty=True)
    if "added_link" in step:
        return RemovedDependency(*step["added_link"])
    if "status_date" in step:
        return ResumedWork(date.fromisoformat(step["status_date"]) if step["status_date"] else None, is_undo=True)
    if "start_date" in step:
        return MovedStart(date.fromisoformat(step["start_date"]), is_undo=True)
    if "changed_link" in step:
        return ChangedDependency(*step["changed_link"])
    if "removed_link" in step:
        return NewDependency(*step["removed_link"])
    columns = {
        name: date.fromisoformat(value) if name.endswith("_date") and value else value for name, value in step["fields"].items()
    }
    return RestoredTask(step["task_id"], columns)


def list_project_members(*, project_id: int) -> list[tuple[int, str]]:
    """People on a project, as (id, name)."""
    found = prepared.rows("members of a project", _members, {"project": project_id})
    return [(key, name) for key, name in found]


def _members(values: Values) -> QuerySet[Any, Any]:
    members = ProjectMember.objects.filter(project_id=values["project"]).order_by("person__name")
    return members.values_list("person_id", "person__name")
