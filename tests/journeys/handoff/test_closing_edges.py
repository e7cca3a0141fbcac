"""The edges of closing: how long an answer may be on every path, and a repeat whatever it brings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from tests.edges.api.client import Api, fields_of
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.sales.operations.next_actions import save_brief
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.types.proposals import ProposalContent, ProposalLine
from wonward.journeys.handoff.operations import (
    amend_scope,
    answer_handoff,
    close_deal_as_won,
    return_handoff,
)
from wonward.journeys.handoff.queries import list_questions
from wonward.journeys.handoff.rules.answers import fill_from
from wonward.journeys.handoff.types import Amendment, Question
from wonward.kernel.errors import Refused

pytestmark = pytest.mark.django_db
FITS, TOO_LONG = "w" * 4000, "w" * 4001
BRIEF = {"scope_summary": "42 templates.", "promised_finish_date": "2027-03-19", "no_constraints": True, "kickoff_date": "2026-12-01"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


@pytest.mark.parametrize("field", ["scope_summary", "key_constraints"])
def test_an_answer_has_at_most_four_thousand_characters_at_the_gate(cast: Cast, sale: Sale, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=replace(sale.brief(), **{field: TOO_LONG}), now=NOW)
    assert [(error.field, error.code) for error in refusal.value.errors] == [(f"brief.{field}", "too_long")]
    body = {"outcome": "won", "brief": {**BRIEF, "main_stakeholder_id": sale.contact_id, field: TOO_LONG}}
    status, problem = Api(cast.seller).post(f"/deals/{sale.deal_id}/closing", body)
    assert (status, fields_of(problem)) == (422, [f"brief.{field}"])
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"
    assert close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=replace(sale.brief(), **{field: FITS}), now=NOW).handoff_id


def test_a_draft_a_return_an_answer_and_an_amendment_have_the_same_limit(cast: Cast, sale: Sale) -> None:
    with pytest.raises(Refused) as refusal:
        save_brief(actor=cast.seller, deal_id=sale.deal_id, answers={"scope_summary": TOO_LONG}, now=NOW)
    assert [error.field for error in refusal.value.errors] == ["scope_summary"]
    handoff_id = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW).handoff_id
    assert handoff_id
    with pytest.raises(Refused) as refusal:
        return_handoff(actor=cast.manager, handoff_id=handoff_id, questions=[Question("scope_summary", TOO_LONG)], now=NOW)
    assert [error.field for error in refusal.value.errors] == ["questions[0].text"]
    with pytest.raises(Refused) as refusal:
        amend_scope(actor=cast.seller, handoff_id=handoff_id, amendment=Amendment("More", scope_summary=TOO_LONG, key_constraints=TOO_LONG), now=NOW)
    assert [error.field for error in refusal.value.errors] == ["scope_summary", "key_constraints"]
    return_handoff(actor=cast.manager, handoff_id=handoff_id, questions=[Question("scope_summary", "Which?")], now=NOW)
    (question,) = list_questions(handoff_id=handoff_id)
    with pytest.raises(Refused) as refusal:
        answer_handoff(actor=cast.seller, handoff_id=handoff_id, answers={question.id: TOO_LONG}, scope_summary=TOO_LONG, now=NOW)
    assert [error.field for error in refusal.value.errors] == [f"answers.{question.id}", "scope_summary"]
    answer_handoff(actor=cast.seller, handoff_id=handoff_id, answers={question.id: FITS}, scope_summary=FITS, now=NOW)


def test_the_gate_on_the_screen_says_so_beside_the_answer(cast: Cast, sale: Sale) -> None:
    form = {**BRIEF, "scope_summary": TOO_LONG, "no_constraints": "on", "main_stakeholder_id": str(sale.contact_id)}
    refused = sign_in(cast.seller).post(reverse("deal_won", kwargs={"deal_id": sale.deal_id}), form)
    assert refused.status_code == 422
    assert "An answer has at most 4000 characters." in refused.content.decode()


def test_a_long_proposal_still_fills_the_gate(sale: Sale) -> None:
    content = ProposalContent("T", tuple(ProposalLine(f"Line {place}", description="d" * 900) for place in range(20)))
    filled = fill_from(replace(sale.brief(), scope_summary=""), content).scope_summary
    assert len(filled) == 4000
    assert filled.endswith("…")


@pytest.mark.parametrize("brief", [{"scope_summary": 5, "kickoff_date": "soon", "main_stakeholder_id": "x"}, "words", [], {"nonsense": 1}, None])
def test_a_repeat_answers_whatever_its_brief_holds(cast: Cast, sale: Sale, brief: object) -> None:
    api, at = Api(cast.seller), f"/deals/{sale.deal_id}/closing"
    if brief is not None:
        status, problem = api.post(at, {"outcome": "won", "brief": brief})
        assert status in (400, 422)
        assert all(field.startswith("brief") for field in fields_of(problem))
        assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"
    first = api.post(at, {"outcome": "won", "brief": {**BRIEF, "main_stakeholder_id": sale.contact_id}})
    assert first[0] == 201
    again = api.post(at, {"outcome": "won", "brief": brief})
    assert (again[0], again[1]["replayed"], again[1]["project_ids"]) == (200, True, first[1]["project_ids"])
    assert api.post(at, {"outcome": "lost", "brief": brief, "reason": "Price"})[0] in (400, 409, 422)
    assert api.post(at, {"outcome": "won", "brief": brief, "nonsense": 1})[0] == 400


def test_a_brief_of_wrong_types_names_every_field_of_it(cast: Cast, sale: Sale) -> None:
    body = {"outcome": "won", "brief": {"scope_summary": 5, "kickoff_date": "soon", "no_constraints": "x"}}
    status, problem = Api(cast.seller).post(f"/deals/{sale.deal_id}/closing", body)
    assert (status, set(fields_of(problem))) == (422, {"brief.scope_summary", "brief.kickoff_date", "brief.no_constraints"})
