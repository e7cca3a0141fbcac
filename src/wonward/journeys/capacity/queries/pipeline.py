"""The open deals as a problem of forecasting, beside what is booked and what there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from wonward.domains.sales.queries.outcomes import (
    LikelyDeal,
    count_outcomes,
    list_close_delays,
    list_likely_deals,
)
from wonward.engines.forecast import (
    DemandProblem,
    Evidence,
    OpenDeal,
    calibrate_probability,
    expect_demand,
    slip_chances,
)
from wonward.foundation.database.reading import once
from wonward.journeys.capacity.queries.demand import demand_of_deals
from wonward.journeys.capacity.queries.effort import read_effort_history
from wonward.journeys.capacity.queries.ledger import get_ledger, supply_beside
from wonward.journeys.capacity.rules.effort import EffortHistory
from wonward.journeys.capacity.rules.weeks import (
    DAYS_FROM_SIGNATURE_TO_KICKOFF,
    DEFAULT_SLIP,
    id_of_unknown_role,
    monday_of,
    not_before_today,
)
from wonward.journeys.capacity.types import Ledger, WhatIf
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

MOST_DEALS = 400
# What is booked tentatively for a project has been sold; as often as not it comes.
TENTATIVE_CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The open deals that a forecast counts, by key `str(id)`, and what is known of each.

    `role_ids` holds every role of the problem by case-folded name, also one nobody fills; `role_names` their names, alphabetically.
    """

    problem: DemandProblem
    deals: Mapping[int, LikelyDeal]
    starts: Mapping[int, date]
    evidence: Mapping[int, Evidence]
    unknown: int
    left_out: int
    ledger: Ledger
    role_ids: Mapping[str, int]
    role_names: Mapping[int, str]
    effort: EffortHistory


def read_pipeline(actor: Actor, today: date, weeks: int, what_if: WhatIf) -> Pipeline:
    """Read once for all that one page asks of it."""
    assumed = (tuple(sorted(what_if.won)), tuple(sorted(what_if.lost)), tuple(sorted(what_if.moved.items())))
    return once(("capacity pipeline", id(actor), today, weeks, assumed), lambda: _read(actor, today, weeks, what_if))


def _read(actor: Actor, today: date, weeks: int, what_if: WhatIf) -> Pipeline:
    ledger = get_ledger(actor=actor, first=today, weeks=weeks)
    likely = list_likely_deals()
    with_lines = [deal for deal in likely if deal.lines]
    tentative = _tentative(ledger)
    booked = [deal for deal in likely if not deal.lines and Ref("sales.deal", deal.id) in tentative]
    counted = with_lines[:MOST_DEALS]
    hours = demand_of_deals(counted, kickoff=ledger.first)
    outcomes = count_outcomes()
    late = slip_chances([round(days / 7) for days in list_close_delays()], default=DEFAULT_SLIP)
    effort = read_effort_history(ledger.known_roles)
    factors = effort.factors()
    role_ids = {name.strip().casefold(): key for key, name in ledger.known_roles.items()}
    deals, evidence, starts = [], {}, {}
    for deal in (*counted, *booked):
        won, lost = outcomes.get(deal.stage_id, (0, 0))
        evidence[deal.id] = calibrate_probability(won=won, lost=lost, default=deal.probability / 100)
    for deal, demand in zip(counted, hours, strict=True):
        starts[deal.id] = max(deal.expected_close_date or today, today) + timedelta(days=DAYS_FROM_SIGNATURE_TO_KICKOFF)
        start = _first_week(ledger, what_if.moved.get(deal.id, starts[deal.id]))
        roles = {role: row for role, row in demand.items() if role}
        deals.append(
            OpenDeal(str(deal.id), evidence[deal.id].probability, start, roles, not_before_today(late, start), 1.0, effort.whole.spread, str(deal.stage_id), factors)
        )
    for deal in booked:
        first, roles = tentative.pop(Ref("sales.deal", deal.id))
        starts[deal.id] = first
        start = _first_week(ledger, what_if.moved.get(deal.id, first))
        deals.append(OpenDeal(str(deal.id), evidence[deal.id].probability, start, roles, group=str(deal.stage_id)))
    for ref, (first, roles) in tentative.items():
        if ref.noun == "delivery.project":
            deals.append(OpenDeal(f"{ref}", TENTATIVE_CHANCE, _first_week(ledger, first), roles))
    doubt = {str(deal.stage_id): evidence[deal.id].deviation for deal in (*counted, *booked)}
    asked: dict[str, list[float]] = {role: [] for deal in deals for role in deal.demand}
    problem = DemandProblem(weeks, tuple(deals), _confirmed(ledger), asked, doubt)
    known = {deal.key for deal in deals}
    problem = problem.as_if(
        won=[str(key) for key in what_if.won if str(key) in known], lost=[str(key) for key in what_if.lost - what_if.won if str(key) in known]
    )
    # A role keeps its row when the deals that ask for it are taken as lost.
    named = {role: role_ids.get(role) or id_of_unknown_role(role) for role in problem.roles}
    names = {key: ledger.known_roles.get(key, role.capitalize()) for role, key in named.items()}
    problem = replace(problem, capacity=asked | _capacity(ledger, problem))
    return Pipeline(
        problem, {deal.id: deal for deal in (*counted, *booked)}, starts, evidence, len(likely) - len(with_lines) - len(booked),
        len(with_lines) - len(counted), ledger, named,
        dict(sorted(names.items(), key=lambda pair: pair[1].casefold())), effort,
    )


def _confirmed(ledger: Ledger) -> dict[str, list[float]]:
    return {name.strip().casefold(): [minutes / 60 for minutes in ledger.asked_of_role(key)] for key, name in ledger.roles.items()}


def _capacity(ledger: Ledger, problem: DemandProblem) -> dict[str, list[float]]:
    """Hours there are of each role, where people have several: beside what the pipeline asks on average."""
    role_ids = {name.strip().casefold(): key for key, name in ledger.known_roles.items()}
    expected = expect_demand(replace(problem, confirmed={}))
    more = {role_ids[role]: [60 * week.mean for week in weeks] for role, weeks in expected.items() if role in role_ids}
    supply = supply_beside(ledger, more)
    return {ledger.known_roles[key].strip().casefold(): [minutes / 60 for minutes in row] for key, row in supply.items() if key in ledger.known_roles}


def _tentative(ledger: Ledger) -> dict[Ref, tuple[date, dict[str, list[float]]]]:
    """Tentative hours by record: their first Monday, and by case-folded role those of each week from it on."""
    rows: dict[Ref, dict[str, dict[int, float]]] = {}
    for load in ledger.loads:
        name = ledger.known_roles.get(load.role_id or 0, "").strip().casefold()
        if load.state == "tentative" and name and load.minutes:
            weeks = rows.setdefault(load.subject, {}).setdefault(name, {})
            for week, minutes in load.minutes.items():
                weeks[week] = weeks.get(week, 0.0) + minutes / 60
    found = {}
    for ref, roles in rows.items():
        first = min(week for weeks in roles.values() for week in weeks)
        found[ref] = ledger.first + timedelta(weeks=first), {
            role: [weeks.get(week, 0.0) for week in range(first, max(weeks) + 1)] for role, weeks in roles.items()
        }
    return found


def _first_week(ledger: Ledger, day: date) -> int:
    """The number of a day's week; what lies before the first begins with it."""
    return max(0, (monday_of(day) - ledger.first).days // 7)
