"""Frozen plans: keeping the dates of today, and how far the plan went from each."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.delivery.operations import freeze_plan
from wonward.domains.delivery.queries.baselines import FrozenPlan, list_frozen_plans
from wonward.domains.delivery.queries.projects import get_project, may_change_plan
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_words, moment
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.kernel.errors import Refused


@page(permission="delivery.project.view", methods=("GET", "POST"))
def plan_baseline(request: SignedInRequest, project_id: int) -> HttpResponse:
    """The frozen plans, and keeping the dates of today as another."""
    if request.method != "POST":
        return _form(request, project_id, "", {})
    reader = FormReader(request.POST)
    name = reader.text("name", limit=120)
    try:
        reader.finish()
        freeze_plan(actor=request.actor, project_id=project_id, name=name, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _form(request, project_id, name, errors_by_field(refusal.errors))
    return go_to(request, address_of("project_plan", project_id=project_id))


def _form(request: SignedInRequest, project_id: int, name: str, errors: dict[str, str]) -> HttpResponse:
    actor = request.actor
    project = get_project(actor=actor, project_id=project_id)
    context = {
        "project": project, "name": name, "errors": errors, "action": request.path,
        "may_change": may_change_plan(actor=actor, project_id=project_id, manager_id=project.manager_id),
        "rows": [_row(one, actor.time_zone) for one in list_frozen_plans(actor=actor, project_id=project_id)],
    }
    status = 422 if errors else 200
    if is_fragment(request):
        return render_block(request, "delivery/baseline.html", "drawer_body", context, status=status)
    return render(request, "delivery/baseline.html", context, status=status)


def _row(one: FrozenPlan, zone: str) -> dict[str, Any]:
    tone, icon = ("warn", "triangle-alert") if one.finish_days > 0 else ("ok", "circle-check") if one.finish_days < 0 else ("", "")
    return {"name": one.name, "finish": date_words(one.finish_date) or "–", "at": moment(one.created_at, zone), "words": variance_words(one.finish_days),
            "tone": tone, "icon": icon}


def variance_words(days: int) -> str:
    """Working days against a baseline, in words."""
    if days > 0:
        return ngettext("%(n)s working day later", "%(n)s working days later", days) % {"n": days}
    if days < 0:
        return ngettext("%(n)s working day earlier", "%(n)s working days earlier", -days) % {"n": -days}
    return _("As planned then")
