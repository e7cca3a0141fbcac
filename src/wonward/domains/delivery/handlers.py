"""Who is told when work is given to them."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.approvals.events import ApprovalAnswered
from wonward.domains.approvals.queries import find_steps
from wonward.domains.comms.events import CommunicationLogged
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.queries import find_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.events import TasksAssigned, TasksBlocked
from wonward.domains.delivery.queries.details import list_helper_ids
from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.delivery.queries.tasks import find_tasks
from wonward.domains.staff.queries import find_user_ids
from wonward.foundation.events.bus import subscribe
from wonward.foundation.events.types import Author
from wonward.foundation.notifications.operations import notify
from wonward.foundation.notifications.registry import declare_topic
from wonward.foundation.notifications.types import Notice, Reason
from wonward.kernel.actor import system_actor
from wonward.kernel.ref import Ref

_LONGEST_WORDS = 280

declare_topic(
    "tasks", "Work given to you", "Tasks, milestones and approvals that somebody assigned to you.",
    kinds={"delivery.task.assigned": "Assigned to you", "delivery.task.commented": "Comment on a task"},
)
declare_topic(
    "blocked_work", "Blocked work", "A task of a project you lead or follow cannot go on.",
    kinds={"delivery.task.blocked": "Blocked"},
)


@subscribe(TasksAssigned, tells_author=True)
def tell_of_assigned_tasks(event: TasksAssigned, *, author: Author, now: datetime) -> None:
    for task_id, person_id in zip(event.task_ids, event.person_ids, strict=True):
        notice = Notice("delivery.task.assigned", Ref("delivery.task", task_id))
        notify(notice=notice, to={Reason.ASSIGNED: find_user_ids([person_id])}, author=author, now=now)


@subscribe(TasksBlocked, tells_author=True)
def tell_of_blocked_tasks(event: TasksBlocked, *, author: Author, now: datetime) -> None:
    project = find_projects(actor=system_actor(), project_ids=[event.project_id]).get(event.project_id)
    for task in find_tasks(task_ids=event.task_ids).values():
        if task.blocked_reason and project is not None:
            told = {Reason.ASSIGNED: find_user_ids([project.manager_id]), Reason.WATCHING: find_user_ids([task.assignee_id])}
            notice = Notice(
                "delivery.task.blocked", Ref("delivery.task", task.id), task.blocked_reason[:_LONGEST_WORDS],
                near=(Ref("delivery.project", task.project_id),),
            )
            notify(notice=notice, to=told, author=author, now=now)


@subscribe(CommunicationLogged, tells_author=True)
def tell_of_comments(event: CommunicationLogged, *, author: Author, now: datetime) -> None:
    """Whoever works on a task hears what is said about it; its followers do too."""
    refs = [Ref.parse(text) for text in event.refs]
    tasks = find_tasks(task_ids=[ref.id for ref in refs if ref.noun == "delivery.task"])
    if not tasks:
        return
    for entry in find_communications(actor=system_actor(), communication_ids=event.communication_ids):
        if entry.is_automatic or entry.privacy == "restricted":
            continue
        words = " ".join(entry.body.split())[:_LONGEST_WORDS]
        for task in (tasks[ref.id] for ref in entry.refs if ref.noun == "delivery.task" and ref.id in tasks):
            people = find_user_ids([task.assignee_id, *list_helper_ids(task.id)])
            notice = Notice("delivery.task.commented", Ref("delivery.task", task.id), words, about=Ref("comms.communication", entry.id))
            notify(notice=notice, to={Reason.WATCHING: people}, author=author, now=now)


@subscribe(ApprovalAnswered, tells_author=True)
def log_answers(event: ApprovalAnswered, *, author: Author, now: datetime) -> None:
    """What was approved or not, by whom and in which words, stands in the log of the task and its project."""
    tasks = find_tasks(task_ids=[event.ref_id]) if event.noun == "delivery.task" else {}
    for step in find_steps(step_ids=[event.step_id]).values():
        for task in tasks.values():
            verb = "approved" if step.state == "approved" else "did not approve"
            entry = NewCommunication(
                kind=CommunicationKind.NOTE, refs=(Ref("delivery.project", task.project_id), Ref("delivery.task", task.id)),
                subject=f"{step.answered_by} {verb} “{task.name}”", body=step.words or f"Version {event.number}.",
                happened_at=author.at or now, is_automatic=True,
            )
            log_communications(actor=system_actor(), entries=[entry], now=now)
