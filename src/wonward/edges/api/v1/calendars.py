"""Calendars: who works when, and which teams have hours of their own."""

from __future__ import annotations

from typing import Literal

import msgspec
from django.http import HttpResponse
from ninja import Query

from wonward.domains.staff.operations import archive_calendar, set_team_calendar
from wonward.domains.staff.queries import CalendarRow, list_calendars, list_team_calendars
from wonward.edges.api.v1.answers import Page, after_write, answer, page
from wonward.edges.api.v1.inputs import Body, Flag, Id, ListQuery, QueryFlag
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.kernel.errors import NotFound

_EDIT = "organisation.settings.edit"


class CalendarOut(msgspec.Struct, frozen=True):
    """Working time. People work by their own calendar, else by that of their team, else by the default one."""

    id: int
    name: str
    is_default: bool
    is_archived: bool
    team_ids: list[int]
    version: int


class TeamCalendarOut(msgspec.Struct, frozen=True):
    """The calendar a team works by; null is the default one."""

    team_id: int
    calendar_id: int | None


class TeamCalendarIn(Body):
    """The calendar a team works by; null is the default one."""

    calendar_id: Id | None


class CalendarArchivingIn(Body):
    """Put away or brought back."""

    is_archived: Flag


class CalendarQuery(ListQuery):
    """What a list of calendars is narrowed to."""

    sort: Literal["name"] = "name"
    is_archived: QueryFlag = False


def _shown(rows: list[CalendarRow]) -> list[CalendarOut]:
    teams = list_team_calendars()
    return [
        CalendarOut(row.id, row.name, row.is_default, row.is_archived, [key for key, own in teams.items() if own == row.id], row.version)
        for row in rows
    ]


@route("GET", "/calendars", permission=_EDIT, answers={200: Page[CalendarOut]})
def read_calendars(request: ApiRequest, where: CalendarQuery = Query(...)) -> HttpResponse:
    """Calendars, the default one first."""
    rows = [row for row in _shown(list_calendars(is_archived=where.is_archived)) if where.q.casefold() in row.name.casefold()]
    return page(rows[where.offset : where.offset + where.limit + 1], where, lambda row: row)


@route("PUT", "/teams/{record:team_id}/calendar", permission=_EDIT, answers={200: TeamCalendarOut}, example={"calendar_id": 1})
def put_team_calendar(request: ApiRequest, team_id: int, body: TeamCalendarIn) -> HttpResponse:
    """Let a team work by a calendar of its own, or by the default one."""
    set_team_calendar(actor=request.actor, team_id=team_id, calendar_id=body.calendar_id, now=request.now)
    return after_write(lambda: answer(TeamCalendarOut(team_id, body.calendar_id)))


@route("POST", "/calendars/{record:calendar_id}/archiving", permission=_EDIT, answers={200: CalendarOut}, example={"is_archived": True})
def archive_calendar_now(request: ApiRequest, calendar_id: int, body: CalendarArchivingIn) -> HttpResponse:
    """Put away a calendar nobody works by, or bring it back."""
    archive_calendar(
        actor=request.actor, calendar_id=calendar_id, is_archived=body.is_archived, version=version_asked(request), now=request.now
    )
    return after_write(lambda: _one(calendar_id))


def _one(calendar_id: int) -> HttpResponse:
    rows = _shown([*list_calendars(), *list_calendars(is_archived=True)])
    row = next((row for row in rows if row.id == calendar_id), None)
    if row is None:
        raise NotFound("calendar", calendar_id)
    return answer(row, version=row.version)
