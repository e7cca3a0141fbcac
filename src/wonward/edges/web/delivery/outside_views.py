"""Letting a task wait for work of another project."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.outside import list_linkable_tasks
from wonward.domains.delivery.queries.projects import get_project, require_plan_change
from wonward.domains.delivery.queries.tasks import get_task
from wonward.domains.delivery.types import NewDependency, PlanEdit, RemovedDependency, TaskRow
from wonward.edges.web.delivery.plan_presenting import lag_units, link_types, minutes_of_lag
from wonward.edges.web.delivery.plan_views import TARGETS, place_of, save_plan
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_short
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.kernel.errors import Refused


@page(permission="delivery.plan.change", methods=("GET", "POST"))
def task_outside(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Find a task of another project of the same client and wait for it, or wait for it no longer."""
    row = get_task(actor=request.actor, task_id=task_id)
    project = get_project(actor=request.actor, project_id=row.project_id)
    require_plan_change(actor=request.actor, project_id=project.id, manager_id=project.manager_id)
    if request.method != "POST":
        return _form(request, row, {})
    try:
        return _save(request, row)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _form(request, row, errors_by_field(refusal.errors))


def _save(request: SignedInRequest, row: TaskRow) -> HttpResponse:
    reader = FormReader(request.POST)
    source, gone = reader.number("from_id"), reader.number("remove_from")
    reason, kind, unit = reader.text("reason", limit=2000), reader.text("type", limit=2) or "FS", reader.text("lag_unit", limit=8) or "working"
    typed = reader.text("lag_days", limit=20)
    lag = minutes_of_lag(typed or "0", unit)
    if lag is None:
        raise Refused.field("lag_days", _("“%(value)s” is not a number of days.") % {"value": typed})
    reader.finish()
    edit: PlanEdit
    if gone is not None:
        edit = RemovedDependency(gone, row.id)
    elif source is None:
        raise Refused.field("from_id", _("Choose what it waits for."), "required")
    else:
        edit = NewDependency(source, row.id, kind, lag, unit)
    return save_plan(request, row.project_id, [edit], reason, None, name=row.name)


def _form(request: SignedInRequest, row: TaskRow, errors: dict[str, str]) -> HttpResponse:
    values = request.POST if errors else request.GET
    text = values.get("q", "").strip()[:100]
    place = place_of(request, row.project_id)
    found = list_linkable_tasks(actor=request.actor, task_id=row.id, text=text)
    context = {
        "task": row, "project": get_project(actor=request.actor, project_id=row.project_id), "errors": errors, "text": text,
        "found": [{"row": one, "date": date_short(one.finish_date)} for one in found], "chosen": values.get("from_id", ""),
        "type_value": values.get("type", "FS"), "lag_value": values.get("lag_days", ""),
        "type_options": link_types(), "unit_options": lag_units(), "unit_value": values.get("lag_unit", "working"),
        "target": TARGETS[place], "place": place, "action": request.path,
    }
    status = 422 if errors else 200
    block = "found" if request.GET.get("part") == "found" else "drawer_body"
    if place:
        return render_block(request, "delivery/outside.html", block, context, status=status)
    return render(request, "delivery/outside.html", context, status=status)
