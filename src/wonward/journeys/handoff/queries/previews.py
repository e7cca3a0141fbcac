"""What a win would create, by the same rules that create it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from wonward.domains.catalog.queries import get_additions, get_blueprints, get_service_facts
from wonward.domains.catalog.types import Blueprint, BlueprintItem, SoldLine
from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.comms.queries import count_communications
from wonward.domains.delivery.planning import look_at_start
from wonward.domains.delivery.queries.drafts import DatedItem, date_items
from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.delivery.types import ProjectRow
from wonward.domains.sales.queries.deals import get_deal, list_lines
from wonward.domains.sales.types import ClosingBrief, DealRow, LineRow
from wonward.domains.staff.queries import find_delivery_lead, find_person, get_default_calendar
from wonward.foundation.files.queries import count_documents
from wonward.journeys.handoff.queries.additions import (
    GOING_ON,
    begins_with_kickoff,
    find_lines_planned,
    is_kickoff_of_all,
    list_open_projects,
)
from wonward.journeys.handoff.queries.handoffs import find_handoff_of_deal
from wonward.journeys.handoff.rules.additions import planned_from, sold_since
from wonward.journeys.handoff.rules.shares import share_of
from wonward.journeys.handoff.types import HandoffRow
from wonward.journeys.handoff.types.previews import ProjectPreview, WinPreview
from wonward.journeys.promises.queries import list_promises
from wonward.journeys.promises.types import FINISH
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
    blueprints = get_blueprints(name=deal.name, lines=[SoldLine.choosing(line.service_id, line.quantity, line.options, line.hours) for line in lines])
    promises = [row for row in list_promises(actor=actor, deal_id=deal_id, limit=5000) if row.state not in SETTLED]
    waiting = [row for row in promises if row.project_id is None]
    is_finish_new = not any(row.key == FINISH for row in promises)
    keys = {item.promise_key for blueprint in blueprints for item in blueprint.items if item.promise_key} | {FINISH}
    known = {row.contact_id for row in list_stakeholders(ref=ref)}
    if brief is not None and brief.main_stakeholder_id:
        known.add(brief.main_stakeholder_id)
    _, calendar = get_default_calendar()
    kickoff = calendar.next_working_day(kickoff_date) if kickoff_date else None
    promised = brief.promised_finish_date if brief else None
    finishes: list[date | None] = []
    told: tuple[str, ...] = ()
    if former is not None:
        rows = find_projects(actor=actor, project_ids=[one.project_id for one in former.projects]).values()
        sold = _sold(lines)
        moves = is_kickoff_of_all(handoff_id=former.id, lines=sold)
        finishes, stay = _begun_anew(actor, rows, former.kickoff_date, kickoff, moves)
        projects, told = _added(deal, lines, sold, former, kickoff, promised or former.promised_finish_date, calendar)
        told = (*stay, *told)
    else:
        projects = [_project(deal, lines, blueprint, place == 0, kickoff, promised, calendar) for place, blueprint in enumerate(blueprints)]
    finishes += [one.forecast_finish_date for one in projects]
    finish = max((day for day in finishes if day), default=None)
    lead_id = former.lead_id if former else find_delivery_lead()
    lead = find_person(lead_id) if lead_id else None
    return WinPreview(
        tuple(projects), len(waiting) + is_finish_new, sum(1 for row in waiting if row.key in keys) + is_finish_new,
        sum(count_communications(actor=actor, refs=[ref]).values()), count_documents(actor=actor, refs=[ref]), len(known), deal.value,
        sum(one.effort_minutes for one in projects), kickoff, finish, lead.name if lead else "", former is not None, told,
    )


def _begun_anew(
    actor: Actor, rows: Iterable[ProjectRow], before: date, kickoff: date | None, moves: bool
) -> tuple[list[date | None], tuple[str, ...]]:
    """When the projects that are there already end under the kickoff asked for, and what is said of those that do not move."""
    finishes: list[date | None] = []
    told = []
    for row in rows:
        is_moved = moves and kickoff is not None and kickoff != before and row.status in GOING_ON
        if kickoff and is_moved and begins_with_kickoff(project_id=row.id, kickoff_date=before):
            finishes.append(look_at_start(actor=actor, project_id=row.id, day=kickoff))
            continue
        finishes.append(row.forecast_finish_date)
        if kickoff and is_moved:
            told.append(planned_from(row.name, before, kickoff))
    return finishes, tuple(told)


def _sold(lines: Sequence[LineRow]) -> list[Mapping[str, Any]]:
    """The lines of a deal as a win would freeze them, as far as plans are made of them."""
    names = get_service_facts(line.service_id for line in lines)
    return [
        {"service_id": line.service_id, "service": names[line.service_id][0], "quantity": f"{line.quantity.normalize():f}",
         "options": line.options}
        for line in lines
    ]


def _added(
    deal: DealRow, lines: Sequence[LineRow], sold: Sequence[Mapping[str, Any]], former: HandoffRow, kickoff: date | None,
    promised: date | None, calendar: WorkCalendar,
) -> tuple[list[ProjectPreview], tuple[str, ...]]:
    """What a second win adds to the projects of the first, and what it only says."""
    since = sold_since(find_lines_planned(handoff_id=former.id), sold)
    fresh = [lines[place] for place in since.added]
    if not fresh:
        return [], since.told
    there = list_open_projects(handoff_id=former.id)
    additions = get_additions(
        name=deal.name, there=[template for _, _, template in there],
        lines=[SoldLine.choosing(line.service_id, line.quantity, line.options, line.hours) for line in fresh],
    )
    return [
        replace(
            _project(deal, fresh, blueprint, False, kickoff, promised, calendar), joins="" if place is None else there[place][1],
        )
        for place, blueprint in additions
    ], since.told


def _project(
    deal: DealRow, lines: Sequence[LineRow], blueprint: Blueprint, is_first: bool, kickoff: date | None, promised: date | None,
    calendar: WorkCalendar,
) -> ProjectPreview:
    budget, _, _ = share_of(
        value=deal.value, lines=lines, service_ids=blueprint.service_ids, is_first=is_first,
        costs={},
    )
    dated = _dated(blueprint.items, kickoff, promised, calendar) if kickoff else {}
    return ProjectPreview(
        blueprint.name, blueprint.template_name, blueprint.template_number,
        sum(1 for item in blueprint.items if item.kind == "task"), sum(1 for item in blueprint.items if item.is_moment),
        sum(len({wait.key for wait in item.after}) for item in blueprint.items), blueprint.effort_minutes,
        budget if deal.has_value_right else None,
        max((one.timing.finish_at.date() for one in dated.values()), default=kickoff) if dated is not None else None,
        tuple(
            (item.name, item.kind, timing.start_at.date(), timing.finish_at.date())
            for item in blueprint.items if dated and (item.is_moment or item.kind == "phase")
            for timing in [dated[item.key].timing]
        ),
    )


def _dated(
    items: Sequence[BlueprintItem], kickoff: date, promised: date | None, calendar: WorkCalendar
) -> dict[str, DatedItem] | None:
    try:
        return date_items(items, start_date=kickoff, promised_finish_date=promised, calendar=calendar)
    except Refused:
        return None


def forecast_finish(
    items: Sequence[BlueprintItem], kickoff: date, promised: date | None, calendar: WorkCalendar
) -> date | None:
    """When the last of the items ends if work starts at the kickoff; None when they cannot be dated."""
    dated = _dated(items, kickoff, promised, calendar)
    return None if dated is None else max((one.timing.finish_at.date() for one in dated.values()), default=kickoff)
