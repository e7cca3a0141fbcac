"""Approvals as the project's tab, the task's sheet and their own page lay them out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from wonward.domains.approvals.types import ApprovalView, StepRow, VersionRow
from wonward.domains.delivery.types import GateRow, TaskRow
from wonward.edges.web.delivery.presenting import face
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, moment, size_words

STATE_LOOKS = {
    "open": ("info", "hourglass"), "approved": ("ok", "badge-check"), "rejected": ("bad", "rotate-ccw"), "withdrawn": ("", "undo-2"),
    "superseded": ("", "history"), "asked": ("info", "hourglass"), "waiting": ("", "clock"), "ended": ("", "minus"),
}
KIND_ICONS = {"approval": "badge-check", "milestone": "milestone", "task": "package"}


def state_words(state: str) -> str:
    """The state of an approval, a version or a step in words."""
    return {
        "open": _("Waits for an answer"), "approved": _("Approved"), "rejected": _("Changes asked for"), "withdrawn": _("Withdrawn"),
        "superseded": _("Replaced by a newer version"), "asked": _("Is asked"), "waiting": _("Comes later"), "ended": _("Not asked any more"),
    }[state]


def gate_view(gate: GateRow, today: date) -> dict[str, Any]:
    """One line of the project's tab."""
    row = gate.approval
    state = row.state if row else ""
    tone, icon = STATE_LOOKS[state] if row else (("ok", "circle-check") if gate.status == "done" else ("", "circle-dashed"))
    is_late = row is not None and state == "open" and row.due_date is not None and row.due_date < today
    return {
        "gate": gate, "row": row, "icon": KIND_ICONS.get(gate.kind, "circle"),
        "kind": {"approval": _("Approval"), "milestone": _("Milestone")}.get(gate.kind, _("Deliverable")),
        "href": address_of("approval", approval_id=row.id) if row else address_of("task_approval", task_id=gate.task_id),
        "task_href": address_of("task", task_id=gate.task_id), "ask_href": address_of("task_approval", task_id=gate.task_id),
        "state": state_words(state) if row else _("Done") if gate.status == "done" else _("Nobody is asked yet"),
        "tone": tone, "state_icon": icon, "due": date_short(row.due_date) if row else "", "is_late": is_late,
        "planned": date_short(gate.finish_date), "may_ask": state not in ("open", "approved") and gate.status != "done",
        "waits_for": ", ".join(row.waits_for) if row and state == "open" else "",
    }


def approval_view(view: ApprovalView, zone: str) -> dict[str, Any]:
    """The whole record, newest version first."""
    tone, icon = STATE_LOOKS[view.row.state]
    return {
        "row": view.row, "state": state_words(view.row.state), "tone": tone, "icon": icon,
        "versions": [_version(one, zone, is_current=one is view.current) for one in view.versions], "my_step_id": view.my_step_id,
    }


def _version(one: VersionRow, zone: str, *, is_current: bool) -> dict[str, Any]:
    tone, icon = STATE_LOOKS[one.state]
    return {
        "row": one, "state": state_words(one.state), "tone": tone, "icon": icon, "is_current": is_current,
        "asked": _("%(who)s, %(when)s") % {"who": one.asked_by, "when": moment(one.asked_at, zone)}, "due": date_short(one.due_date),
        "files": [{"name": file.name, "href": address_of("document", document_id=file.document_id), "size": size_words(file.size)} for file in one.files],
        "paragraphs": [part for part in one.words.splitlines() if part.strip()], "steps": [_step(step, zone) for step in one.steps],
    }


def _step(step: StepRow, zone: str) -> dict[str, Any]:
    tone, icon = STATE_LOOKS[step.state]
    answered = ""
    if step.answered_at:
        answered = _("%(who)s, %(when)s") % {"who": step.answered_by, "when": moment(step.answered_at, zone)}
        if step.recorded_by:
            answered = _("%(answer)s, written down by %(who)s") % {"answer": answered, "who": step.recorded_by}
    return {
        "row": step, "state": state_words(step.state), "tone": tone, "icon": icon, "face": face(step.name, step.person_id),
        "where": _("Colleague") if step.kind == "internal" else _("At the client"), "answered": answered,
        "seen": [
            _("%(who)s looked at it %(when)s") % {"who": one.label, "when": moment(one.first_at, zone)}
            + (_(", %(n)s times") % {"n": one.times} if one.times > 1 else "")
            for one in step.sightings
        ],
        "reminded": moment(step.reminded_at, zone) if step.reminded_at else "",
    }


def section_view(task: TaskRow, found: ApprovalView | None) -> dict[str, Any] | None:
    """What the sheet of a task says about its approval; None for what is not approved."""
    if task.kind == "phase" or (task.kind == "task" and not task.is_deliverable and found is None):
        return None
    state = found.row.state if found else ""
    tone, icon = STATE_LOOKS[state] if found else ("", "circle-dashed")
    last = next((step for step in found.current.steps if step.state == "rejected"), None) if found else None
    return {
        "state": state_words(state) if found else _("Nobody is asked yet"), "tone": tone, "icon": icon,
        "href": address_of("approval", approval_id=found.row.id) if found else "", "number": found.row.number if found else 0,
        "waits_for": ", ".join(found.row.waits_for) if found and state == "open" else "", "due": date_short(found.row.due_date) if found else "",
        "asked_for": last.words if last else "", "asked_by": last.answered_by if last else "",
        "ask_href": address_of("task_approval", task_id=task.id),
        "may_ask": state != "open" and (task.status != "done" or state == "approved"), "is_again": found is not None,
        "is_mine": found is not None and found.my_step_id is not None, "is_needed": task.kind == "approval" or found is not None,
    }

