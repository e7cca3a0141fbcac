"""How good the chances we counted with were, told from deals that are closed: each judged by what was known on its day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import heappop, heappush

from wonward.engines.forecast import brier_score, calibrate_probability
from wonward.journeys.capacity.types import ChanceBucket, ChanceRecord, JudgedChance

FEWEST_JUDGED = 20
EDGES = (0, 20, 40, 60, 80, 101)


@dataclass(frozen=True, slots=True)
class ClosedVisit:
    """A stay of a deal, closed since, in a stage whose own chance is `entered` (0 to 1)."""

    deal_id: int
    stage_id: int
    entered_on: date
    closed_on: date
    is_won: bool
    entered: float


def judge_chances(visits: Collection[ClosedVisit]) -> ChanceRecord:
    """Every visit with the chance its stage would have been given that day, from the deals closed before it; scored by Brier.

    Lower is better; 0.25 is what saying 50 % to everything scores. `is_thin` where there are too few to say anything.
    """
    waiting: list[tuple[date, int, int, bool]] = []
    known: dict[int, list[int]] = {}
    judged: list[JudgedChance] = []
    for number, visit in enumerate(sorted(visits, key=lambda one: (one.entered_on, one.deal_id, one.stage_id))):
        while waiting and waiting[0][0] < visit.entered_on:
            _, _, stage_id, was_won = heappop(waiting)
            known.setdefault(stage_id, [0, 0])[0 if was_won else 1] += 1
        won, lost = known.get(visit.stage_id, (0, 0))
        chance = calibrate_probability(won=won, lost=lost, default=visit.entered).probability
        judged.append(JudgedChance(visit.deal_id, visit.stage_id, visit.entered_on, chance, visit.entered, visit.is_won))
        heappush(waiting, (visit.closed_on, number, visit.stage_id, visit.is_won))
    if not judged:
        return ChanceRecord((), None, None, None, True, ())
    base = sum(one.is_won for one in judged) / len(judged)
    return ChanceRecord(
        tuple(judged), brier_score([(one.chance, one.is_won) for one in judged]), brier_score([(one.entered, one.is_won) for one in judged]),
        base, len(judged) < FEWEST_JUDGED, buckets_of([(one.chance, one.is_won) for one in judged]),
    )


def buckets_of(pairs: Sequence[tuple[float, bool]]) -> tuple[ChanceBucket, ...]:
    """Chances in five groups: what was said on average, and what came true."""
    found = []
    for low, high in zip(EDGES, EDGES[1:], strict=False):
        inside = [(chance, came) for chance, came in pairs if low <= round(100 * chance) < high]
        if inside:
            found.append(ChanceBucket(
                low, min(100, high), len(inside), round(100 * sum(chance for chance, _ in inside) / len(inside)),
                round(100 * sum(came for _, came in inside) / len(inside)),
            ))
    return tuple(found)


def quantile_words(due: date, marks: Mapping[str, date]) -> str:
    """Between which of the quantiles a date lay when it was promised: `before P50`, `P50 to P80`, `P80 to P90` or `after P90`."""
    if due < marks["p50"]:
        return "before P50"
    if due < marks["p80"]:
        return "P50 to P80"
    return "P80 to P90" if due < marks["p90"] else "after P90"
