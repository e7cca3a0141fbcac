"""Facts about the organisation that many pages need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from wonward.foundation.database.prepared import rows
from wonward.foundation.database.reading import once
from wonward.foundation.organisation.models import ExchangeRate, Organisation
from wonward.kernel.errors import Refused
from wonward.kernel.money import Money, exponent

_COLUMNS = ("name", "currency", "time_zone", "language", "areas")


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """The settings as every page sees them."""

    name: str
    currency: str
    time_zone: str
    language: str
    areas: dict[str, bool]


def get_organisation() -> OrganisationRow:
    """The one row; its defaults stand in until the first run has written it."""
    return once("organisation", _read_organisation)


def _read_organisation() -> OrganisationRow:
    found = rows("organisation", lambda values: Organisation.objects.filter(pk=1).values_list(*_COLUMNS), {})
    if not found:
        new = Organisation()
        return OrganisationRow(new.name, new.currency, new.time_zone, new.language, new.areas or {})
    name, currency, time_zone, language, areas = found[0]
    return OrganisationRow(name, currency, time_zone, language, areas or {})


def civil_date(instant: datetime, time_zone: str) -> date:
    """The calendar day of an instant in a time zone."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def to_reporting(money: Money, *, reporting_currency: str, on: date) -> int:
    """Minor units in the reporting currency at the rate of the day; a missing rate is a refusal that names it."""
    if money.currency == reporting_currency:
        return money.minor
    rate = (
        ExchangeRate.objects.filter(currency=money.currency, valid_from_date__lte=on)
        .order_by("-valid_from_date")
        .values_list("rate", flat=True)
        .first()
    )
    if rate is None:
        raise Refused.field(
            "value.currency", f"There is no exchange rate for {money.currency} on {on:%Y-%m-%d}. Add one in the settings."
        )
    shift = exponent(reporting_currency) - exponent(money.currency)
    exact = (Decimal(money.minor) * rate).scaleb(shift)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
