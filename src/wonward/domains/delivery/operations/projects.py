"""What happens to a project besides its dates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from wonward.domains.catalog.operations import create_template
from wonward.domains.delivery import events
from wonward.domains.delivery.models import PlanBaseline, Project, ProjectClosing, ProjectMember, Task
from wonward.domains.delivery.operations.locking import hold_project, hold_project_to_edit
from wonward.domains.delivery.queries.blueprints import get_project_items
from wonward.domains.delivery.queries.projects import require_plan_change
from wonward.domains.staff.queries import get_person_names, person_exists
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import Change, record_change, record_changes
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded

STATUSES = ("planned", "active", "on_hold", "done")
EDITABLE_FIELDS = ("name", "manager_id", "status", "is_restricted", "promised_finish_date")


@transaction.atomic
def activate_project(*, actor: Actor, project_id: int, manager_id: int | None, now: datetime) -> None:
    """Acceptance starts a planned project and names its manager. The handoff has settled the right."""
    project = Project.objects.select_for_update().get(pk=project_id)
    audit: dict[str, list[Any]] = {}
    if project.status == "planned":
        audit["status"] = [project.status, "active"]
        project.status = "active"
    if manager_id is not None and project.manager_id is None:
        audit["manager_id"] = [None, manager_id]
        project.manager_id = manager_id
        ProjectMember.objects.get_or_create(project=project, person_id=manager_id, defaults={"added_at": now})
    if not audit:
        return
    _save(actor, project, audit, "delivery.project.activate", now)


@transaction.atomic
def change_project(
    *, actor: Actor, project_id: int, changes: Mapping[str, Any], member_ids: Collection[int] | None = None, version: int | None = None,
    now: datetime,
) -> None:
    """Change a project's name, manager, status or restriction, and as `set_members` does who is on it. Dates move through the plan.

    A promised finish is set where there is none; one that stands is moved as a promise, not here.
    """
    project = hold_project_to_edit(actor, project_id, version, changes)
    _check(changes)
    _check_state(project, changes)
    audit = {field: [getattr(project, field), value] for field, value in changes.items() if getattr(project, field) != value}
    for field, (_, value) in audit.items():
        setattr(project, field, value)
    if member_ids is not None:
        audit |= _put_members(project, member_ids, now)
    if audit:
        if project.manager_id:
            ProjectMember.objects.get_or_create(project=project, person_id=project.manager_id, defaults={"added_at": now})
        _save(actor, project, audit, "delivery.project.change", now)


@transaction.atomic
def archive_projects(*, actor: Actor, versions: Mapping[int, int], now: datetime) -> set[int]:
    """Archive projects still at the given version whose plan nobody has changed, and free their external ids."""
    require(actor, "delivery.project.edit")
    found = Project.objects.visible_to(actor).filter(pk__in=versions, archived_at__isnull=True, plan_version=1)
    ids = {key for key, version in found.values_list("pk", "version") if version == versions[key]}
    Project.objects.filter(pk__in=ids).update(archived_at=now, updated_at=now, external_id="", version=F("version") + 1)
    record_changes(
        actor=actor, operation="delivery.project.archive", now=now,
        changes=[Change(Ref("delivery.project", key), {"archived_at": [None, now]}) for key in sorted(ids)],
    )
    return ids


@transaction.atomic
def create_template_of_project(*, actor: Actor, project_id: int, name: str, now: datetime) -> int:
    """Make a template of a project the actor sees: what is done in which order, by whom and for which promise. No dates."""
    items = get_project_items(actor=actor, project_id=project_id)
    return create_template(
        actor=actor, name=name, items=items, note="From a project", origin=f"project:{project_id}", now=now
    )


@transaction.atomic
def freeze_plan(*, actor: Actor, project_id: int, name: str, now: datetime) -> int:
    """Keep today's dates of every task as a plan baseline; its number. Whoever may change the plan may do this."""
    project = Project.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=project_id).first()
    if project is None:
        raise NotFound("project", project_id)
    require_plan_change(actor=actor, project_id=project_id, manager_id=project.manager_id)
    name = name.strip()
    if says_nothing(name) or len(name) > 120:
        raise Refused.field("name", "A baseline needs a name of at most 120 characters.", "required")
    last = PlanBaseline.objects.filter(project=project).order_by("-number").values_list("number", flat=True).first()
    rows = Task.objects.filter(project=project).values_list("pk", "start_date", "finish_date")
    frozen = {str(key): [start.isoformat(), finish.isoformat()] for key, start, finish in rows if start and finish}
    baseline = PlanBaseline.objects.create(
        project=project, number=(last or 0) + 1, name=name, finish_date=project.forecast_finish_date, dates=frozen, created_at=now
    )
    record_change(
        actor=actor, operation="delivery.plan.freeze", ref=Ref("delivery.project", project.pk),
        changes={"baseline": [None, name]}, now=now,
    )
    publish(events.ProjectChanged(project_id=project.pk, company_id=project.company_id), actor=actor, now=now)
    return baseline.number


