"""The gate while delivery is switched off, and the list of wins it leaves open, through HTTP."""

from __future__ import annotations

import json

from django.test import Client
from django.urls import reverse

from tests.people import NOW, TODAY, token_of
from wonward.domains.staff.operations import change_house
from wonward.journeys.handoff.queries import count_open_wins, list_handoffs

AREAS = dict.fromkeys(("sales", "delivery", "money", "marketing", "portal"), True)


def switch_delivery(cast, *, is_on):
    change_house(actor=cast.owner, changes={"areas": {**AREAS, "delivery": is_on}}, now=NOW)


def answers(sale):
    brief = sale.brief()
    return {"scope_summary": brief.scope_summary, "promised_finish_date": brief.promised_finish_date.isoformat(),
            "key_constraints": brief.key_constraints, "main_stakeholder_id": sale.contact_id, "kickoff_date": brief.kickoff_date.isoformat()}


def test_a_win_without_delivery_asks_nothing_and_is_offered_once_delivery_is_on(cast, sale, sign_in):
    seller, owner = sign_in(cast.seller), sign_in(cast.owner)
    gate = reverse("deal_won", args=[sale.deal_id])
    switch_delivery(cast, is_on=False)
    drawer = seller.get(gate).content.decode()
    assert "Its value counts as won from today" in drawer
    assert "handoff" not in drawer.lower()
    assert "scope_summary" not in drawer
    assert seller.post(gate).url == reverse("deal", args=[sale.deal_id])
    assert "has no handoff yet" not in seller.get(reverse("deal", args=[sale.deal_id])).content.decode()
    assert "There is nothing left to close" in seller.get(gate).content.decode()
    assert gate not in seller.get(reverse("open_wins")).content.decode()
    assert reverse("open_wins") not in owner.get(reverse("my_work")).content.decode()

    switch_delivery(cast, is_on=True)
    for name in ("areas", "my_work"):
        assert "1 deal was won while Delivery was off" in owner.get(reverse(name)).content.decode()
    assert "has no handoff yet" in seller.get(reverse("deal", args=[sale.deal_id])).content.decode()
    assert gate in seller.get(reverse("open_wins")).content.decode()
    assert "Make the handoff of Website replatform" in seller.get(gate).content.decode()
    assert seller.post(gate, {}).status_code == 422
    made = seller.post(gate, answers(sale)).url
    (handoff,) = list_handoffs(actor=cast.owner)
    assert made == reverse("handoff", args=[handoff.id])
    assert "No win is open" in seller.get(reverse("open_wins")).content.decode()
    assert reverse("open_wins") not in owner.get(reverse("my_work")).content.decode()


def test_a_colleague_sees_open_wins_without_the_door_and_a_stranger_sees_none(cast, sale, sign_in):
    switch_delivery(cast, is_on=False)
    sign_in(cast.seller).post(reverse("deal_won", args=[sale.deal_id]))
    switch_delivery(cast, is_on=True)
    gate = reverse("deal_won", args=[sale.deal_id])
    teammate = sign_in(cast.teammate)
    page = teammate.get(reverse("open_wins")).content.decode()
    assert "Website replatform" in page
    assert gate not in page
    assert teammate.post(gate, answers(sale)).status_code == 403
    assert "open-wins" not in teammate.get(reverse("my_work")).content.decode()
    assert sign_in(cast.member).get(reverse("open_wins")).status_code == 403
    assert count_open_wins(actor=cast.owner) == 1


def test_the_api_closes_with_the_outcome_alone_and_makes_the_handoff_later(cast, sale):
    client = Client(headers={"authorization": f"Bearer {token_of(cast.seller)}"})
    address = f"/api/v1/deals/{sale.deal_id}/closing"
    switch_delivery(cast, is_on=False)
    first = client.post(address, json.dumps({"outcome": "won"}), content_type="application/json")
    assert (first.status_code, first.json()["handoff"], first.json()["project_ids"]) == (201, None, [])
    assert first.json()["deal"]["closed_date"] is not None
    assert client.post(address, json.dumps({"outcome": "won"}), content_type="application/json").status_code == 200
    switch_delivery(cast, is_on=True)
    refused = client.post(address, json.dumps({"outcome": "won"}), content_type="application/json")
    assert refused.status_code == 422
    whole = {"outcome": "won", "brief": answers(sale)}
    made = client.post(address, json.dumps(whole), content_type="application/json")
    assert made.status_code == 201
    assert made.json()["handoff"]["status"] == "awaiting_acceptance"
    assert len(made.json()["project_ids"]) == 1
    back = {"reason": "They wait.", "kind": "call", "due_date": TODAY.isoformat()}
    reopened = client.post(f"/api/v1/deals/{sale.deal_id}/reopening", json.dumps(back), content_type="application/json")
    assert reopened.json()["handoff_id"] == made.json()["handoff"]["id"]
