"""Money as an integer of minor units and an ISO 4217 code; never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_NO_MINOR = frozenset(["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"])
_THREE_MINOR = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
LARGEST_MINOR = 10**15


def exponent(currency: str) -> int:
    """Digits after the decimal sign of a currency, by ISO 4217."""
    if currency in _NO_MINOR:
        return 0
    return 3 if currency in _THREE_MINOR else 2


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` in the smallest unit (cents), `currency` an ISO code."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, amount: str | Decimal | int, currency: str) -> Money:
        """Read a decimal amount; more digits than the currency has, or no number, is a ValueError."""
        try:
            value = Decimal(str(amount).strip())
            minor = value.scaleb(exponent(currency))
        except InvalidOperation:
            raise ValueError(f"“{str(amount)[:40]}” is not an amount of money.") from None
        if not value.is_finite() or abs(minor) > LARGEST_MINOR:
            raise ValueError(f"“{str(amount)[:40]}” is outside what an amount may be.")
        if minor != minor.to_integral_value():
            raise ValueError(f"{currency} has {exponent(currency)} decimal places, “{amount}” has more.")
        return cls(int(minor), currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with exactly the digits of the currency."""
        places = exponent(self.currency)
        return Decimal(self.minor).scaleb(-places).quantize(Decimal(1).scaleb(-places))

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added without a rate.")
        return Money(self.minor + other.minor, self.currency)

    def times(self, factor: Decimal | int) -> Money:
        """Multiply and round half up to the minor unit."""
        exact = Decimal(self.minor) * Decimal(factor)
        return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)), self.currency)
