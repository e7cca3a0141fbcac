"""Bookings, time off and the outlook on capacity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

import msgspec
from django.http import HttpResponse
from ninja import Query

from wonward.domains.staff.operations import decide_time_off, request_time_off, withdraw_time_off
from wonward.domains.staff.queries import get_booking, list_bookings, list_time_off
from wonward.domains.staff.types import BookingRow, BookingStatus, NewBooking, Spread, TimeOffKind, TimeOffRow
from wonward.edges.api.v1.answers import Page, after_write, answer, page
from wonward.edges.api.v1.inputs import Body, Count, Day, Id, Label, Line, ListQuery, QueryId, RefText, Whole
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.capacity.operations import book_time, cut_booking, move_booking, reserve_for_deal
from wonward.journeys.capacity.queries import get_outlook, list_remedies
from wonward.journeys.capacity.types import Outlook, OutlookRow, Remedy, WhatIf
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

MOST_DRAWS = 10_000


class BookingOut(msgspec.Struct, frozen=True):
    """Time of a person or a role for a deal or a project; `minutes` is the total, `amount_minutes` counts as `spread` says."""

    id: int
    subject: str
    person_id: int | None
    person_name: str
    role_id: int | None
    role: str
    status: str
    start_date: date
    finish_date: date
    minutes: int
    spread: str
    amount_minutes: int
    note: str
    version: int
    created_at: datetime
    updated_at: datetime


class BookingList(msgspec.Struct, frozen=True):
    """The bookings made at once."""

    items: list[BookingOut]


class BookingIn(Body):
    """Time to book; a role by name until somebody is found."""

    subject: RefText
    start_date: Day
    finish_date: Day
    amount_minutes: Count
    person_id: Id | None = None
    role: Label = ""
    spread: Spread = Spread.TOTAL
    status: Literal["tentative", "confirmed"] = "tentative"
    note: Line = ""


class BookingPatch(Body):
    """What to change of a booking; `released` gives the time back."""

    start_date: Day | None = None
    finish_date: Day | None = None
    amount_minutes: Count = 0
    person_id: Id | None = None
    role: Label = ""
    spread: Spread = Spread.TOTAL
    status: Literal["tentative", "confirmed", "released"] = "tentative"
    note: Line = ""


class SplitIn(Body):
    """The day on which the second part begins."""

    at_date: Day


class ReservationIn(Body):
    """The day the work would begin."""

    kickoff_date: Day


class BookingQuery(ListQuery):
    """Which days, whose, and for what."""

    sort: Literal["start_date"] = "start_date"
    from_date: Day | None = None
    to_date: Day | None = None
    subject: RefText | None = None
    person_id: QueryId | None = None


class TimeOffOut(msgspec.Struct, frozen=True):
    """Days off; the kind and the note are for the person and who decides."""

    id: int
    person_id: int
    person_name: str
    kind: str
    start_date: date
    finish_date: date
    minutes_per_day: int | None
    status: str
    note: str
    decided_by: str
    decided_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class TimeOffIn(Body):
    """Days to be off; `minutes_per_day` null is whole days."""

    person_id: Id
    kind: TimeOffKind = TimeOffKind.VACATION
    start_date: Day
    finish_date: Day
    minutes_per_day: Whole | None = None
    note: Line = ""


class DecisionIn(Body):
    """What becomes of it."""

    decision: Literal["approve", "decline", "withdraw"]


class TimeOffQuery(ListQuery):
    """Which days and whose."""

    sort: Literal["start_date"] = "start_date"
    from_date: Day | None = None
    to_date: Day | None = None
    person_id: QueryId | None = None


class OutlookQuery(Body):
    """How many weeks from this one, and what is taken for granted.

    `won` and `lost` are ids of deals, `moved` are pairs `id:YYYY-MM-DD`, all separated by commas. With `role`, by name, and `week` the
    answer holds what would bring that week of the role back under its capacity.
    """

    weeks: QueryId = 12
    seed: QueryId = 1
    draws: QueryId = 1000
    won: Line = ""
    lost: Line = ""
    moved: Line = ""
    role: Label = ""
    week: Day | None = None


class DriverOut(msgspec.Struct, frozen=True):
    """A deal's part in a week, in hours; no id for who may not open the deal."""

    deal_id: int | None
    expected_hours: float
    hours_in_overload: float


