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
class ForecastScore:
    """Forecasts of `first_week` to `last_week` weeks ahead against what came, over `cells` roles and weeks.

    `crps` and `crps_of_mean` are hours, of the forecast and of the probability-weighted mean; `ratio` is the one as a share of the
    other, below 1 is better. `coverage` is the share of hours that lay below the 80 % point: 0.8 is perfect.
    """

    first_week: int
    last_week: int
    cells: int
    crps: float
    crps_of_mean: float
    ratio: float
    coverage: float


@dataclass(frozen=True, slots=True)
class ForecastRecord:
    """How the kept forecasts of demand did: `kept` of them since `first_kept`, `weeks_compared` weeks that came since.

    `weeks_missing` more weeks are needed before the scores mean anything; `reaches` are they by how far ahead the forecast looked.
    What came counts work of deals that nobody knew of then, too. `next_week` is when more is known.
    """

    kept: int
    first_kept: date | None
    weeks_compared: int
    weeks_missing: int
    whole: ForecastScore
    reaches: tuple[ForecastScore, ...]
    next_week: date

    @property
    def is_thin(self) -> bool:
        return self.weeks_missing > 0 or not self.whole.cells


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """What became of promises, of chances and of forecasts. `kept_share` is of the settled ones, in percent; `buckets` of those with a basis."""

    promises: tuple[PromiseOutcome, ...]
    settled: int
    kept: int
    with_basis: int
    buckets: tuple[ChanceBucket, ...]
    brier: float | None
    chances: ChanceRecord
    forecasts: ForecastRecord

    @property
    def kept_share(self) -> int | None:
        return round(100 * self.kept / self.settled) if self.settled else None
