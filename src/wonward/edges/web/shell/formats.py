"""Numbers, money and dates in the reader's language. Babel decides the form; plain whole amounts follow its example.

Babel parses its pattern for every value, which a table of a hundred amounts feels. The form of a currency in a language
is therefore read off once from an example, and amounts without minor units are laid into it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, format_time
from babel.numbers import format_currency, format_decimal
from django.utils import translation
from django.utils.translation import gettext as _

from wonward.foundation.organisation.rules import date_as, locale_of
from wonward.kernel.money import Money

_EXAMPLE = 1234567


def locale_name() -> str:
    """The language of this request as Babel spells it."""
    return locale_of(translation.get_language() or "en")


@lru_cache(maxsize=256)
def _whole_pattern(locale: str) -> str:
    """The language's own currency pattern without minor units."""
    pattern: str = Locale.parse(locale).currency_formats["standard"].pattern
    return pattern.replace(".00", "")


@lru_cache(maxsize=256)
def _money_form(currency: str, locale: str) -> tuple[str, str, str] | None:
    """What stands before, between groups of three, and after; None where a language groups otherwise."""
    text = format_currency(_EXAMPLE, currency, locale=locale, format=_whole_pattern(locale), currency_digits=False)
    return _form_of(text)


@lru_cache(maxsize=64)
def _number_form(locale: str) -> tuple[str, str, str] | None:
    return _form_of(format_decimal(_EXAMPLE, locale=locale))


def _form_of(text: str) -> tuple[str, str, str] | None:
    first, last = text.find("1"), text.rfind("7")
    if first < 0 or last < 0:
        return None
    middle = text[first : last + 1]
    separator = "" if middle[1].isdigit() else middle[1]
    if middle != f"1{separator}234{separator}567":
        return None
    return text[:first], separator, text[last + 1 :]


def _laid(form: tuple[str, str, str], amount: int) -> str:
    before, separator, after = form
    return f"{before}{f'{amount:,}'.replace(',', separator)}{after}"


def money_words(value: Money | None) -> str:
    """€84,000 without minor units when they are zero."""
    if value is None:
        return ""
    locale, amount = locale_name(), value.amount
    whole = int(amount)
    if whole != amount:
        return format_currency(amount, value.currency, locale=locale)
    form = _money_form(value.currency, locale) if whole >= 0 else None
    if form is None:
        return format_currency(whole, value.currency, locale=locale, format=_whole_pattern(locale), currency_digits=False)
    return _laid(form, whole)


def money_short(value: Money | None) -> str:
    """€6.65M, €412k: for headers and sums."""
    if value is None:
        return ""
    return _money_short(value, locale_name())


@lru_cache(maxsize=4096)
def _money_short(value: Money, locale: str) -> str:
    amount = value.amount
    for limit, divisor, suffix, digits in ((1_000_000, 1_000_000, "M", 2), (10_000, 1000, "k", 0)):
        if abs(amount) >= limit:
            text = format_currency(
                round(amount / divisor, digits), value.currency, locale=locale, currency_digits=False,
                format="¤#,##0." + "0" * digits if digits else "¤#,##0",
            )
            return text + suffix
    return money_words(Money(int(amount) * 10 ** max(0, -int(amount.as_tuple().exponent)), value.currency))


def number(value: int | float | Decimal | None) -> str:
    """A number with the locale's separators."""
    if value is None:
        return ""
    locale = locale_name()
    form = _number_form(locale) if type(value) is int and value >= 0 else None
    return _laid(form, int(value)) if form else format_decimal(value, locale=locale)


def hours(minutes: int | None) -> str:
    """Minutes as hours: 920 h, 7.5 h."""
    if minutes is None:
        return ""
    return f"{number(minutes // 60) if minutes % 60 == 0 else format_decimal(round(minutes / 60, 1), locale=locale_name())} h"


def date_form(value: date | None, pattern: str) -> str:
    """A date by one of Babel's patterns, such as `EEE d MMM`."""
    return date_as(value, pattern, locale_name()) if value else ""


def date_words(value: date | None) -> str:
    """Fri 19 Mar 2027."""
    return date_form(value, "EEE d MMM y")


def day_of(value: datetime, zone: str) -> date:
    """The day an instant lies on for somebody in a time zone."""
    return value.astimezone(ZoneInfo(zone)).date()


def date_short(value: date | None) -> str:
    """19 Mar."""
    return date_form(value, "d MMM")


def month_words(value: date | None, *, with_year: bool = True) -> str:
    """March 2027; or Mar alone, for narrow axes."""
    return date_form(value, "MMMM y" if with_year else "MMM")


def time_words(value: datetime | None, zone: str = "UTC") -> str:
    """14:05 in the viewer's zone."""
    return format_time(value.astimezone(ZoneInfo(zone)), "HH:mm", locale=locale_name()) if value else ""


def moment(value: datetime | None, zone: str = "UTC") -> str:
    """19 Mar 2027, 14:05 in the viewer's zone."""
    return format_datetime(value.astimezone(ZoneInfo(zone)), "d MMM y, HH:mm", locale=locale_name()) if value else ""


def size_words(size: int) -> str:
    """A size in bytes as people read it."""
    if size < 1000:
        return _("%(n)s B") % {"n": size}
    if size < 1_000_000:
        return _("%(n)s kB") % {"n": round(size / 1000)}
    return _("%(n)s MB") % {"n": f"{size / 1_000_000:.1f}"}
