"""What people do inside a task without moving a date: tick, label, help, comment, attach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.operations import (
    add_checks,
    ask_for_skills,
    label_tasks,
    meet_criterion,
    put_helper,
    remove_check,
    remove_helper,
    tick_check,
)
from wonward.domains.delivery.queries.details import list_similar_tasks
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import get_task
from wonward.edges.web.delivery.task_presenting import details_context, said_context, similar_views
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render_block
from wonward.edges.web.shell.replies import with_toast
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import put_stream
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref


@page(permission="delivery.plan.change", methods=("POST",))
def task_checks(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Add lines to the checklist, one a line of text."""
    return _details(request, task_id, lambda: add_checks(
        actor=request.actor, task_id=task_id, texts=FormReader(request.POST).text("text").split("\n"), now=request.now
    ))


@page(permission="delivery.plan.change", methods=("POST",))
def task_check(request: SignedInRequest, task_id: int, check_id: int) -> HttpResponse:
    """Tick a line off, or take the tick back."""
    is_done = FormReader(request.POST).flag("is_done")
    return _details(request, task_id, lambda: tick_check(
        actor=request.actor, task_id=task_id, check_id=check_id, is_done=is_done, now=request.now
    ))


@page(permission="delivery.plan.change", methods=("POST",))
def task_check_removal(request: SignedInRequest, task_id: int, check_id: int) -> HttpResponse:
    """Take a line off the checklist; the toast can put it back at its end."""
    text = remove_check(actor=request.actor, task_id=task_id, check_id=check_id, now=request.now)
    return with_toast(
        _details(request, task_id, lambda: None), _("“%(text)s” is off the checklist.") % {"text": text},
        undo_url=address_of("task_checks", task_id=task_id), undo_values={"text": text},
    )


@page(permission="delivery.plan.change", methods=("POST",))
def task_labels(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Put a label on, or take one off."""
    reader = FormReader(request.POST)
    add, remove = reader.text("add", limit=40), reader.text("remove", limit=40)

    def write() -> None:
        reader.finish()
        if not add and not remove:
            raise Refused.field("add", _("Write a label."), "required")
        label_tasks(
            actor=request.actor, project_id=get_task(actor=request.actor, task_id=task_id).project_id, task_ids=[task_id],
            add=[add] if add else [], remove=[remove] if remove else [], now=request.now,
        )

    return _details(request, task_id, write)


@page(permission="delivery.plan.change", methods=("POST",))
def task_helpers(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Put somebody on the task beside its assignee."""
    reader = FormReader(request.POST)
    person_id, part = reader.number("person_id"), reader.text("part", limit=10) or "helps"

    def write() -> None:
        reader.finish()
        if person_id is None:
            raise Refused.field("person_id", _("Choose somebody."), "required")
        put_helper(actor=request.actor, task_id=task_id, person_id=person_id, part=part, now=request.now)

    return _details(request, task_id, write)


@page(permission="delivery.plan.change", methods=("POST",))
def task_helper_removal(request: SignedInRequest, task_id: int, person_id: int) -> HttpResponse:
    """Take somebody off the task."""
    return _details(request, task_id, lambda: remove_helper(
        actor=request.actor, task_id=task_id, person_id=person_id, now=request.now
    ))


@page(permission="delivery.plan.change", methods=("POST",))
def task_skills(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Let the task ask for a skill, or no longer; the toast can bring back what was taken away."""
    reader = FormReader(request.POST)
    name, remove, level = reader.text("skill", limit=120), reader.text("remove", limit=120), reader.number("level")
    before: dict[str, int] = {}

    def write() -> None:
        reader.finish()
        if not name and not remove:
            raise Refused.field("skill", _("Write a skill."), "required")
        before.update(ask_for_skills(
            actor=request.actor, task_id=task_id, put={name: 1 if level is None else level} if name else {}, remove=[remove] if remove else [],
            now=request.now,
        ))

    answer = _details(request, task_id, write)
    if not remove or remove not in before:
        return answer
    return with_toast(
        answer, _("“%(text)s” is no longer asked for.") % {"text": remove}, undo_url=address_of("task_skills", task_id=task_id),
        undo_values={"skill": remove, "level": str(before[remove])},
    )


@page(permission="delivery.plan.change", methods=("POST",))
def task_criteria(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Say that an acceptance criterion is met, or not after all."""
    reader = FormReader(request.POST)
    return _details(request, task_id, lambda: meet_criterion(
        actor=request.actor, task_id=task_id, text=reader.text("text", limit=500), is_met=reader.flag("is_met"), now=request.now
    ))


def _details(request: SignedInRequest, task_id: int, write: Callable[[], object]) -> HttpResponse:
    """Write, and answer with the section as it is now, or with what was wrong beside the field."""
    errors: dict[str, str] = {}
    try:
        write()
    except Refused as refusal:
        if not refusal.errors:
            raise
        errors = errors_by_field(refusal.errors)
    if not is_fragment(request) and not errors:
        return HttpResponseRedirect(address_of("task", task_id=task_id))
    row = get_task(actor=request.actor, task_id=task_id)
    context = details_context(request, row, values=request.POST if errors else {}) | {"detail_errors": errors}
    return render_block(request, "delivery/task.html", "details", context, status=422 if errors else 200)


@page(permission="comms.communication.log", methods=("POST",))
def task_comments(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Say something about a task; whoever is named by @ is told, and so is whoever works on it."""
    row = get_task(actor=request.actor, task_id=task_id)
    reader = FormReader(request.POST)
    text = reader.text("text")
    errors: dict[str, str] = {}
    try:
        reader.finish()
        if not text:
            raise Refused.field("text", _("Write a comment first."), "required")
        entry = NewCommunication(
            kind=CommunicationKind.NOTE, refs=(Ref("delivery.task", task_id),), body=text, happened_at=request.now
        )
        log_communications(actor=request.actor, now=request.now, entries=[entry])
    except Refused as refusal:
        errors = errors_by_field(refusal.errors)
    return _said(request, task_id, errors, text if errors else "", said_context(request, row))


@page(permission="files.document.add", methods=("POST",))
def task_files(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Attach a file to a task. The content is stored first, outside any transaction."""
    get_task(actor=request.actor, task_id=task_id)
    upload = request.FILES.get("file")
    errors: dict[str, str] = {}
    if upload is None:
        errors = {"file": _("Choose a file.")}
    else:
        try:
            stored = put_stream(upload)
            add_document(
                actor=request.actor, name=upload.name or "file", stored=stored, refs=[Ref("delivery.task", task_id)], now=request.now
            )
        except Refused as refusal:
            errors = errors_by_field(refusal.errors) or {"file": refusal.message}
    return _said(request, task_id, errors, "", said_context(request, get_task(actor=request.actor, task_id=task_id)))


def _said(request: SignedInRequest, task_id: int, errors: dict[str, str], text: str, context: dict[str, Any]) -> HttpResponse:
    if not is_fragment(request) and not errors:
        return HttpResponseRedirect(address_of("task", task_id=task_id))
    shown = {**context, "said_errors": errors, "said_text": text}
    return render_block(request, "delivery/task.html", "said", shown, status=422 if errors else 200)


@page(permission="delivery.plan.change")
def similar_tasks(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Work for the same client that reads like what is being typed."""
    project = get_project(actor=request.actor, project_id=project_id)
    name = request.GET.get("name", "").strip()[:300]
    found = list_similar_tasks(actor=request.actor, company_id=project.company_id, name=name) if len(name) > 3 else []
    return render_block(request, "delivery/new_task.html", "alike", {"alike": similar_views(found), "project": project})
