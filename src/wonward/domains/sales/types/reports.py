"""What the reports of selling say. Money is None for those who do not see all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wonward.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both counted."""

    start: date
    finish: date


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """Open deals of one stage, owner or close month: weighted as entered, and as the own history says."""

    key: int | str
    name: str
    count: int
    value: Money | None
    weighted: Money | None
    calibrated: Money | None


@dataclass(frozen=True, slots=True)
class StageChance:
    """The chance of a stage as entered and as found, in percent, with the closed deals it rests on; below `cases_wanted` the two agree."""

    stage_id: int
    entered: int
    found: int
    cases: int
    cases_wanted: int


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal of a month; `person_id` None is everybody together."""

    person_id: int | None
    month: date
    amount: Money


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """Deals closed in a period: by somebody, or altogether (key 0). Days are medians."""

    key: int
    name: str
    won: int
    lost: int
    won_value: Money | None
    lost_value: Money | None

    @property
    def win_rate(self) -> int | None:
        """Percent of the closed deals that were won."""
        return round(100 * self.won / (self.won + self.lost)) if self.won + self.lost else None

    @property
    def win_rate_by_value(self) -> int | None:
        """Percent of the closed value that was won."""
        if self.won_value is None or self.lost_value is None or not self.won_value.minor + self.lost_value.minor:
            return None
        return round(100 * self.won_value.minor / (self.won_value.minor + self.lost_value.minor))

    @property
    def deal_size(self) -> Money | None:
        """What a won deal brought on average."""
        if self.won_value is None or not self.won:
            return None
        return Money(self.won_value.minor // self.won, self.won_value.currency)


@dataclass(frozen=True, slots=True)
class SourceReport:
    """A source from its leads to its money, in one period."""

    source: str
    leads: int
    converted: int
    won: int
    revenue: Money | None

    @property
    def conversion(self) -> int | None:
        """Percent of the leads that became deals."""
        return round(100 * self.converted / self.leads) if self.leads else None


@dataclass(frozen=True, slots=True)
class SalesReport:
    """Everything the page of reports shows."""

    period: Period
    today: date
    stages: list[ForecastRow]
    months: list[ForecastRow]
    owners: list[ForecastRow]
    chances: dict[int, StageChance]
    outcome: OutcomeRow
    by_owner: list[OutcomeRow]
    cycle_days: int | None
    response_minutes: int | None
    answered: int
    sources: list[SourceReport]
    lost_reasons: list[tuple[str, int, Money | None]]
    goals: list[GoalRow]
    won_by_month: dict[date, Money]
