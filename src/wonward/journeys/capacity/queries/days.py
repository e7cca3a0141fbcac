"""Reading the ledger of days; every view of time is made of it."""

from __future__ import annotations

from datetime import date

from wonward.domains.delivery.queries.loads import list_work_loads
from wonward.domains.staff.queries import (
    get_default_calendar,
    list_bookings,
    list_time_off,
    list_working_people,
)
from wonward.foundation.access.policy import require
from wonward.journeys.capacity.rules.days import DayLedger, day_ledger
from wonward.kernel.actor import Actor, Scope


def read_days(*, actor: Actor, first: date, last: date, with_done: bool = False) -> DayLedger:
    """Everything that touches these days, however much it is; a fixed number of queries. Members see themselves alone.

    `with_done` counts planned work in full, done or not: what days gone by have asked.
    """
    reach = require(actor, "staff.booking.view")
    work = list_work_loads(first=first, last=last, with_done=with_done)
    if reach is not Scope.ALL:
        work = [load for load in work if load.assignee_id == actor.person_id]
    _, usual = get_default_calendar()
    return day_ledger(
        first=first, last=last, usual=usual, people=list_working_people(actor=actor),
        time_off=list_time_off(actor=actor, first=first, last=last) if actor.may("staff.time_off.view") else [],
        bookings=list_bookings(actor=actor, first=first, last=last, only_seen=False), work=work,
    )
