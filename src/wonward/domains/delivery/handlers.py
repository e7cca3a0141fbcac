"""Who is told when work is given to them."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.delivery.events import TasksAssigned
from wonward.domains.staff.queries import find_user_ids
from wonward.foundation.events.bus import subscribe
from wonward.foundation.events.types import Author
from wonward.foundation.notifications.operations import notify
from wonward.foundation.notifications.registry import declare_topic
from wonward.foundation.notifications.types import Notice, Reason
from wonward.kernel.ref import Ref

declare_topic(
    "tasks", "Work given to you", "Tasks, milestones and approvals that somebody assigned to you.",
    kinds={"delivery.task.assigned": "Assigned to you"},
)


@subscribe(TasksAssigned, tells_author=True)
def tell_of_assigned_tasks(event: TasksAssigned, *, author: Author, now: datetime) -> None:
    for task_id, person_id in zip(event.task_ids, event.person_ids, strict=True):
        notice = Notice("delivery.task.assigned", Ref("delivery.task", task_id))
        notify(notice=notice, to={Reason.ASSIGNED: find_user_ids([person_id])}, author=author, now=now)
