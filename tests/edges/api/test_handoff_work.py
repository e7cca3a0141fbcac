"""Threads, scope, kickoff, brief, measures and rules, as a program meets them."""

from __future__ import annotations

import pytest

from tests.edges.api.client import Api, fields_of
from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.journeys.handoff.operations import close_deal_as_won, return_handoff
from wonward.journeys.handoff.types import ClosedDeal, Question

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


@pytest.fixture
def won(cast: Cast, sale: Sale) -> ClosedDeal:
    return close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)


def test_both_sides_talk_and_the_scope_is_amended(won: ClosedDeal, cast: Cast) -> None:
    seller, manager = Api(cast.seller), Api(cast.manager)
    here = f"/handoffs/{won.handoff_id}"
    status, problem = manager.post(f"{here}/questions", {"field": "promises", "text": "Who pays?"})
    assert status == 409, problem
    return_handoff(actor=cast.manager, handoff_id=won.handoff_id, questions=[Question("scope_summary", "Which 42?")], now=NOW)
    (question,) = manager.get(f"{here}/questions")[1]["items"]
    assert seller.post(f"{here}/questions/{question['id']}/messages", {"text": "All of them."})[0] == 201
    (question,) = manager.get(f"{here}/questions")[1]["items"]
    assert [(one["side"], one["text"]) for one in question["messages"]] == [("sales", "All of them.")]
    status, problem = seller.post(f"{here}/amendments", {"reason": "More", "lines": [{"service": "", "quantity": "x"}]})
    assert (status, fields_of(problem)) == (422, ["lines[0].service", "lines[0].quantity"])
    assert seller.post(f"{here}/amendments", {"reason": "More", "scope_summary": "48 templates."})[0] == 201
    versions = seller.get(f"{here}/scope")[1]["items"]
    assert [one["kind"] for one in versions] == ["win", "amendment"]
    assert versions[1]["changes"][0]["after"] == "48 templates."
    assert Api(cast.marketer).get(f"{here}/scope")[0] in (403, 404)


def test_the_kickoff_and_the_brief_are_worked_with(won: ClosedDeal, cast: Cast) -> None:
    manager, (project_id,) = Api(cast.manager), won.project_ids
    here = f"/handoffs/{won.handoff_id}/kickoff"
    status, kickoff = manager.put(here, {"date": "2026-12-02", "starts_at": "10:00", "person_ids": [cast.manager.person_id]})
    assert (status, kickoff["starts_at"], kickoff["attendees"][0]["name"]) == (200, "10:00", "Tom Brandt")
    item_id = kickoff["items"][0]["id"]
    assert manager.patch(f"{here}/items/{item_id}", {"is_done": True})[1]["items"][0]["is_done"]
    assert manager.put(here, {"date": "2026-12-02", "starts_at": "25:00"})[0] == 422
    brief = manager.get(f"/projects/{project_id}/brief")[1]
    item = brief["items"][0]
    known = manager.post(f"/projects/{project_id}/brief/acknowledgements", {"items": {item["key"]: item["digest"]}})
    assert known[1]["items"][0]["is_known"]
    status, problem = manager.post(f"/projects/{project_id}/brief/acknowledgements", {"items": {item["key"]: "old"}})
    assert (status, problem["errors"][0]["code"]) == (422, "changed")
    assert brief["words"] <= 350


def test_a_won_deal_is_opened_again_and_the_measures_name_their_rows(won: ClosedDeal, cast: Cast, sale: Sale) -> None:
    seller = Api(cast.seller)
    measures = seller.get("/handoff-measures?measure=incomplete")[1]
    assert (measures["count"], measures["handoff_ids"]) == (1, [won.handoff_id])
    status, problem = seller.post(f"/deals/{sale.deal_id}/reopening", {"reason": " ", "kind": "dance", "due_date": "2026-12-01"})
    assert (status, fields_of(problem)) == (422, ["kind", "reason"])
    status, opened = seller.post(f"/deals/{sale.deal_id}/reopening", {"reason": "Later", "kind": "call", "due_date": "2026-12-01"})
    assert (status, opened) == (200, {"deal_id": sale.deal_id, "handoff_id": won.handoff_id})
    assert seller.get("/handoffs?status=withdrawn")[1]["items"][0]["id"] == won.handoff_id
    assert seller.get("/handoff-measures")[1]["count"] == 0
    assert seller.get("/self-check")[0] == 403
    assert Api(cast.owner).get("/self-check")[1]["uncovered_count"] == 0


def test_owners_set_the_rules(cast: Cast, sale: Sale) -> None:
    owner = Api(cast.owner)
    assert owner.patch("/handoff-rules", {"acceptance_minutes": 960})[1]["acceptance_minutes"] == 960
    status, rules = owner.post("/handoff-rules/answers", {"label": "Who hosts?", "service_id": sale.service_id})
    assert (status, rules["asked"][0]["key"]) == (201, "who_hosts")
    assert Api(cast.seller).get("/handoff-rules")[1]["asked"] == rules["asked"]
    assert owner.delete(f"/handoff-rules/answers/{rules['asked'][0]['id']}")[1]["asked"] == []
    assert Api(cast.manager).patch("/handoff-rules", {"acceptance_minutes": 480})[0] == 403
