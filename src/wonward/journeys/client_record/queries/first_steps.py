"""What somebody does first in a new house, each told from what is there, never from what was clicked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from wonward.domains.catalog.queries import has_services
from wonward.domains.delivery.queries.projects import list_projects
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.queries.forms import list_forms
from wonward.domains.sales.queries.leads import count_leads
from wonward.domains.sales.queries.reports import list_goals
from wonward.domains.sales.types import DealFilter
from wonward.domains.sales.types.leads import LeadFilter
from wonward.domains.staff.queries import count_sign_ins
from wonward.domains.staff.queries.bookings import list_rates
from wonward.foundation.access.queries import has_factor, wants_checklist
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.foundation.saved_views.queries import list_pins
from wonward.journeys.handoff.queries import count_handoffs
from wonward.kernel.actor import Actor

UNNAMED = "My organisation"


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing to do, and whether it is done."""

    key: str
    is_done: bool


def list_first_steps(*, actor: Actor, now: datetime, has_deals: bool = False) -> list[FirstStep]:
    """The steps of the viewer's access role; nothing for those who put the list away or have done it all. `has_deals`: the caller has
    seen a deal of theirs already."""
    if actor.user_id is None or not wants_checklist(actor.user_id):
        return []
    steps = [FirstStep(key, measure()) for key, measure in _measures(actor, now, has_deals=has_deals)]
    return [] if all(step.is_done for step in steps) else steps


def list_setup_steps(*, actor: Actor, now: datetime) -> list[FirstStep]:
    """What makes an empty installation a house of one's own."""
    return [FirstStep(key, measure()) for key, measure in _setup(actor, now, has_deals=False)]


def _setup(actor: Actor, now: datetime, *, has_deals: bool) -> list[tuple[str, Callable[[], bool]]]:
    steps: list[tuple[str, Callable[[], bool]]] = [("house", lambda: get_organisation().name != UNNAMED)]
    if actor.may("catalog.service.view"):
        steps.append(("services", lambda: has_services(actor=actor)))
    steps.append(("people", lambda: count_sign_ins() > 1))
    if actor.may("sales.deal.create"):
        steps.append(("deal", lambda: has_deals or bool(list_deals(actor=actor, where=DealFilter(), now=now, limit=1))))
    return steps


def _measures(actor: Actor, now: datetime, *, has_deals: bool) -> list[tuple[str, Callable[[], bool]]]:
    assert actor.user_id is not None
    user_id = actor.user_id
    if actor.may("organisation.settings.edit"):
        return [*_setup(actor, now, has_deals=has_deals), ("factor", lambda: has_factor(user_id))]
    return [*_of_role(actor, now, has_deals=has_deals), ("factor", lambda: has_factor(user_id))]


def _of_role(actor: Actor, now: datetime, *, has_deals: bool) -> list[tuple[str, Callable[[], bool]]]:
    """What somebody with these rights does first in their part of the house."""
    steps: list[tuple[str, Callable[[], bool]]] = []
    if actor.may("sales.deal.create"):
        if actor.may("sales.goal.edit"):
            steps.append(("goal", lambda: bool(list_goals(actor=actor, start=civil_date(now, actor.time_zone)))))
        mine = DealFilter(owner_id=actor.person_id)
        steps.append(("deal", lambda: has_deals or bool(list_deals(actor=actor, where=mine, now=now, limit=1))))
        steps.append(("leads", lambda: count_leads(actor=actor, where=LeadFilter(view="late"), now=now) == 0))
        steps.append(("pin", lambda: bool(list_pins(actor=actor))))
    elif actor.may("handoff.handoff.accept"):
        steps.append(("handoff", lambda: count_handoffs(actor=actor).get("accepted", 0) > 0))
        steps.append(("project", lambda: bool(list_projects(actor=actor, limit=1))))
    elif actor.may("sales.lead.configure"):
        steps.append(("form", lambda: any(form.is_open for form in list_forms(actor=actor))))
        steps.append(("leads", lambda: count_leads(actor=actor, where=LeadFilter(view="late"), now=now) == 0))
    elif actor.may("staff.rate.edit"):
        steps.append(("rates", lambda: bool(list_rates(actor=actor))))
        steps.append(("pin", lambda: bool(list_pins(actor=actor))))
    elif actor.may("delivery.project.view"):
        steps.append(("work", lambda: bool(list_projects(actor=actor, limit=1))))
    return steps
