"""A team's own hours and holidays: what its people are there for, what a booking comes to, when work can end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.edges.api.client import Api
from tests.journeys.capacity.conftest import Studio
from tests.people import NOW
from wonward.domains.staff.operations import (
    DayException,
    archive_calendar,
    change_calendar,
    change_person,
    create_calendar,
    set_team_calendar,
)
from wonward.domains.staff.queries import get_booking, list_calendars, list_team_calendars
from wonward.domains.staff.types import NewBooking, Spread
from wonward.foundation.access.operations import ensure_team
from wonward.journeys.capacity.operations import ask_date, book_time
from wonward.journeys.capacity.queries.dates import get_date_answer
from wonward.journeys.capacity.queries.ledger import get_ledger
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref

MONDAY = date(2026, 12, 7)
TWO_DAYS = {"mon": [["08:00", "16:00"]], "tue": [["08:00", "16:00"]]}


@pytest.fixture
def team(staffed: Studio) -> int:
    """The team of the developer and of one of the designers."""
    for person_id in (staffed.dev, staffed.ida):
        change_person(actor=staffed.cast.owner, person_id=person_id, changes={"team": "Lyon"}, version=None, now=NOW)
    return ensure_team(name="Lyon", now=NOW)


def calendar(studio: Studio, name: str = "Lyon") -> int:
    """Two days a week, and the first Tuesday is free."""
    key = create_calendar(actor=studio.cast.owner, name=name, now=NOW)
    change_calendar(
        actor=studio.cast.owner, calendar_id=key, week=TWO_DAYS, add=[DayException(MONDAY + timedelta(days=1), "Feast")], now=NOW
    )
    return key


def supply(studio: Studio, person_id: int) -> list[int]:
    return get_ledger(actor=studio.cast.manager, first=MONDAY, weeks=2).supply[person_id]


def test_a_person_works_by_their_own_calendar_then_their_teams_then_the_houses(staffed: Studio, team: int) -> None:
    lyon = calendar(staffed)
    assert supply(staffed, staffed.ida) == [2400, 2400]
    assert set_team_calendar(actor=staffed.cast.owner, team_id=team, calendar_id=lyon, now=NOW) is None
    assert supply(staffed, staffed.ida) == [480, 960]
    assert supply(staffed, staffed.emil) == [2400, 2400]
    house = next(row.id for row in list_calendars() if row.is_default)
    change_person(actor=staffed.cast.owner, person_id=staffed.ida, changes={"calendar_id": house}, version=None, now=NOW)
    assert supply(staffed, staffed.ida) == [2400, 2400]
    assert supply(staffed, staffed.dev) == [480, 960]
    assert set_team_calendar(actor=staffed.cast.owner, team_id=team, calendar_id=None, now=NOW) == lyon
    assert supply(staffed, staffed.dev) == [2400, 2400]


def test_a_booking_by_day_counts_the_days_the_team_works(staffed: Studio, team: int) -> None:
    set_team_calendar(actor=staffed.cast.owner, team_id=team, calendar_id=calendar(staffed), now=NOW)
    won = close_deal_as_won(actor=staffed.cast.seller, deal_id=staffed.sale.deal_id, brief=staffed.sale.brief(), now=NOW)
    keys = book_time(actor=staffed.cast.manager, now=NOW, bookings=[
        NewBooking(Ref("delivery.project", won.project_ids[0]), MONDAY, MONDAY + timedelta(days=4), 60, person_id=person_id, spread=Spread.PER_DAY)
        for person_id in (staffed.ida, staffed.emil)
    ])
    assert [get_booking(actor=staffed.cast.manager, booking_id=key).minutes for key in keys] == [60, 300]


def test_the_earliest_end_of_work_waits_for_the_holidays_of_the_team(staffed: Studio, team: int) -> None:
    def earliest() -> date:
        key = ask_date(actor=staffed.cast.seller, deal_id=staffed.sale.deal_id, kickoff=MONDAY, now=NOW)
        found = get_date_answer(actor=staffed.cast.seller, answer_id=key).earliest
        assert found
        return found

    before = earliest()
    closed = [DayException(MONDAY + timedelta(days=14 + place), "Closed") for place in range(21)]
    key = create_calendar(actor=staffed.cast.owner, name="Lyon", now=NOW)
    change_calendar(actor=staffed.cast.owner, calendar_id=key, add=closed, now=NOW)
    set_team_calendar(actor=staffed.cast.owner, team_id=team, calendar_id=key, now=NOW)
    assert earliest() >= before + timedelta(days=14)


def test_a_calendar_in_use_stays_and_one_that_nobody_needs_goes_and_comes_back(staffed: Studio, team: int) -> None:
    owner, lyon = staffed.cast.owner, calendar(staffed)
    set_team_calendar(actor=owner, team_id=team, calendar_id=lyon, now=NOW)
    with pytest.raises(Conflict, match="Lyon"):
        archive_calendar(actor=owner, calendar_id=lyon, now=NOW)
    set_team_calendar(actor=owner, team_id=team, calendar_id=None, now=NOW)
    change_person(actor=owner, person_id=staffed.emil, changes={"calendar_id": lyon}, version=None, now=NOW)
    with pytest.raises(Conflict, match="Emil Rask"):
        archive_calendar(actor=owner, calendar_id=lyon, now=NOW)
    change_person(actor=owner, person_id=staffed.emil, changes={"calendar_id": None}, version=None, now=NOW)
    archive_calendar(actor=owner, calendar_id=lyon, now=NOW)
    assert lyon not in [row.id for row in list_calendars()]
    for attempt in (
        lambda: set_team_calendar(actor=owner, team_id=team, calendar_id=lyon, now=NOW),
        lambda: change_person(actor=owner, person_id=staffed.emil, changes={"calendar_id": lyon}, version=None, now=NOW),
    ):
        with pytest.raises(Refused, match="no calendar"):
            attempt()
    archive_calendar(actor=owner, calendar_id=lyon, is_archived=False, now=NOW)
    assert lyon in [row.id for row in list_calendars()]
    house = next(row.id for row in list_calendars() if row.is_default)
    with pytest.raises(Conflict, match="organisation works"):
        archive_calendar(actor=owner, calendar_id=house, now=NOW)


def test_only_who_may_change_the_settings_gives_a_team_its_hours(staffed: Studio, team: int) -> None:
    lyon = calendar(staffed)
    for actor in (staffed.cast.manager, staffed.cast.seller, staffed.cast.member):
        with pytest.raises(NotAllowed):
            set_team_calendar(actor=actor, team_id=team, calendar_id=lyon, now=NOW)
    with pytest.raises(NotFound):
        set_team_calendar(actor=staffed.cast.owner, team_id=999, calendar_id=lyon, now=NOW)
    assert list_team_calendars() == {}


def test_programs_read_calendars_and_give_a_team_its_own(staffed: Studio, team: int) -> None:
    api, lyon = Api(staffed.cast.owner), calendar(staffed)
    assert api.put(f"/teams/{team}/calendar", {"calendar_id": lyon}) == (200, {"team_id": team, "calendar_id": lyon})
    rows = api.get("/calendars")[1]["items"]
    assert [(row["name"], row["team_ids"]) for row in rows if row["id"] == lyon] == [("Lyon", [team])]
    assert api.post(f"/calendars/{lyon}/archiving", {"is_archived": True})[0] == 409
    assert api.put(f"/teams/{team}/calendar", {"calendar_id": None})[0] == 200
    assert api.post(f"/calendars/{lyon}/archiving", {"is_archived": True})[1]["is_archived"] is True
    assert [row["id"] for row in api.get("/calendars?is_archived=true")[1]["items"]] == [lyon]
    assert Api(staffed.cast.manager).put(f"/teams/{team}/calendar", {"calendar_id": None})[0] == 403
