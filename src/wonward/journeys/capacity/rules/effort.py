"""What work really took against what was planned, by role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wonward.domains.catalog.types import BlueprintItem
from wonward.engines.forecast import EffortEvidence, calibrate_effort


@dataclass(frozen=True, slots=True)
class EffortHistory:
    """What finished sales took against what was sold: by case-folded role where there is any, and in all."""

    roles: Mapping[str, EffortEvidence]
    whole: EffortEvidence

    @classmethod
    def of(cls, sales: Iterable[tuple[Mapping[str, float], Mapping[str, float]]]) -> EffortHistory:
        """Learned from sales, each its hours by role as sold and as they came."""
        pairs: dict[str, list[tuple[float, float]]] = {}
        whole: list[tuple[float, float]] = []
        for sold, came in sales:
            known = _by_key(came)
            for role, hours in _by_key(sold).items():
                pairs.setdefault(role, []).append((hours, known.get(role, 0.0)))
            whole.append((sum(sold.values()), sum(came.values())))
        return cls({role: calibrate_effort(one) for role, one in pairs.items()}, calibrate_effort(whole))

    def factors(self) -> dict[str, float]:
        """The factor of every role that has a history of its own."""
        return {role: known.factor for role, known in self.roles.items() if known.count}

    def factor_of(self, items: Sequence[BlueprintItem]) -> float:
        """The factor on the work of these items, each role with its own; 1 where there is no work."""
        return factor_of_items(items, self.factors())

    def corrected(self, hours: Mapping[str, Sequence[float]]) -> dict[str, list[float]]:
        """Planned hours by case-folded role and week as they would come."""
        factors = self.factors()
        return {role: [hour * factors.get(role, 1.0) for hour in row] for role, row in hours.items()}

    def evidence_of(self, role: str) -> EffortEvidence | None:
        """What is known of a role, whatever its case; None without a finished sale."""
        known = self.roles.get(_key(role))
        return known if known and known.count else None


def factor_of_items(items: Sequence[BlueprintItem], factors: Mapping[str, float]) -> float:
    """The factor on the work of these items, each role with its own by case-folded name; 1 where there is no work."""
    minutes: dict[str, float] = {}
    for item in items:
        for role, part in [(one.role, one.minutes) for one in item.efforts] or [(item.role, item.effort_minutes)]:
            minutes[role] = minutes.get(role, 0) + part
    whole = sum(minutes.values())
    return sum(part * factors.get(_key(role), 1.0) for role, part in minutes.items()) / whole if whole else 1.0


def _by_key(hours: Mapping[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for role, value in hours.items():
        found[_key(role)] = found.get(_key(role), 0) + value
    return found


def _key(role: str) -> str:
    return role.strip().casefold()
