"""Who is asked for too much and who has too little, with fixes to make and to take back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import msgspec
from django.http import HttpResponse

from wonward.edges.api.v1.answers import answer
from wonward.edges.api.v1.inputs import Body, Count, Day, Id, Prose
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.capacity.operations import apply_fix, undo_fix
from wonward.journeys.capacity.queries import get_balance, list_applied_fixes
from wonward.journeys.capacity.types import Balance, CapacityFix, FixRow, PersonBalance, WeekEffect
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

NOUNS = {"task": "delivery.task", "booking": "staff.booking"}


class EffectOut(msgspec.Struct, frozen=True):
    """What a fix does to a person's week, in percent of their time."""

    person_id: int
    week: date
    before_percent: int
    after_percent: int


class FixOffer(msgspec.Struct, frozen=True):
    """A fix as it would be sent: `relief_minutes` is the overload it takes away, for `take` the work it gives."""

    kind: str
    ref: str
    name: str
    to_person_id: int | None
    weeks_later: int
    percent: int
    at_date: date | None
    version: int
    relief_minutes: int
    effects: list[EffectOut]


class OverloadedWeekOut(msgspec.Struct, frozen=True):
    """A week in which somebody is asked for too much."""

    week: date
    percent: int
    excess_minutes: int
    fixes: list[FixOffer]


class DayOverOut(msgspec.Struct, frozen=True):
    """A day on which somebody is asked for more than they work, in a week that is not over as a whole."""

    day: date
    asked_minutes: int
    given_minutes: int


class PersonBalanceOut(msgspec.Struct, frozen=True):
    """Somebody over the weeks: minutes there, asked for sure and with what is tentative, and what is missing to the target."""

    person_id: int
    name: str
    target_percent: int
    supply_minutes: int
    sure_minutes: int
    asked_minutes: int
    gap_minutes: int
    overloaded: list[OverloadedWeekOut]
    offers: list[FixOffer]
    days_over: list[DayOverOut]


class BalanceOut(msgspec.Struct, frozen=True):
    """Everybody over some weeks, the most overloaded first."""

    first_week: date
    weeks: int
    people: list[PersonBalanceOut]


class AppliedFixOut(msgspec.Struct, frozen=True):
    """A fix that was made; `state` is applied or undone."""

    id: int
    words: str
    state: str
    version: int


class FixIn(Body):
    """A fix: give or take (to a person), share (`percent` of a booking, to a person), split (a booking from a day on, to a person), float or later (begin some weeks later).

    `version` is that of the booking, for a task the plan version of its project; `reason` is asked for where a promise breaks.
    """

    kind: Literal["give", "share", "take", "split", "float", "later"]
    item: Literal["task", "booking"]
    item_id: Id
    to_person_id: Id | None = None
    weeks_later: Count = 0
    percent: Count = 0
    at_date: Day | None = None
    version: Count | None = None
    reason: Prose = ""


def show_balance(found: Balance) -> BalanceOut:
    """The balance in the words of the API."""
    return BalanceOut(found.first, found.weeks, [_person(found, row) for row in found.people])


def _person(found: Balance, row: PersonBalance) -> PersonBalanceOut:
    return PersonBalanceOut(
        row.person_id, row.name, row.target_percent, row.supply_minutes, row.sure_minutes, row.asked_minutes, row.gap_minutes,
        [
            OverloadedWeekOut(_monday(found, one.week), one.percent, one.excess_minutes, [_offer(found, fix) for fix in one.fixes])
            for one in row.overloaded
        ],
        [_offer(found, fix) for fix in row.offers], [DayOverOut(one.day, one.asked, one.given) for one in row.days_over],
    )


def _offer(found: Balance, fix: CapacityFix) -> FixOffer:
    return FixOffer(
        fix.kind, f"{NOUNS[fix.item.kind]}:{fix.item.id}", fix.item.name, fix.to_person_id, fix.weeks_later, fix.percent,
        _monday(found, fix.at_week) if fix.kind == "split" else None, fix.item.version, fix.relief_minutes,
        [_effect(found, one) for one in (fix.effect, fix.other) if one is not None],
    )


def _effect(found: Balance, effect: WeekEffect) -> EffectOut:
    return EffectOut(effect.person_id, _monday(found, effect.week), effect.before, effect.after)


def _monday(found: Balance, week: int) -> date:
    return found.first + timedelta(weeks=week)


def _fix(request: ApiRequest, fix_id: int, *, status: int = 200) -> HttpResponse:
    row = next((one for one in list_applied_fixes(actor=request.actor) if one.id == fix_id), None)
    if row is None:
        raise NotFound("fix", fix_id)
    return answer(_show(row), version=row.version, status=status)


def _show(row: FixRow) -> AppliedFixOut:
    return AppliedFixOut(row.id, row.words, row.state, row.version)


@route("GET", "/capacity/balance", permission="capacity.outlook.view", answers={200: BalanceOut})
def read_balance(request: ApiRequest) -> HttpResponse:
    """Overload with what would help, and everybody against their target, over the next eight weeks."""
    return answer(show_balance(get_balance(actor=request.actor, today=civil_date(request.now, request.actor.time_zone))))


@route(
    "POST", "/capacity/fixes", permission="capacity.outlook.view", answers={201: AppliedFixOut},
    example={"kind": "later", "item": "booking", "item_id": 1, "weeks_later": 1},
)
def add_fix(request: ApiRequest, body: FixIn) -> HttpResponse:
    """Make a fix through the plan or the booking it changes."""
    key = apply_fix(
        actor=request.actor, kind=body.kind, ref=Ref(NOUNS[body.item], body.item_id), to_person_id=body.to_person_id, weeks_later=body.weeks_later,
        at_date=body.at_date, percent=body.percent, version=body.version, reason=body.reason, now=request.now,
    )
    return _fix(request, key, status=201)


@route("POST", "/capacity/fixes/{record:fix_id}/undo", permission="capacity.outlook.view", answers={200: AppliedFixOut})
def undo_one_fix(request: ApiRequest, fix_id: int) -> HttpResponse:
    """Take a fix of one's own back, as long as nobody changed what it changed."""
    undo_fix(actor=request.actor, fix_id=fix_id, now=request.now)
    return _fix(request, fix_id)
