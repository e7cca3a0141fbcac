"""The register of what may go wrong in a project, and of what already does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
from wonward.edges.web.shell.saved_lists import ListColumn, SavedList, list_in, look_at, register_list
from wonward.foundation.organisation.queries import civil_date
from wonward.kernel.errors import Refused

SHOWN = {"open": ("open",), "closed": ("closed",), "all": ()}
KINDS = ("risk", "issue")
RISKS = register_list(SavedList(
    "delivery.risks", "project_risks", gettext_lazy("Risks"), gettext_lazy("The register"), "delivery.project.view", ("state", "kind", "owner", "q"),
    (
        ListColumn("title", gettext_lazy("What"), is_fixed=True), ListColumn("exposure", gettext_lazy("Exposure")),
        ListColumn("owner", gettext_lazy("Owner"), is_sortable=False), ListColumn("due_date", gettext_lazy("Look again")),
        ListColumn("response", gettext_lazy("Response"), is_sortable=False), ListColumn("description", gettext_lazy("Description"), is_sortable=False, is_usual=False),
        ListColumn("updated_at", gettext_lazy("Changed"), is_usual=False),
    ),
    (("kind", gettext_lazy("Risks and issues")), ("owner", gettext_lazy("Owner")), ("strategy", gettext_lazy("Strategy"))),
    place=("project_id", "delivery.project"),
))


@page(permission="delivery.project.view")
def project_risks(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Open risks and issues, the gravest first, and where they lie on the scales."""
    actor = request.actor
    row = get_project(actor=actor, project_id=project_id)
    look = look_at(request, list_in(RISKS, project_id))
    query = look.query
    state = query.get("state", "open")
    state = state if state in SHOWN else "open"
    kind, owner, text = query.get("kind", ""), query.get("owner", ""), query.get("q", "").strip()[:120]
    owner_id = actor.person_id if owner == "me" else int(owner) if owner.isdecimal() and len(owner) < 16 else None
    rows = list_risks(
        actor=actor, project_id=project_id, statuses=SHOWN[state], kinds=[kind] if kind in KINDS else (), owner_id=owner_id, text=text,
        sort=look.state.sort or "-exposure", group=look.state.group,
    )
    today = civil_date(request.now, actor.time_zone)
    context = {
        **header_context(request, row), "tab": "risks", "groups": _grouped(rows, look.state.group, today), "look": look,
        "sort": look.state.sort or "-exposure", "sort_href": look.without("sort"), "kind": kind, "owner": owner, "text": text,
        "kind_options": [("risk", _("Risks")), ("issue", _("Issues"))], "kept": look.kept("kind", "owner", "q"),
        "owner_options": [("me", _("Me")), ("0", _("Nobody yet")), *((str(person.id), person.name) for person in list_people(actor=actor))],
        "is_filtered": bool(kind or owner or text), "clear_href": look.without("kind", "owner", "q").rstrip("?&"),
        "matrix": matrix_of(rows), "state": state,
        "state_links": [(key, words, f"{look.without('state')}state={key}") for key, words in (("open", _("Open")), ("closed", _("Closed")), ("all", _("All")))],
        "risk_count": sum(one.kind == "risk" for one in rows), "issue_count": sum(one.kind == "issue" for one in rows),
    }
    return render(request, "delivery/risks.html", context, block="register")


def _grouped(rows: Sequence[RiskRow], group: str, today: date) -> list[dict[str, Any]]:
    """The lines of the register below the headings of their groups."""
    def title(one: RiskRow) -> str:
        if group == "owner":
            return one.owner_name or _("Nobody yet")
        if group == "strategy":
            return strategy_words(one.strategy)
        return (_("Issues") if one.kind == "issue" else _("Risks")) if group == "kind" else ""
    return [{"title": name, "rows": [risk_view(one, today) for one in found]} for name, found in groupby(rows, key=title)]


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
