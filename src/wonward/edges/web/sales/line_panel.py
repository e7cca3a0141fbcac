"""The services of a deal in words, for its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from wonward.domains.catalog.queries import list_service_options
from wonward.domains.sales.types import LineRow
from wonward.edges.web.sales.role_hours import hours_words
from wonward.edges.web.shell.formats import date_form, locale_name, money_words, number
from wonward.foundation.organisation.types import Conversion
from wonward.kernel.money import Money


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as it stands on the page. `options` are those sold; `choice` says in words that all or none are; `note` where its price came from, `hours` those of each role in one unit."""

    name: str
    detail: str
    total: Money | None
    options: tuple[str, ...]
    choice: str
    note: str = ""
    hours: str = ""


def conversion_words(conversion: Conversion | None) -> str:
    """Where a price came from, beside its line; empty for one that was typed or listed."""
    if conversion is None:
        return ""
    rate = conversion.rate if conversion.rate >= 1 else round(conversion.rate, 6 - conversion.rate.adjusted())
    return _("converted from %(currency)s at %(rate)s of %(day)s") % {
        "currency": conversion.currency, "rate": format_decimal(round(rate, 4) if rate >= 1 else rate, "#,##0.######", locale=locale_name()),
        "day": date_form(conversion.rate_date, "d MMM y"),
    }


def shown_lines(lines: Sequence[LineRow]) -> list[ShownLine]:
    """Every line with its sum, and its options where its template has any."""
    offered = list_service_options({line.service_id for line in lines if not line.options})
    return [_shown(line, has_options=line.service_id in offered) for line in lines]


def _shown(line: LineRow, *, has_options: bool) -> ShownLine:
    choice = ""
    if line.options is None and has_options:
        choice = _("All options")
    elif line.options == () and has_options:
        choice = _("No options")
    return ShownLine(line.service_name, _detail(line), line.total, line.options or (), choice, conversion_words(line.conversion), hours_words(line.hours or ()))


def _detail(line: LineRow) -> str:
    count = number(int(line.quantity)) if line.quantity == int(line.quantity) else number(float(line.quantity))
    if line.unit_price is not None:
        return _("%(count)s × %(price)s") % {"count": count, "price": money_words(line.unit_price)}
    return "" if line.quantity == Decimal(1) else _("%(count)s ×") % {"count": count}
