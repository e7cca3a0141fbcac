"""The ledger of time by week: what everybody can give, and what bookings and plans ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.domains.staff.queries import list_roles
from wonward.journeys.capacity.queries.days import read_days
from wonward.journeys.capacity.rules.days import DayLoad, summed
from wonward.journeys.capacity.rules.shares import supply_by_role
from wonward.journeys.capacity.rules.weeks import by_week, monday_of
from wonward.journeys.capacity.types import Ledger, Load
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref


def get_ledger(*, actor: Actor, first: date, weeks: int, with_done: bool = False) -> Ledger:
    """The ledger of days as weeks from that of `first`; a fixed number of queries. Members see themselves alone.

    `with_done` counts planned work in full, done or not: what weeks gone by have asked.
    """
    first = monday_of(first)
    days = read_days(actor=actor, first=first, last=first + timedelta(days=7 * weeks - 1), with_done=with_done)
    names = _names(actor, {load.subject for load in days.loads})
    loads = tuple(_loads(names, days.loads, first, weeks))
    people = tuple(days.people.values())
    given = {person.id: days.given(person.id) for person in people}
    supply = {key: _weeks(row, first, weeks) for key, row in given.items()}
    of_person: dict[int, list[Load]] = {}
    for load in loads:
        if load.person_id is not None:
            of_person.setdefault(load.person_id, []).append(load)
    known = list_roles()
    needs = _needs(load for load in loads if load.person_id is None and load.state != "tentative")
    of_roles = supply_by_role(people, supply, named_minutes(of_person, weeks), {key: _filled(row, weeks) for key, row in needs.items()}, weeks)
    used = set(of_roles).union(load.role_id for load in loads if load.role_id)
    roles = {key: name for key, name in known.items() if key in used}
    return Ledger(first, weeks, roles, people, days.time_off, loads, supply, of_roles, known, given, of_person)


def supply_beside(ledger: Ledger, more: Mapping[int, Sequence[float]]) -> dict[int, list[int]]:
    """Minutes by role and week there are, if so many more were asked of each role (minutes by week) beside what the ledger holds."""
    needs = _needs(load for load in ledger.loads if load.person_id is None and load.state != "tentative")
    asked = {
        key: [value + (more[key][week] if key in more and week < len(more[key]) else 0) for week, value in enumerate(_filled(needs.get(key, {}), ledger.weeks))]
        for key in {*needs, *more}
    }
    return supply_by_role(ledger.people, ledger.supply, named_minutes(ledger.of_person, ledger.weeks), asked, ledger.weeks)


def named_minutes(of_person: Mapping[int, Iterable[Load]], weeks: int) -> dict[int, dict[int, list[float]]]:
    """Minutes by person, role and week asked of people by name, without what is tentative."""
    named: dict[int, dict[int, list[float]]] = {}
    for person_id, loads in of_person.items():
        rows = named.setdefault(person_id, {})
        for load in loads:
            if load.role_id and load.state != "tentative":
                row = rows.setdefault(load.role_id, [0.0] * weeks)
                for week, minutes in load.minutes.items():
                    row[week] += minutes
    return named


def _needs(loads: Iterable[Load]) -> dict[int, dict[int, float]]:
    needs: dict[int, dict[int, float]] = {}
    for load in loads:
        if load.role_id:
            row = needs.setdefault(load.role_id, {})
            for week, minutes in load.minutes.items():
                row[week] = row.get(week, 0) + minutes
    return needs


def _filled(row: Mapping[int, float], weeks: int) -> list[float]:
    return [row.get(week, 0.0) for week in range(weeks)]


def _weeks(days: Mapping[date, int], first: date, weeks: int) -> list[int]:
    row = by_week(days, first, weeks)
    return [row.get(week, 0) for week in range(weeks)]


def _loads(names: Mapping[Ref, str], loads: Iterable[DayLoad], first: date, weeks: int) -> Iterable[Load]:
    """Each booking, and the work of plans added up by project and person, or project and role where nobody is assigned."""
    groups: dict[tuple[Ref, int | None, int | None], list[DayLoad]] = {}
    for one in loads:
        if one.booking is None:
            groups.setdefault((one.subject, one.person_id, one.role_id), []).append(one)
            continue
        yield Load(
            one.subject, names.get(one.subject, ""), one.person_id, one.role_id, one.state, one.start_date, one.finish_date,
            by_week(one.days, first, weeks), one.booking, one.days,
        )
    for (subject, person_id, role_id), parts in groups.items():
        start, finish, days = min(part.start_date for part in parts), max(part.finish_date for part in parts), summed(parts)
        yield Load(subject, names.get(subject, ""), person_id, role_id, "planned", start, finish, by_week(days, first, weeks), None, days)


def _names(actor: Actor, subjects: set[Ref]) -> dict[Ref, str]:
    """Names of the deals and projects among the subjects that the viewer sees; two queries at most."""
    deals = [ref.id for ref in subjects if ref.noun == "sales.deal"]
    projects = [ref.id for ref in subjects if ref.noun == "delivery.project"]
    names = {Ref("sales.deal", key): row.name for key, row in (find_deal_rows(actor=actor, deal_ids=deals) if deals else {}).items()}
    found = find_projects(actor=actor, project_ids=projects) if projects else {}
    return names | {Ref("delivery.project", key): row.name for key, row in found.items()}
