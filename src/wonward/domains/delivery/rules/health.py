"""How a project stands, by stated rules. Each rule gives a colour and says what it counted; the worst of them is the project's."""

from __future__ import annotations

from wonward.domains.delivery.types import HealthFacts, HealthSignal

LATE_RED_DAYS = 6
OVERDUE_RED = 5
BLOCKED_RED_DAYS = 5
OVERRIDE_DAYS = 14


def signals_of(facts: HealthFacts) -> tuple[HealthSignal, ...]:
    """One signal per rule, in the order people read them."""
    return (
        HealthSignal("promise", _promise(facts), facts.days_late, facts.behind),
        HealthSignal("milestones", "red" if facts.late_milestones else "green", facts.late_milestones),
        HealthSignal("overdue", _steps(facts.overdue, OVERDUE_RED), facts.overdue),
        HealthSignal("blocked", _blocked(facts), facts.blocked),
        HealthSignal("risks", "red" if facts.high_issues else "amber" if facts.high_risks else "green", facts.high_issues + facts.high_risks),
    )


def colour_of(facts: HealthFacts) -> str:
    """The colour of the gravest signal, without building them: for hundreds of projects at once."""
    if (facts.days_late >= LATE_RED_DAYS or facts.late_milestones or facts.overdue >= OVERDUE_RED or facts.high_issues
            or facts.blocked and facts.blocked_days >= BLOCKED_RED_DAYS):
        return "red"
    return "amber" if facts.days_late > 0 or facts.overdue > 0 or facts.blocked or facts.high_risks or facts.behind > 0 else "green"


def _promise(facts: HealthFacts) -> str:
    if facts.days_late <= 0:
        return "amber" if facts.behind > 0 else "green"
    return "red" if facts.days_late >= LATE_RED_DAYS else "amber"


def _steps(count: int, red: int) -> str:
    return "green" if count <= 0 else "red" if count >= red else "amber"


def _blocked(facts: HealthFacts) -> str:
    if not facts.blocked:
        return "green"
    return "red" if facts.blocked_days >= BLOCKED_RED_DAYS else "amber"