class BusiestOut(msgspec.Struct, frozen=True):
    """Whoever with the role is most above their hours on a day of the week, however free it is."""

    person: str
    day: date
    asked_minutes: int
    given_minutes: int


class CellOut(msgspec.Struct, frozen=True):
    """One role in one week, in hours; quantiles of what is likely to be asked, and what is expected to be asked by nobody."""

    week: date
    tone: str
    mean: float
    p10: float
    p50: float
    p80: float
    p90: float
    p95: float
    p_overload: float
    expected_idle: float
    capacity: float
    confirmed: float
    drivers: list[DriverOut]
    busiest: BusiestOut | None


class OutlookRowOut(msgspec.Struct, frozen=True):
    """A role, week by week; `role_id` is below 0 for a role that templates name and nobody entered."""

    role: str
    role_id: int
    first_overload: date | None
    cells: list[CellOut]


class EffortOut(msgspec.Struct, frozen=True):
    """What finished sales took of a role: hours sold, hours as last planned (not as worked), the factor on the hours of open deals."""

    role: str
    role_id: int
    sales: int
    sold_hours: float
    planned_hours: float
    factor: float


class RemedyOut(msgspec.Struct, frozen=True):
    """A way to close the gap: shift, freelance or hire; the chances of overload before and after are both simulated."""

    kind: str
    before: float
    after: float
    deal_id: int | None
    weeks_later: int
    hours_a_week: int
    people: float


class OutlookOut(msgspec.Struct, frozen=True):
    """Demand and capacity by role and week; same day, draws and seed, same figures. `draws` is 0 where nothing could be simulated.

    `as_if` counts the assumptions that were taken: those about deals you may open.
    """

    as_of: date
    as_if: int
    draws: int
    seed: int
    unknown_deals: int
    left_out: int
    rows: list[OutlookRowOut]
    efforts: list[EffortOut]
    remedies: list[RemedyOut]


def show_booking(row: BookingRow) -> BookingOut:
    """A booking in the words of the API."""
    return BookingOut(
        row.id, str(row.subject), row.person_id, row.person_name, row.role_id, row.role_name, str(row.status), row.start_date, row.finish_date,
        row.minutes, str(row.spread), row.amount_minutes, row.note, row.version, row.created_at, row.updated_at,
    )


def show_time_off(row: TimeOffRow) -> TimeOffOut:
    """Time off in the words of the API."""
    return TimeOffOut(
        row.id, row.person_id, row.person_name, str(row.kind), row.start_date, row.finish_date, row.minutes_per_day, row.status, row.note,
        row.decided_by, row.decided_at, row.version, row.created_at, row.updated_at,
    )


def _booking(request: ApiRequest, booking_id: int, *, status: int = 200, location: str = "") -> HttpResponse:
    row = get_booking(actor=request.actor, booking_id=booking_id)
    return answer(show_booking(row), version=row.version, status=status, location=location)


@route("GET", "/bookings", permission="staff.booking.view", answers={200: Page[BookingOut]})
def read_bookings(request: ApiRequest, where: BookingQuery = Query(...)) -> HttpResponse:
    """Bookings by their first day, without those released."""
    rows = list_bookings(
        actor=request.actor, first=where.from_date, last=where.to_date, subject=Ref.parse(where.subject) if where.subject else None,
        person_ids=[where.person_id] if where.person_id else None, updated_since=where.updated_since, text=where.q,
        offset=where.offset, limit=where.limit + 1,
    )
    return page(rows, where, show_booking)


@route("GET", "/bookings/{record:booking_id}", permission="staff.booking.view", answers={200: BookingOut})
def read_booking(request: ApiRequest, booking_id: int) -> HttpResponse:
    """One booking."""
    return _booking(request, booking_id)


