"""Who is booked, away and skilled in the sample company."""

from __future__ import annotations

from datetime import date, timedelta

from wonward.domains.delivery.queries.projects import list_projects
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.types import DealFilter
from wonward.domains.staff.operations import (
    create_placeholder,
    put_skills,
    request_time_off,
    set_rate,
)
from wonward.domains.staff.queries import find_actor
from wonward.domains.staff.types import BookingStatus, NewBooking, Spread, TimeOffKind
from wonward.edges.commands.sample.story import Stage
from wonward.foundation.access.queries import find_user_id
from wonward.journeys.capacity.operations import book_time, reserve_for_deal
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

SKILLS = {
    "Developer": ("Django", "TypeScript", "Accessibility"), "Designer": ("Figma", "Motion", "Type"), "Consultant": ("Salesforce", "HubSpot"),
    "Editor": ("English", "German"), "Strategist": ("Workshops", "Naming"), "Media buyer": ("Search ads", "Video"), "Quality": ("Testing",),
}
RATES = {"Developer": (62, 118), "Designer": (58, 112), "Consultant": (66, 132), "Editor": (48, 92), "Strategist": (64, 128)}


def plan_people(stage: Stage) -> None:
    """Bookings of running projects, time reserved for the likeliest deals, vacations, skills, rates, and somebody to be hired."""
    manager, today = stage.managers[0], stage.now.date()
    monday = today - timedelta(days=today.weekday())
    _book_projects(stage, manager, monday)
    likely = [row for row in list_deals(actor=stage.sellers[0], where=DealFilter(status="open"), now=stage.now, limit=200) if row.probability >= 70]
    for row in likely[:4]:
        kickoff = max(row.expected_close_date or today, today) + timedelta(days=14)
        reserve_for_deal(actor=stage.sellers[0], deal_id=row.id, kickoff_date=kickoff, now=stage.now)
    _take_days_off(stage, manager, monday)
    for role, skills in SKILLS.items():
        for person_id in stage.roles.get(role, []):
            put_skills(actor=system_actor(), person_id=person_id, skills={name: stage.dice.randint(2, 5) for name in skills}, now=stage.now)
    for role, (cost, bill) in RATES.items():
        set_rate(actor=system_actor(), role=role, valid_from_date=date(today.year, 1, 1), cost=Money(cost * 100, stage.currency),
                 bill=Money(bill * 100, stage.currency), now=stage.now)
    create_placeholder(actor=manager, name="Designer to be hired", role="Designer", from_date=monday + timedelta(weeks=8), now=stage.now)


def _book_projects(stage: Stage, manager: Actor, monday: date) -> None:
    running = [row for row in list_projects(actor=manager, limit=200) if row.status == "active"]
    bookings = []
    for place, row in enumerate(running[:7]):
        people = stage.roles.get(("Developer", "Designer", "Consultant")[place % 3], [])
        if people:
            first = monday + timedelta(weeks=place % 3)
            bookings.append(
                NewBooking(
                    Ref("delivery.project", row.id), first, first + timedelta(weeks=3 + place % 4, days=-3), (8 + 4 * (place % 3)) * 60,
                    person_id=people[place % len(people)], spread=Spread.PER_WEEK, status=BookingStatus.CONFIRMED,
                )
            )
    book_time(actor=manager, bookings=bookings, now=stage.now)


def _take_days_off(stage: Stage, manager: Actor, monday: date) -> None:
    away = [stage.roles[role][0] for role in ("Developer", "Designer", "Editor") if stage.roles.get(role)]
    for place, person_id in enumerate(away):
        first = monday + timedelta(weeks=2 + 2 * place)
        request_time_off(actor=manager, person_id=person_id, kind=TimeOffKind.VACATION, start_date=first, finish_date=first + timedelta(days=4 + 7 * (place % 2)),
                         note="Family", now=stage.now)
    user_id = find_user_id("hugo.lang@halden.example")
    hugo = find_actor(user_id=user_id) if user_id else None
    if hugo is not None and hugo.person_id is not None:
        request_time_off(actor=hugo, person_id=hugo.person_id, kind=TimeOffKind.TRAINING, start_date=monday + timedelta(weeks=3),
                         finish_date=monday + timedelta(weeks=3, days=1), note="Certification", now=stage.now)
