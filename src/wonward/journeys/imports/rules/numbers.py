"""Numbers and money as people write them: `1,054.00`, `1.054,00 €`, `1 054`, `(12)`, `USD 12`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from wonward.kernel.money import exponent
from wonward.kernel.wording import worded

_SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY", "₩": "KRW", "₪": "ILS", "zł": "PLN",
          "Kč": "CZK", "kr": "", "R$": "BRL", "US$": "USD", "A$": "AUD", "C$": "CAD", "CA$": "CAD", "AU$": "AUD",
          "NZ$": "NZD", "S$": "SGD", "HK$": "HKD", "Fr": "CHF", "$": "$"}
_CODES = frozenset(
    ["AED", "ARS", "AUD", "BGN", "BHD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JOD", "JPY", "KES", "KRW", "KWD", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "OMR", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SEK", "SGD", "THB", "TND", "TRY", "TWD", "UAH", "USD", "UYU", "VND", "XAF", "XOF", "ZAR"]
)
_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "UYU"})
_BLANK = frozenset({"", "-", "--", "–", "—", "n/a", "na", "none", "null", "nan", "#n/a", "(blank)", "\\n"})
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’`]")
_AFFIX = re.compile(r"^([^\d.,]*)(.*?)([^\d.,]*)$", re.DOTALL)
_SIGN = re.compile(r"[-−+()]")
_POINTED = re.compile(r"(?i)\b(kr|fr|rs)\.")
_SCIENTIFIC = re.compile(r"^[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d{1,2}$")
_LARGEST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How a column writes numbers; `is_sure` False when the values leave it open."""

    decimal: str = "."
    is_sure: bool = False


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A number and the currency its sign or code names: an ISO code, `$` for any dollar, or empty."""

    value: Decimal
    currency: str = ""


def is_blank(text: str) -> bool:
    """Whether a cell of a number or date column says nothing."""
    return text.strip().casefold() in _BLANK


def is_currency(code: str) -> bool:
    """Whether this is a currency code in use."""
    return code.strip().upper() in _CODES


def resolve_currency(found: str, *, default: str) -> str:
    """What a sign means where amounts without sign are in `default`."""
    if found == "$":
        return default if default in _DOLLARS else "USD"
    return found or default


def detect_form(values: Iterable[str], *, hint: str = ".") -> NumberForm:
    """The decimal sign of a column, from all its values; `hint` decides where no value can."""
    votes = {".": 0, ",": 0}
    for text in values:
        vote = _vote(_SPACES.sub("", text))
        if vote:
            votes[vote] += 1
    if votes["."] == votes[","]:
        return NumberForm(hint, is_sure=False)
    return NumberForm("." if votes["."] > votes[","] else ",", is_sure=True)


def _vote(text: str) -> str:
    """The decimal sign this value proves, if it proves one."""
    points, commas = text.count("."), text.count(",")
    if points and commas:
        return "." if text.rfind(".") > text.rfind(",") else ","
    if points > 1:
        return ","
    if commas > 1:
        return "."
    sign = "." if points else "," if commas else ""
    if not sign:
        return ""
    before, _, after = text.partition(sign)
    digits_after = len(re.match(r"\d*", after)[0])  # type: ignore[index]
    digits_before = len(re.search(r"\d*$", before)[0])  # type: ignore[index]
    leads_with_zero = before.lstrip("+-−(€$£ ").startswith("0")
    if digits_after != 3 or digits_before > 3 or digits_before == 0 or leads_with_zero:
        return sign
    return ""


def read_number(text: str, form: NumberForm) -> ReadNumber:
    """One number; a ValueError says in a sentence why it is none."""
    digits, currency, is_negative = _without_currency(text.strip())
    if _SCIENTIFIC.match(digits):
        plain_digits = digits.replace(",", ".")
    else:
        plain_digits = _ungrouped(digits, form.decimal)
    try:
        value = Decimal(plain_digits) if plain_digits else None
    except InvalidOperation:
        value = None
    if value is None:
        raise ValueError(worded("“{text}” is not a number.", text=text.strip()[:40]))
    if abs(value) > _LARGEST:
        raise ValueError(worded("“{text}” is too large to be meant.", text=text.strip()[:40]))
    return ReadNumber(-value if is_negative else value, currency)


def _ungrouped(digits: str, decimal: str) -> str:
    """Digits with a plain decimal point, or nothing when the groups of thousands do not fit."""
    group = "," if decimal == "." else "."
    whole, sign, rest = digits.partition(decimal)
    if rest and not rest.isdecimal():
        return ""
    parts = whole.split(group)
    if len(parts) > 1:
        inner, last = parts[1:-1], parts[-1]
        if len(last) != 3 or not 1 <= len(parts[0]) <= 3 or any(len(part) not in (2, 3) for part in inner):
            return ""
    number = "".join(parts)
    if not (number + rest).isdecimal() or not number + rest:
        return ""
    return f"{number or '0'}.{rest}" if sign and rest else number


def _without_currency(text: str) -> tuple[str, str, bool]:
    """The bare digits, the currency named around them, and whether a sign makes them negative; no digits when words stand there."""
    match = _AFFIX.match(_POINTED.sub(r"\1", text))
    if match is None:
        return "", "", False
    before, after = (_SIGN.sub("", part).strip() for part in (match[1], match[3]))
    currency = ""
    for word in (before, after):
        code = _currency_of(word) if word else ""
        if code is None or (currency and code and code != currency and "$" not in (code, currency)):
            return "", "", False
        if code and currency in ("", "$"):
            currency = code
    return _SPACES.sub("", match[2]), currency, any(sign in match[1] + match[3] for sign in "-−(")


def _currency_of(word: str) -> str | None:
    bare = word.strip(" \u00a0").rstrip("%").strip()
    if not bare:
        return ""
    if bare in _SIGNS:
        return _SIGNS[bare]
    upper = bare.upper()
    if upper in _CODES:
        return upper
    for part in (bare.replace("-", "").strip(), *bare.split()):
        if part in _SIGNS:
            return _SIGNS[part]
        if part.upper() in _CODES:
            return part.upper()
    return None


def to_minor(value: Decimal, currency: str) -> tuple[int, bool]:
    """Minor units of the currency, rounded half up, and whether anything was rounded away."""
    exact = value.scaleb(exponent(currency))
    minor = int(exact.to_integral_value(rounding="ROUND_HALF_UP"))
    return minor, abs(exact - minor) > Decimal("0.0001")
