"""What belongs to a task, as its drawer lays it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.comms.queries import list_communications
from wonward.domains.delivery.queries.details import list_labels, read_task_details
from wonward.domains.delivery.queries.projects import get_project, may_change_plan
from wonward.domains.delivery.types import (
    HELPER_PARTS,
    PRIORITIES,
    REPEAT_UNITS,
    SimilarTask,
    TaskRow,
)
from wonward.domains.staff.queries import list_people
from wonward.edges.web.delivery.presenting import face
from wonward.edges.web.delivery.skill_presenting import skills_context
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, moment, size_words
from wonward.edges.web.shell.pages import SignedInRequest
from wonward.foundation.files.queries import list_documents
from wonward.kernel.ref import Ref

COMMENTS_SHOWN = 50
FILES_SHOWN = 50
PRIORITY_LOOKS = {"urgent": ("bad", "flame"), "high": ("warn", "arrow-up"), "normal": ("", ""), "low": ("", "arrow-down")}
_PRIORITIES = {"urgent": gettext_lazy("Urgent"), "high": gettext_lazy("High"), "normal": gettext_lazy("Normal"), "low": gettext_lazy("Low")}
_STATES = {"todo": gettext_lazy("To do"), "doing": gettext_lazy("In progress"), "review": gettext_lazy("In review"), "done": gettext_lazy("Done")}


def priority_words(priority: str) -> str:
    """A priority in words."""
    return str(_PRIORITIES[priority])


def status_words(status: str) -> str:
    """The state of a task in words."""
    return str(_STATES[status])


def part_words(part: str) -> str:
    """What somebody does beside the assignee, in words."""
    return {"helps": _("Helps"), "reviews": _("Reviews"), "informed": _("Is kept informed")}[part]


def priority_view(row: TaskRow) -> dict[str, str]:
    """The priority of a task with the reason it has."""
    tone, icon = PRIORITY_LOOKS[row.priority]
    if row.set_priority:
        why = _("Set on this task")
    elif row.client_tier:
        why = _("Client tier %(tier)s") % {"tier": row.client_tier}
    else:
        why = _("The client has no tier")
    return {"words": priority_words(row.priority), "tone": tone, "icon": icon, "why": why}


def detail_fields(task: TaskRow, values: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the form beside its dates, as typed or as they are."""
    by_client = {"A": "high", "B": "normal", "C": "low"}.get(task.client_tier, "normal")
    return {
        "priority": priority_view(task), "priority_value": values.get("priority", task.set_priority),
        "priority_options": [(key, priority_words(key)) for key in PRIORITIES],
        "priority_empty": _("As the client: %(priority)s") % {"priority": priority_words(by_client)},
        "status_options": [(key, status_words(key)) for key in ("todo", "doing", "review", "done")],
        "status_value": values.get("status", task.status),
        "blocked_value": values.get("blocked_reason", task.blocked_reason), "blocked_since": date_short(task.blocked_date),
        "notes_value": values.get("notes", task.notes), "every_value": values.get("repeat_every", task.repeat_every or ""),
        "unit_value": values.get("repeat_unit", task.repeat_unit),
        "unit_options": [(key, {"day": _("days"), "week": _("weeks"), "month": _("months")}[key]) for key in REPEAT_UNITS],
        "until_value": task.repeat_until_date, "deadline_value": task.deadline_date,
        "is_deliverable_value": "is_deliverable" in values if values else task.is_deliverable,
        "criteria_value": values.get("acceptance_criteria", "\n".join(task.acceptance_criteria)),
        "has_more": bool(task.notes or task.repeat_every or task.is_deliverable or task.deadline_date),
    }


def details_context(
    request: SignedInRequest, row: TaskRow, values: Mapping[str, str] | None = None, *, may_change: bool | None = None
) -> dict[str, Any]:
    """Checklist, labels, people and criteria, with what one may do to them, as far as that is not known yet."""
    actor = request.actor
    if may_change is None:
        project = get_project(actor=actor, project_id=row.project_id)
        may_change = may_change_plan(actor=actor, project_id=project.id, manager_id=project.manager_id)
    details = read_task_details(row)
    taken = {one.person_id for one in details.helpers} | {row.assignee_id}
    people = [(person.id, person.name) for person in list_people(actor=actor, with_placeholders=True) if person.id not in taken] if may_change else []
    used = {label.name for label in details.labels}
    return {
        "task": row, "may_change": may_change, "details": details, "done_count": sum(line.is_done for line in details.checklist),
        "helpers": [{"face": face(one.name, one.person_id), "part": part_words(one.part), "row": one} for one in details.helpers],
        "helper_options": people, "part_options": [(key, part_words(key)) for key in HELPER_PARTS],
        "label_choices": [label.name for label in list_labels() if label.name not in used] if may_change else [],
        "checks": [{"row": line, "when": moment(line.done_at, actor.time_zone) if line.done_at else ""} for line in details.checklist],
        "criteria": [{"row": one, "when": moment(one.met_at, actor.time_zone) if one.met_at else ""} for one in details.criteria],
        "detail_values": values or {}, "detail_errors": {}, **skills_context(actor, row, may_change=may_change),
    }


def said_context(request: SignedInRequest, row: TaskRow) -> dict[str, Any]:
    """The comments and files of a task."""
    actor, ref = request.actor, Ref("delivery.task", row.id)
    comments = list_communications(actor=actor, refs=[ref], limit=COMMENTS_SHOWN)
    return {
        "task": row, "may_say": actor.may("comms.communication.log"), "may_attach": actor.may("files.document.add"),
        "said_errors": {}, "said_text": "",
        "comments": [
            {"id": one.id, "face": face(one.author, None), "author": one.author, "at": moment(one.happened_at, actor.time_zone),
             "at_iso": one.happened_at.isoformat(), "text": one.body}
            for one in reversed(comments)
        ],
        "documents": [
            {"name": one.name, "href": address_of("document_preview", document_id=one.id), "size": size_words(one.size),
             "by": one.uploaded_by_label, "at": moment(one.happened_at, actor.time_zone)}
            for one in list_documents(actor, [ref], limit=FILES_SHOWN)
        ],
    }


def similar_views(found: Sequence[SimilarTask]) -> list[dict[str, str]]:
    """Work that reads like another, each with both links."""
    return [
        {"name": one.name, "href": address_of("task", task_id=one.id), "project": one.project_name,
         "project_href": address_of("project", project_id=one.project_id), "state": status_words(one.status)}
        for one in found
    ]


def subtask_views(task: TaskRow, tasks: Sequence[TaskRow]) -> list[dict[str, Any]]:
    """What lies directly in a task."""
    return [
        {"name": one.name, "href": address_of("task", task_id=one.id), "state": status_words(one.status),
         "is_done": one.status == "done", "who": face(one.assignee_name, one.assignee_id), "finish": date_short(one.finish_date)}
        for one in tasks if one.parent_id == task.id
    ]
