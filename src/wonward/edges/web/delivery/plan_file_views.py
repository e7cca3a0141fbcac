"""Taking over the plan of another program: look at what comes and what stays behind, then make the project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.clients.queries import list_companies
from wonward.domains.delivery.queries.exchange import is_plan_empty, read_plan
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.types import ProjectRow
from wonward.domains.delivery.types.exchange import ReadPlan
from wonward.domains.staff.queries import list_people
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.files.storage import current_storage, put_stream
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.promises.operations import (
    TakenOver,
    fill_project_from_plan,
    open_project_from_plan,
    preview_plan_file,
)
from wonward.kernel.errors import Conflict, Refused

_SALT = "plan-file"
_A_DAY = 86_400
COMPANIES_OFFERED = 500


@page(permission="delivery.project.edit", methods=("GET", "POST"))
def plan_import(request: SignedInRequest) -> HttpResponse:
    """Choose a file; see its counts and losses; choose the client, and make the project."""
    try:
        if request.method == "POST" and request.POST.get("do") == "make":
            return _make(request)
        if request.method == "POST":
            upload = request.FILES.get("file")
            if upload is None:
                raise Refused.field("file", _("Choose a file."), "required")
            sha256 = put_stream(upload).sha256
            return _look(request, sha256, _read(request, sha256), {}, {})
    except (Refused, signing.BadSignature) as refusal:
        if isinstance(refusal, Refused) and not refusal.errors:
            raise
        errors = errors_by_field(refusal.errors) if isinstance(refusal, Refused) else {"file": _("Choose the file once more.")}
        return _choose(request, errors)
    return _choose(request, {})


def _project_of(request: SignedInRequest) -> ProjectRow | None:
    """The empty project the plan goes into, if it is not to be a new one."""
    text = request.POST.get("project", request.GET.get("project", ""))
    return get_project(actor=request.actor, project_id=int(text)) if text.isdecimal() and len(text) < 16 else None


def _choose(request: SignedInRequest, errors: Mapping[str, str]) -> HttpResponse:
    project = _project_of(request)
    if project is not None and not is_plan_empty(project_id=project.id):
        raise Conflict(_("This project has a plan already. Import into a new project, or into one without tasks."))
    return render(request, "delivery/plan_import.html", {"errors": errors, "project": project, "plan": None}, status=422 if errors else 200)


def _read(request: SignedInRequest, sha256: str) -> ReadPlan:
    with current_storage().open(sha256) as stream:
        return read_plan(stream.read(), civil_date(request.now, request.actor.time_zone))


def _look(
    request: SignedInRequest, sha256: str, plan: ReadPlan, values: Mapping[str, Any], errors: Mapping[str, str]
) -> HttpResponse:
    actor = request.actor
    found, project = list_companies(actor=actor, limit=COMPANIES_OFFERED), _project_of(request)
    losses = preview_plan_file(actor=actor, plan=plan, project_id=project.id if project else None, now=request.now)
    context = {
        "plan": plan, "losses": losses, "errors": errors, "project": project,
        "token": signing.dumps([sha256, actor.user_id], salt=_SALT), "values": {"name": plan.title, "manager_id": str(actor.person_id or ""), **values},
        "companies": [(row.id, row.name) for row in found], "people": [(person.id, person.name) for person in list_people(actor=actor, with_placeholders=True)],
        "tasks": sum(task.kind == "task" for task in plan.tasks), "outline": [task for task in plan.tasks if task.parent is None][:12],
    }
    return render(request, "delivery/plan_import.html", context, status=422 if errors else 200)


def _make(request: SignedInRequest) -> HttpResponse:
    sha256, user_id = signing.loads(request.POST.get("token", ""), salt=_SALT, max_age=_A_DAY)
    if user_id != request.actor.user_id:
        raise Refused.field("file", _("Choose the file once more."), "required")
    plan = _read(request, sha256)
    reader = FormReader(request.POST)
    company_id, manager_id, name = reader.number("company_id"), reader.number("manager_id"), reader.text("name", limit=200)
    try:
        reader.finish()
        project = _project_of(request)
        if project is not None:
            made = fill_project_from_plan(actor=request.actor, project_id=project.id, plan=plan, now=request.now)
        elif company_id is None:
            raise Refused.field("company_id", _("Choose the client."), "required")
        else:
            made = open_project_from_plan(
                actor=request.actor, plan=plan, company_id=company_id, manager_id=manager_id, name=name,
                external_id=f"{company_id}-{sha256}", now=request.now,
            )
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _look(request, sha256, plan, request.POST.dict(), errors_by_field(refusal.errors))
    return go_to(request, address_of("project_plan", project_id=made.project_id), toast=_made_words(made))


def _made_words(made: TakenOver) -> str:
    if made.is_replayed:
        return _("This file made this project before.")
    return _("%(tasks)s tasks and %(links)s dependencies taken over.") % {"tasks": made.task_count, "links": made.link_count}
