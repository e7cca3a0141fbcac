"""Calendars: the week, public holidays by country, single days."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from babel import Locale
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.staff.operations import (
    DayException,
    add_days_of_file,
    add_holidays,
    archive_calendar,
    change_calendar,
    create_calendar,
    list_holiday_countries,
    set_team_calendar,
)
from wonward.domains.staff.queries import CalendarRow, list_calendars, list_team_calendars
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field, read_archiving
from wonward.edges.web.shell.formats import date_words, locale_name
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.saying import go_on, take_said
from wonward.foundation.access.queries import list_teams
from wonward.kernel.errors import FieldError, NotFound, Refused
from wonward.kernel.wording import heard
from wonward.kernel.work_calendar import WEEKDAY_NAMES

_EDIT = "organisation.settings.edit"
_MOST_READ, _MOST_TOLD = 2_000_001, 5
_SPAN = re.compile(r"(\d{1,2}):?(\d{2})?\s*[-–]\s*(\d{1,2}):?(\d{2})?")


@page(permission=_EDIT, methods=("GET", "POST"))
def calendars(request: SignedInRequest) -> HttpResponse:
    """Every calendar; a new one."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            name = reader.text("name", limit=120)
            reader.finish()
            key = create_calendar(actor=request.actor, name=name, now=request.now)
            return go_on(request, address_of("calendar", calendar_id=key), _("The calendar is there. Say when is worked."))
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    found = list_calendars()
    rows = [(row, _week_words(row.document.get("week", {})), len(row.document.get("exceptions") or ())) for row in found]
    own = list_team_calendars()
    context = {
        "rows": rows, "errors": errors, "said": take_said(request), "tab": "calendars", "archived": list_calendars(is_archived=True),
        "teams": [(team, own.get(team.id, "")) for team in list_teams()],
        "choices": [(str(row.id), row.name) for row in found if not row.is_default],
    }
    return render(request, "settings/calendars.html", context, status=422 if errors else 200)


@page(permission=_EDIT, methods=("POST",))
def team_calendar(request: SignedInRequest, team_id: int) -> HttpResponse:
    """Let a team work by a calendar of its own, or by the organisation's."""
    reader = FormReader(request.POST)
    calendar_id = reader.number("calendar_id")
    reader.finish()
    before = set_team_calendar(actor=request.actor, team_id=team_id, calendar_id=calendar_id, now=request.now)
    return go_on(
        request, address_of("calendars"), _("Saved. Capacity counts by it from now on."), undo_url=request.path, undo={"calendar_id": before}
    )


@page(permission=_EDIT, methods=("POST",))
def calendar_archiving(request: SignedInRequest, calendar_id: int) -> HttpResponse:
    """Put away a calendar nobody works by, or bring it back."""
    is_archived, version = read_archiving(request.POST)
    archive_calendar(actor=request.actor, calendar_id=calendar_id, is_archived=is_archived, version=version, now=request.now)
    words = _("The calendar is put away.") if is_archived else _("The calendar is back.")
    return go_on(request, address_of("calendars"), words, undo_url=request.path, undo={"do": "restore" if is_archived else "archive"})


@page(permission=_EDIT, methods=("GET", "POST"))
def calendar(request: SignedInRequest, calendar_id: int) -> HttpResponse:
    """One calendar: its week, its holidays, its single days."""
    row = next((one for one in list_calendars() if one.id == calendar_id), None)
    if row is None:
        raise NotFound("calendar", calendar_id)
    errors: dict[str, str] = {}
    here = address_of("calendar", calendar_id=calendar_id)
    if request.method == "POST":
        try:
            words, undo = _carry_out(request, row)
            return go_on(request, here, words, undo_url=here, undo=undo)
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    return render(request, "settings/calendar.html", _context(request, row, errors), status=422 if errors else 200)


