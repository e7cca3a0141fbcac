"""The price book: what a service costs in the currency somebody asks for, by its own price, by the book, or converted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from wonward.domains.catalog.models import Service, ServicePrice
from wonward.domains.catalog.types import BookEntry, Listed
from wonward.foundation.database.prepared import records_among
from wonward.foundation.database.reading import once
from wonward.foundation.organisation.queries import get_exchange, get_organisation
from wonward.foundation.organisation.types import Exchange
from wonward.kernel.money import LARGEST_MINOR, Money

Amounts = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Prices and costs of services in minor units by currency, the service's own currency first."""

    prices: Mapping[int, Amounts]
    costs: Mapping[int, Amounts]
    exchange: Exchange

    def price(self, service_id: int, currency: str) -> Listed:
        """What one unit is sold for."""
        return self._listed(self.prices[service_id], currency)

    def cost(self, service_id: int, currency: str) -> Listed:
        """What one unit is planned to cost us."""
        return self._listed(self.costs[service_id], currency)

    def _listed(self, amounts: Amounts, currency: str) -> Listed:
        minor = amounts.get(currency)
        if minor is not None:
            return Listed(Money(minor, currency))
        if currency == next(iter(amounts)):
            return Listed()
        known = next((Money(minor, code) for code, minor in amounts.items() if minor is not None), None)
        if known is None:
            return Listed()
        if missing := self.exchange.missing(known.currency, currency):
            return Listed(missing_rate=missing)
        amount, conversion = self.exchange.convert(known, currency)
        return Listed(amount, conversion) if abs(amount.minor) <= LARGEST_MINOR else Listed()


def read_book(services: Iterable[Service], currencies: Collection[str], *, on: date) -> PriceBook:
    """The book of some services; no query at all while every service has its own price in every currency asked for."""
    rows = {row.pk: row for row in services}
    prices: dict[int, dict[str, int | None]] = {key: {row.currency: row.price_minor} for key, row in rows.items()}
    costs: dict[int, dict[str, int | None]] = {key: {row.currency: row.cost_minor} for key, row in rows.items()}
    if all(row.currency == code for row in rows.values() for code in currencies):
        return PriceBook(prices, costs, Exchange("", {}))
    for entry in ServicePrice.objects.filter(service__in=rows).order_by("currency"):
        prices[entry.service_id][entry.currency] = entry.price_minor
        costs[entry.service_id][entry.currency] = entry.cost_minor
    wanted = {*currencies, *(code for amounts in prices.values() for code in amounts)}
    exchange = get_exchange(currencies=wanted, reporting_currency=get_organisation().currency, on=on)
    return PriceBook(prices, costs, exchange)


def resolved(service_ids: Collection[int]) -> dict[int, Service]:
    """Services by the id asked for; an alias gives the service it stands for. One query, and one for aliases."""
    return once(("services", frozenset(service_ids)), lambda: _resolved(service_ids)) if service_ids else {}


def _resolved(service_ids: Collection[int]) -> dict[int, Service]:
    found: list[Service] = records_among("services", lambda values: Service.objects.filter(pk__in=values["ids"]), {}, name="ids", choices=service_ids)
    merged = {row.merged_into_id for row in found if row.merged_into_id}
    others = Service.objects.in_bulk(merged) if merged else {}
    return {row.pk: others.get(row.merged_into_id or 0, row) for row in found}


def book_of(row: Service, *, with_price: bool, with_cost: bool) -> tuple[BookEntry, ...]:
    """The other currencies of a service as far as the viewer may see amounts; none for who sees neither."""
    if not (with_price or with_cost):
        return ()
    return tuple(
        BookEntry(
            entry.currency, Money(entry.price_minor, entry.currency) if with_price and entry.price_minor is not None else None,
            Money(entry.cost_minor, entry.currency) if with_cost and entry.cost_minor is not None else None,
        )
        for entry in sorted(row.book.all(), key=lambda one: one.currency)
    )
