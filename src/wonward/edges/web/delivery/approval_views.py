"""Asking for approvals, answering them, and their record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.approvals.operations import delegate_step, note_sighting
from wonward.domains.approvals.queries import find_approval, get_approval
from wonward.domains.approvals.types import ApprovalView, NewStep, Told
from wonward.domains.clients.queries import get_contact, list_contact_choices
from wonward.domains.delivery.operations import open_link
from wonward.domains.delivery.queries.approvals import list_gates
from wonward.domains.delivery.queries.projects import get_project, list_project_members, may_change_plan
from wonward.domains.delivery.queries.tasks import get_task
from wonward.domains.delivery.types import AskForApproval, TaskRow
from wonward.domains.staff.queries import list_people
from wonward.edges.web.delivery.approval_presenting import approval_view, gate_view
from wonward.edges.web.delivery.plan_views import header_context
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to, nothing
from wonward.foundation.files.queries import list_documents
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.promises.operations import (
    answer_approval,
    ask_for_approval,
    record_approval,
    withdraw_asking,
)
from wonward.kernel.errors import FieldError, NotFound, Refused
from wonward.kernel.ref import Ref

GATES_PER_PAGE = 50
FILES_OFFERED = 50


@page(permission="delivery.project.view")
def project_approvals(request: SignedInRequest, project_id: int) -> HttpResponse:
    """What is approved in a project, by its dates: how far each is and who is asked."""
    actor = request.actor
    row = get_project(actor=actor, project_id=project_id)
    place = request.GET.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 6 else 1
    gates = list_gates(actor=actor, project_id=project_id, offset=(number - 1) * GATES_PER_PAGE, limit=GATES_PER_PAGE + 1)
    today = civil_date(request.now, actor.time_zone)
    context = {
        **header_context(request, row), "tab": "approvals", "rows": [gate_view(gate, today) for gate in gates[:GATES_PER_PAGE]],
        "page_number": number, "has_more": len(gates) > GATES_PER_PAGE, "here": address_of("project_approvals", project_id=project_id),
    }
    return render(request, "delivery/approvals.html", context, block="register")


@page(permission="delivery.plan.change", methods=("GET", "POST"))
def task_approval(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Put a task, milestone or deliverable forward: what is asked, whom, which files, by when."""
    task = get_task(actor=request.actor, task_id=task_id)
    if request.method != "POST":
        return _ask_form(request, task, {}, {})
    try:
        ask = _read_ask(request)
        key = ask_for_approval(actor=request.actor, task_id=task_id, ask=ask, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _ask_form(request, task, request.POST, errors_by_field(refusal.errors))
    return go_to(request, address_of("approval", approval_id=key))


def _read_ask(request: SignedInRequest) -> AskForApproval:
    reader = FormReader(request.POST)
    words, due_date = reader.text("words", limit=4000), reader.day("due_date")
    people, contacts = _ids(request, "person_id"), _ids(request, "contact_id")
    is_mailed = reader.flag("is_mailed")
    reader.finish()
    steps = [NewStep("internal", 1, person_id=key) for key in people]
    for key in contacts:
        try:
            contact = get_contact(actor=request.actor, contact_id=key)
        except NotFound:
            raise Refused.field("steps", _("Choose somebody at the client."), "unknown") from None
        email = contact.email if is_mailed else ""
        steps.append(NewStep("client", 2, contact_id=key, name=contact.name, email=email or ""))
    return AskForApproval(words, tuple(steps), tuple(_ids(request, "document_id")), due_date)


def _ids(request: SignedInRequest, name: str) -> list[int]:
    return [int(text) for text in request.POST.getlist(name)[:100] if text.isdecimal() and len(text) < 16]


def _ask_form(request: SignedInRequest, task: TaskRow, values: Mapping[str, Any], errors: dict[str, str]) -> HttpResponse:
    actor = request.actor
    project = get_project(actor=actor, project_id=task.project_id)
    found = find_approval(actor=actor, ref=Ref("delivery.task", task.id))
    members = [key for key, _name in list_project_members(project_id=project.id)]
    people = sorted((person for person in list_people(actor=actor) if person.email), key=lambda person: (person.id not in members, person.name))
    refs = [Ref("delivery.task", task.id), Ref("delivery.project", project.id)]
    chosen = {name: set(_ids(request, name)) for name in ("person_id", "contact_id", "document_id")}
    if request.method != "POST" and found is not None:
        chosen["person_id"] = {step.person_id for step in found.current.steps if step.person_id}
        chosen["contact_id"] = {step.contact_id for step in found.current.steps if step.contact_id}
    steps_error = next((message for field, message in errors.items() if field.startswith("steps")), "")
    context = {
        "project": project, "task": task, "values": values, "errors": errors, "steps_error": steps_error, "chosen": chosen,
        "due": FormReader(values).day("due_date") if values and "due_date" not in errors else None,
        "people": people, "member_ids": members, "contacts": list_contact_choices(actor=actor, company_id=project.company_id),
        "documents": list_documents(actor, refs, limit=FILES_OFFERED), "action": request.path, "found": found,
        "may_change": may_change_plan(actor=actor, project_id=project.id, manager_id=project.manager_id),
        "today": civil_date(request.now, actor.time_zone),
    }
    status = 422 if errors else 200
    if is_fragment(request):
        return render_block(request, "delivery/approval_ask.html", "drawer_body", context, status=status)
    return render(request, "delivery/approval_ask.html", context, status=status)


@page(permission="delivery.plan.change", methods=("POST",))
def approval_told(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Write down an answer that was given elsewhere."""
    task = get_task(actor=request.actor, task_id=task_id)
    reader = FormReader(request.POST)
    name, words, on_date = reader.text("told_name", limit=200), reader.text("told_words", limit=2000), reader.day("told_date")
    decision = "rejected" if request.POST.get("decision") == "rejected" else "approved"
    try:
        reader.finish()
        today = civil_date(request.now, request.actor.time_zone)
        missing = [
            *([FieldError("told_name", _("Say who answered."), "required")] if not name else []),
            *([FieldError("told_words", _("Say in which words."), "required")] if not words else []),
            *([FieldError("told_date", _("Choose a day up to today."), "range")] if on_date and on_date > today else []),
        ]
        if missing:
            raise Refused(missing[0].words, missing)
        told = Told(name, words, on_date or today, decision=decision)
        answered = record_approval(actor=request.actor, task_id=task_id, told=told, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _ask_form(request, task, request.POST, errors_by_field(refusal.errors))
    return go_to(request, address_of("approval", approval_id=answered.approval_id))


@page(permission="delivery.project.view")
def approval(request: SignedInRequest, approval_id: int) -> HttpResponse:
    """The record: every version, who was asked, who saw it, who answered in which words."""
    return _draw(request, get_approval(actor=request.actor, approval_id=approval_id))


def _draw(request: SignedInRequest, view: ApprovalView, errors: dict[str, str] | None = None, link: tuple[int, str] | None = None) -> HttpResponse:
    actor = request.actor
    task = get_task(actor=actor, task_id=view.row.ref.id)
    project = get_project(actor=actor, project_id=task.project_id)
    may_change = may_change_plan(actor=actor, project_id=project.id, manager_id=project.manager_id)
    taken = {step.person_id for step in view.current.steps}
    context = {
        "project": project, "task": task, **approval_view(view, actor.time_zone), "may_change": may_change, "errors": errors or {},
        "values": request.POST if errors else {}, "link": link,
        "stand_ins": [(person.id, person.name) for person in list_people(actor=actor) if person.id not in taken] if view.my_step_id else [],
    }
    return render(request, "delivery/approval.html", context, status=422 if errors else 200, block="sheet")


def _written(request: SignedInRequest, approval_id: int, write: Callable[[], object]) -> HttpResponse:
    """Write, then show the record; what was wrong stands beside its field."""
    try:
        write()
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _draw(request, get_approval(actor=request.actor, approval_id=approval_id), errors_by_field(refusal.errors))
    return go_to(request, address_of("approval", approval_id=approval_id))


@page(permission="delivery.project.view", methods=("POST",))
def approval_answer(request: SignedInRequest, approval_id: int) -> HttpResponse:
    """Answer as the colleague who is asked."""
    reader = FormReader(request.POST)
    words, number = reader.text("words", limit=4000), reader.number("number")

    def write() -> None:
        reader.finish()
        answer_approval(
            actor=request.actor, approval_id=approval_id, decision=request.POST.get("decision", ""), words=words, number=number,
            now=request.now,
        )

    return _written(request, approval_id, write)


@page(permission="delivery.project.view", methods=("POST",))
def approval_seen(request: SignedInRequest, approval_id: int) -> HttpResponse:
    """Somebody who is asked looks at it; the page says so itself."""
    note_sighting(actor=request.actor, approval_id=approval_id, now=request.now)
    return nothing()


@page(permission="delivery.plan.change", methods=("POST",))
def approval_withdrawal(request: SignedInRequest, approval_id: int) -> HttpResponse:
    """Ask nobody any more."""
    reason = FormReader(request.POST).text("reason", limit=500)
    return _written(
        request, approval_id, lambda: withdraw_asking(actor=request.actor, approval_id=approval_id, reason=reason, now=request.now)
    )


@page(permission="delivery.plan.change", methods=("POST",))
def approval_link(request: SignedInRequest, approval_id: int, step_id: int) -> HttpResponse:
    """A new link for somebody at the client; its address is shown once."""
    token = open_link(actor=request.actor, approval_id=approval_id, step_id=step_id, now=request.now)
    address = settings.BASE_URL.rstrip("/") + address_of("public_approval", token=token)
    return _draw(request, get_approval(actor=request.actor, approval_id=approval_id), link=(step_id, address))


@page(permission="delivery.project.view", methods=("POST",))
def approval_delegate(request: SignedInRequest, approval_id: int, step_id: int) -> HttpResponse:
    """Let a colleague answer in one's own place."""
    get_approval(actor=request.actor, approval_id=approval_id)
    reader = FormReader(request.POST)
    person_id = reader.number("person_id")

    def write() -> None:
        reader.finish()
        if person_id is None:
            raise Refused.field("person_id", _("Choose a colleague."), "required")
        delegate_step(actor=request.actor, approval_id=approval_id, step_id=step_id, person_id=person_id, now=request.now)

    return _written(request, approval_id, write)
