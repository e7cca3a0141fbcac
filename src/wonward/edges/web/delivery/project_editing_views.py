"""What is entered about a project itself."""

from __future__ import annotations

from django.http import HttpResponse

from wonward.domains.delivery.operations import archive_project, restore_project
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.replies import go_to


@page(permission="delivery.project.edit", methods=("POST",))
def project_archiving(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Take the project off the lists, or bring it back."""
    reader = FormReader(request.POST)
    reason, version = reader.text("reason", limit=2000), reader.version()
    reader.finish()
    put = restore_project if request.POST.get("do") == "restore" else archive_project
    put(actor=request.actor, project_id=project_id, reason=reason, version=version, now=request.now)
    return go_to(request, address_of("project_status", project_id=project_id))
