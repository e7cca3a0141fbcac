"""Putting a task, milestone or deliverable forward for approval. Plans follow the answer by `promises`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from wonward.domains.approvals.operations import make_approval_link, open_version, withdraw_approval
from wonward.domains.approvals.queries import find_approval, get_approval
from wonward.domains.approvals.types import FileShown, NewStep, NewVersion
from wonward.domains.clients.queries import contact_belongs_to, get_company_names
from wonward.domains.delivery import events
from wonward.domains.delivery.models import Project, ProjectMember, Task
from wonward.domains.delivery.operations.locking import hold_task
from wonward.domains.delivery.queries.approvals import find_gate_before, may_be_approved
from wonward.domains.delivery.types import AskForApproval
from wonward.domains.staff.queries import find_user_ids, get_person_names
from wonward.foundation.access.policy import actor_of_user
from wonward.foundation.events.operations import publish
from wonward.foundation.files.queries import list_documents
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import Sentence, worded

_FILES_LOOKED_AT = 500


@transaction.atomic
def put_forward(*, actor: Actor, task_id: int, ask: AskForApproval, now: datetime) -> int:
    """Ask for the approval of a task of kind approval, a milestone or a deliverable; the id of the approval.

    Colleagues who are asked come onto the project. Files hang on the task or its project and are shown to the client.
    """
    task = hold_task(actor, task_id)
    if not may_be_approved(kind=task.kind, is_deliverable=task.is_deliverable):
        raise Refused.field("task_id", worded("“{name}” is no approval, milestone or deliverable. Mark it as received by the client first.", name=task.name), "kind")
    if before := find_gate_before(task_id=task.pk):
        raise Refused.field("task_id", worded("“{name}” waits for the approval “{before}”, which has not been given.", name=task.name, before=before), "not_approved")
    steps = _steps(task, ask.steps)
    new = NewVersion(
        Ref("delivery.task", task.pk), task.name, _place(task.project), ask.words, steps, tuple(task.acceptance_criteria),
        _files(actor, task, ask.document_ids), ask.due_date,
    )
    approval_id = open_version(actor=actor, new=new, now=now)
    ProjectMember.objects.bulk_create(
        [ProjectMember(project_id=task.project_id, person_id=step.person_id, added_at=now) for step in steps if step.person_id],
        ignore_conflicts=True,
    )
    tell_of_task(task, actor, now)
    return approval_id


@transaction.atomic
def take_back(*, actor: Actor, approval_id: int, reason: str = "", now: datetime) -> None:
    """Ask nobody any more; whoever may change the plan may do this."""
    task = hold_task(actor, task_behind(actor, approval_id))
    withdraw_approval(actor=actor, approval_id=approval_id, reason=reason, now=now)
    tell_of_task(task, actor, now)


@transaction.atomic
def open_link(*, actor: Actor, approval_id: int, step_id: int, now: datetime) -> str:
    """The token of a new link for somebody at the client, shown once."""
    hold_task(actor, task_behind(actor, approval_id))
    view = get_approval(actor=actor, approval_id=approval_id)
    if step_id not in {step.id for step in view.current.steps}:
        raise NotFound("step", step_id)
    return make_approval_link(actor=actor, step_id=step_id, now=now)


def task_behind(actor: Actor, approval_id: int) -> int:
    """The task an approval the actor sees is about."""
    ref = get_approval(actor=actor, approval_id=approval_id).row.ref
    if ref.noun != "delivery.task":
        raise NotFound("approval", approval_id)
    return ref.id


def hold_for_told(*, actor: Actor, task_id: int) -> None:
    """Refuses whoever may not write down what was answered elsewhere, and a task that waits for an answer already."""
    task = hold_task(actor, task_id)
    found = find_approval(actor=actor, ref=Ref("delivery.task", task.pk))
    if found is not None and found.row.state == "approved":
        raise Conflict(worded("“{name}” is approved already.", name=task.name))


def keep_still(*, task_id: int) -> int:
    """Lock the project of a task, as every change of a plan does first; its id."""
    project_id = Task.objects.filter(pk=task_id).values_list("project_id", flat=True).first()
    if project_id is None:
        raise NotFound("task", task_id)
    Project.objects.select_for_update(of=("self",)).get(pk=project_id)
    return project_id


def tell_of_task(task: Task, actor: Actor, now: datetime) -> None:
    """Open pages of the project hear that something about the task is different."""
    publish(
        events.TaskDetailsChanged(project_id=task.project_id, company_id=task.project.company_id, task_id=task.pk), actor=actor, now=now
    )


def _place(project: Project) -> str:
    company = get_company_names([project.company_id]).get(project.company_id, "")
    return ", ".join(filter(None, (project.name, company)))


def _steps(task: Task, steps: Sequence[NewStep]) -> tuple[NewStep, ...]:
    """Every step with the name of whom it asks; people who could not answer are refused."""
    names = get_person_names([step.person_id for step in steps])
    errors, named = [], []
    for place, step in enumerate(steps):
        if step.kind == "internal" and step.person_id is not None:
            if (message := _why_not(step.person_id, names)) is not None:
                errors.append(FieldError(f"steps[{place}].person_id", message, "unknown"))
            named.append(NewStep("internal", step.position, step.person_id, None, names.get(step.person_id, "")))
        elif step.contact_id is not None and not contact_belongs_to(contact_id=step.contact_id, company_id=task.project.company_id):
            errors.append(FieldError(f"steps[{place}].contact_id", worded("There is no contact {contact_id} at this client.", contact_id=step.contact_id), "unknown"))
        else:
            named.append(step)
    if errors:
        raise Refused(errors[0].words, errors)
    return tuple(named)


def _why_not(person_id: int, names: dict[int, str]) -> Sentence | None:
    if person_id not in names:
        return worded("There is no colleague {person_id}.", person_id=person_id)
    users = find_user_ids([person_id])
    viewer = actor_of_user(next(iter(users))) if users else None
    if viewer is None:
        return worded("{name} does not sign in and could not answer.", name=names[person_id])
    if viewer.may("delivery.project.view"):
        return None
    return worded("{name} does not see projects and could not answer.", name=names[person_id])


def _files(actor: Actor, task: Task, document_ids: Sequence[int]) -> tuple[FileShown, ...]:
    if not document_ids:
        return ()
    refs = [Ref("delivery.task", task.pk), Ref("delivery.project", task.project_id)]
    known = {one.id: one for one in list_documents(actor, refs, limit=_FILES_LOOKED_AT)}
    missing = [key for key in document_ids if key not in known]
    if missing:
        raise Refused.field("document_ids", worded("There is no file {missing} on this task or its project.", missing=missing[0]), "unknown")
    chosen = [known[key] for key in dict.fromkeys(document_ids)]
    return tuple(FileShown(one.id, one.name, one.sha256, one.size, one.media_type) for one in chosen)
