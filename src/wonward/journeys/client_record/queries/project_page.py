"""A project's overview: delivery's own record with the promise behind it."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.comms.queries import list_communications
from wonward.domains.delivery.queries.projects import get_project, list_plan_changes, list_project_members
from wonward.domains.delivery.queries.tasks import get_work_in_sight
from wonward.domains.delivery.types import WorkInSight
from wonward.domains.finance.queries import find_budget
from wonward.foundation.files.queries import list_documents
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.client_record.rules import deliver_steps
from wonward.journeys.client_record.types import LifecycleStep, ProjectPage
from wonward.journeys.handoff.queries import find_deal_of_project, find_handoff_of_project
from wonward.journeys.promises.queries import list_promises
from wonward.journeys.promises.rules import sum_coverage
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref


def get_project_page(*, actor: Actor, project_id: int, now: datetime) -> ProjectPage:
    """Everything about one project, in a fixed number of queries; NotFound when it is hidden."""
    project = get_project(actor=actor, project_id=project_id)
    ref = Ref("delivery.project", project_id)
    today = civil_date(now, actor.time_zone)
    handoff = find_handoff_of_project(actor=actor, project_id=project_id)
    deal_id = handoff.deal_id if handoff else find_deal_of_project(project_ids=[project_id]).get(project_id, (None, None))[0]
    (drift,) = list_drifts(projects=[project], today=today)
    work = get_work_in_sight(actor=actor, project_id=project_id)
    timeline = list_communications(actor=actor, refs=[ref], limit=20)
    promises = list_promises(actor=actor, project_id=project_id) if actor.may("promises.promise.view") else []
    sold = [LifecycleStep("Won", "", "done", "sell")] if deal_id else []
    return ProjectPage(
        project=project, deal_id=deal_id, handoff=handoff, drift=drift,
        lifecycle=[
            *sold, *(deliver_steps(handoff=handoff, drifts=[drift], today=today)[:2] if handoff is not None else []), *_phases(work),
        ],
        work=work, promises=promises,
        coverage=sum_coverage(promises), stakeholders=list_stakeholders(ref=ref),
        timeline=timeline, changes=list_plan_changes(actor=actor, project_id=project_id),
        documents=list_documents(actor, [ref]),
        budget=find_budget(actor=actor, project_id=project_id, manager_id=project.manager_id),
        members=list_project_members(project_id=project_id), today=today,
    )


def _phases(work: WorkInSight) -> list[LifecycleStep]:
    """The top of the outline as stretches of the rail, at most six; milestones only where there are no phases."""
    steps = []
    for top in ([top for top in work.tops if top.task.kind == "phase"] or [top for top in work.tops if top.task.is_moment])[:6]:
        finish = top.task.finish_date
        state = "done" if top.done == top.total else "current" if top.waiting < top.total else "todo"
        steps.append(LifecycleStep(top.task.name, f"{finish.day} {finish:%b}" if finish else "", state, "deliver"))
    return steps
