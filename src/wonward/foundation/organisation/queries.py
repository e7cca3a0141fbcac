"""Facts about the organisation that many pages need."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from wonward.foundation.database.prepared import Values, rows
from wonward.foundation.database.unchanged import once_while_unchanged
from wonward.foundation.organisation.models import ExchangeRate, NumberSeries, Organisation
from wonward.foundation.organisation.types import Exchange
from wonward.kernel.errors import Refused
from wonward.kernel.money import Money, exponent
from wonward.kernel.wording import worded

_COLUMNS = ("name", "currency", "time_zone", "language", "areas", "accent", "has_logo", "has_sample", "version")


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """The settings as every page sees them."""

    name: str
    currency: str
    time_zone: str
    language: str
    areas: dict[str, bool]
    accent: str = "petrol"
    has_logo: bool = False
    has_sample: bool = False
    version: int = 1

    def is_on(self, area: str) -> bool:
        """Whether an area is switched on; all are until somebody switches one off."""
        return self.areas.get(area, True)


def get_organisation() -> OrganisationRow:
    """The one row; its defaults stand in until the first run has written it."""
    return once_while_unchanged("organisation", _read_organisation)


def _read_organisation() -> OrganisationRow:
    found = rows("organisation", _settings, {})
    if not found:
        new = Organisation()
        return OrganisationRow(new.name, new.currency, new.time_zone, new.language, new.areas or {})
    name, currency, time_zone, language, areas, accent, has_logo, has_sample, version = found[0]
    return OrganisationRow(name, currency, time_zone, language, areas or {}, accent, bool(has_logo), bool(has_sample), version)


def _settings(values: Values) -> QuerySet[Any, Any]:
    del values
    has_logo = ExpressionWrapper(~Q(logo=""), output_field=BooleanField())
    has_sample = ExpressionWrapper(Q(sample_batch__isnull=False), output_field=BooleanField())
    return Organisation.objects.filter(pk=1).annotate(has_logo=has_logo, has_sample=has_sample).values_list(*_COLUMNS)


def find_sample_mark() -> dict[str, Any] | None:
    """What the sample company brought; None where there is none."""
    return Organisation.objects.filter(pk=1).values_list("sample_batch", flat=True).first()


def get_logo() -> str:
    """The logo as a data address; empty without one."""
    return Organisation.objects.filter(pk=1).values_list("logo", flat=True).first() or ""


def stored_areas() -> QuerySet[Any, Any]:
    """What is stored about areas, as a subquery for a question that is asked anyway."""
    return Organisation.objects.filter(pk=1).values("areas")


@dataclass(frozen=True, slots=True)
class RateRow:
    """One unit of `currency` in the reporting currency from a day on."""

    id: int
    currency: str
    valid_from_date: date
    rate: Decimal


def list_rates() -> list[RateRow]:
    """Every dated rate, by currency, the newest first."""
    rates = ExchangeRate.objects.order_by("currency", "-valid_from_date")
    return [RateRow(*row) for row in rates.values_list("pk", "currency", "valid_from_date", "rate")]


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """The numbers of a noun: the next one is `prefix-next_number`."""

    noun: str
    prefix: str
    next_number: int


def list_series() -> list[SeriesRow]:
    """Every series that has given a number, by noun."""
    return [SeriesRow(*row) for row in NumberSeries.objects.order_by("noun").values_list("noun", "prefix", "next_number")]


def civil_date(instant: datetime, time_zone: str) -> date:
    """The calendar day of an instant in a time zone."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def get_exchange(*, currencies: Collection[str], reporting_currency: str, on: date) -> Exchange:
    """The rates of these currencies on a day; one without a rate yet is missing. No query for the reporting currency alone."""
    wanted = set(currencies) - {reporting_currency}
    known = ExchangeRate.objects.filter(currency__in=wanted, valid_from_date__lte=on)
    newest = known.filter(currency=OuterRef("currency")).order_by("-valid_from_date").values("valid_from_date")[:1]
    rows = known.filter(valid_from_date=Subquery(newest)).values_list("currency", "rate", "valid_from_date") if wanted else []
    return Exchange(reporting_currency, {code: (rate, day) for code, rate, day in rows})


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
            "value.currency", worded("There is no exchange rate for {currency} on {on}. Add one in the settings.", currency=money.currency, on=f"{on:%Y-%m-%d}")
        )
    shift = exponent(reporting_currency) - exponent(money.currency)
    exact = (Decimal(money.minor) * rate).scaleb(shift)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
