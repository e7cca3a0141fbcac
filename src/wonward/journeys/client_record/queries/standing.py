"""Health and portfolio: how projects stand by the rules, by hand, and beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from wonward.domains.delivery.queries.chains import list_critical_chains
from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.delivery.queries.standing import (
    find_bottlenecks,
    find_health_facts,
    find_next_milestones,
    find_overrides,
    list_standings,
)
from wonward.domains.delivery.rules.health import colour_of, signals_of
from wonward.domains.delivery.types import COLOURS, HealthFacts, OverrideRow, ProjectStanding
from wonward.domains.staff.queries import get_calendar
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.client_record.rules import working_days_apart
from wonward.journeys.client_record.types import Drift, Health, Portfolio, PortfolioRow
from wonward.journeys.promises.queries import list_promises
from wonward.kernel.actor import Actor

GROUPS = ("client", "lead", "health")
_HELD_UP: dict[str, Callable[[HealthFacts], int]] = {"overdue": lambda facts: facts.overdue + facts.late_milestones, "blocked": lambda facts: facts.blocked}
HOLDS = tuple(_HELD_UP)


def list_health(*, drifts: Sequence[Drift], today: date) -> dict[int, Health]:
    """The health of projects the viewer has been shown, by id; three queries whatever their number."""
    return _health({drift.project.id: drift.days_late if drift.project.promised_finish_date else 0 for drift in drifts}, today)


def _health(days_late: Mapping[int, int], today: date) -> dict[int, Health]:
    """By the working days each project ends after its promise."""
    facts, overrides = find_health_facts(days_late=days_late, today=today), find_overrides(project_ids=days_late, today=today)
    return {key: _read(one, overrides.get(key)) for key, one in facts.items()}


def _read(facts: HealthFacts, override: OverrideRow | None) -> Health:
    by_rule = colour_of(facts)
    return Health(override.colour if override else by_rule, by_rule, signals_of(facts), override)


def get_portfolio(
    *, actor: Actor, now: datetime, statuses: Sequence[str] = ("planned", "active", "on_hold"), text: str = "",
    company_id: int | None = None, manager_id: int | None = None, colours: Sequence[str] = (), holds: Sequence[str] = (), group: str = "", offset: int = 0,
    limit: int = 60,
) -> Portfolio:
    """A page of the projects the viewer sees beside each other, the worst first, and who holds most of all of them up.

    `group` (one of GROUPS) comes before the order, `holds` keeps projects with something overdue or blocked (HOLDS). A fixed number of queries whatever their number; whole rows are read for the
    page alone.
    """
    today = civil_date(now, actor.time_zone)
    standings = list_standings(actor=actor, statuses=statuses, text=text, company_id=company_id, manager_id=manager_id)
    late = _days_late(standings)
    facts, overrides = find_health_facts(days_late=late, today=today), find_overrides(project_ids=late, today=today)
    colour = {key: overrides[key].colour if key in overrides else colour_of(one) for key, one in facts.items()}
    kept = [one for one in standings if (not colours or colour[one.id] in colours) and all(_HELD_UP[hold](facts[one.id]) for hold in holds)]
    kept.sort(key=lambda one: (_group_key(one, group), -COLOURS.index(colour[one.id]), -late[one.id], one.end_date or today, one.id))
    page = [one.id for one in kept[offset : offset + limit]]
    projects = find_projects(actor=actor, project_ids=page)
    drifts = {drift.project.id: drift for drift in list_drifts(projects=list(projects.values()), today=today)}
    milestones = find_next_milestones(project_ids=page)
    rows = tuple(PortfolioRow(drifts[key], _read(facts[key], overrides.get(key)), milestones.get(key)) for key in page if key in drifts)
    counted = Counter(colour.values())
    counts = {one: counted[one] for one in reversed(COLOURS)}
    shown = [one.id for one in kept]
    late_first = sorted(shown, key=lambda key: -late[key])
    chains = tuple(list_critical_chains(project_ids=shown, late_first=late_first))
    return Portfolio(rows, counts, find_bottlenecks(project_ids=shown, today=today), chains, today, len(kept))


def _group_key(one: ProjectStanding, group: str) -> str:
    return {"client": one.company_name.casefold(), "lead": (one.manager_name or "").casefold()}.get(group, "")


def _days_late(standings: Sequence[ProjectStanding]) -> dict[int, int]:
    """Working days from promise to finish of each; many projects share calendar and dates."""
    calendars = {key: get_calendar(key) for key in {one.calendar_id for one in standings}}
    known: dict[tuple[int, date | None, date | None], int] = {}
    found = {}
    for one in standings:
        key = (one.calendar_id, one.promised_finish_date, one.end_date)
        if key not in known:
            known[key] = working_days_apart(one.promised_finish_date, one.end_date, calendars[one.calendar_id])
        found[one.id] = known[key]
    return found


def list_open_promises(*, actor: Actor, project_id: int) -> list[str]:
    """Number and words of what a project still owes, as far as the viewer may read promises."""
    if not actor.may("promises.promise.view"):
        return []
    rows = list_promises(actor=actor, project_id=project_id)
    return [f"{row.number} {row.text}" for row in rows if row.state in ("draft", "confirmed") and row.column != "apart"]
