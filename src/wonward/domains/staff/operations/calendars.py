"""Working time: weeks, holidays by country, single days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import holidays
from django.db import transaction

from wonward.domains.staff.models import Calendar
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded
from wonward.kernel.work_calendar import InvalidCalendar, WorkCalendar

MOST_EXCEPTIONS = 2000
MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class DayException:
    """A single day unlike its weekday; no `working` spans means it is free. Spans are pairs of HH:MM."""

    date: date
    name: str = ""
    working: tuple[tuple[str, str], ...] = ()


@transaction.atomic
def create_calendar(*, actor: Actor, name: str, now: datetime) -> int:
    """A new calendar with the organisation's week and without holidays; its id."""
    require(actor, "organisation.settings.edit")
    words = _name(name)
    default = Calendar.objects.filter(is_default=True).first()
    document = {"week": default.document.get("week", {}) if default else {}, "exceptions": []}
    calendar = Calendar.objects.create(name=words, document=document, created_at=now, updated_at=now)
    record_change(
        actor=actor, operation="staff.calendar.create", ref=Ref("staff.calendar", calendar.pk), changes={"name": [None, words]}, now=now
    )
    return calendar.pk


@transaction.atomic
def change_calendar(
    *, actor: Actor, calendar_id: int, name: str | None = None, week: Mapping[str, Sequence[Sequence[str]]] | None = None,
    add: Sequence[DayException] = (), remove: Sequence[date] = (), version: int | None = None, now: datetime,
) -> None:
    """Change name, week or single days. Plans that exist follow with their next change."""
    require(actor, "organisation.settings.edit")
    calendar = _locked(calendar_id, version)
    before = {"name": calendar.name, "week": calendar.document.get("week", {}), "exceptions": _days(calendar)}
    days = {day: row for day, row in _days(calendar).items() if day not in {one.isoformat() for one in remove}}
    days |= {one.date.isoformat(): {"date": one.date.isoformat(), "working": [list(pair) for pair in one.working], "name": one.name[:120]} for one in add}
    if len(days) > MOST_EXCEPTIONS:
        raise Refused.field("exceptions", worded("A calendar has at most {most_exceptions} single days.", most_exceptions=MOST_EXCEPTIONS), "too_many")
    hours: dict[str, Any] = dict(week) if week is not None else before["week"]
    document = {"week": hours, "exceptions": [days[key] for key in sorted(days)]}
    try:
        WorkCalendar.from_document(document)
    except InvalidCalendar as wrong:
        raise Refused.field("week", worded("This working time cannot be: {wrong}.", wrong=wrong), "invalid") from None
    if not any(hours.values()):
        raise Refused.field("week", "Somebody must work at some time of the week.", "required")
    words = _name(name, calendar_id) if name is not None else calendar.name
    after = {"name": words, "week": hours, "exceptions": days}
    changes: dict[str, list[Any]] = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
    if not changes:
        return
    Calendar.objects.filter(pk=calendar_id).update(name=words, document=document, version=calendar.version + 1, updated_at=now)
    record_change(actor=actor, operation="staff.calendar.change", ref=Ref("staff.calendar", calendar_id), changes=changes, now=now)


def add_holidays(
    *, actor: Actor, calendar_id: int, country: str, subdivision: str = "", years: Sequence[int], version: int | None = None, now: datetime
) -> int:
    """Make the public holidays of a country (ISO 3166), or one of its parts, free days; how many there are."""
    found = list_holidays(country=country, subdivision=subdivision, years=years)
    change_calendar(actor=actor, calendar_id=calendar_id, add=found, version=version, now=now)
    return len(found)


def list_holidays(*, country: str, subdivision: str, years: Sequence[int]) -> list[DayException]:
    """The public holidays as free days, in order; Refused for a country or part that is not known."""
    known = holidays.list_supported_countries()
    if country not in known:
        raise Refused.field("country", "Choose a country.", "unknown")
    if subdivision and subdivision not in known[country]:
        raise Refused.field("subdivision", worded("“{subdivision}” is not a part of this country.", subdivision=subdivision[:20]), "unknown")
    if not 0 < len(years) <= MOST_YEARS or not all(1990 <= year <= 2100 for year in years):
        raise Refused.field("years", worded("Choose at most {most_years} years between 1990 and 2100.", most_years=MOST_YEARS), "out_of_range")
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=years, language="en_US")
    return [DayException(day, str(words)) for day, words in sorted(found.items())]


def list_holiday_countries() -> dict[str, list[str]]:
    """The countries whose holidays are known (ISO 3166), each with its parts."""
    return dict(holidays.list_supported_countries())


def _days(calendar: Calendar) -> dict[str, dict[str, Any]]:
    return {row["date"]: row for row in calendar.document.get("exceptions") or ()}


def _locked(calendar_id: int, version: int | None) -> Calendar:
    calendar = Calendar.objects.select_for_update().filter(pk=calendar_id).first()
    if calendar is None:
        raise NotFound("calendar", calendar_id)
    if version is not None and version != calendar.version:
        raise Stale(
            worded("“{name}” was changed by somebody else in the meantime.", name=calendar.name), current={"version": calendar.version},
            yours={"version": version},
        )
    return calendar


def _name(name: str, calendar_id: int = 0) -> str:
    words = name.strip()[:120]
    if not words:
        raise Refused.field("name", "A calendar needs a name.", "required")
    if Calendar.objects.filter(name=words).exclude(pk=calendar_id).exists():
        raise Refused.field("name", worded("There is a calendar {words} already.", words=words), "taken")
    return words