def _check(changes: Mapping[str, Any]) -> None:
    for field in changes:
        if field not in EDITABLE_FIELDS:
            raise Refused.field(field, worded("{field} of a project cannot be changed here.", field=field), "unknown")
    if "name" in changes and says_nothing(str(changes["name"] or "")):
        raise Refused.field("name", "A project needs a name.", "required")
    if "status" in changes and changes["status"] not in STATUSES:
        raise Refused.field("status", worded("“{status}” is not a status; choose {statuses}.", status=changes["status"], statuses=", ".join(STATUSES)), "unknown")
    if changes.get("manager_id") is not None and not person_exists(changes["manager_id"]):
        raise Refused.field("manager_id", worded("There is no colleague {manager_id}.", manager_id=changes["manager_id"]), "unknown")


def _check_state(project: Project, changes: Mapping[str, Any]) -> None:
    if changes.get("status", project.status) != project.status and ProjectClosing.objects.filter(project=project).exists():
        raise Conflict(worded("{number} is closed. Open it again first.", number=project.number))
    promised = project.promised_finish_date
    if promised is not None and changes.get("promised_finish_date", promised) != promised:
        raise Refused.field("promised_finish_date", worded("{day} is promised. Amend the scope of its handoff to promise another day.", day=promised), "promised")
    wished = changes.get("promised_finish_date")
    if wished is not None and not 1990 <= wished.year <= 2150:
        raise Refused.field("promised_finish_date", worded("{value} is not a date work can end on.", value=wished), "range")


@transaction.atomic
def set_members(*, actor: Actor, project_id: int, person_ids: Collection[int], version: int | None = None, now: datetime) -> None:
    """Say who is on a project; its manager always is. Whoever still has open work in it cannot be taken off."""
    project = hold_project_to_edit(actor, project_id, version, {"members": sorted(person_ids)})
    if audit := _put_members(project, person_ids, now):
        _save(actor, project, audit, "delivery.project.members", now)


def _put_members(project: Project, person_ids: Collection[int], now: datetime) -> dict[str, list[Any]]:
    """Let exactly these people be on a project, with its manager; what changed, by names."""
    before = dict(ProjectMember.objects.filter(project=project).values_list("person_id", "person__name"))
    wanted = {*person_ids, *([project.manager_id] if project.manager_id else [])}
    new, gone = wanted - set(before), set(before) - wanted
    names = get_person_names(new)
    for key in sorted(new - set(names)):
        raise Refused.field("person_ids", worded("There is no colleague {person_id}.", person_id=key), "unknown")
    busy = Task.objects.filter(project=project, assignee_id__in=gone).exclude(status="done").order_by("pk")
    for name, task in busy.values_list("assignee__name", "name")[:1]:
        raise Refused.field("person_ids", worded("“{task}” is still {name}'s. Give it to somebody else first.", task=task, name=name), "busy")
    if wanted == set(before):
        return {}
    ProjectMember.objects.filter(project=project, person_id__in=gone).delete()
    ProjectMember.objects.bulk_create(ProjectMember(project=project, person_id=key, added_at=now) for key in sorted(new))
    after = [name for key, name in (before | names).items() if key in wanted]
    return {"members": [", ".join(sorted(before.values())), ", ".join(sorted(after))]}


def _save(actor: Actor, project: Project, audit: dict[str, list[Any]], operation: str, now: datetime) -> None:
    project.version += 1
    project.updated_at = now
    project.save()
    record_change(actor=actor, operation=operation, ref=Ref("delivery.project", project.pk), changes=audit, now=now)
    publish(events.ProjectChanged(project_id=project.pk, company_id=project.company_id), actor=actor, now=now)


@transaction.atomic
def keep_baselines(
    *, actor: Actor, project_id: int, baselines: Sequence[Mapping[int, tuple[date, date]]], names: Sequence[str] = (), now: datetime
) -> int:
    """Keep frozen plans that came with a plan from elsewhere, dates by task id, behind those there are; how many.

    `names` are theirs, when there is one for each.
    """
    names = names if len(names) == len(baselines) else ()
    project = hold_project(actor, project_id)
    last = PlanBaseline.objects.filter(project=project).order_by("-number").values_list("number", flat=True).first() or 0
    PlanBaseline.objects.bulk_create(
        PlanBaseline(
            project=project, number=last + place + 1, name=(names[place] if names else "") or ("Baseline" if place == 0 else f"Baseline {place}"),
            finish_date=max((finish for _, finish in dates.values()), default=None), created_at=now,
            dates={str(key): [start.isoformat(), finish.isoformat()] for key, (start, finish) in dates.items()},
        )
        for place, dates in enumerate(baselines)
    )
    if baselines:
        record_change(
            actor=actor, operation="delivery.plan.keep_baselines", ref=Ref("delivery.project", project.pk),
            changes={"baselines": [last, last + len(baselines)]}, now=now,
        )
    return len(baselines)
