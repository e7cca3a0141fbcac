"""What part of a deal's price and cost each of its projects gets."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from wonward.kernel.money import Money


class Sold(Protocol):
    """A line of a deal."""

    @property
    def service_id(self) -> int: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit_price(self) -> Money | None: ...


def share_of(
    *, value: Money | None, lines: Sequence[Sold], service_ids: Collection[int], costs: Mapping[int, Money | None], is_first: bool
) -> tuple[Money | None, Money | None, str]:
    """(price, planned cost, currency) of the project that delivers `service_ids`; the first gets what is left of the value."""
    currency = currency_of(value, lines)
    mine = [line for line in lines if line.service_id in service_ids]
    others = [line for line in lines if line.service_id not in service_ids]
    cost = sum(
        price.times(line.quantity).minor
        for line in mine
        if (price := costs.get(line.service_id)) is not None and price.currency == currency
    )
    sold = _sum(mine) if not is_first or value is None else value.minor - _sum(others)
    is_priced = value is not None or any(line.unit_price for line in mine)
    return Money(sold, currency) if is_priced else None, Money(cost, currency) if cost else None, currency


def currency_of(value: Money | None, lines: Sequence[Sold]) -> str:
    """What a deal was sold in: the currency of its value, else of its first price."""
    return value.currency if value else next((line.unit_price.currency for line in lines if line.unit_price), "EUR")


def _sum(lines: Sequence[Sold]) -> int:
    return sum(line.unit_price.times(Decimal(line.quantity)).minor for line in lines if line.unit_price)
