"""Health and portfolio: how projects stand by the rules, by hand, and beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from wonward.domains.delivery.queries.projects import list_projects
from wonward.domains.delivery.queries.standing import (
    find_health_facts,
    find_next_milestones,
    find_overrides,
    list_person_loads,
)
from wonward.domains.delivery.rules.health import signals_of, worst_of
from wonward.domains.delivery.types import COLOURS
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.client_record.types import Drift, Health, Portfolio, PortfolioRow
from wonward.journeys.promises.queries import list_promises
from wonward.kernel.actor import Actor

MOST_PROJECTS = 1000


def list_health(*, drifts: Sequence[Drift], today: date) -> dict[int, Health]:
    """The health of projects the viewer has been shown, by id; three queries whatever their number."""
    ids = [drift.project.id for drift in drifts]
    facts, overrides = find_health_facts(project_ids=ids, today=today), find_overrides(project_ids=ids, today=today)
    found = {}
    for drift in drifts:
        key = drift.project.id
        days_late = drift.days_late if drift.project.promised_finish_date else 0
        signals = signals_of(replace(facts[key], days_late=days_late))
        override = overrides.get(key)
        by_rule = worst_of(signals)
        found[key] = Health(override.colour if override else by_rule, by_rule, signals, override)
    return found


def get_portfolio(
    *, actor: Actor, now: datetime, statuses: Sequence[str] = ("planned", "active", "on_hold"), text: str = "",
    company_id: int | None = None, manager_id: int | None = None, colours: Sequence[str] = (),
) -> Portfolio:
    """Every project the viewer sees beside each other, the worst first, and who holds most of them up; at most MOST_PROJECTS.

    A fixed number of queries whatever their number.
    """
    today = civil_date(now, actor.time_zone)
    projects = list_projects(
        actor=actor, statuses=statuses, text=text, company_id=company_id, manager_id=manager_id, limit=MOST_PROJECTS
    )
    drifts = list_drifts(projects=projects)
    health = list_health(drifts=drifts, today=today)
    ids = [project.id for project in projects]
    milestones = find_next_milestones(project_ids=ids)
    rows = [
        PortfolioRow(drift, health[drift.project.id], milestones.get(drift.project.id))
        for drift in drifts if not colours or health[drift.project.id].colour in colours
    ]
    rows.sort(key=lambda row: (-COLOURS.index(row.health.colour), -row.drift.days_late, row.drift.project.forecast_finish_date or today))
    counts = {colour: sum(one.colour == colour for one in health.values()) for colour in reversed(COLOURS)}
    return Portfolio(tuple(rows), counts, tuple(list_person_loads(project_ids=ids, today=today)), today)


def list_open_promises(*, actor: Actor, project_id: int) -> list[str]:
    """Number and words of what a project still owes, as far as the viewer may read promises."""
    if not actor.may("promises.promise.view"):
        return []
    rows = list_promises(actor=actor, project_id=project_id)
    return [f"{row.number} {row.text}" for row in rows if row.state in ("draft", "confirmed") and row.column != "apart"]
