"""How far a task is: its state, its percent and the days it began and ended agree, whichever of them was entered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from wonward.domains.catalog.types import MOMENTS
from wonward.domains.delivery.models import Task
from wonward.domains.delivery.planning.network import Network
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

_ENTERED = ("status", "percent_complete", "actual_start_date", "actual_finish_date")
# Whoever is ahead of the house in time has the day after already.
_AHEAD = timedelta(days=1)


def settle_progress(network: Network, task: Task, values: dict[str, Any], today: date) -> None:
    """Complete entered progress; starting and finishing leave their dates, unless these are given. Refuses what contradicts itself."""
    _refuse(network, task, values, today)
    _agree(task, values)
    percent = values.get("percent_complete", task.percent_complete)
    status = values.get("status", task.status)
    if values.get("actual_finish_date") and status != "done":
        raise Refused.field("actual_finish_date", worded("“{name}” has not ended while it is not done.", name=task.name), "order")
    if status == "done" or (task.kind not in MOMENTS and (status != "todo" or percent > 0)):
        ended = values.get("actual_finish_date") or task.actual_finish_date or today
        if task.actual_start_date is None:
            values["actual_start_date"] = values.get("actual_start_date") or min(task.start_date or today, today, ended if status == "done" else today)
        values["actual_finish_date"] = ended if status == "done" else None
    elif "status" in values or "percent_complete" in values:
        values["actual_start_date"], values["actual_finish_date"] = None, None
    _refuse_order(task, values)


def _agree(task: Task, values: dict[str, Any]) -> None:
    if values.get("actual_finish_date") and not {"status", "percent_complete"} & values.keys():
        values["status"] = "done"
    if values.get("status") == "done":
        values["percent_complete"] = 100
    elif values.get("percent_complete") == 100:
        values["status"] = "done"
    elif "percent_complete" in values and task.status in ("todo", "done") and values.get("status", "todo") == "todo":
        values["status"] = "doing" if values["percent_complete"] else "todo"
    elif values.get("status") == "todo" or ("status" in values and task.percent_complete == 100):
        values["percent_complete"] = 0


def _refuse(network: Network, task: Task, values: Mapping[str, Any], today: date) -> None:
    changed = [name for name in _ENTERED if name in values and values[name] != getattr(task, name)]
    if not changed:
        return
    if task.kind == "phase" and any(other.parent_id == task.pk for other in network.tasks):
        raise Refused.field(changed[0], worded("“{name}” is as far as what lies in it. Say it of the tasks in it.", name=task.name), "phase")
    if task.kind in MOMENTS and 0 < values.get("percent_complete", 0) < 100:
        raise Refused.field("percent_complete", worded("“{name}” takes no time: it is reached or it is not.", name=task.name), "moment")
    for field in ("actual_start_date", "actual_finish_date"):
        if field in changed and values[field] is not None and values[field] > today + _AHEAD:
            raise Refused.field(field, worded("{day} is still to come; “{name}” cannot have begun or ended then.", day=values[field], name=task.name), "future")


def _refuse_order(task: Task, values: Mapping[str, Any]) -> None:
    begun = values.get("actual_start_date", task.actual_start_date)
    ended = values.get("actual_finish_date", task.actual_finish_date)
    if begun and ended and ended < begun and (begun, ended) != (task.actual_start_date, task.actual_finish_date):
        raise Refused.field("actual_finish_date", worded("“{name}” cannot end on {ended}, before it began on {begun}.", name=task.name, ended=ended, begun=begun), "order")
