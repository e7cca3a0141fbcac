"""Templates and services, as they stand."""

from __future__ import annotations

from django.http import HttpResponse

from wonward.domains.catalog.queries import get_template, list_services, list_templates
from wonward.edges.web.settings.template_presenting import service_rows, template_cards, template_page
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render

MOST_TEMPLATES = 200


@page(permission="catalog.service.view")
def templates(request: SignedInRequest) -> HttpResponse:
    """What we sell, and the template each service is delivered by."""
    found = list_templates(actor=request.actor, limit=MOST_TEMPLATES)
    services = list_services(actor=request.actor)
    rows = service_rows(services, found)
    context = {
        "cards": template_cards(found, services), "services": rows, "may_import": request.actor.may("imports.batch.run"),
        "has_price": any(row["price"] for row in rows), "has_cost": any(row["cost"] for row in rows),
    }
    return render(request, "settings/templates.html", context)


@page(permission="catalog.service.view")
def template(request: SignedInRequest, template_id: int) -> HttpResponse:
    """One template with its current version, as an outline in relative days."""
    row = get_template(actor=request.actor, template_id=template_id)
    return render(request, "settings/template.html", template_page(row, list_services(actor=request.actor)))