@route(
    "POST", "/bookings", permission="staff.booking.propose", answers={201: BookingOut},
    example={"subject": "sales.deal:1", "role": "Designer", "start_date": "2027-03-01", "finish_date": "2027-03-19", "amount_minutes": 2400},
)
def add_booking(request: ApiRequest, body: BookingIn) -> HttpResponse:
    """Book a person or a role. Time for an open deal is tentative."""
    new = NewBooking(
        Ref.parse(body.subject), body.start_date, body.finish_date, body.amount_minutes, body.person_id, body.role, body.spread,
        BookingStatus(body.status), body.note,
    )
    (booking_id,) = book_time(actor=request.actor, bookings=[new], now=request.now)
    address = f"/bookings/{booking_id}"
    return after_write(lambda: _booking(request, booking_id, status=201, location=address), status=201, location=address)


@route(
    "PATCH", "/bookings/{record:booking_id}", permission="staff.booking.propose", answers={200: BookingOut}, example={"amount_minutes": 3000},
)
def edit_booking(request: ApiRequest, booking_id: int, body: BookingPatch) -> HttpResponse:
    """Move, stretch, hand over, confirm or release a booking."""
    changes = body.sent()
    if "status" in changes:
        changes["status"] = BookingStatus(body.status)
    if "spread" in changes:
        changes["spread"] = body.spread
    move_booking(actor=request.actor, booking_id=booking_id, changes=changes, version=version_asked(request), now=request.now)
    return after_write(lambda: _booking(request, booking_id))


@route(
    "POST", "/bookings/{record:booking_id}/split", permission="staff.booking.propose", answers={201: BookingOut}, example={"at_date": "2027-03-08"},
)
def split_booking_at(request: ApiRequest, booking_id: int, body: SplitIn) -> HttpResponse:
    """Cut a booking in two; answers the second part."""
    second = cut_booking(actor=request.actor, booking_id=booking_id, at_date=body.at_date, version=version_asked(request), now=request.now)
    address = f"/bookings/{second}"
    return after_write(lambda: _booking(request, second, status=201, location=address), status=201, location=address)


@route(
    "POST", "/deals/{record:deal_id}/reservation", permission="staff.booking.propose", answers={201: BookingList}, example={"kickoff_date": "2027-03-01"},
)
def reserve_deal(request: ApiRequest, deal_id: int, body: ReservationIn) -> HttpResponse:
    """Reserve the roles an open deal needs, as the templates of its services say; again for another day replaces them."""
    made = set(reserve_for_deal(actor=request.actor, deal_id=deal_id, kickoff_date=body.kickoff_date, now=request.now).made)
    rows = list_bookings(actor=request.actor, subject=Ref("sales.deal", deal_id))
    return answer(BookingList([show_booking(row) for row in rows if row.id in made]), status=201)


@route("GET", "/time-off", permission="staff.time_off.view", answers={200: Page[TimeOffOut]})
def read_time_off(request: ApiRequest, where: TimeOffQuery = Query(...)) -> HttpResponse:
    """Time off that is asked for or approved, by its first day."""
    rows = list_time_off(
        actor=request.actor, first=where.from_date, last=where.to_date, person_id=where.person_id, updated_since=where.updated_since,
        text=where.q, offset=where.offset, limit=where.limit + 1,
    )
    return page(rows, where, show_time_off)


@route(
    "POST", "/time-off", permission="staff.time_off.view", answers={201: TimeOffOut},
    example={"person_id": 1, "kind": "vacation", "start_date": "2027-03-01", "finish_date": "2027-03-05"},
)
def add_time_off(request: ApiRequest, body: TimeOffIn) -> HttpResponse:
    """Ask for days off; entered by who decides on them they are approved at once."""
    key = request_time_off(
        actor=request.actor, person_id=body.person_id, kind=body.kind, start_date=body.start_date, finish_date=body.finish_date,
        minutes_per_day=body.minutes_per_day, note=body.note, now=request.now,
    )
    return after_write(lambda: _time_off(request, key, status=201), status=201)


@route(
    "POST", "/time-off/{record:time_off_id}/decision", permission="staff.time_off.view", answers={200: TimeOffOut}, example={"decision": "approve"},
)
def decide_on_time_off(request: ApiRequest, time_off_id: int, body: DecisionIn) -> HttpResponse:
    """Approve or decline what somebody else asked for, or take days back."""
    version = version_asked(request)
    if body.decision == "withdraw":
        withdraw_time_off(actor=request.actor, time_off_id=time_off_id, version=version, now=request.now)
    else:
        decide_time_off(actor=request.actor, time_off_id=time_off_id, is_approved=body.decision == "approve", version=version, now=request.now)
    return after_write(lambda: _time_off(request, time_off_id))


