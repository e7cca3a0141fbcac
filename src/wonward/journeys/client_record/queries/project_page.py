"""A project's overview: delivery's own record with the promise behind it."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.comms.queries import list_communications
from wonward.domains.delivery.queries.projects import get_project, list_plan_changes, list_project_members
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import TaskRow
from wonward.domains.finance.queries import find_budget
from wonward.foundation.files.queries import list_documents
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.client_record.rules import deliver_steps
from wonward.journeys.client_record.types import LifecycleStep, ProjectPage
from wonward.journeys.handoff.queries import find_deal_of_project, find_handoff_of_deal
from wonward.journeys.promises.queries import list_promises
from wonward.journeys.promises.rules import sum_coverage
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref


def get_project_page(*, actor: Actor, project_id: int, now: datetime) -> ProjectPage:
    """Everything about one project, in a fixed number of queries; NotFound when it is hidden."""
    project = get_project(actor=actor, project_id=project_id)
    ref = Ref("delivery.project", project_id)
    today = civil_date(now, actor.time_zone)
    deal_id, _ = find_deal_of_project(project_ids=[project_id]).get(project_id, (None, None))
    handoff = find_handoff_of_deal(actor=actor, deal_id=deal_id) if deal_id else None
    (drift,) = list_drifts(projects=[project])
    tasks = list_tasks(actor=actor, project_id=project_id)
    promises = list_promises(actor=actor, project_id=project_id) if actor.may("promises.promise.view") else []
    sold = [LifecycleStep("Won", "", "done", "sell")] if deal_id else []
    return ProjectPage(
        project=project, deal_id=deal_id, handoff=handoff, drift=drift,
        lifecycle=[*sold, *(_phases(tasks) if handoff is None else deliver_steps(handoff=handoff, drifts=[drift], today=today)[:2]),
                   *(_phases(tasks) if handoff is not None else [])],
        tasks=tasks, milestones=[task for task in tasks if task.kind == "milestone"], promises=promises,
        coverage=sum_coverage(promises), stakeholders=list_stakeholders(ref=ref),
        timeline=list_communications(actor=actor, refs=[ref], limit=20), changes=list_plan_changes(project_id=project_id),
        documents=list_documents(actor, [ref]),
        budget=find_budget(actor=actor, project_id=project_id, manager_id=project.manager_id),
        members=list_project_members(project_id=project_id), today=today,
    )


def _phases(tasks: list[TaskRow]) -> list[LifecycleStep]:
    """The top of the outline as stretches of the rail, at most six; milestones only where there are no phases."""
    roots = [task for task in tasks if task.parent_id is None]
    tops = ([task for task in roots if task.kind == "phase"] or [task for task in roots if task.kind == "milestone"])[:6]
    steps = []
    for top in tops:
        inside = [task for task in tasks if task.parent_id == top.id] or [top]
        done = all(task.status == "done" for task in inside)
        begun = any(task.status != "todo" for task in inside)
        detail = f"{top.finish_date.day} {top.finish_date:%b}" if top.finish_date else ""
        steps.append(LifecycleStep(top.name, detail, "done" if done else "current" if begun else "todo", "deliver"))
    return steps
