"""The day's work and the personal look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.approvals.queries import list_approvals
from wonward.domains.delivery.queries.tasks import list_my_tasks
from wonward.domains.sales.queries.answers import ask_owed_by, list_owed_answers
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.queries.shapes import day_frame
from wonward.domains.sales.types import DealFilter
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.objectives import objective_view
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to, nothing
from wonward.edges.web.shell.saved_lists import ListLook, SavedList, look_at, register_list
from wonward.edges.web.shell.waiting import waiting_of
from wonward.edges.web.work.presenting import action_kinds, first_steps, work_groups
from wonward.foundation.access.operations import change_preferences
from wonward.foundation.database.prepared import numbers
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.client_record.queries.first_steps import list_first_steps
from wonward.journeys.handoff.queries import ask_open_wins, count_open_wins, list_handoffs
from wonward.journeys.insights.queries import list_objectives

OBJECTIVES_SHOWN = 4
WAITING_SHOWN = 8
SIDES, TIMES = ("sell", "deliver"), ("overdue", "today", "later")
MY_WORK = register_list(SavedList("work.mine", "my_work", gettext_lazy("My work"), gettext_lazy("Everything due"), None, ("side", "when", "only")))
_LEADING = ("owner", "admin", "leadership")


@page(permission=None)
def my_work(request: SignedInRequest) -> HttpResponse:
    """What is due from me today, on both sides."""
    actor = request.actor
    frame = day_frame(actor, request.now)
    today = frame.today_for(actor.person_id)
    look = look_at(request, MY_WORK)
    side, when, is_blocked = look.query.get("side", ""), look.query.get("when", ""), look.query.get("only", "") == "blocked"
    deals, waiting = [], []
    open_wins, owed = numbers([ask_open_wins(), ask_owed_by(actor.person_id or 0)])
    if actor.may("sales.deal.view") and actor.person_id and side != "deliver" and not is_blocked:
        where = DealFilter(status="open", owner_id=actor.person_id)
        deals = list_deals(actor=actor, where=where, now=request.now, sort="next_action", limit=50)
        waiting = list_owed_answers(actor=actor, owner_id=actor.person_id, limit=WAITING_SHOWN) if owed else []
    tasks = list_my_tasks(actor=actor, until=today + timedelta(days=7)) if actor.person_id and side != "sell" else []
    groups = work_groups(deals, [task for task in tasks if task.blocked_reason or not is_blocked], today)
    if when in TIMES:
        groups = [group for group in groups if group.key == when]
    may_accept = actor.may("handoff.handoff.accept")
    asked = "awaiting_acceptance" if may_accept else "returned"
    context = {
        "today": today, "tomorrow": today + timedelta(days=1), "groups": groups, "kinds": action_kinds(),
        "due_count": sum(len(group.items) for group in groups if group.key != "later"),
        "handoffs": list_handoffs(actor=actor, status=asked, limit=10), "may_accept": may_accept,
        "approvals": list_approvals(actor=actor, is_mine=True, limit=10) if actor.person_id and actor.may("delivery.project.view") else [],
        "objectives": [objective_view(row) for row in list_objectives(actor=actor, now=request.now, is_mine=True, limit=OBJECTIVES_SHOWN)],
        "waiting": [waiting_of(row, now=request.now, zone=actor.time_zone) for row in waiting],
        "open_wins": _open_wins(request) if open_wins else 0, "first_steps": first_steps(list_first_steps(actor=actor, now=request.now, has_deals=bool(deals))),
    }
    context.update(_narrowing(look, has_both=actor.may("sales.deal.view") and get_organisation().is_on("delivery")))
    context["has_sample"] = actor.may("house.sample.remove") and get_organisation().has_sample
    return render(request, "work/my_work.html", context, block="content")


def _narrowing(look: ListLook, *, has_both: bool) -> dict[str, Any]:
    """What the work is narrowed to, and the addresses that narrow it otherwise."""
    def choices(name: str, words: dict[str, str]) -> list[dict[str, Any]]:
        base, chosen = look.without(name), look.query.get(name, "")
        return [
            {"label": label, "href": f"{base}{name}={key}" if key else base.rstrip("?&"), "is_current": key == chosen or (not key and chosen not in words)}
            for key, label in words.items()
        ]

    is_blocked = look.query.get("only", "") == "blocked"
    return {
        "look": look, "is_blocked": is_blocked, "blocked_href": look.without("only").rstrip("?&") if is_blocked else f"{look.without('only')}only=blocked",
        "is_narrowed": any(look.query.get(name) for name in MY_WORK.filters),
        "sides": choices("side", {"": _("Both"), "sell": _("Sales"), "deliver": _("Delivery")}) if has_both else [],
        "times": choices("when", {"": _("Any day"), "overdue": _("Overdue"), "today": _("Today"), "later": _("Coming up")}),
    }


def _open_wins(request: SignedInRequest) -> int:
    """How many deals wait for a handoff since delivery was off, told to those who lead."""
    is_told = request.actor.role in _LEADING and request.actor.may("sales.deal.win") and get_organisation().is_on("delivery")
    return count_open_wins(actor=request.actor) if is_told else 0


@page(permission=None, methods=("POST",))
def preferences(request: SignedInRequest) -> HttpResponse:
    """Remember the viewer's own theme and density."""
    asked = request.POST.get("checklist")
    change_preferences(
        actor=request.actor, theme=request.POST.get("theme"), density=request.POST.get("density"),
        checklist_is_on=asked == "on" if asked else None, now=request.now,
    )
    return go_to(request, address_of("my_work")) if asked else nothing()
