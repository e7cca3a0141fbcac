"""How good what we said turned out to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class JudgedChance:
    """A deal in a stage on a day: the chance the own history gave it then, the stage's own, and whether it was won. Chances are 0 to 1."""

    deal_id: int
    stage_id: int
    day: date
    chance: float
    entered: float
    is_won: bool


@dataclass(frozen=True, slots=True)
class ChanceBucket:
    """Chances from `low` to below `high` percent: how many, what was said on average, and what came true, in percent."""

    low: int
    high: int
    count: int
    said: int
    came_true: int


@dataclass(frozen=True, slots=True)
class ChanceRecord:
    """All of them with their Brier scores: of the calibrated chances, and of the stages' own. None without any; lower is better."""

    judged: tuple[JudgedChance, ...]
    brier: float | None
    brier_entered: float | None
    won_share: float | None
    is_thin: bool
    buckets: tuple[ChanceBucket, ...]


@dataclass(frozen=True, slots=True)
class PromiseOutcome:
    """A dated promise: what was known when it was made, and what became of it.

    `quantile` says where the date lay among P50, P80 and P90, "" without a basis; `chance` is a percentage. `actual` is the day it
    was kept or, while it is open, the day the plan says; `days_late` counts from the promised day, below 0 is early.
    """

    id: int
    number: str
    text: str
    deal_id: int | None
    project_id: int | None
    due_date: date
    chance: int | None
    quantile: str
    p50: date | None
    state: str
    actual: date | None
    is_settled: bool
    days_late: int | None


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """What became of promises and of chances. `kept_share` is of the settled ones, in percent; `buckets` of those with a basis."""

    promises: tuple[PromiseOutcome, ...]
    settled: int
    kept: int
    with_basis: int
    buckets: tuple[ChanceBucket, ...]
    brier: float | None
    chances: ChanceRecord

    @property
    def kept_share(self) -> int | None:
        return round(100 * self.kept / self.settled) if self.settled else None
