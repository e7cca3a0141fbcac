"""Templates to read: the list, one template on a real start date, and what changed between its versions."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from wonward.domains.catalog.operations import archive_template
from wonward.domains.catalog.queries import (
    compare_versions,
    get_preview_items,
    get_template,
    get_template_file,
    get_template_version,
    list_services,
    list_template_options,
    list_template_versions,
    list_templates,
)
from wonward.edges.web.settings.template_presenting import (
    change_rows,
    service_rows,
    template_cards,
    template_page,
    version_rows,
)
from wonward.edges.web.settings.template_preview import chosen_options, preview_context, read_sold
from wonward.edges.web.shell.fields import read_archiving
from wonward.edges.web.shell.navigation import DELIVERY
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.shell.saved_lists import SavedList, look_at, orders_of, register_list
from wonward.edges.web.shell.saying import take_said
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.errors import NotFound

MOST_TEMPLATES = 200
ORDERS = {"": gettext_lazy("By name"), "-created_at": gettext_lazy("Newest first"), "-updated_at": gettext_lazy("Last changed first")}
SERVICES = register_list(SavedList(
    "catalog.services", "templates", gettext_lazy("Templates and services"), gettext_lazy("All in use"), "catalog.service.view", ("archived", "q"),
    sorts=("name", "created_at", "updated_at"),
))


@page(permission="catalog.service.view")
def templates(request: SignedInRequest) -> HttpResponse:
    """What we sell, and the template each service is delivered by; `?archived=1` shows what was put away."""
    look = look_at(request, SERVICES)
    is_archived, text = look.query.get("archived") == "1", look.query.get("q", "").strip()[:120]
    actor = request.actor
    found = list_templates(actor=actor, is_archived=is_archived, limit=MOST_TEMPLATES)
    services = list_services(actor=actor, text=text, is_archived=is_archived, sort=look.state.sort or "name")
    known = found if not is_archived else [*found, *list_templates(actor=actor, limit=MOST_TEMPLATES)]
    rows = service_rows(services, known)
    context = {
        "look": look, "orders": orders_of(look, ORDERS), "text": text, "kept": look.kept("q"), "cards": template_cards(found, services), "services": rows, "may_import": actor.may("imports.batch.run"),
        "has_price": any(row["price"] for row in rows), "has_cost": any(row["cost"] for row in rows), "is_archived": is_archived,
        "may_edit": actor.may("catalog.template.edit"), "may_sell": actor.may("catalog.service.edit"),
        "review_count": sum(1 for row in rows if row["is_to_review"]), "said": take_said(request),
    }
    return render(request, "settings/templates.html", context)


@page(permission="catalog.service.view")
def template(request: SignedInRequest, template_id: int) -> HttpResponse:
    """One template: its current version as an outline, dated from the kickoff that is asked for."""
    require_delivery(template_id)
    actor = request.actor
    row = get_template(actor=actor, template_id=template_id)
    preview = _preview(request, template_id, row.items)
    context = {
        **template_page(row, list_services(actor=actor), preview), "preview": preview,
        "versions": version_rows(list_template_versions(actor=actor, template_id=template_id)[:6], actor.time_zone),
        "may_edit": actor.may("catalog.template.edit"),
    }
    return render(request, "settings/template.html", context)


def require_delivery(template_id: int = 0) -> None:
    """Where nothing is delivered there are no templates to look at; they wait until Delivery is on again."""
    if not get_organisation().is_on(DELIVERY):
        raise NotFound("template", template_id)


def _preview(request: SignedInRequest, template_id: int, items: Any) -> dict[str, Any]:
    sold = read_sold(request.GET, civil_date(request.now, request.actor.time_zone))
    blueprint = get_preview_items(
        actor=request.actor, template_id=template_id, quantity=sold.quantity, options=chosen_options(sold)
    )
    return preview_context(blueprint, sold, list_template_options(items))


@page(permission="catalog.service.view")
def template_versions(request: SignedInRequest, template_id: int) -> HttpResponse:
    """Every version, and what one of them changed."""
    require_delivery(template_id)
    actor = request.actor
    row = get_template(actor=actor, template_id=template_id)
    versions = list_template_versions(actor=actor, template_id=template_id)
    numbers = {version.number for version in versions}
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 6 and int(asked) in numbers else row.number
    shown = get_template_version(actor=actor, template_id=template_id, number=number)
    earlier = get_template_version(actor=actor, template_id=template_id, number=number - 1).items if number > 1 else []
    changes = compare_versions(actor=actor, template_id=template_id, before=number - 1, after=number)
    context = {
        "template": row, "versions": version_rows(versions, actor.time_zone), "number": number, "note": shown.note,
        "changes": change_rows(changes, earlier, shown.items), "is_first": number == 1,
    }
    return render(request, "settings/template_versions.html", context)


@page(permission="catalog.service.view")
def template_file(request: SignedInRequest, template_id: int) -> HttpResponse:
    """The template as a file to keep, share or bring back."""
    document = get_template_file(actor=request.actor, template_id=template_id)
    name = re.sub(r"[^a-z0-9]+", "-", document["name"].lower()).strip("-") or "template"
    response = JsonResponse(document, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-v{document["number"]}.json"'
    return response


@page(permission="catalog.template.edit", methods=("POST",))
def template_archiving(request: SignedInRequest, template_id: int) -> HttpResponse:
    """Put a template away, or take it back."""
    is_archived, version = read_archiving(request.POST)
    archive_template(actor=request.actor, template_id=template_id, is_archived=is_archived, version=version, now=request.now)
    return go_to(request, reverse("template", kwargs={"template_id": template_id}))
