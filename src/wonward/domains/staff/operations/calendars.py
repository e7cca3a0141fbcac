"""Working time: weeks, holidays by country, single days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from typing import Any

from django.db import transaction

from wonward.domains.staff.models import Calendar, Person, TeamCalendar
from wonward.domains.staff.rules.calendar_files import read_days
from wonward.foundation.access.policy import require
from wonward.foundation.access.queries import list_teams
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database.registry import find_going
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import Sentence, worded
from wonward.kernel.work_calendar import InvalidCalendar, WorkCalendar

MOST_EXCEPTIONS = 2000
MOST_YEARS = 10
_NAMED = 5


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


@transaction.atomic
def set_team_calendar(*, actor: Actor, team_id: int, calendar_id: int | None, now: datetime) -> int | None:
    """Let a team work by a calendar, None: by the organisation's. Returns the one it had; a person's own goes before it."""
    require(actor, "organisation.settings.edit")
    if team_id not in {team.id for team in list_teams()}:
        raise NotFound("team", team_id)
    if calendar_id is not None and not Calendar.objects.filter(pk=calendar_id, archived_at__isnull=True).exists():
        raise Refused.field("calendar_id", worded("There is no calendar {calendar_id}.", calendar_id=calendar_id), "unknown")
    before = TeamCalendar.objects.select_for_update().filter(team_id=team_id).values_list("calendar_id", flat=True).first()
    if before == calendar_id:
        return before
    if calendar_id is None:
        TeamCalendar.objects.filter(team_id=team_id).delete()
    else:
        TeamCalendar.objects.update_or_create(team_id=team_id, defaults={"calendar_id": calendar_id})
    record_change(
        actor=actor, operation="staff.team.set_calendar", ref=Ref("access.team", team_id), changes={"calendar_id": [before, calendar_id]}, now=now
    )
    return before


@transaction.atomic
def archive_calendar(*, actor: Actor, calendar_id: int, is_archived: bool = True, version: int | None = None, now: datetime) -> None:
    """Put away a calendar nobody works by, or bring it back; refused, naming them, while people, teams or running projects need it."""
    require(actor, "organisation.settings.edit")
    calendar = _locked(calendar_id, version)
    if (calendar.archived_at is not None) == is_archived:
        return
    if is_archived:
        if calendar.is_default:
            raise Conflict("The organisation works by this calendar.")
        if names := _users_of(actor, calendar_id):
            raise Conflict(worded("“{name}” is in use: {names}.", name=calendar.name, names=", ".join(names)))
    before, calendar.archived_at = calendar.archived_at, now if is_archived else None
    Calendar.objects.filter(pk=calendar_id).update(archived_at=calendar.archived_at, version=calendar.version + 1, updated_at=now)
    record_change(
        actor=actor, operation="staff.calendar.archive", ref=Ref("staff.calendar", calendar_id),
        changes={"archived_at": [before, calendar.archived_at]}, now=now,
    )


def _users_of(actor: Actor, calendar_id: int) -> list[str]:
    """Who works by a calendar, the first few by name."""
    teams = {team.id: team.name for team in list_teams()}
    names = [teams[key] for key in TeamCalendar.objects.filter(calendar_id=calendar_id).values_list("team_id", flat=True)]
    names += Person.objects.filter(calendar_id=calendar_id, is_active=True).order_by("name").values_list("name", flat=True)[:_NAMED]
    going = find_going(actor, Ref("staff.calendar", calendar_id))
    names += going.names
    return [*names[:_NAMED], "…"] if len(names) > _NAMED or going.hidden else names


def add_holidays(
    *, actor: Actor, calendar_id: int, country: str, subdivision: str = "", years: Sequence[int], version: int | None = None, now: datetime
) -> int:
    """Make the public holidays of a country (ISO 3166), or one of its parts, free days; how many there are."""
    found = list_holidays(country=country, subdivision=subdivision, years=years)
    change_calendar(actor=actor, calendar_id=calendar_id, add=found, version=version, now=now)
    return len(found)


@dataclass(frozen=True, slots=True)
class AddedDays:
    """What a calendar file brought: the days that are free now, how many were single days already, a sentence for each event left out."""

    days: tuple[date, ...]
    known_count: int
    left_out: tuple[Sentence, ...]


@transaction.atomic
def add_days_of_file(*, actor: Actor, calendar_id: int, content: bytes, version: int | None = None, now: datetime) -> AddedDays:
    """Make the whole days of a calendar file (iCalendar) free days. A single day that is there already stays as it is.

    Refused for what is no calendar file, breaks off or brings nothing new.
    """
    require(actor, "organisation.settings.edit")
    calendar = _locked(calendar_id, version)
    read = read_days(content, today=civil_date(now, get_organisation().time_zone))
    known = _days(calendar)
    fresh = [DayException(one.date, one.name) for one in read.days if one.date.isoformat() not in known]
    if not fresh and read.days:
        raise Refused.field("file", worded("All {count} days of this file are in the calendar already.", count=len(read.days)), "known")
    if not fresh and read.left_out:
        raise Refused.field("file", worded("No day of this file can be taken. {first_reason}", first_reason=read.left_out[0]), "nothing")
    if not fresh:
        raise Refused.field("file", "There is no event in this calendar file.", "nothing")
    change_calendar(actor=actor, calendar_id=calendar_id, add=fresh, version=version, now=now)
    return AddedDays(tuple(one.date for one in fresh), len(read.days) - len(fresh), read.left_out)


def list_holidays(*, country: str, subdivision: str, years: Sequence[int]) -> list[DayException]:
    """The public holidays as free days, in order; Refused for a country or part that is not known."""
    known = _library().list_supported_countries(include_aliases=False)
    if country not in known:
        raise Refused.field("country", "Choose a country.", "unknown")
    if subdivision and subdivision not in known[country]:
        raise Refused.field("subdivision", worded("“{subdivision}” is not a part of this country.", subdivision=subdivision[:20]), "unknown")
    if not 0 < len(years) <= MOST_YEARS or not all(1990 <= year <= 2100 for year in years):
        raise Refused.field("years", worded("Choose at most {most_years} years between 1990 and 2100.", most_years=MOST_YEARS), "out_of_range")
    found = _library().country_holidays(country, subdiv=subdivision or None, years=years, language="en_US")
    return [DayException(day, str(words)) for day, words in sorted(found.items())]


def list_holiday_countries() -> dict[str, list[str]]:
    """The countries whose holidays are known (ISO 3166), each with its parts."""
    return dict(_library().list_supported_countries(include_aliases=False))


def _library() -> Any:
    """The library of public holidays: 300 modules and 10 MB that no process holds before somebody sets up a calendar."""
    return import_module("holidays")


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
