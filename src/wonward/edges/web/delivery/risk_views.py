"""The register of what may go wrong in a project, and of what already does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.delivery.operations import change_risk, enter_risk
from wonward.domains.delivery.queries.projects import get_project, may_change_plan
from wonward.domains.delivery.queries.risks import get_risk, list_risks
from wonward.domains.delivery.types import RISK_STRATEGIES, RiskFields, RiskRow
from wonward.domains.staff.queries import list_people
from wonward.edges.web.delivery.plan_views import header_context
from wonward.edges.web.delivery.risk_presenting import level_words, matrix_of, risk_view, strategy_words
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.organisation.queries import civil_date
from wonward.kernel.errors import Refused

SHOWN = {"open": ("open",), "closed": ("closed",), "all": ()}


@page(permission="delivery.project.view")
def project_risks(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Open risks and issues, the gravest first, and where they lie on the scales."""
    actor = request.actor
    state = request.GET.get("state", "open")
    state = state if state in SHOWN else "open"
    row = get_project(actor=actor, project_id=project_id)
    rows = list_risks(actor=actor, project_id=project_id, statuses=SHOWN[state])
    today = civil_date(request.now, actor.time_zone)
    home = address_of("project_risks", project_id=project_id)
    context = {
        **header_context(request, row), "tab": "risks", "rows": [risk_view(one, today) for one in rows],
        "matrix": matrix_of(rows), "state": state,
        "state_links": [(key, words, f"{home}?state={key}") for key, words in (("open", _("Open")), ("closed", _("Closed")), ("all", _("All")))],
        "risk_count": sum(one.kind == "risk" for one in rows), "issue_count": sum(one.kind == "issue" for one in rows),
    }
    return render(request, "delivery/risks.html", context, block="register")


@page(permission="delivery.plan.change", methods=("GET", "POST"))
def new_risk(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Enter a risk or an issue."""
    project = get_project(actor=request.actor, project_id=project_id)
    if request.method != "POST":
        return _form(request, project_id, {"kind": request.GET.get("kind", "risk")}, {}, None)
    try:
        enter_risk(actor=request.actor, project_id=project.id, fields=RiskFields(**_read(request)), now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _form(request, project_id, request.POST, errors_by_field(refusal.errors), None)
    return go_to(request, address_of("project_risks", project_id=project_id))


@page(permission="delivery.project.view", methods=("GET", "POST"))
def risk(request: SignedInRequest, risk_id: int) -> HttpResponse:
    """One risk or issue in the drawer."""
    row = get_risk(actor=request.actor, risk_id=risk_id)
    if request.method != "POST":
        return _form(request, row.project_id, _values(row), {}, row)
    reader = FormReader(request.POST)
    try:
        changes: dict[str, Any] = _read(request) if "title" in request.POST else {}
        if request.POST.get("turn"):
            changes |= {"close": {"status": "closed"}, "reopen": {"status": "open"}, "issue": {"kind": "issue"}}.get(request.POST["turn"], {})
        version = reader.version()
        reader.finish()
        change_risk(actor=request.actor, risk_id=risk_id, changes=changes, version=version, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _form(request, row.project_id, request.POST, errors_by_field(refusal.errors), row)
    return go_to(request, address_of("project_risks", project_id=row.project_id))


def _read(request: SignedInRequest) -> dict[str, Any]:
    reader = FormReader(request.POST)
    read = {
        "title": reader.text("title", limit=200), "kind": reader.text("kind", limit=5) or "risk", "description": reader.text("description"),
        "probability": reader.number("probability") or 0, "impact": reader.number("impact") or 0,
        "owner_id": reader.number("owner_id"), "due_date": reader.day("due_date"),
        "strategy": reader.text("strategy", limit=8) or "mitigate", "response": reader.text("response"),
    }
    reader.finish()
    return read


def _values(row: RiskRow) -> dict[str, str]:
    return {
        "title": row.title, "kind": row.kind, "description": row.description, "probability": str(row.probability),
        "impact": str(row.impact), "owner_id": str(row.owner_id or ""), "due_date": row.due_date.isoformat() if row.due_date else "",
        "strategy": row.strategy, "response": row.response,
    }


def _form(
    request: SignedInRequest, project_id: int, values: Mapping[str, str], errors: Mapping[str, str], row: RiskRow | None
) -> HttpResponse:
    actor = request.actor
    project = get_project(actor=actor, project_id=project_id)
    due = FormReader(values).day("due_date")
    context = {
        "project": project, "values": values, "errors": errors, "risk": row, "due": due, "action": request.path,
        "may_change": may_change_plan(actor=actor, project_id=project.id, manager_id=project.manager_id),
        "people_options": [(person.id, person.name) for person in list_people(actor=actor)],
        "level_options": [(str(key), words) for key, words in level_words().items()],
        "strategy_options": [(key, strategy_words(key)) for key in RISK_STRATEGIES],
        "view": risk_view(row, civil_date(request.now, actor.time_zone)) if row else None,
    }
    status = 422 if errors else 200
    if is_fragment(request):
        return render_block(request, "delivery/risk.html", "drawer_body", context, status=status)
    return render(request, "delivery/risk.html", context, status=status)