def _time_off(request: ApiRequest, time_off_id: int, *, status: int = 200) -> HttpResponse:
    every = ("requested", "approved", "declined", "withdrawn")
    row = next((one for one in list_time_off(actor=request.actor, time_off_ids=[time_off_id], statuses=every)), None)
    if row is None:
        raise NotFound("time off", time_off_id)
    return answer(show_time_off(row), version=row.version, status=status)


@route("GET", "/capacity/outlook", permission="capacity.outlook.view", answers={200: OutlookOut})
def read_outlook(request: ApiRequest, where: OutlookQuery = Query(...)) -> HttpResponse:
    """What the pipeline will ask of every role, as quantiles by week; as it is or as if some deals ended otherwise."""
    weeks, today = min(where.weeks, 52), civil_date(request.now, request.actor.time_zone)
    what_if = _what_if(where)
    found = get_outlook(
        actor=request.actor, today=today, weeks=weeks, what_if=what_if, seed=where.seed, draws=max(1, min(where.draws, MOST_DRAWS)),
    )
    mondays = [date.fromordinal(found.first.toordinal() + 7 * place) for place in range(weeks)]
    efforts = [EffortOut(one.name, one.role_id, one.sales, one.sold_hours, one.planned_hours, one.factor) for one in found.efforts]
    remedies: list[Remedy] = []
    asked = next((row.role_id for row in found.rows if row.name.casefold() == where.role.strip().casefold()), None)
    if asked is not None and where.week is not None:
        place = (where.week - found.first).days // 7
        remedies = list_remedies(
            actor=request.actor, today=today, weeks=weeks, role_id=asked, week=place, what_if=what_if, seed=where.seed,
        )
    return answer(OutlookOut(
        today, found.what_if.count, found.draws, found.seed, found.unknown_deals, found.left_out, [_outlook_row(row, mondays, found) for row in found.rows],
        efforts,
        [
            RemedyOut(one.kind, one.before, one.after, _seen_id(found, one.deal_id), one.weeks_later, one.hours_a_week, one.people)
            for one in remedies
        ],
    ))


def _outlook_row(row: OutlookRow, mondays: Sequence[date], found: Outlook) -> OutlookRowOut:
    return OutlookRowOut(
        row.name, row.role_id, mondays[row.first_overload] if row.first_overload is not None else None,
        [
            CellOut(
                monday, cell.tone, cell.mean, cell.p10, cell.p50, cell.p80, cell.p90, cell.p95, cell.p_overload, cell.idle, cell.capacity, cell.confirmed,
                [DriverOut(_seen_id(found, one.deal_id), one.expected_hours, one.hours_in_overload) for one in cell.drivers],
                BusiestOut(cell.busiest[0], cell.busiest[1].day, cell.busiest[1].asked, cell.busiest[1].given) if cell.busiest else None,
            )
            for monday, cell in zip(mondays, row.cells, strict=True)
        ],
    )


def _seen_id(found: Outlook, deal_id: int | None) -> int | None:
    """The id of a deal the viewer may open; one they may not has no number."""
    deal = found.deals.get(deal_id or 0)
    return deal_id if deal and deal.number else None


def _what_if(where: OutlookQuery) -> WhatIf:
    won, lost = _ids("won", where.won), _ids("lost", where.lost)
    moved = {}
    for pair in filter(None, where.moved.split(",")):
        key, _, day = pair.partition(":")
        try:
            moved[int(key)] = date.fromisoformat(day.strip())
        except ValueError:
            raise Refused.field("moved", worded("“{pair}” is no deal and day such as 12:2027-03-01.", pair=pair[:40]), "invalid") from None
    return WhatIf(won, lost - won, moved)


def _ids(name: str, text: str) -> frozenset[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if any(not part.isdecimal() or len(part) > 18 for part in parts):
        raise Refused.field(name, "Give the numbers of deals, separated by commas.", "invalid")
    return frozenset(int(part) for part in parts)
