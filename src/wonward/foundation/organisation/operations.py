"""Changing the organisation's settings and drawing numbers from its series."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wonward.foundation.organisation.models import NumberSeries, Organisation
from wonward.kernel.errors import Refused

_PREFIXES = {
    "sales.deal": ("D", 1001),
    "sales.lead": ("L", 1001),
    "sales.proposal": ("O", 1001),
    "delivery.project": ("P", 201),
    "handoff.handoff": ("H", 101),
    "promises.promise": ("PR", 1),
    "clients.company": ("C", 1001),
}


@transaction.atomic
def take_numbers(*, noun: str, count: int) -> list[str]:
    """Draw `count` consecutive numbers of a noun's series, such as D-1042. Inside the caller's transaction."""
    prefix, first = _PREFIXES[noun]
    NumberSeries.objects.get_or_create(noun=noun, defaults={"prefix": prefix, "next_number": first})
    series = NumberSeries.objects.select_for_update().get(noun=noun)
    start = series.next_number
    NumberSeries.objects.filter(pk=series.pk).update(next_number=start + count)
    return [f"{series.prefix}-{number}" for number in range(start, start + count)]


@transaction.atomic
def set_up_organisation(
    *, name: str, currency: str, time_zone: str, language: str = "en", now: datetime
) -> None:
    """Name the organisation and its reporting currency; the first run calls it, again is fine."""
    if len(currency) != 3 or not currency.isalpha():
        raise Refused.field("currency", f"“{currency}” is not an ISO 4217 currency code.")
    Organisation.objects.update_or_create(
        pk=1,
        defaults={
            "name": name.strip()[:160], "currency": currency.upper(), "time_zone": time_zone,
            "language": language, "updated_at": now,
        },
        create_defaults={
            "name": name.strip()[:160], "currency": currency.upper(), "time_zone": time_zone,
            "language": language, "updated_at": now, "created_at": now,
        },
    )