def _carry_out(request: SignedInRequest, row: CalendarRow) -> tuple[str, dict[str, object] | None]:
    """Do what the form asks; what to say, and the form that takes it back."""
    reader, doing = FormReader(request.POST), request.POST.get("do", "")
    version = reader.version()
    common: dict[str, Any] = {"actor": request.actor, "calendar_id": row.id, "version": version, "now": request.now}
    if doing == "week":
        week = {day: _spans(reader, day) for day in WEEKDAY_NAMES}
        name = reader.text("name", limit=120)
        reader.finish()
        change_calendar(name=name, week=week, **common)
        former = row.document.get("week", {})
        before = {day: _spans_text(former.get(day, [])) for day in WEEKDAY_NAMES}
        return _("Saved. Plans follow with their next change."), {"do": "week", "name": row.name, **before}
    if doing == "holidays":
        place, first, last = reader.text("place", limit=12), reader.number("first_year"), reader.number("last_year")
        reader.finish()
        country, _separator, part = place.partition("/")
        years = range(first or request.now.year, (last or first or request.now.year) + 1)
        known = {one["date"] for one in row.document.get("exceptions") or ()}
        count = add_holidays(country=country, subdivision=part, years=years[:11], **common)
        after = next(one for one in list_calendars() if one.id == row.id)
        fresh = [one["date"] for one in after.document["exceptions"] if one["date"] not in known]
        return _("%(count)s holidays are free days now.") % {"count": count}, {"do": "remove", "days": ",".join(fresh)}
    if doing == "file":
        reader.finish()
        return _take_file(request.FILES.get("file"), common)
    if doing == "add":
        day, name, spans = reader.day("day"), reader.text("day_name", limit=120), _spans(reader, "day_hours")
        if day is None and not reader.errors:
            reader.errors.append(FieldError("day", _("Which day?"), "required"))
        reader.finish()
        assert day
        change_calendar(add=[DayException(day, name, tuple((start, end) for start, end in spans))], **common)
        return _("Saved."), {"do": "remove", "days": day.isoformat()}
    if doing == "again":
        again = _days_again(request.POST.get("days", ""))
        reader.finish()
        change_calendar(add=again, **common)
        return _("They are back."), {"do": "remove", "days": ",".join(one.date.isoformat() for one in again)}
    days = [date.fromisoformat(text) for text in request.POST.get("days", "").split(",")[:3000] if re.fullmatch(r"\d{4}-\d\d-\d\d", text)]
    reader.finish()
    change_calendar(remove=days, **common)
    gone = [one for one in row.document.get("exceptions") or () if date.fromisoformat(one["date"]) in days]
    return _("Taken away."), {"do": "again", "days": json.dumps(gone)}


def _take_file(upload: object, common: dict[str, Any]) -> tuple[str, dict[str, object]]:
    """The days of a calendar file; what to say of them and of what was left out, the first few by name."""
    if not isinstance(upload, UploadedFile):
        raise Refused.field("file", _("Choose a calendar file."), "required")
    added = add_days_of_file(content=upload.read(_MOST_READ), **common)
    said = [ngettext("%(num)s day of the file is free now.", "%(num)s days of the file are free now.", len(added.days)) % {"num": len(added.days)}]
    if added.known_count:
        said.append(ngettext("%(num)s was in the calendar already.", "%(num)s were in the calendar already.", added.known_count) % {"num": added.known_count})
    said += [heard(one) for one in added.left_out[:_MOST_TOLD]]
    if (more := len(added.left_out) - _MOST_TOLD) > 0:
        said.append(ngettext("%(num)s more event was left out.", "%(num)s more events were left out.", more) % {"num": more})
    return " ".join(said), {"do": "remove", "days": ",".join(day.isoformat() for day in added.days)}


def _days_again(text: str) -> list[DayException]:
    """Days as they were taken away."""
    try:
        return [
            DayException(date.fromisoformat(one["date"]), str(one.get("name", "")), tuple((str(start), str(end)) for start, end in one.get("working", ())))
            for one in json.loads(text)
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Refused.field("days", _("Choose the days again."), "invalid") from None


def _spans(reader: FormReader, name: str) -> list[list[str]]:
    """`08:00-12:00, 13:00-17:00` as pairs; nothing is a free day."""
    text = reader.text(name, limit=200)
    found = [[f"{int(one[0]):02d}:{one[1] or '00'}", f"{int(one[2]):02d}:{one[3] or '00'}"] for one in _SPAN.findall(text)]
    if text and _SPAN.sub("", text).strip(" ,;"):
        reader.errors.append(FieldError(name, _("Write hours as 08:00-12:00, 13:00-17:00.")))
    return found


def _spans_text(spans: Any) -> str:
    return ", ".join(f"{start}–{end}" for start, end in spans)


def _week_words(week: dict[str, Any]) -> str:
    minutes = sum(_minutes(end) - _minutes(start) for spans in week.values() for start, end in spans)
    return _("%(days)s days, %(hours)s h a week") % {"days": sum(1 for spans in week.values() if spans), "hours": round(minutes / 60, 1)}


def _minutes(text: str) -> int:
    hours, _colon, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes or 0)


def _context(request: SignedInRequest, row: CalendarRow, errors: dict[str, str]) -> dict[str, Any]:
    labels = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
    week = row.document.get("week", {})
    days = [
        (one["date"], date_words(date.fromisoformat(one["date"])), one.get("name", ""), _spans_text(one.get("working", [])))
        for one in row.document.get("exceptions") or ()
    ]
    year = request.now.year
    upcoming = [one for one in days if one[0] >= f"{year}-01-01"]
    return {
        "row": row, "errors": errors, "sent": request.POST, "said": take_said(request), "tab": "calendars",
        "week": [(day, label, _spans_text(week.get(day, []))) for day, label in zip(WEEKDAY_NAMES, labels, strict=True)],
        "days": upcoming[:400], "hidden_count": len(days) - len(upcoming[:400]), "places": _places(), "year": year,
    }


def _places() -> list[tuple[str, str]]:
    """Countries and their parts by name."""
    names = Locale.parse(locale_name()).territories
    found = []
    for country, parts in list_holiday_countries().items():
        words = str(names.get(country, country))
        found.append((country, words))
        found += [(f"{country}/{part}", f"{words}, {part}") for part in parts]
    return sorted(found, key=lambda pair: pair[1])
