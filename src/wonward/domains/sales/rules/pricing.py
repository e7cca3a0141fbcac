"""Pure decisions about the price of a line: typed, from the book, or converted, and how the conversion lies in a row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from wonward.domains.catalog.types import Listed
from wonward.foundation.organisation.types import Conversion, Exchange
from wonward.kernel.errors import FieldError
from wonward.kernel.money import Money
from wonward.kernel.wording import worded

Priced = tuple[Money | None, Conversion | None]


def price_of(typed: Money | None, listed: Listed) -> Priced:
    """The price typed, else the listed one; a converted price that was typed as it was shown is still the converted one."""
    if typed is None or typed == listed.amount:
        return listed.amount, listed.conversion
    return typed, None


def repriced(price: Money, before: Listed, after: Listed, exchange: Exchange, currency: str) -> Priced:
    """A price in another currency: the listed one for a listed one, else what was agreed, converted."""
    if price == before.amount and after.amount is not None:
        return after.amount, after.conversion
    return exchange.convert(price, currency)


def rate_error(name: str, currency: str, missing: str, *, field: str) -> FieldError:
    """Why a line without a typed price cannot be sold in this currency."""
    return FieldError(
        field, worded("“{name}” has no price in {currency}, and there is no exchange rate for {missing}. Enter a price, put one into its price book, or add the rate in the settings.", name=name, currency=currency, missing=missing), "no_rate",
    )


def kept_conversion(conversion: Conversion | None) -> dict[str, str] | None:
    """A conversion as it lies in a row."""
    if conversion is None:
        return None
    return {"currency": conversion.currency, "rate": f"{conversion.rate:f}", "rate_date": conversion.rate_date.isoformat()}


def read_conversion(kept: Mapping[str, Any] | None) -> Conversion | None:
    """The conversion of a row."""
    return Conversion(kept["currency"], Decimal(kept["rate"]), date.fromisoformat(kept["rate_date"])) if kept else None
