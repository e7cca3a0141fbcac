"""Asking for a date on a deal, and promising it."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse

from tests.edges.api.client import Api
from tests.people import NOW
from wonward.domains.staff.operations import NewPerson, create_people, put_roles
from wonward.domains.staff.queries import list_bookings
from wonward.foundation.access.models import User
from wonward.journeys.capacity.models import DateAnswer
from wonward.journeys.promises.queries import list_promises
from wonward.kernel.actor import system_actor
from wonward.kernel.ref import Ref


@pytest.fixture
def staffed(sale):
    people = create_people(actor=system_actor(), people=[NewPerson(name=name) for name in ("Ida Moreau", "Peer Olsen", "Yara Costa", "Oskar Blum")], now=NOW)
    put_roles(actor=system_actor(), roles=dict(zip(people, (["Designer"], ["Developer"], ["Strategist"], ["Editor"]), strict=True)), now=NOW)
    return sale


def test_a_seller_asks_sees_the_odds_and_promises(cast, staffed, sign_in):
    client = sign_in(cast.seller)
    address = reverse("deal_date", kwargs={"deal_id": staffed.deal_id})
    assert "Ask before you sign" in client.get(address).content.decode()
    assert client.post(address, {"kickoff_date": "2026-12-07", "wanted_date": "2027-03-01"}).status_code == 302
    page = client.get(address).content.decode()
    for words in ("P50", "P80", "What the end hangs on", "What would help", "1,000 runs, seed 1"):
        assert words in page
    form = page.split('action="/capacity/dates/')[1].split("/")[0]
    promise = client.post(f"/capacity/dates/{form}/promise/", {"due_date": "2027-03-01", "text": "Site is live", "approver_id": ""})
    assert promise.status_code == 302
    (row,) = list_promises(actor=cast.seller, deal_id=staffed.deal_id)
    assert row.basis is not None


def test_a_date_before_p50_is_refused_beside_the_field_without_an_approver(cast, staffed, sign_in):
    client = sign_in(cast.seller)
    address = reverse("deal_date", kwargs={"deal_id": staffed.deal_id})
    client.post(address, {"kickoff_date": "2026-12-07"})
    key = client.get(address).content.decode().split('action="/capacity/dates/')[1].split("/")[0]
    response = client.post(f"/capacity/dates/{key}/promise/", {"due_date": "2026-12-10", "text": "Site is live"})
    assert response.status_code == 422
    assert "Name who approves it" in response.content.decode()


def test_the_deal_page_loads_its_capacity_and_leads_to_the_question(cast, staffed, sign_in):
    client = sign_in(cast.seller)
    assert reverse("deal_capacity", kwargs={"deal_id": staffed.deal_id}) in client.get(reverse("deal", kwargs={"deal_id": staffed.deal_id})).content.decode()
    strip = client.get(reverse("deal_capacity", kwargs={"deal_id": staffed.deal_id}), headers={"HX-Request": "true"}).content.decode()
    assert "Capacity if won" in strip
    assert "Developer" in strip
    assert f"?won={staffed.deal_id}" in strip
    assert sign_in(cast.member).get(reverse("deal_date", kwargs={"deal_id": staffed.deal_id})).status_code == 403


def test_the_strip_reserves_says_for_whom_releases_and_takes_it_back(cast, staffed, sign_in):
    client, live = sign_in(cast.seller), {"HX-Request": "true"}
    address = {name: reverse(name, kwargs={"deal_id": staffed.deal_id}) for name in ("deal_capacity", "deal_reservation", "deal_reservation_release")}
    assert "Reserve this time" in client.get(address["deal_capacity"], headers=live).content.decode()
    answer = client.post(address["deal_reservation"], {"kickoff_date": "2026-12-07"}, headers=live)
    told = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert told["text"].startswith("168 h reserved from 7 Dec")
    assert "Designer" in told["text"]
    strip = answer.content.decode()
    assert "Reserve again" in strip
    assert "40 h" in strip
    bookings = list_bookings(actor=cast.seller, subject=Ref("sales.deal", staffed.deal_id))
    assert sum(row.minutes for row in bookings) == 168 * 60
    released = client.post(address["deal_reservation_release"], {}, headers=live)
    assert "Reserve again" not in released.content.decode()
    assert list_bookings(actor=cast.seller, subject=Ref("sales.deal", staffed.deal_id)) == []
    undo = json.loads(released.headers["HX-Trigger"])["toast"]
    assert client.post(undo["undo_url"], undo["undo_values"], headers=live).status_code == 200
    assert {row.id for row in list_bookings(actor=cast.seller, subject=Ref("sales.deal", staffed.deal_id))} == {row.id for row in bookings}
    plain = client.post(address["deal_reservation_release"], {})
    assert (plain.status_code, plain.headers["Location"]) == (302, reverse("deal", kwargs={"deal_id": staffed.deal_id}))


def test_a_day_in_the_past_is_refused_beside_the_field_of_the_strip(cast, staffed, sign_in):
    client = sign_in(cast.seller)
    address = reverse("deal_reservation", kwargs={"deal_id": staffed.deal_id})
    answer = client.post(address, {"kickoff_date": "2026-11-02"}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "The work cannot begin in the past." in answer.content.decode()
    assert list_bookings(actor=cast.seller, subject=Ref("sales.deal", staffed.deal_id)) == []


def test_a_proposal_shows_the_same_strip_for_its_own_start(cast, staffed, sign_in):
    client = sign_in(cast.seller)
    made = client.post(reverse("new_proposal", kwargs={"deal_id": staffed.deal_id}))
    page = client.get(made.headers["Location"]).content.decode()
    assert f'hx-get="{reverse("deal_capacity", kwargs={"deal_id": staffed.deal_id})}' in page
    strip = client.get(reverse("deal_capacity", kwargs={"deal_id": staffed.deal_id}), {"kickoff_date": "2027-01-11"}, headers={"HX-Request": "true"})
    assert 'value="2027-01-11"' in strip.content.decode()


def test_a_date_answer_is_read_in_the_language_of_its_reader_and_the_promise_keeps_what_was_read(cast, staffed, sign_in):
    client = sign_in(cast.seller)
    address = reverse("deal_date", kwargs={"deal_id": staffed.deal_id})
    client.post(address, {"kickoff_date": "2026-12-07", "wanted_date": "2027-03-01"})
    english = client.get(address).content.decode()
    assert "working days: “" in english
    User.objects.filter(pk=cast.seller.user_id).update(language="de")
    german = client.get(address).content.decode()
    assert "Die längste Kette dauert" in german
    assert "The longest chain" not in german
    assert re.search("beginnen, eine Woche früher|Doppelt so viele Personen|beginnen, wenn „|Eine Person mehr dazunehmen", german)
    key = german.split('action="/capacity/dates/')[1].split("/")[0]
    client.post(f"/capacity/dates/{key}/promise/", {"due_date": "2027-03-01", "text": "Site is live", "approver_id": ""})
    (row,) = list_promises(actor=cast.seller, deal_id=staffed.deal_id)
    assert row.basis is not None
    assert row.basis.because.startswith("Die längste Kette dauert")


def test_programs_hear_a_date_answer_in_the_language_they_ask_for(cast, staffed, sign_in):
    client = sign_in(cast.seller)
    client.post(reverse("deal_date", kwargs={"deal_id": staffed.deal_id}), {"kickoff_date": "2026-12-07"})
    answer_id = DateAnswer.objects.get().pk
    api = Api(cast.seller)
    assert api.get(f"/date-answers/{answer_id}")[1]["because"].startswith("The longest chain takes")
    User.objects.filter(pk=cast.seller.user_id).update(language="de")
    assert api.get(f"/date-answers/{answer_id}")[1]["because"].startswith("Die längste Kette dauert")


def test_an_answer_kept_before_its_sentences_had_templates_is_still_read(cast, staffed, sign_in):
    client = sign_in(cast.seller)
    address = reverse("deal_date", kwargs={"deal_id": staffed.deal_id})
    client.post(address, {"kickoff_date": "2026-12-07"})
    row = DateAnswer.objects.get()
    DateAnswer.objects.update(answer={**row.answer, "because": "It hangs on the old days.", "notes": ["Nobody was asked."]})
    page = client.get(address).content.decode()
    assert "It hangs on the old days." in page
    assert "Nobody was asked." in page
