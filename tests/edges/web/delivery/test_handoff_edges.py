"""Edges of the gate and of the acceptance, through REST and the screen: each is named, and nothing is lost."""

from __future__ import annotations

import pytest

from tests.edges.api.client import Api, fields_of
from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.handoff.queries import get_handoff
from wonward.kernel.text import says_nothing

pytestmark = pytest.mark.django_db
UNSEEN = "\u200b\u00a0\ufeff\u2060\u00ad"


def brief_of(sale: Sale, **changes: object) -> dict[str, object]:
    brief = sale.brief()
    return {
        "scope_summary": brief.scope_summary, "promised_finish_date": str(brief.promised_finish_date), "key_constraints": brief.key_constraints,
        "no_constraints": brief.no_constraints, "main_stakeholder_id": brief.main_stakeholder_id, "kickoff_date": str(brief.kickoff_date), **changes,
    }


@pytest.mark.parametrize("text", ["", " ", UNSEEN, "\u200b \t\n", "\u2066\u2069"])
def test_marks_that_nobody_can_see_say_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["0", ".", "\u200b42\u200b", "見積", "👍", "\u0301"])
def test_whatever_can_be_seen_says_something(text: str) -> None:
    assert not says_nothing(text)


@pytest.mark.parametrize(("field", "also"), [("scope_summary", {}), ("key_constraints", {"no_constraints": False})])
def test_unseen_text_is_no_answer_at_the_gate(cast: Cast, sale: Sale, field: str, also: dict[str, object]) -> None:
    body = {"outcome": "won", "brief": brief_of(sale, **{field: UNSEEN}, **also)}
    status, problem = Api(cast.seller).post(f"/deals/{sale.deal_id}/closing", body)
    assert (status, fields_of(problem)) == (422, [f"brief.{field}"])
    assert Api(cast.seller).get(f"/deals/{sale.deal_id}")[1]["status"] == "open"


def test_unseen_text_is_no_promise_no_reason_and_no_question(cast: Cast, sale: Sale) -> None:
    seller, manager = Api(cast.seller), Api(cast.manager)
    status, problem = seller.post("/promises", {"deal_id": sale.deal_id, "kind": "deliverable", "text": UNSEEN})
    assert (status, fields_of(problem)) == (422, ["text"])
    promise = seller.post("/promises", {"deal_id": sale.deal_id, "kind": "deliverable", "text": "42 templates"})[1]
    status, problem = seller.patch(f"/promises/{promise['id']}", {"state": "waived", "reason": UNSEEN})
    assert (status, fields_of(problem)) == (422, ["reason"])
    won = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    asked = {"decision": "return", "questions": [{"field": "scope_summary", "text": UNSEEN}]}
    status, problem = manager.post(f"/handoffs/{won.handoff_id}/acceptance", asked)
    assert (status, fields_of(problem)) == (422, ["questions[0].text"])
    status, problem = seller.post(f"/handoffs/{won.handoff_id}/amendments", {"reason": UNSEEN, "scope_summary": "48 templates"})
    assert (status, fields_of(problem)) == (422, ["reason"])


def test_a_finish_before_the_working_day_the_kickoff_is_held_on_is_named(cast: Cast, sale: Sale) -> None:
    saturday, sunday, monday = "2026-12-05", "2026-12-06", "2026-12-07"
    body = {"outcome": "won", "brief": brief_of(sale, kickoff_date=saturday, promised_finish_date=sunday)}
    status, problem = Api(cast.seller).post(f"/deals/{sale.deal_id}/closing", body)
    assert (status, fields_of(problem)) == (422, ["brief.promised_finish_date"])
    body = {"outcome": "won", "brief": brief_of(sale, kickoff_date=saturday, promised_finish_date=monday)}
    status, won = Api(cast.seller).post(f"/deals/{sale.deal_id}/closing", body)
    assert status == 201, won
    assert str(get_handoff(actor=cast.owner, handoff_id=won["handoff"]["id"]).kickoff_date) == monday


def test_a_question_is_not_dropped_by_accepting(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    won = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    body = {"decision": "accept", "questions": [{"field": "scope_summary", "text": "Which 42?"}]}
    status, problem = Api(cast.manager).post(f"/handoffs/{won.handoff_id}/acceptance", body)
    assert (status, fields_of(problem)) == (422, ["questions"])
    answer = sign_in(cast.manager).post(f"/handoffs/{won.handoff_id}/acceptance/", {"decision": "accept", "question_scope_summary": "Which 42?"})
    assert answer.status_code == 422
    assert "You wrote a question here" in answer.content.decode()
    assert "Which 42?" in answer.content.decode()
    assert get_handoff(actor=cast.owner, handoff_id=won.handoff_id or 0).status == "awaiting_acceptance"


def test_an_amended_quantity_is_a_number_or_its_text(cast: Cast, sale: Sale) -> None:
    won = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    here = f"/handoffs/{won.handoff_id}/amendments"
    for quantity, held in ((2, "2"), (2.5, "2.5"), ("3", "3")):
        status, answer = Api(cast.seller).post(here, {"reason": "More", "lines": [{"service": "Website", "quantity": quantity}]})
        assert status == 201, answer
        assert Api(cast.seller).get(f"/handoffs/{won.handoff_id}/scope")[1]["items"][-1]["lines"][0]["quantity"] == held
    for quantity in (True, None, -1, 1e300):
        status, problem = Api(cast.seller).post(here, {"reason": "More", "lines": [{"service": "Website", "quantity": quantity}]})
        assert (status, fields_of(problem)) == (422, ["lines[0].quantity"])
