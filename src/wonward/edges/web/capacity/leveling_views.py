"""Levelling plans: choose them, look at what would move and why, apply, take back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.delivery.queries.projects import list_projects
from wonward.edges.web.capacity.leveling_presenting import rules_of, run_context, state_words
from wonward.edges.web.capacity.tabs import tabs
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import moment
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.journeys.capacity.operations import (
    apply_leveling,
    search_longer,
    start_leveling,
    stop_search,
    undo_leveling,
)
from wonward.journeys.capacity.queries.leveling import get_leveling_run, list_leveling_runs
from wonward.journeys.capacity.types import LevelingRules
from wonward.journeys.promises.operations import ReasonRequired
from wonward.kernel.errors import Refused

FROZEN_DAYS = (0, 5, 10, 20)
SECONDS = (10, 30, 60)
MOST_LISTED = 100


@page(permission="capacity.plan.level", methods=("GET", "POST"))
def leveling(request: SignedInRequest) -> HttpResponse:
    """Choose the projects to level together; what was levelled before."""
    if request.method != "POST":
        return _choose(request, _ids(request.GET.getlist("project_id")), {})
    try:
        run_id = _start(request, _ids(request.POST.getlist("project_id")), ())
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _choose(request, _ids(request.POST.getlist("project_id")), errors_by_field(refusal.errors), status=422)
    return go_to(request, address_of("leveling_run", run_id=run_id))


def _choose(request: SignedInRequest, chosen: set[int], errors: dict[str, str], *, status: int = 200) -> HttpResponse:
    actor = request.actor
    rows = list_projects(actor=actor, statuses=("planned", "active"), limit=MOST_LISTED)
    return render(request, "capacity/leveling.html", {
        "tabs": tabs(actor, "leveling"), "errors": errors, "frozen": [(days, _frozen_words(days)) for days in FROZEN_DAYS],
        "projects": [{"row": row, "is_on": row.id in chosen or (not chosen and row.manager_id == actor.person_id)} for row in rows],
        "is_cut": len(rows) == MOST_LISTED,
        "runs": [
            {"href": address_of("leveling_run", run_id=key), "state": state_words(state), "at": moment(at, actor.time_zone),
             "count": ngettext("%(num)s project", "%(num)s projects", count) % {"num": count}}
            for key, state, count, at in list_leveling_runs(actor=actor)
        ],
    }, status=status)


def _frozen_words(days: int) -> str:
    return ngettext("What begins within %(num)s day", "What begins within %(num)s days", days) % {"num": days} if days else _("Only what has begun")


def _start(request: SignedInRequest, project_ids: set[int], pins: tuple[int, ...]) -> int:
    reader = FormReader(request.POST)
    frozen, with_tentative = reader.number("frozen_days") or 0, reader.flag("with_tentative")
    reader.finish()
    rules = LevelingRules(frozen, with_tentative, pins)
    return start_leveling(actor=request.actor, project_ids=sorted(project_ids), rules=rules, now=request.now)


@page(permission="capacity.plan.level")
def leveling_run(request: SignedInRequest, run_id: int) -> HttpResponse:
    """What would move, why, and how good that is."""
    context = _review(request, run_id)
    if is_fragment(request):
        return render_block(request, "capacity/leveling_run.html", "review", context)
    return render(request, "capacity/leveling_run.html", context)


def _review(request: SignedInRequest, run_id: int, **more: Any) -> dict[str, Any]:
    plan = more.pop("plan", "") or request.GET.get("plan", "")
    run = get_leveling_run(actor=request.actor, run_id=run_id, plan=plan, now=request.now)
    return {"tabs": tabs(request.actor, "leveling"), **run_context(run), "seconds": SECONDS, "rules": rules_of(run), "reason": "", "errors": {}, **more}


@page(permission="capacity.plan.level", methods=("POST",))
def leveling_search(request: SignedInRequest, run_id: int) -> HttpResponse:
    """Search longer, or end the search."""
    reader = FormReader(request.POST)
    seconds = reader.number("seconds") or 0
    reader.finish()
    if reader.flag("stop"):
        stop_search(actor=request.actor, run_id=run_id, now=request.now)
    else:
        search_longer(actor=request.actor, run_id=run_id, seconds=seconds, now=request.now)
    return go_to(request, address_of("leveling_run", run_id=run_id))


@page(permission="capacity.plan.level", methods=("POST",))
def leveling_again(request: SignedInRequest, run_id: int) -> HttpResponse:
    """Level the same plans once more; moves that are not ticked stay where they are."""
    run = get_leveling_run(actor=request.actor, run_id=run_id, plan=request.POST.get("plan", ""), now=request.now)
    ticked = _ids(request.POST.getlist("task_id"))
    kept = {move.task_id for move in run.moves if move.is_set and move.task_id not in ticked} if "chosen" in request.POST else set()
    freed = _ids(request.POST.getlist("free"))
    new_id = _start(request, set(run.projects), tuple(sorted((set(run.rules.pins) | kept) - freed)))
    return go_to(request, address_of("leveling_run", run_id=new_id))


@page(permission="capacity.plan.level", methods=("POST",))
def leveling_application(request: SignedInRequest, run_id: int) -> HttpResponse:
    """Apply what is ticked, or take everything back."""
    reader = FormReader(request.POST)
    reason, decision, plan = reader.text("reason", limit=2000), reader.text("decision", limit=10), reader.text("plan", limit=10)
    reader.finish()
    if decision == "undo":
        undo_leveling(actor=request.actor, run_id=run_id, now=request.now)
        return go_to(request, address_of("leveling_run", run_id=run_id))
    ticked = _ids(request.POST.getlist("task_id"))
    try:
        apply_leveling(actor=request.actor, run_id=run_id, plan=plan, task_ids=ticked, reason=reason, now=request.now)
    except ReasonRequired as refusal:
        errors = errors_by_field(refusal.errors)
        return render(request, "capacity/leveling_run.html", _review(request, run_id, plan=plan, errors=errors, ticked=ticked, asks_why=refusal.broken), status=422)
    except Refused as refusal:
        if not refusal.errors:
            raise
        context = _review(request, run_id, plan=plan, errors={"task_ids": refusal.message}, ticked=ticked)
        return render(request, "capacity/leveling_run.html", context, status=422)
    return go_to(request, address_of("leveling_run", run_id=run_id))


def _ids(texts: list[str]) -> set[int]:
    return {int(text) for text in texts[:5000] if text.isdecimal() and len(text) < 16}
