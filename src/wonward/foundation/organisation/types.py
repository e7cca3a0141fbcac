"""What crosses the border of this package about currencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from wonward.kernel.money import Money, exponent

_RATE_STEP = Decimal(1).scaleb(-10)


@dataclass(frozen=True, slots=True)
class Conversion:
    """Where a converted amount came from: one unit of `currency` made `rate` of the other, by rates dated `rate_date`."""

    currency: str
    rate: Decimal
    rate_date: date


@dataclass(frozen=True, slots=True)
class Exchange:
    """The rates of one day into the reporting currency, each with the day it is valid from."""

    reporting_currency: str
    rates: Mapping[str, tuple[Decimal, date]]

    def missing(self, *currencies: str) -> str:
        """The first of the currencies without a rate; empty when all of them can be converted."""
        return next((code for code in currencies if code != self.reporting_currency and code not in self.rates), "")

    def convert(self, money: Money, currency: str) -> tuple[Money, Conversion]:
        """An amount in another currency, rounded half up to its minor unit; both must have a rate (see `missing`)."""
        known = [self.rates[code] for code in (money.currency, currency) if code != self.reporting_currency]
        worth = self.rates.get(money.currency, (Decimal(1), None))[0]
        asked = self.rates.get(currency, (Decimal(1), None))[0]
        with localcontext(prec=60):
            rate = (worth / asked).quantize(_RATE_STEP)
            exact = (Decimal(money.minor) * rate).scaleb(exponent(currency) - exponent(money.currency))
            converted = Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)
        return converted, Conversion(money.currency, rate.normalize(), min(day for _rate, day in known))
