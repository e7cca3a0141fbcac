"""Objectives: what is to be reached, how far it is, and the records behind every number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.domains.staff.queries import list_people
from wonward.edges.web.insights.forms import fill, measure_options, period_choices, read_objective
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_words
from wonward.edges.web.shell.objectives import MEASURE_WORDS, ObjectiveView, measured_words, objective_view
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.records import record_address
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.shell.saved_lists import SavedList, look_at, orders_of, register_list
from wonward.foundation.access.queries import list_teams
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.insights.operations import archive_objective, change_objective, set_objective
from wonward.journeys.insights.queries import (
    SHOWN,
    get_objective,
    list_facts,
    list_measures,
    list_objectives,
    may_set,
)
from wonward.journeys.insights.types import FactRow, ObjectiveFields, ObjectiveRow, Unit
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref

ON_A_PAGE = 24
FACTS_ON_A_PAGE = 50
OBJECTIVES = register_list(SavedList(
    "insights.objectives", "objectives", gettext_lazy("Objectives"), gettext_lazy("Running objectives"), "insights.objective.view",
    ("state", "whose", "measure", "q"), groups=(("whose", gettext_lazy("Whose")), ("measure", gettext_lazy("Measure"))),
    sorts=("ends_date", "name", "updated_at"),
))
ORDERS = {
    "": gettext_lazy("Ends first"), "-ends_date": gettext_lazy("Ends last"), "name": gettext_lazy("Name"), "-updated_at": gettext_lazy("Changed last"),
}
_FIELDS = ("name", "measure", "target", "whose", "team_id", "person_id", "starts_date", "ends_date", "period", "note", "links")


@page(permission="insights.objective.view")
def objectives(request: SignedInRequest) -> HttpResponse:
    """The objectives of a state, those that end first before others."""
    look = look_at(request, OBJECTIVES)
    query = look.query
    state = query.get("state", "running")
    state = state if state in SHOWN else "running"
    number = _page_number(request)
    is_mine, measure, text = query.get("whose") == "mine", query.get("measure", ""), query.get("q", "").strip()[:120]
    found = list_objectives(
        actor=request.actor, now=request.now, state=state, is_mine=is_mine, text=text, measure=measure[:24], sort=look.state.sort or "ends_date",
        group=look.state.group, offset=(number - 1) * ON_A_PAGE, limit=ON_A_PAGE + 1,
    )
    words = {"running": _("Running"), "coming": _("Coming"), "over": _("Over"), "archived": _("Put away")}
    context = {
        "look": look, "orders": orders_of(look, ORDERS), "groups": _grouped(found[:ON_A_PAGE], look.state.group), "text": text, "measure": measure,
        "measure_options": [(one.key, str(MEASURE_WORDS[one.key])) for one in list_measures()], "kept": look.kept("measure", "q"),
        "is_filtered": bool(is_mine or measure or text), "state": state, "is_mine": is_mine, "number": number,
        "state_links": [{"label": label, "href": f"{look.without('state', 'page')}state={key}", "is_current": key == state} for key, label in words.items()],
        "mine_href": look.without("whose", "page").rstrip("?&") if is_mine else f"{look.without('page')}whose=mine",
        "next_href": f"{look.without('page')}page={number + 1}" if len(found) > ON_A_PAGE else "",
        "back_href": f"{look.without('page')}page={number - 1}" if number > 1 else "",
        "may_set": request.actor.may("insights.objective.edit"),
    }
    return render(request, "insights/objectives.html", context, block="list")


def _grouped(rows: Sequence[ObjectiveRow], group: str) -> list[tuple[str, list[ObjectiveView]]]:
    """The cards below the headings of their groups."""
    views = [objective_view(row) for row in rows]
    return [(name, list(found)) for name, found in groupby(views, key=lambda one: {"whose": one.whose, "measure": one.measure}.get(group, ""))]


@page(permission="insights.objective.view")
def objective(request: SignedInRequest, objective_id: int) -> HttpResponse:
    """One objective with the records behind its number."""
    row = get_objective(actor=request.actor, objective_id=objective_id, now=request.now)
    number = _page_number(request)
    facts = list_facts(
        actor=request.actor, objective_id=objective_id, offset=(number - 1) * FACTS_ON_A_PAGE, limit=FACTS_ON_A_PAGE + 1
    )
    context = {
        "row": row, "view": objective_view(row), "facts": [_fact(one, row) for one in facts[:FACTS_ON_A_PAGE]], "number": number,
        "links": [(name, record_address(ref)) for ref, name in row.links], "ref": Ref("insights.objective", objective_id),
        "has_value": row.measure.unit not in (Unit.COUNT, Unit.PERCENT), "has_judgement": row.measure.unit is Unit.PERCENT,
        "next_href": f"{request.path}?page={number + 1}" if len(facts) > FACTS_ON_A_PAGE else "",
        "back_href": f"{request.path}?page={number - 1}" if number > 1 else "",
        "goals_href": address_of("sales_reports") if row.follows_goals and request.actor.may("sales.report.view") else "",
        "turned": request.GET.get("turned", ""),
    }
    return render(request, "insights/objective.html", context, block="whole")


def _fact(one: FactRow, row: ObjectiveRow) -> dict[str, Any]:
    unit = row.measure.unit
    return {
        "name": one.name, "href": record_address(one.ref), "day": date_words(one.day), "is_hit": one.is_hit,
        "value": measured_words(unit, one.value, row.currency) if unit not in (Unit.COUNT, Unit.PERCENT) else "",
    }


@page(permission="insights.objective.edit", methods=("GET", "POST"))
def new_objective(request: SignedInRequest) -> HttpResponse:
    """Set an objective."""
    today = civil_date(request.now, request.actor.time_zone)
    if request.method != "POST":
        whose = "" if request.actor.scope_of("insights.objective.edit") is Scope.ALL else f"person:{request.actor.person_id}"
        return _form(request, {"period": "quarter", "whose": whose}, {}, None)
    try:
        fields = ObjectiveFields(**read_objective(request.actor, request.POST, today))
        key = set_objective(actor=request.actor, fields=fields, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _form(request, request.POST, errors_by_field(refusal.errors), None)
    return go_to(request, address_of("objective", objective_id=key))


@page(permission="insights.objective.edit", methods=("GET", "POST"))
def objective_editing(request: SignedInRequest, objective_id: int) -> HttpResponse:
    """Change an objective."""
    actor = request.actor
    row = get_objective(actor=actor, objective_id=objective_id, now=request.now)
    if request.method != "POST":
        return _form(request, fill(row, _numbers(actor, row)), {}, row)
    try:
        reader = FormReader(request.POST)
        version = reader.version()
        changes = read_objective(actor, request.POST, civil_date(request.now, actor.time_zone))
        reader.finish()
        change_objective(actor=actor, objective_id=objective_id, changes=changes, version=version, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _form(request, request.POST, errors_by_field(refusal.errors), row)
    return go_to(request, address_of("objective", objective_id=objective_id))


@page(permission="insights.objective.edit", methods=("POST",))
def objective_archiving(request: SignedInRequest, objective_id: int) -> HttpResponse:
    """Put an objective away, or bring it back."""
    reader = FormReader(request.POST)
    is_archived = not reader.flag("back")
    version = reader.version()
    reader.finish()
    archive_objective(actor=request.actor, objective_id=objective_id, is_archived=is_archived, version=version, now=request.now)
    return go_to(request, f"{address_of('objective', objective_id=objective_id)}?turned={'away' if is_archived else 'back'}")


def _numbers(actor: Actor, row: ObjectiveRow) -> dict[Ref, str]:
    deals = [ref.id for ref, _name in row.links if ref.noun == "sales.deal"]
    projects = [ref.id for ref, _name in row.links if ref.noun == "delivery.project"]
    found = {Ref("sales.deal", key): deal.number for key, deal in find_deal_rows(actor=actor, deal_ids=deals).items()} if deals else {}
    if projects:
        found |= {Ref("delivery.project", key): one.number for key, one in find_projects(actor=actor, project_ids=projects).items()}
    return found


def _form(request: SignedInRequest, values: Mapping[str, str], errors: Mapping[str, str], row: ObjectiveRow | None) -> HttpResponse:
    today = civil_date(request.now, request.actor.time_zone)
    reader = FormReader(values)
    context = {
        "row": row, "values": values, "errors": errors, "action": request.path, "measures": measure_options(),
        "periods": period_choices(today), "whose": _whose(request.actor), "starts_date": reader.day("starts_date") or today,
        "ends_date": reader.day("ends_date") or today + timedelta(days=90), "may_set_all": may_set(request.actor, person_id=None, team_id=None),
        "other_errors": [message for name, message in errors.items() if name not in _FIELDS],
        "whose_error": errors.get("person_id", "") or errors.get("team_id", ""),
    }
    status = 422 if errors else 200
    if is_fragment(request):
        return render_block(request, "insights/objective_form.html", "drawer_body", context, status=status)
    return render(request, "insights/objective_form.html", context, status=status)


def _whose(actor: Actor) -> list[tuple[str, str]]:
    """Whose objectives the viewer may set; everybody together is the empty choice."""
    teams = [(f"team:{team.id}", _("Team %(name)s") % {"name": team.name}) for team in list_teams() if may_set(actor, person_id=None, team_id=team.id)]
    people = [(f"person:{one.id}", one.name) for one in list_people(actor=actor) if may_set(actor, person_id=one.id, team_id=None)]
    return teams + people


def _page_number(request: SignedInRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, min(int(text), 100_000)) if text.isdecimal() else 1
