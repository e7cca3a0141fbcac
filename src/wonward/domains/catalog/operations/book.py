"""The rows of a price book, as written and as the history keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wonward.domains.catalog.models import Service, ServicePrice
from wonward.domains.catalog.types import BookEntry
from wonward.kernel.money import Money


def book_rows(service_id: int, entries: Sequence[BookEntry]) -> list[ServicePrice]:
    """The rows to write, one a currency."""
    return [
        ServicePrice(
            service_id=service_id, currency=entry.currency, price_minor=entry.price.minor if entry.price else None,
            cost_minor=entry.cost.minor if entry.cost else None,
        )
        for entry in entries
    ]


def noted_book(rows: Iterable[ServicePrice]) -> list[dict[str, Any]]:
    """The book in plain values, by currency; amounts with their currency."""
    return [
        {"currency": row.currency, **noted_amounts(row)}
        for row in sorted(rows, key=lambda one: one.currency)
    ]


def noted_amounts(row: Service | ServicePrice) -> dict[str, str | None]:
    """Price and cost of a service in one currency, as a history keeps them."""
    return {
        name: str(Money(minor, row.currency)) if minor is not None else None
        for name, minor in (("price", row.price_minor), ("cost", row.cost_minor))
    }
