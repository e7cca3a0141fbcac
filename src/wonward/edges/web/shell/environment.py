"""The Jinja2 environment: autoescape on, translations, and the few filters every page may use."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined

from wonward.kernel.money import Money


def build_environment(**options: Any) -> Environment:
    """Called by Django's Jinja2 backend once per process."""
    options.setdefault("extensions", ["jinja2.ext.i18n"])
    options["undefined"] = StrictUndefined
    environment = Environment(**{**options, "autoescape": True})  # noqa: S701
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    environment.globals.update(static=static, url=_url)
    environment.filters.update(
        money=money_words, money_short=money_short, date_words=date_words, date_short=date_short, time_words=time_words,
        month_words=month_words, moment=moment, hours=hours, number=number,
    )
    return environment


def _url(name: str, **values: Any) -> str:
    return reverse(name, kwargs=values or None)


def _locale() -> str:
    return (translation.get_language() or "en").replace("-", "_")


def money_words(value: Money | None) -> str:
    """€84,000 without minor units when they are zero."""
    if value is None:
        return ""
    whole = value.amount == value.amount.to_integral_value()
    return format_currency(value.amount, value.currency, locale=_locale(), currency_digits=not whole,
                           format="¤#,##0" if whole else None)


def money_short(value: Money | None) -> str:
    """€6.65M, €412k: for headers and sums."""
    if value is None:
        return ""
    amount = value.amount
    for limit, divisor, suffix, digits in ((1_000_000, 1_000_000, "M", 2), (10_000, 1000, "k", 0)):
        if abs(amount) >= limit:
            text = format_currency(round(amount / divisor, digits), value.currency, locale=_locale(),
                                   format="¤#,##0." + "0" * digits if digits else "¤#,##0", currency_digits=False)
            return text + suffix
    return money_words(Money(int(amount) * 10 ** max(0, -int(amount.as_tuple().exponent)), value.currency))


def date_words(value: date | None) -> str:
    """Fri 19 Mar 2027."""
    return _date_as(value, "EEE d MMM y", _locale()) if value else ""


def date_short(value: date | None) -> str:
    """19 Mar."""
    return _date_as(value, "d MMM", _locale()) if value else ""


def month_words(value: date | None, *, with_year: bool = True) -> str:
    """March 2027; or Mar alone, for narrow axes."""
    return _date_as(value, "MMMM y" if with_year else "MMM", _locale()) if value else ""


@lru_cache(maxsize=8192)
def _date_as(value: date, pattern: str, locale: str) -> str:
    return format_date(value, pattern, locale=locale)


def time_words(value: datetime | None, zone: str = "UTC") -> str:
    """14:05 in the viewer's zone."""
    return format_time(value.astimezone(ZoneInfo(zone)), "HH:mm", locale=_locale()) if value else ""


def moment(value: datetime | None, zone: str = "UTC") -> str:
    """19 Mar 2027, 14:05 in the viewer's zone."""
    return format_datetime(value.astimezone(ZoneInfo(zone)), "d MMM y, HH:mm", locale=_locale()) if value else ""


def hours(minutes: int | None) -> str:
    """Minutes as hours: 920 h, 7.5 h."""
    if minutes is None:
        return ""
    return f"{format_decimal(round(minutes / 60, 1), locale=_locale())} h"


def number(value: int | float | None) -> str:
    """A number with the locale's separators."""
    return format_decimal(value, locale=_locale()) if value is not None else ""
