"""Whether there is time for a deal if it is won, and when there would be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from wonward.domains.staff.queries import get_default_calendar
from wonward.engines.forecast import EffortEvidence
from wonward.journeys.capacity.queries.demand import deal_hours
from wonward.journeys.capacity.queries.effort import read_effort_history
from wonward.journeys.capacity.queries.ledger import get_ledger, supply_beside
from wonward.journeys.capacity.rules.weeks import monday_of
from wonward.journeys.capacity.types import DealFit, Ledger, RoleFit
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.ref import Ref

WEEKS_TO_LOOK = 12
_TOLERANCE_HOURS = 1.0


def get_deal_fit(*, actor: Actor, deal_id: int, kickoff: date) -> DealFit | None:
    """The roles a deal would ask beside what is booked and planned, and what others have booked tentatively, if its work began on `kickoff`; the caller has shown the deal.

    Hours are those of the templates, times the factor of a role that finished sales know.
    None for who may not see bookings, or when the services of the deal ask for nobody. `safe_kickoff` is the first Monday within
    twelve weeks from which no role is short.
    """
    if actor.scope_of("staff.booking.view") is not Scope.ALL:
        return None
    planned_from = deal_hours(deal_id=deal_id)
    planned = {role: row for role, row in planned_from(kickoff).items() if role and any(row)}
    if not planned:
        return None
    first = monday_of(kickoff)
    span = max(map(len, planned.values()))
    ledger = get_ledger(actor=actor, first=first, weeks=span + WEEKS_TO_LOOK)
    names = {name.strip().casefold(): name for name in ledger.known_roles.values()}
    history = read_effort_history(ledger.known_roles)
    asked = history.corrected(planned)
    free, maybe = _free_hours(ledger, asked, 0), _tentative_hours(ledger, Ref("sales.deal", deal_id))
    roles = tuple(
        _fit(names.get(role, role.capitalize()), row, (free.get(role, []), maybe.get(role, [])), ledger, history.evidence_of(role))
        for role, row in sorted(asked.items())
    )
    safe = None
    if any(role.short_hours > _TOLERANCE_HOURS for role in roles):
        safe = _safe_kickoff(lambda later: history.corrected(planned_from(later)), first, ledger)
    return DealFit(kickoff, roles, safe)


def _safe_kickoff(
    hours_from: Callable[[date], Mapping[str, Sequence[float]]], first: date, ledger: Ledger
) -> date | None:
    _, calendar = get_default_calendar()
    for later in range(1, WEEKS_TO_LOOK + 1):
        kickoff = calendar.next_working_day(first + timedelta(weeks=later))
        asked = {role: row for role, row in hours_from(kickoff).items() if role}
        weeks_later = (monday_of(kickoff) - first).days // 7
        if _fits(asked, _free_hours(ledger, asked, weeks_later), weeks_later):
            return kickoff
    return None


def _free_hours(ledger: Ledger, asked: Mapping[str, Sequence[float]], later: int) -> dict[str, list[float]]:
    """Hours nobody asks for yet, by case-folded role and week, if this much is asked from week `later` on; negative where a role is over."""
    ids = {name.strip().casefold(): key for key, name in ledger.known_roles.items()}
    more = {ids[role]: [0.0] * later + [60 * hours for hours in row] for role, row in asked.items() if role in ids}
    return {
        ledger.known_roles[key].strip().casefold(): [
            (given - taken) / 60 for given, taken in zip(row, ledger.asked_of_role(key), strict=True)
        ]
        for key, row in supply_beside(ledger, more).items() if key in ledger.known_roles
    }


def _tentative_hours(ledger: Ledger, deal: Ref) -> dict[str, list[float]]:
    """Hours by case-folded role and week that other records have booked tentatively."""
    found: dict[str, list[float]] = {}
    for load in ledger.loads:
        name = ledger.known_roles.get(load.role_id or 0, "").strip().casefold()
        if load.state == "tentative" and load.subject != deal and name:
            row = found.setdefault(name, [0.0] * ledger.weeks)
            for week, minutes in load.minutes.items():
                row[week] += minutes / 60
    return found


def _fits(asked: Mapping[str, Sequence[float]], free: Mapping[str, Sequence[float]], later: int) -> bool:
    return all(_short(row, free.get(role, []), later)[0] <= _TOLERANCE_HOURS for role, row in asked.items())


def _short(row: Sequence[float], free: Sequence[float], later: int) -> tuple[float, list[int]]:
    """Hours missing over all weeks, and the weeks (from the first) in which they are."""
    missing, weeks = 0.0, []
    for place, hours in enumerate(row):
        left = free[place + later] if place + later < len(free) else 0.0
        if hours and hours - left > _TOLERANCE_HOURS:
            missing += hours - max(0.0, left)
            weeks.append(place + later)
    return missing, weeks


def _fit(
    name: str, row: Sequence[float], there: tuple[Sequence[float], Sequence[float]], ledger: Ledger, known: EffortEvidence | None
) -> RoleFit:
    """`there` are the hours free for sure, and those of them that others have booked tentatively."""
    free, maybe = there
    missing, weeks = _short(row, free, 0)
    mondays = [ledger.first + timedelta(weeks=week) for week in weeks]
    asked_at = [week for week, hours in enumerate(row) if hours and week < len(maybe)]
    left = [hours - (maybe[week] if week < len(maybe) else 0.0) for week, hours in enumerate(free)]
    return RoleFit(
        name, sum(row), missing, mondays[0] if mondays else None, mondays[-1] if mondays else None, *((known.factor, known.count) if known else (1.0, 0)),
        tentative_hours=sum(maybe[week] for week in asked_at), short_with_tentative=_short(row, left, 0)[0],
    )
