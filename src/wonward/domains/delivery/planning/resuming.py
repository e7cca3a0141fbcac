"""Letting what is not done go on from a day, as a plan that fell behind needs it."""

from __future__ import annotations

from datetime import date

from wonward.domains.delivery.models import Project, Task
from wonward.domains.delivery.planning.applied import AppliedEdits
from wonward.domains.delivery.planning.network import Network
from wonward.domains.delivery.types import ResumedWork
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded


def resume_work(project: Project, network: Network, edit: ResumedWork, today: date, result: AppliedEdits) -> None:
    """Plan what is not done from a day on, at most today; nothing unfinished before it is nothing to move."""
    if not edit.is_undo:
        _check(network, edit.day, today)
    result.status_was.append(project.status_date)
    project.status_date = network.status_date = edit.day


def _check(network: Network, day: date | None, today: date) -> None:
    if day is None:
        return
    if day > today:
        raise Refused.field("day", worded("Work goes on from today at the latest, not from {day}.", day=day), "range")
    parents = {task.parent_id for task in network.tasks}
    if not any(_is_behind(task, day) for task in network.tasks if task.pk not in parents):
        raise Refused.field("day", worded("Nothing unfinished lies before {day}.", day=day), "nothing")


def _is_behind(task: Task, day: date) -> bool:
    """Whether it should have ended before the day, or begun and has not."""
    if task.status == "done":
        return False
    has_begun = task.percent_complete > 0 or task.actual_start_date is not None
    end = task.finish_date if has_begun else task.start_date
    return end is not None and end < day
