"""What is entered about a project itself."""

from __future__ import annotations

from django.http import HttpResponse

from wonward.domains.delivery.operations import archive_project, restore_project
from wonward.domains.delivery.queries.projects import get_project
from wonward.edges.api.v1.answers import after_write, answer
from wonward.edges.api.v1.inputs import Body, Flag, Prose
from wonward.edges.api.v1.projects import ProjectOut, show_projects
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked

_EDIT = "delivery.project.edit"


class ProjectArchivingIn(Body):
    """Archive, or bring back; the reason stands in the history."""

    is_archived: Flag
    reason: Prose = ""


def _one(request: ApiRequest, project_id: int, *, status: int = 200, location: str = "") -> HttpResponse:
    row = get_project(actor=request.actor, project_id=project_id)
    return answer(show_projects([row])[row.id], status=status, version=row.version, location=location)


@route(
    "POST", "/projects/{record:project_id}/archiving", permission=_EDIT, answers={200: ProjectOut},
    example={"is_archived": True, "reason": "Sold by mistake."},
)
def archive_project_now(request: ApiRequest, project_id: int, body: ProjectArchivingIn) -> HttpResponse:
    """Take a project off every list, or bring it back; nothing of it is lost."""
    put = archive_project if body.is_archived else restore_project
    put(actor=request.actor, project_id=project_id, reason=body.reason, version=version_asked(request), now=request.now)
    return after_write(lambda: _one(request, project_id))
