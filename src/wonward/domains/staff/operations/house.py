"""The organisation's own settings, with their history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.organisation.operations import (
    change_organisation,
    drop_rate,
    numbered_nouns,
    set_rate,
    set_series,
)
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

_HOUSE = Ref("organisation.organisation", 1)


@transaction.atomic
def change_house(*, actor: Actor, changes: Mapping[str, object], version: int | None = None, now: datetime) -> None:
    """Change name, reporting currency, time zone, areas, accent or logo."""
    require(actor, "organisation.settings.edit")
    audit = change_organisation(changes=changes, version=version, now=now)
    if "logo" in audit:
        audit["logo"] = [bool(audit["logo"][0]), bool(audit["logo"][1])]
    if audit:
        record_change(actor=actor, operation="organisation.settings.change", ref=_HOUSE, changes=audit, now=now)


@transaction.atomic
def put_rate(*, actor: Actor, currency: str, valid_from_date: date, rate: Decimal, now: datetime) -> int:
    """Add or correct the rate of a day; its id."""
    require(actor, "organisation.settings.edit")
    rate_id, before = set_rate(currency=currency, valid_from_date=valid_from_date, rate=rate, now=now)
    changes = {f"{currency.upper()} {valid_from_date.isoformat()}": [before, rate]}
    record_change(actor=actor, operation="organisation.rate.put", ref=_HOUSE, changes=changes, now=now)
    return rate_id


@transaction.atomic
def remove_rate(*, actor: Actor, rate_id: int, now: datetime) -> tuple[str, date, Decimal]:
    """Take a dated rate away; what it was, for the undo."""
    require(actor, "organisation.settings.edit")
    currency, day, rate = drop_rate(rate_id=rate_id)
    changes = {f"{currency} {day.isoformat()}": [rate, None]}
    record_change(actor=actor, operation="organisation.rate.remove", ref=_HOUSE, changes=changes, now=now)
    return currency, day, rate


@transaction.atomic
def renumber(*, actor: Actor, noun: str, prefix: str, next_number: int, now: datetime) -> None:
    """Give a noun's coming numbers another prefix, or let them go on from a higher number."""
    require(actor, "organisation.settings.edit")
    audit = set_series(noun=noun, prefix=prefix, next_number=next_number)
    if audit:
        place = Ref("organisation.series", sorted(numbered_nouns()).index(noun) + 1)
        record_change(actor=actor, operation="organisation.series.change", ref=place, changes=audit, now=now)
