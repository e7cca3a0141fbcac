"""What a win would create, by the same rules that create it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wonward.domains.catalog.queries import get_blueprints
from wonward.domains.catalog.types import Blueprint, BlueprintItem, SoldLine
from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.comms.queries import count_communications
from wonward.domains.delivery.queries.drafts import date_items
from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.sales.queries.deals import get_deal, list_lines
from wonward.domains.sales.types import ClosingBrief, DealRow, LineRow
from wonward.domains.staff.queries import find_delivery_lead, find_person, get_default_calendar
from wonward.foundation.files.queries import count_documents
from wonward.journeys.handoff.queries.handoffs import find_handoff_of_deal
from wonward.journeys.handoff.rules.shares import share_of
from wonward.journeys.handoff.types import ProjectPreview, WinPreview
from wonward.journeys.promises.queries import list_promises
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref
from wonward.kernel.work_calendar import WorkCalendar

SETTLED = ("waived", "replaced")


def preview_win(*, actor: Actor, deal_id: int, kickoff_date: date | None, brief: ClosingBrief | None = None) -> WinPreview:
    """What closing this deal as won would create, as far as the actor sees what it is made of.

    Dates need the kickoff; a main stakeholder not yet noted on the deal and the promised finish come from `brief`.
    """
    deal = get_deal(actor=actor, deal_id=deal_id)
    ref = Ref("sales.deal", deal_id)
    lines = list_lines(deal=deal)
    former = find_handoff_of_deal(actor=actor, deal_id=deal_id)
    blueprints = get_blueprints(name=deal.name, lines=[SoldLine.choosing(line.service_id, line.quantity, line.options) for line in lines])
    promises = [row for row in list_promises(actor=actor, deal_id=deal_id, limit=5000) if row.state not in SETTLED]
    waiting = [row for row in promises if row.project_id is None]
    is_finish_new = not any(row.key == "finish" for row in promises)
    keys = {item.promise_key for item in blueprints[0].items if item.promise_key} | {"finish"}
    known = {row.contact_id for row in list_stakeholders(ref=ref)}
    if brief is not None and brief.main_stakeholder_id:
        known.add(brief.main_stakeholder_id)
    _, calendar = get_default_calendar()
    kickoff = calendar.next_working_day(kickoff_date) if kickoff_date else None
    promised = brief.promised_finish_date if brief else None
    if former is not None:
        rows = find_projects(actor=actor, project_ids=[one.project_id for one in former.projects]).values()
        projects: list[ProjectPreview] = []
        finish = max((row.forecast_finish_date for row in rows if row.forecast_finish_date), default=None)
    else:
        projects = [_project(deal, lines, blueprint, place, kickoff, promised, calendar) for place, blueprint in enumerate(blueprints)]
        finish = max((one.forecast_finish_date for one in projects if one.forecast_finish_date), default=None)
    lead_id = former.lead_id if former else find_delivery_lead()
    lead = find_person(lead_id) if lead_id else None
    return WinPreview(
        tuple(projects), len(waiting) + is_finish_new, sum(1 for row in waiting if row.key in keys) + is_finish_new,
        sum(count_communications(actor=actor, refs=[ref]).values()), count_documents(actor=actor, refs=[ref]), len(known), deal.value,
        sum(one.effort_minutes for one in projects), kickoff, finish, lead.name if lead else "", former is not None,
    )


def _project(
    deal: DealRow, lines: Sequence[LineRow], blueprint: Blueprint, place: int, kickoff: date | None, promised: date | None,
    calendar: WorkCalendar,
) -> ProjectPreview:
    budget, _, _ = share_of(
        value=deal.value, lines=lines, service_ids=blueprint.service_ids, is_first=place == 0,
        costs={},
    )
    return ProjectPreview(
        blueprint.name, blueprint.template_name, blueprint.template_number,
        sum(1 for item in blueprint.items if item.kind == "task"), sum(1 for item in blueprint.items if item.is_moment),
        sum(len({wait.key for wait in item.after}) for item in blueprint.items), blueprint.effort_minutes,
        budget if deal.has_value_right else None, forecast_finish(blueprint.items, kickoff, promised, calendar) if kickoff else None,
    )


def forecast_finish(
    items: Sequence[BlueprintItem], kickoff: date, promised: date | None, calendar: WorkCalendar
) -> date | None:
    """When the last of the items ends if work starts at the kickoff; None when they cannot be dated."""
    try:
        dated = date_items(items, start_date=kickoff, promised_finish_date=promised, calendar=calendar)
    except Refused:
        return None
    return max((one.timing.finish_at.date() for one in dated.values()), default=kickoff)
