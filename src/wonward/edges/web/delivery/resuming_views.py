"""A plan that fell behind goes on from today: what moves is shown first, and one undo takes it back."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.projects import get_project, require_plan_change
from wonward.domains.delivery.types import PlanEdit, ResumedWork
from wonward.edges.web.delivery.plan_views import TARGETS, place_of, save_plan
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_short
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.promises.operations import ChangedPlan, preview_plan
from wonward.kernel.errors import Refused
from wonward.kernel.wording import heard

MOVES_SHOWN = 12


@page(permission="delivery.plan.change", methods=("GET", "POST"))
def plan_resuming(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Let what is not done go on from today."""
    row = get_project(actor=request.actor, project_id=project_id)
    require_plan_change(actor=request.actor, project_id=project_id, manager_id=row.manager_id)
    edits: list[PlanEdit] = [ResumedWork(civil_date(request.now, request.actor.time_zone))]
    try:
        if request.method == "POST":
            reader = FormReader(request.POST)
            reason, version = reader.text("reason", limit=2000), reader.number("plan_version")
            reader.finish()
            return save_plan(request, project_id, edits, reason, version, name=_("Unfinished work"))
        return _look(request, project_id, preview_plan(actor=request.actor, project_id=project_id, changes=edits, now=request.now), {})
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _look(request, project_id, None, errors_by_field(refusal.errors))


def _look(request: SignedInRequest, project_id: int, preview: ChangedPlan | None, errors: dict[str, str]) -> HttpResponse:
    place = place_of(request, project_id)
    row = get_project(actor=request.actor, project_id=project_id)
    moved = preview.outcome.others if preview else ()
    context = {
        "project": row, "errors": errors, "place": place, "target": TARGETS[place], "action": request.path, "preview": preview,
        "plan_version": row.plan_version, "moved_count": len(moved), "broken": preview.all_broken if preview else (),
        "is_breaking": bool(preview and preview.is_breaking), "rest": max(0, len(moved) - MOVES_SHOWN),
        "finish_before": date_short(preview.outcome.finish_before) if preview else "", "finish_after": date_short(preview.outcome.finish_after) if preview else "",
        "moved": [{"name": one.name, "before": date_short(one.finish_before), "after": date_short(one.finish_date), "because": heard(one.because)}
                  for one in moved[:MOVES_SHOWN]],
    }
    status = 422 if errors and request.method == "POST" else 200
    if place:
        return render_block(request, "delivery/resuming.html", "drawer_body", context, status=status)
    return render(request, "delivery/resuming.html", context, status=status)
