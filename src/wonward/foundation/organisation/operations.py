"""Changing the organisation's settings and drawing numbers from its series."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from zoneinfo import available_timezones

from django.db import connection, transaction

from wonward.foundation.organisation.models import ExchangeRate, NumberSeries, Organisation
from wonward.foundation.organisation.registry import is_money_kept
from wonward.kernel.errors import NotFound, Refused, Stale
from wonward.kernel.money import exponent
from wonward.kernel.wording import worded

AREAS = ("sales", "delivery", "money", "marketing", "portal")
ACCENTS = ("petrol", "forest", "ocean", "ruby", "ink")
LARGEST_LOGO = 200_000
_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}

_PREFIXES = {
    "sales.deal": ("D", 1001),
    "sales.lead": ("L", 1001),
    "sales.proposal": ("O", 1001),
    "delivery.project": ("P", 201),
    "handoff.handoff": ("H", 101),
    "promises.promise": ("PR", 1),
    "clients.company": ("C", 1001),
}


def take_numbers(*, noun: str, count: int) -> list[str]:
    """Draw `count` consecutive numbers of a noun's series, such as D-1042. Inside the caller's transaction."""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        drawn = _draw(cursor, noun, count)
        if drawn is None:
            prefix, first = _PREFIXES[noun]
            NumberSeries.objects.bulk_create([NumberSeries(noun=noun, prefix=prefix, next_number=first)], ignore_conflicts=True)
            drawn = _draw(cursor, noun, count)
    assert drawn
    prefix, end = drawn
    return [f"{prefix}-{number}" for number in range(end - count, end)]


def _draw(cursor: Any, noun: str, count: int) -> tuple[str, int] | None:
    cursor.execute(
        "UPDATE organisation_numberseries SET next_number = next_number + %s WHERE noun = %s RETURNING prefix, next_number",
        [count, noun],
    )
    return cast("tuple[str, int] | None", cursor.fetchone())


@transaction.atomic
def set_up_organisation(
    *, name: str, currency: str, time_zone: str, language: str = "en", now: datetime
) -> None:
    """Name the organisation and its reporting currency; the first run calls it, again is fine."""
    if len(currency) != 3 or not currency.isalpha():
        raise Refused.field("currency", worded("“{currency}” is not an ISO 4217 currency code.", currency=currency))
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


@transaction.atomic
def change_organisation(*, changes: Mapping[str, object], version: int | None = None, now: datetime) -> dict[str, list[object]]:
    """Change name, currency, time zone, areas, accent or logo; what changed. The caller has settled the right.

    The reporting currency stays once there are rates for it, or amounts in it.
    """
    defaults = {"created_at": now, "updated_at": now}
    row, _ = Organisation.objects.select_for_update().get_or_create(pk=1, defaults=defaults)
    if version is not None and version != row.version:
        raise Stale("Somebody else changed these settings in the meantime.", current={"version": row.version}, yours=changes)
    values = _checked(changes)
    if values.get("currency", row.currency) != row.currency and ExchangeRate.objects.exists():
        raise Refused.field("currency", "There are exchange rates into the present currency. Remove them first.", "in_use")
    if values.get("currency", row.currency) != row.currency and is_money_kept():
        raise Refused.field("currency", worded("Amounts are kept in {currency}; the currency can be changed only while no deal has a value.", currency=row.currency), "in_use")
    audit = {field: [getattr(row, field), value] for field, value in values.items() if getattr(row, field) != value}
    if audit:
        Organisation.objects.filter(pk=1).update(**values, version=row.version + 1, updated_at=now)
    return audit


def _checked(changes: Mapping[str, object]) -> dict[str, object]:
    values = dict(changes)
    if "name" in values:
        values["name"] = str(values["name"]).strip()[:160]
        if not values["name"]:
            raise Refused.field("name", "Your organisation needs a name.", "required")
    if "currency" in values:
        values["currency"] = _currency(str(values["currency"]))
    if "time_zone" in values and values["time_zone"] not in available_timezones():
        raise Refused.field("time_zone", worded("“{time_zone}” is not a time zone.", time_zone=str(values["time_zone"])[:60]), "unknown")
    if "accent" in values and values["accent"] not in ACCENTS:
        raise Refused.field("accent", "Choose one of the accents.", "unknown")
    if "areas" in values:
        areas = values["areas"]
        if not isinstance(areas, Mapping) or set(areas) - set(AREAS):
            raise Refused.field("areas", "There is no such area.", "unknown")
        if not (areas.get("sales", True) or areas.get("delivery", True)):
            raise Refused.field("areas", "Sales or Delivery must stay on.", "required")
        values["areas"] = {key: False for key in AREAS if not areas.get(key, True)}
    if unknown := set(values) - {"name", "currency", "time_zone", "accent", "areas", "logo"}:
        raise Refused.field(min(unknown), "This cannot be changed here.", "unknown")
    return values


def read_logo(content: bytes) -> str:
    """A PNG or JPEG as a data address; Refused for anything else, whatever it calls itself, and above 200 kB."""
    if len(content) > LARGEST_LOGO:
        raise Refused.field("logo", "The logo may have 200 kB at most.", "too_large")
    for head, kind in _PICTURES.items():
        if content.startswith(head):
            return f"data:{kind};base64,{base64.b64encode(content).decode()}"
    raise Refused.field("logo", "The logo must be a PNG or a JPEG.", "invalid")


def picture_of(logo: str) -> tuple[str, bytes] | None:
    """Kind and bytes of a stored logo."""
    found = re.fullmatch(r"data:(image/(?:png|jpeg));base64,(.*)", logo)
    try:
        return (found[1], base64.b64decode(found[2])) if found else None
    except binascii.Error:
        return None


def _currency(text: str) -> str:
    code = text.strip().upper()
    try:
        exponent(code)
    except (ValueError, LookupError):
        code = ""
    if len(code) != 3 or not code.isalpha():
        raise Refused.field("currency", worded("“{text}” is not an ISO 4217 currency code.", text=text[:10]), "unknown")
    return code


@transaction.atomic
def set_rate(*, currency: str, valid_from_date: date, rate: Decimal, now: datetime) -> tuple[int, Decimal | None]:
    """Say what one unit of a currency is worth in the reporting currency from a day on; its id and the former rate of that day."""
    code = _currency(currency)
    reporting = Organisation.objects.filter(pk=1).values_list("currency", flat=True).first() or "EUR"
    if code == reporting:
        raise Refused.field("currency", worded("{code} is the reporting currency itself.", code=code), "same")
    if not rate.is_finite() or not 0 < rate < Decimal(10) ** 9 or rate != rate.quantize(Decimal(1).scaleb(-10)):
        raise Refused.field("rate", "A rate is a number above zero with at most ten decimals.", "out_of_range")
    before = ExchangeRate.objects.filter(currency=code, valid_from_date=valid_from_date).values_list("rate", flat=True).first()
    row, _ = ExchangeRate.objects.update_or_create(currency=code, valid_from_date=valid_from_date, defaults={"rate": rate})
    return row.pk, before


@transaction.atomic
def drop_rate(*, rate_id: int) -> tuple[str, date, Decimal]:
    """Take a dated rate away; what it was. NotFound when there is none."""
    row = ExchangeRate.objects.select_for_update().filter(pk=rate_id).first()
    if row is None:
        raise NotFound("exchange rate", rate_id)
    row.delete()
    return row.currency, row.valid_from_date, row.rate


@transaction.atomic
def set_series(*, noun: str, prefix: str, next_number: int) -> dict[str, list[object]]:
    """Let a noun's numbers go on with another prefix or from a higher number; what changed. Numbers are never given twice."""
    if noun not in _PREFIXES:
        raise NotFound("number series", noun)
    code, first = _PREFIXES[noun]
    row, _ = NumberSeries.objects.select_for_update().get_or_create(noun=noun, defaults={"prefix": code, "next_number": first})
    words = prefix.strip().upper()
    if not re.fullmatch(r"[A-Z][A-Z0-9]{0,7}", words):
        raise Refused.field("prefix", "A prefix has one to eight letters and digits and begins with a letter.", "invalid")
    if NumberSeries.objects.filter(prefix=words).exclude(noun=noun).exists():
        raise Refused.field("prefix", worded("Other records are numbered with {words} already.", words=words), "taken")
    if not row.next_number <= next_number < 10**9:
        raise Refused.field("next_number", worded("Numbers go on from {next_number}; they never go back.", next_number=row.next_number), "out_of_range")
    audit: dict[str, list[object]] = {}
    for field, value in (("prefix", words), ("next_number", next_number)):
        if getattr(row, field) != value:
            audit[field] = [getattr(row, field), value]
    NumberSeries.objects.filter(pk=row.pk).update(prefix=words, next_number=next_number)
    return audit


def numbered_nouns() -> dict[str, tuple[str, int]]:
    """The nouns with numbers, each with the prefix and the number it starts with."""
    return dict(_PREFIXES)


@transaction.atomic
def mark_sample(*, mark: Mapping[str, object] | None, now: datetime) -> None:
    """Remember what the sample company brought; None once it is gone. The caller has settled the right."""
    defaults = {"created_at": now, "updated_at": now}
    Organisation.objects.get_or_create(pk=1, defaults=defaults)
    Organisation.objects.filter(pk=1).update(sample_batch=dict(mark) if mark is not None else None, updated_at=now)
