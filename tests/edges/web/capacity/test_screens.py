"""Planner, outlook and time off as people use them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from tests.people import NOW, TODAY, make_sale, token_of
from wonward.domains.delivery.operations import close_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import TaskChange
from wonward.domains.sales.operations.deals import change_deal
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.staff.operations import NewPerson, create_people, put_roles
from wonward.domains.staff.queries import get_booking, list_bookings, list_people, list_roles
from wonward.domains.staff.types import BookingStatus
from wonward.edges.web.sales.gate_views import short_of_time
from wonward.engines.forecast import SimulationUnavailable, completion, simulation
from wonward.journeys.capacity.queries import get_outlook
from wonward.journeys.capacity.types import DealFit, RoleFit
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.promises.operations import change_plan
from wonward.kernel.actor import system_actor
from wonward.kernel.ref import Ref

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ida(cast):
    (key,) = create_people(actor=system_actor(), people=[NewPerson(name="Ida Moreau")], now=NOW)
    put_roles(actor=system_actor(), roles={key: ["Designer"]}, now=NOW)
    return key


@pytest.fixture
def project(cast, sale):
    return close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW).project_ids[0]


def book(client, ida, subject, **changes):
    values = {"subject": subject, "person_id": ida, "start_date": "2026-11-23", "finish_date": "2026-12-04", "hours": "16", "spread": "per_week",
              "status": "confirmed"}
    return client.post(reverse("new_booking"), {**values, **changes}, headers=HTMX)


def test_a_booking_made_in_the_drawer_is_a_bar_in_the_planner(cast, ida, project, sign_in):
    client = sign_in(cast.manager)
    response = book(client, ida, f"delivery.project:{project}")
    assert response.status_code == 200
    page = response.content.decode()
    assert "Website replatform" in page
    assert "32 h" in page
    assert "40%" in page
    (row,) = list_bookings(actor=cast.manager)
    assert (row.minutes, row.status) == (1920, BookingStatus.CONFIRMED)


def test_moving_by_the_keyboard_says_what_happened_and_can_be_undone(cast, ida, project, sign_in):
    client = sign_in(cast.manager)
    book(client, ida, f"delivery.project:{project}")
    (row,) = list_bookings(actor=cast.manager)
    url = reverse("booking_move", kwargs={"booking_id": row.id})
    response = client.post(url, {"days": "7", "longer": "7", "version": "1"}, headers=HTMX)
    moved = get_booking(actor=cast.manager, booking_id=row.id)
    assert (moved.start_date, moved.finish_date, moved.minutes) == (date(2026, 11, 30), date(2026, 12, 18), 2880)
    assert "undo_url" in response.headers["HX-Trigger"]
    client.post(url, {"days": "-7", "longer": "-7"}, headers=HTMX)
    back = get_booking(actor=cast.manager, booking_id=row.id)
    assert (back.start_date, back.finish_date, back.minutes) == (row.start_date, row.finish_date, row.minutes)


def test_a_role_dragged_onto_a_person_and_taken_back_is_nobodys_again(cast, ida, project, sign_in):
    client = sign_in(cast.manager)
    role = next(key for key, name in list_roles().items() if name == "Designer")
    assert book(client, "", f"delivery.project:{project}", role_id=role).status_code == 200
    (row,) = list_bookings(actor=cast.manager)
    address = reverse("booking_move", kwargs={"booking_id": row.id})
    told = json.loads(client.post(address, {"days": "0", "person_id": ida}, headers=HTMX).headers["HX-Trigger"])["toast"]
    assert get_booking(actor=cast.manager, booking_id=row.id).person_name == "Ida Moreau"
    assert client.post(told["undo_url"], told["undo_values"], headers=HTMX).status_code == 200
    back = get_booking(actor=cast.manager, booking_id=row.id)
    assert (back.person_id, back.role_name, back.start_date) == (None, "Designer", row.start_date)


def test_a_stale_drag_changes_nothing_and_says_so(cast, ida, project, sign_in):
    client = sign_in(cast.manager)
    book(client, ida, f"delivery.project:{project}")
    (row,) = list_bookings(actor=cast.manager)
    url = reverse("booking_move", kwargs={"booking_id": row.id})
    client.post(url, {"days": "7", "version": "1"}, headers=HTMX)
    response = client.post(url, {"days": "7", "version": "1"}, headers=HTMX)
    assert response.status_code == 412
    assert "changed by somebody else" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hours": "many"}, "is no number of hours"), ({"subject": ""}, "Choose what the time is for"), ({"start_date": ""}, "a first and a last day"),
        ({"finish_date": "2020-01-01"}, "ends on or after"), ({"person_id": ""}, "needs a person or a role"), ({"hours": "0"}, "takes some time"),
    ],
)
def test_what_cannot_be_booked_is_said_beside_the_field_and_nothing_is_lost(cast, ida, project, sign_in, changes, sentence):
    subject = changes.pop("subject", f"delivery.project:{project}")
    response = book(sign_in(cast.manager), ida, subject, note="Kickoff week", **changes)
    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in page
    assert "Kickoff week" in page
    assert list_bookings(actor=cast.manager) == []


def test_releasing_gives_the_time_back(cast, ida, project, sign_in):
    client = sign_in(cast.manager)
    book(client, ida, f"delivery.project:{project}")
    (row,) = list_bookings(actor=cast.manager)
    client.post(reverse("booking", kwargs={"booking_id": row.id}), {"status": "released", "version": "1"}, headers=HTMX)
    assert list_bookings(actor=cast.manager) == []


def test_the_outlook_names_the_driver_and_takes_it_as_won(cast, sale, ida, sign_in):
    client = sign_in(cast.leader)
    page = client.get(reverse("outlook")).content.decode()
    assert "Website replatform" in page
    assert f"won={sale.deal_id}" in page
    won = client.get(reverse("outlook"), {"won": sale.deal_id}).content.decode()
    assert "1 change" in won
    saved = client.post(reverse("scenarios"), {"name": "All in", "won": sale.deal_id})
    assert saved.status_code == 302
    assert "All in" in client.get(reverse("outlook")).content.decode()


def test_the_outlook_of_nobody_teaches_what_is_missing(cast, sign_in):
    page = sign_in(cast.leader).get(reverse("outlook")).content.decode()
    assert "Nobody to plan yet" in page


def test_without_numpy_the_outlook_and_the_date_question_are_there_and_say_it(cast, sale, ida, sign_in, monkeypatch):
    monkeypatch.setattr(simulation, "load_numpy", no_numpy)
    monkeypatch.setattr(completion, "load_numpy", no_numpy)
    client = sign_in(cast.seller)
    answer = client.get(reverse("outlook"))
    assert answer.status_code == 200
    assert "numpy is not installed" in answer.content.decode()
    date = reverse("deal_date", kwargs={"deal_id": sale.deal_id})
    assert client.post(date, {"kickoff_date": "2026-12-07"}).status_code == 302
    assert "P80" in client.get(date).content.decode()


def no_numpy():
    raise SimulationUnavailable("no numpy here")


def test_a_role_nobody_fills_can_be_looked_at(cast, sale, ida, sign_in):
    client = sign_in(cast.seller)
    page = client.get(reverse("outlook")).content.decode()
    assert "nobody fills it" in page
    unknown = get_outlook(actor=cast.seller, today=NOW.date(), weeks=12)
    row = next(one for one in unknown.rows if not any(cell.capacity for cell in one.cells))
    assert f"{row.name}, W" in client.get(reverse("outlook"), {"role": row.role_id}).content.decode()


def test_nonsense_in_the_address_is_no_assumption(cast, sale, ida, sign_in):
    query = {"won": "x", "lost": "99999999999999999999", "moved": "3:soon", "week": "999", "role": "-1", "weeks": "1000000"}
    assert sign_in(cast.leader).get(reverse("outlook"), query).status_code == 200
    assert sign_in(cast.leader).get(reverse("planner"), {"from": "yesterday"}).status_code == 200


def test_time_off_is_asked_for_and_approved_on_its_page(cast, sign_in):
    member = sign_in(cast.member)
    asked = member.post(reverse("time_off"), {"kind": "vacation", "start_date": "2026-12-07", "finish_date": "2026-12-11", "note": "Wedding"})
    assert asked.status_code == 302
    page = sign_in(cast.manager).get(reverse("time_off")).content.decode()
    assert "Wedding" in page
    assert "1 request waits" in page
    assert "Wedding" not in sign_in(cast.seller).get(reverse("time_off")).content.decode()
    refused = member.post(reverse("time_off"), {"kind": "vacation", "start_date": "2026-12-11", "finish_date": "2026-12-07"})
    assert refused.status_code == 422
    assert "ends on or after" in refused.content.decode()


def test_a_record_nobody_shows_the_viewer_is_reserved_without_a_name(cast, sale, ida, sign_in):
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"is_restricted": True}, now=NOW)
    book(sign_in(cast.seller), ida, f"sales.deal:{sale.deal_id}", status="tentative")
    (row,) = list_bookings(actor=cast.seller, subject=Ref("sales.deal", sale.deal_id))
    page = sign_in(cast.manager).get(reverse("planner")).content.decode()
    assert "Reserved" in page
    assert "Website replatform" not in page
    assert sign_in(cast.manager).get(reverse("booking", kwargs={"booking_id": row.id})).status_code == 404
    assert row.finish_date > TODAY


def test_the_gate_warns_of_missing_time_and_takes_the_safer_kickoff_with_one_click(cast, sale, ida, sign_in):
    people = create_people(actor=system_actor(), people=[NewPerson(name=name) for name in ("Peer Olsen", "Yara Costa", "Oskar Blum")], now=NOW)
    put_roles(actor=system_actor(), roles=dict(zip(people, (["Developer"], ["Strategist"], ["Editor"]), strict=True)), now=NOW)
    other = make_sale(cast, name="Other", company="Other Ltd")
    close_deal_as_won(actor=cast.seller, deal_id=other.deal_id, brief=other.brief(), now=NOW)
    client = sign_in(cast.seller)
    client.post(reverse("deal_brief", kwargs={"deal_id": sale.deal_id}), {"kickoff_date": "2026-12-01"})
    page = client.get(reverse("deal_won", kwargs={"deal_id": sale.deal_id})).content.decode()
    assert "is short by" in page
    found = re.search(r'name="use_kickoff_date" value="([\d-]+)"', page)
    assert found
    taken = client.post(reverse("deal_won", kwargs={"deal_id": sale.deal_id}), {"use_kickoff_date": found[1], "scope_summary": "Typed so far"})
    page = taken.content.decode()
    assert (taken.status_code, f'value="{found[1]}"' in page, "Typed so far" in page) == (200, True, True)
    assert "is short by" not in page
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"


def test_the_gate_says_why_it_counts_other_hours_than_the_template():
    day = date(2026, 12, 7)
    slow = RoleFit("Developer", 96.0, 50.0, day, day, 1.2, 3)
    assert short_of_time(DealFit(day, (slow,), None)).endswith("Its 96 h are 1.2 times the template, as 3 finished sales went.")
    assert "template" not in short_of_time(DealFit(day, (replace(slow, factor=1.001),), None))
    assert "template" not in short_of_time(DealFit(day, (replace(slow, factor=1.0, sales=0),), None))


def test_the_outlook_says_what_finished_sales_took_and_that_it_is_not_worked_time(cast, sale, ida, sign_in):
    client = sign_in(cast.leader)
    page = client.get(reverse("outlook")).content.decode()
    assert "as re-planned, not as worked" in page
    assert "No sale has all its projects finished yet." in page
    past = make_sale(cast, name="Past", company="Past Ltd")
    project_id = close_deal_as_won(actor=cast.seller, deal_id=past.deal_id, brief=past.brief(), now=NOW).project_ids[0]
    tasks = {row.key: row for row in list_tasks(actor=cast.owner, project_id=project_id)}
    changes = [TaskChange(tasks["wireframes"].id, {"effort_minutes": 4800, "status": "done"})]
    change_plan(actor=cast.owner, project_id=project_id, changes=changes, reason="More pages", now=NOW)
    close_project(
        actor=cast.owner, project_id=project_id, summary="Done.", lessons=[("keep", "Calls")], open_promises=[], is_open_known=True, now=NOW
    )
    page = client.get(reverse("outlook")).content.decode()
    row = re.search(r'<tr><th scope="row">Designer</th>(.*?)</tr>', page)
    assert row is not None
    assert re.findall(r">([^<>]+)<", row[1]) == ["1", "40", "80", "× 2", "× 1.08"]
    strip = sign_in(cast.seller).get(reverse("deal_capacity", args=[sale.deal_id])).content.decode()
    assert strip.count("× the template") == 1
    assert re.search(r"Designer</p><p[^>]*>1.08 × the template, as 1 finished sale went</p></div><span[^>]*>43 h<", strip)
    shown = client.get("/api/v1/capacity/outlook", headers={"Authorization": f"Bearer {token_of(cast.leader)}"}).json()["efforts"]
    assert [(one["role"], one["sales"], one["sold_hours"], one["planned_hours"]) for one in shown] == [("Designer", 1, 40.0, 80.0)]


def test_a_day_of_sixteen_hours_is_marked_in_a_week_that_is_free(cast, ida, project, sign_in):
    client = sign_in(cast.leader)
    book(client, ida, f"delivery.project:{project}", start_date="2026-11-24", finish_date="2026-11-24", hours="16", spread="total")
    page = client.get(reverse("planner")).content.decode()
    assert "Tue 16/8 h" in page
    assert "40%, 16 h on Tue 24 Nov of 8" in page
    assert "Ida Moreau" in client.get(f"{reverse('planner')}?over=1").content.decode()
    assert "Ida Moreau: 16 h on Tue 24 Nov of 8" in client.get(reverse("outlook")).content.decode()
    assert "16 h on Tue 24 Nov of 8" in client.get(reverse("balance")).content.decode()


def test_time_that_others_hold_tentatively_stands_in_the_second_line_of_a_fit(cast, sale, ida, sign_in):
    other = make_sale(cast, name="Other", company="Other Ltd")
    book(sign_in(cast.seller), ida, f"sales.deal:{other.deal_id}", start_date="2026-11-23", finish_date="2027-02-26", hours="40", status="tentative")
    page = sign_in(cast.seller).get(reverse("deal_capacity", args=[sale.deal_id])).content.decode()
    assert re.search(r"and \d+ h tentative for others: \d+ h short if all of it comes", page)


def test_a_large_house_reads_its_planner_in_pages_and_finds_people_by_name_team_and_role(cast, ida, sign_in):
    create_people(actor=system_actor(), people=[NewPerson(name=f"Hand {n:03}", team="Print") for n in range(85)], now=NOW)
    ids = {one.name: one.id for one in list_people(actor=cast.owner)}
    put_roles(actor=system_actor(), roles={key: ["Printer"] for name, key in ids.items() if name.startswith("Hand")}, now=NOW)
    client = sign_in(cast.leader)
    seen: list[str] = []
    for number in (1, 2, 3):
        page = client.get(reverse("planner"), {"page": number}).content.decode()
        here = re.findall(r'<div class="planner__who"><span class="avatar avatar--\d+"[^>]*>[^<]*</span><span class="grow"><b>([^<]+)', page)
        assert 0 < len(here) <= 40
        assert f"page {number} of 3" in page
        seen += here
    assert {name for name in seen if name.startswith("Hand")} == {name for name in ids if name.startswith("Hand")}
    assert len(seen) == len(set(seen))
    for words in ("hand 084", "print 084", "PRINTER 084"):
        page = client.get(reverse("planner"), {"q": words}).content.decode()
        assert "Hand 084" in page
        assert "Hand 083" not in page
    assert "Nobody found" in client.get(reverse("planner"), {"q": "zebra"}).content.decode()
    assert "page 3 of 3" in client.get(reverse("planner"), {"page": "99"}).content.decode()


def test_what_is_done_in_the_planner_leaves_it_as_it_is_looked_at(cast, ida, project, sign_in):
    client = sign_in(cast.leader)
    book(client, ida, f"delivery.project:{project}")
    (row,) = list_bookings(actor=cast.leader)
    form = {"days": "7", "longer": "0", "version": row.version, "look": "from=2026-12-07&q=Ida&tentative=0"}
    answer = client.post(reverse("booking_move", args=[row.id]), form, headers=HTMX)
    page, told = answer.content.decode(), json.loads(answer.headers["HX-Trigger"])["toast"]
    assert 'value="Ida"' in page
    assert 'data-look="from=2026-12-07&amp;tentative=0&amp;q=Ida"' in page
    assert told["undo_values"]["look"] == "from=2026-12-07&q=Ida&tentative=0"
