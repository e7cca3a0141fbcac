"""The plan follows what is approved: the answer and what it does to the dates are one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from wonward.domains.approvals.operations import answer_by_link, answer_step, record_answer
from wonward.domains.approvals.queries import find_approval, get_ref, get_ref_behind
from wonward.domains.approvals.types import Answered, NewStep, Told
from wonward.domains.delivery.operations import hold_for_told, keep_still, put_forward, take_back, task_behind
from wonward.domains.delivery.queries.tasks import find_tasks, get_task
from wonward.domains.delivery.types import AskForApproval, TaskChange, TaskRow
from wonward.journeys.promises.operations.coverage import lock_ledger
from wonward.journeys.promises.operations.plans import change_plan
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref


@transaction.atomic
def ask_for_approval(*, actor: Actor, task_id: int, ask: AskForApproval, now: datetime) -> int:
    """Put the next version of a task forward; the id of its approval. A deliverable goes into review, what was done is open again."""
    task = get_task(actor=actor, task_id=task_id)
    lock_ledger(task.project_id)
    approval_id = put_forward(actor=actor, task_id=task_id, ask=ask, now=now)
    wanted = "review" if task.kind == "task" else "todo"
    if task.status != wanted:
        _set_status(actor, task, wanted, f"“{task.name}” was put forward for approval.", now)
    return approval_id


@transaction.atomic
def answer_approval(
    *, actor: Actor, approval_id: int, decision: str, words: str = "", number: int | None = None, now: datetime
) -> Answered:
    """Answer as the colleague who is asked. Once everybody approved, the task is done; a refusal sends a deliverable back to work."""
    _keep_plan_still(get_ref(approval_id=approval_id))
    answered = answer_step(actor=actor, approval_id=approval_id, decision=decision, words=words, number=number, now=now)
    _follow(actor, answered, now)
    return answered


@transaction.atomic
def answer_approval_by_link(
    *, token: str, decision: str, words: str = "", name: str = "", address: str = "", now: datetime
) -> Answered:
    """The same as the holder of a link; it answers once."""
    _keep_plan_still(get_ref_behind(token=token))
    answered = answer_by_link(token=token, decision=decision, words=words, name=name, address=address, now=now)
    _follow(Actor(label=answered.by, via="portal"), answered, now)
    return answered


@transaction.atomic
def record_approval(*, actor: Actor, task_id: int, told: Told, now: datetime) -> Answered:
    """Write down an answer that was given elsewhere. Without an open question a version is put forward for it."""
    task = get_task(actor=actor, task_id=task_id)
    lock_ledger(task.project_id)
    hold_for_told(actor=actor, task_id=task_id)
    found = find_approval(actor=actor, ref=Ref("delivery.task", task_id))
    if found is None or found.row.state != "open" or not any(step.kind == "client" and step.state == "asked" for step in found.current.steps):
        words = told.words or task.name
        ask = AskForApproval(words, (NewStep("client", name=told.name, contact_id=told.contact_id),))
        approval_id = ask_for_approval(actor=actor, task_id=task_id, ask=ask, now=now)
    else:
        approval_id = found.row.id
    answered = record_answer(actor=actor, approval_id=approval_id, told=told, now=now)
    _follow(actor, answered, now)
    return answered


@transaction.atomic
def withdraw_asking(*, actor: Actor, approval_id: int, reason: str = "", now: datetime) -> None:
    """Ask nobody any more; a deliverable goes from review back to work."""
    task = get_task(actor=actor, task_id=task_behind(actor, approval_id))
    lock_ledger(task.project_id)
    take_back(actor=actor, approval_id=approval_id, reason=reason, now=now)
    if task.kind == "task" and task.status == "review":
        _set_status(actor, task, "doing", f"The approval of “{task.name}” was withdrawn.", now)


def _keep_plan_still(ref: Ref) -> None:
    """Locks in the order of every change of a plan: ledger, project, approval."""
    found = find_tasks(task_ids=[ref.id]) if ref.noun == "delivery.task" else {}
    if ref.id not in found:
        raise NotFound("approval", "of this task")
    lock_ledger(found[ref.id].project_id)
    keep_still(task_id=ref.id)


def _follow(actor: Actor, answered: Answered, now: datetime) -> None:
    """Done by its approval; back to work by a refusal. Whoever answers need not be allowed to change plans: the answer is."""
    task = find_tasks(task_ids=[answered.ref.id])[answered.ref.id]
    said = f"{answered.by}: {answered.decision} version {answered.number} of “{answered.title}”."
    if answered.state == "approved" and task.status != "done":
        _set_status(replace(actor, is_system=True), task, "done", said, now)
    elif answered.state == "rejected" and task.kind == "task" and task.status == "review":
        _set_status(replace(actor, is_system=True), task, "doing", said, now)


def _set_status(actor: Actor, task: TaskRow, status: str, reason: str, now: datetime) -> None:
    change_plan(actor=actor, project_id=task.project_id, changes=[TaskChange(task.id, {"status": status})], reason=reason, now=now)
