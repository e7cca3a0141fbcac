"""The outlook: demand of the pipeline beside what is booked and what there is, as bands by role and week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.domains.sales.queries.outcomes import LikelyDeal
from wonward.engines.forecast import (
    Band,
    DemandProblem,
    Forecast,
    SimulationUnavailable,
    estimate_demand,
    simulate_demand,
)
from wonward.foundation.access.policy import require
from wonward.journeys.capacity.queries.pipeline import Pipeline, read_pipeline
from wonward.journeys.capacity.rules.weeks import tone_of
from wonward.journeys.capacity.types import (
    DayOver,
    EffortRow,
    Ledger,
    Outlook,
    OutlookCell,
    OutlookDeal,
    OutlookDriver,
    OutlookRow,
    Remedy,
    WhatIf,
)
from wonward.kernel.actor import Actor

DRAWS = 1000


def get_outlook(*, actor: Actor, today: date, weeks: int, what_if: WhatIf | None = None, seed: int = 1, draws: int = DRAWS) -> Outlook:
    """Bands of every role from this week on, as the pipeline is or as if some deals ended otherwise.

    Deals the viewer may not see count, but have no name and no what-if. Tentative bookings of a deal stand in its pipeline demand, not beside it;
    of a deal without lines they are its demand, and of a project they come as often as not.
    """
    require(actor, "capacity.outlook.view")
    wanted = of_seen_deals(actor, what_if or WhatIf())
    pipeline = read_pipeline(actor, today, weeks, wanted)
    forecast = bands_of(pipeline.problem, draws=draws, seed=seed, drivers=6)
    keys = {role_id: key for key, role_id in pipeline.role_ids.items()}
    busiest = _busiest(pipeline.ledger)
    rows = [
        OutlookRow(
            role_id, name, tuple(_cell(band, busiest.get((role_id, week))) for week, band in enumerate(forecast.bands[keys[role_id]])),
            forecast.first_overload(keys[role_id]),
        )
        for role_id, name in pipeline.role_names.items()
    ]
    return Outlook(
        pipeline.ledger.first, weeks, tuple(rows), _shown(actor, pipeline, wanted), forecast.draws, seed, pipeline.unknown, pipeline.left_out, wanted,
        _efforts(pipeline),
    )


def bands_of(problem: DemandProblem, *, draws: int = DRAWS, seed: int = 1, drivers: int = 3) -> Forecast:
    """Simulated bands, or, where numpy is missing, those of mean and variance alone: then no world was drawn."""
    try:
        return simulate_demand(problem, draws=draws, seed=seed, drivers=drivers)
    except SimulationUnavailable:
        return estimate_demand(problem, drivers=drivers)


def list_remedies(*, actor: Actor, today: date, weeks: int, role_id: int, week: int, what_if: WhatIf | None = None, seed: int = 1) -> list[Remedy]:
    """Ways to bring a week of a role back under its capacity, each simulated again in a copy; the cheapest first. Writes nothing."""
    require(actor, "capacity.outlook.view")
    pipeline = read_pipeline(actor, today, weeks, of_seen_deals(actor, what_if or WhatIf()))
    role = next((key for key, known in pipeline.role_ids.items() if known == role_id), None)
    if role is None or role not in pipeline.problem.roles or not 0 <= week < weeks:
        return []
    problem = _of_role(pipeline.problem, role)
    now = bands_of(problem, seed=seed).bands[role]
    if now[week].p_overload < 0.05:
        return []
    return [remedy for remedy in (
        _shift(problem, role, week, now, seed), _freelance(problem, role, week, now, seed), _hire(problem, role, week, now, seed, pipeline),
    ) if remedy]


def of_seen_deals(actor: Actor, what_if: WhatIf) -> WhatIf:
    """The assumptions about deals the viewer sees; others look missing."""
    if not what_if.count:
        return what_if
    seen = set(find_deal_rows(actor=actor, deal_ids=sorted(what_if.won | what_if.lost | set(what_if.moved))))
    return WhatIf(what_if.won & seen, what_if.lost & seen, {key: day for key, day in what_if.moved.items() if key in seen})


def _busiest(ledger: Ledger) -> dict[tuple[int, int], tuple[str, DayOver]]:
    """By role and week whoever has the role and is most above their hours on a day, and that day."""
    found: dict[tuple[int, int], tuple[str, DayOver]] = {}
    for person in ledger.people:
        for one in ledger.days_over(person.id):
            for role_id in person.role_ids:
                place = role_id, (one.day - ledger.first).days // 7
                known = found.get(place)
                if known is None or one.asked - one.given > known[1].asked - known[1].given:
                    found[place] = person.name, one
    return found


def _cell(band: Band, busiest: tuple[str, DayOver] | None) -> OutlookCell:
    drivers = tuple(OutlookDriver(int(one.deal), one.expected_hours, one.hours_in_overload) for one in band.drivers if one.deal.isdecimal())
    return OutlookCell(
        tone_of(p10=band.p10, p50=band.p50, p90=band.p90, capacity=band.capacity), band.mean, band.p10, band.p50, band.p80, band.p90,
        band.p_overload, band.capacity, band.confirmed, drivers, busiest, band.p95, band.idle,
    )


def _shown(actor: Actor, pipeline: Pipeline, what_if: WhatIf) -> dict[int, OutlookDeal]:
    seen = find_deal_rows(actor=actor, deal_ids=list(pipeline.deals))
    shown = {}
    for deal in pipeline.problem.deals:
        if not deal.key.isdecimal():
            continue
        key = int(deal.key)
        found, visible = pipeline.deals[key], key in seen
        shown[key] = _deal_row(found, visible, pipeline, what_if, sum(sum(deal.asked(role)) for role in deal.demand))
    for key in what_if.lost & set(pipeline.deals):
        shown[key] = _deal_row(pipeline.deals[key], key in seen, pipeline, what_if, 0.0)
    return shown


def _efforts(pipeline: Pipeline) -> tuple[EffortRow, ...]:
    """What finished sales took of each role that has any history, in the order of the roles."""
    known = [(role_id, name, pipeline.effort.roles.get(name.strip().casefold())) for role_id, name in pipeline.ledger.known_roles.items()]
    return tuple(EffortRow(role_id, name, one.count, one.planned, one.came, one.factor) for role_id, name, one in known if one and one.count)


def _deal_row(deal: LikelyDeal, is_visible: bool, pipeline: Pipeline, what_if: WhatIf, hours: float) -> OutlookDeal:
    state = "won" if deal.id in what_if.won else "lost" if deal.id in what_if.lost else "moved" if deal.id in what_if.moved else "as_is"
    known = pipeline.evidence[deal.id]
    return OutlookDeal(
        deal.id, deal.number if is_visible else "", deal.name if is_visible else "", deal.company_name if is_visible else "", deal.service_name, deal.stage_name,
        deal.probability, round(known.probability * 100), known.count, what_if.moved.get(deal.id, pipeline.starts[deal.id]), hours, state,
    )


def _of_role(problem: DemandProblem, role: str) -> DemandProblem:
    """The same for one role alone."""
    deals = tuple(replace(deal, demand={role: deal.demand[role]}) for deal in problem.deals if role in deal.demand)
    return replace(problem, deals=deals, confirmed={role: problem.confirmed_hours(role)}, capacity={role: problem.capacity_hours(role)})


def _shift(problem: DemandProblem, role: str, week: int, now: Sequence[Band], seed: int) -> Remedy | None:
    """Start the largest driver later: by the fewest weeks that bring overload below one in two, else by those that help most."""
    key = next((one.deal for one in now[week].drivers if one.deal.isdecimal()), "")
    if not key:
        return None
    best: Remedy | None = None
    for later in (1, 2, 3, 4, 6, 8):
        after = bands_of(problem.as_if(moved={key: later}), seed=seed).bands[role][week].p_overload
        if best is None or after < best.after:
            best = Remedy("shift", now[week].p_overload, after, deal_id=int(key), weeks_later=later)
        if after < 0.5:
            break
    return best if best and best.after < best.before - 0.02 else None


def _freelance(problem: DemandProblem, role: str, week: int, now: Sequence[Band], seed: int) -> Remedy:
    """Hours a week that would cover four worlds in five, over the run of weeks in which overload is likely."""
    first = last = week
    while first and now[first - 1].p_overload >= 0.5:
        first -= 1
    while last + 1 < problem.weeks and now[last + 1].p_overload >= 0.5:
        last += 1
    hours = max(1, round(max(now[place].p80 - now[place].capacity for place in range(first, last + 1))))
    capacity = [value + (hours if first <= place <= last else 0) for place, value in enumerate(problem.capacity_hours(role))]
    after = bands_of(replace(problem, capacity={role: capacity}), seed=seed).bands[role][week].p_overload
    return Remedy("freelance", now[week].p_overload, after, hours_a_week=hours, first_week=first, last_week=last)


def _hire(problem: DemandProblem, role: str, week: int, now: Sequence[Band], seed: int, pipeline: Pipeline) -> Remedy | None:
    """A person more, where the median need stays above the team for at least four weeks."""
    short = [place for place, band in enumerate(now) if band.p50 > band.capacity]
    if len(short) < 4:
        return None
    one = _hours_of_one(pipeline, role)
    people = sum(now[place].p50 - now[place].capacity for place in short) / len(short) / one
    more = replace(problem, capacity={role: [value + one for value in problem.capacity_hours(role)]})
    after = bands_of(more, seed=seed).bands[role][week].p_overload
    return Remedy("hire", now[week].p_overload, after, people=round(people, 1), first_week=short[0], last_week=short[-1])


def _hours_of_one(pipeline: Pipeline, role: str) -> float:
    """What somebody of the role works in a usual week, in hours."""
    role_id = pipeline.role_ids[role]
    hours = [minutes / 60 for person in pipeline.ledger.people if role_id in person.role_ids for minutes in pipeline.ledger.supply[person.id]]
    usual = sorted(value for value in hours if value)
    return usual[len(usual) // 2] if usual else 40.0
