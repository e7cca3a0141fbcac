"""Templates and services, as they stand."""

from __future__ import annotations

from django.http import HttpResponse

from wonward.domains.catalog.queries import get_template, list_services, list_templates
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render


@page(permission="catalog.service.view")
def templates(request: SignedInRequest) -> HttpResponse:
    """What we sell, and the template each service is delivered by."""
    context = {
        "templates": list_templates(actor=request.actor, limit=200), "services": list_services(actor=request.actor),
    }
    return render(request, "settings/templates.html", context)


@page(permission="catalog.service.view")
def template(request: SignedInRequest, template_id: int) -> HttpResponse:
    """One template with its current version."""
    return render(request, "settings/template.html", {"template": get_template(actor=request.actor, template_id=template_id)})
