"""A project elsewhere: its calendar link, and its plan as a file of MS Project."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

from wonward.domains.delivery.operations import make_calendar_link, revoke_calendar_link
from wonward.domains.delivery.queries.exchange import get_project_file, list_file_losses
from wonward.domains.delivery.queries.feeds import find_link_date
from wonward.domains.delivery.queries.projects import get_project
from wonward.edges.web.delivery.plan_views import header_context
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to


@page(permission="delivery.project.view", methods=("GET", "POST"))
def project_export(request: SignedInRequest, project_id: int) -> HttpResponse:
    """My calendar link to the project, whose address is shown once, and the file of its plan."""
    actor, address = request.actor, ""
    row = get_project(actor=actor, project_id=project_id)
    here = address_of("project_export", project_id=project_id)
    if request.method == "POST" and request.POST.get("do") == "end":
        revoke_calendar_link(actor=actor, project_id=project_id, now=request.now)
        return go_to(request, here)
    if request.method == "POST":
        token = make_calendar_link(actor=actor, project_id=project_id, now=request.now)
        address = settings.BASE_URL.rstrip("/") + address_of("project_calendar_feed", token=token)
    context = {
        **header_context(request, row), "tab": "", "here": here, "address": address,
        "losses": list_file_losses(actor=actor, project_id=project_id),
        "made_at": find_link_date(actor=actor, project_id=project_id),
    }
    return render(request, "delivery/export.html", context)


@page(permission="delivery.project.view")
def project_file(request: SignedInRequest, project_id: int) -> HttpResponse:
    """The plan as MS Project XML."""
    found = get_project_file(actor=request.actor, project_id=project_id)
    response = HttpResponse(found.content, content_type="application/xml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response
