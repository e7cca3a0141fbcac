"""A stage lets a deal go on only when somebody has confirmed what it wants known; back the way is free."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from django.urls import reverse

from tests.edges.api.client import Api, fields_of
from tests.edges.web.sales.conftest import fixed_clock, plain_static, sign_in
from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.sales.operations.deals import lose_deal, move_deal, reopen_deal
from wonward.domains.sales.operations.exit_criteria import confirm_exit_criterion
from wonward.domains.sales.operations.pipelines import StageDraft, change_pipeline, create_pipeline
from wonward.domains.sales.operations.proposals import create_proposal, send_proposal
from wonward.domains.sales.queries.deals import get_deal, list_criteria, list_visits
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.rules import keyed_criteria
from wonward.domains.sales.types import CriterionRow, NextAction, StageRow
from wonward.domains.sales.types.proposals import Signature
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.files.storage import put_stream
from wonward.journeys.automation.operations import start_bulk_change
from wonward.journeys.automation.queries import list_bulk_rows
from wonward.journeys.handoff.operations import accept_proposal, close_deal_as_won, save_gate_answers
from wonward.kernel.errors import Conflict, NotAllowed, Refused

__all__ = ["fixed_clock", "plain_static", "sign_in"]
pytestmark = pytest.mark.django_db
TWO = ("The budget is known", "We spoke with who decides")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def stages(place: int = 0) -> list[StageRow]:
    return [stage for stage in list_pipelines()[place].stages if stage.kind == "open"]


def want(cast: Cast, *texts: str, place: int = 0) -> tuple[str, ...]:
    """Let one stage of the first pipeline want sentences confirmed; their keys."""
    pipeline = list_pipelines()[0]
    drafts = [StageDraft(one.id, one.name, one.probability, one.days_until_stuck) for one in stages()]
    drafts[place] = replace(drafts[place], exit_criteria=texts)
    change_pipeline(actor=cast.owner, pipeline_id=pipeline.id, name=pipeline.name, stages=drafts, now=NOW)
    return tuple(one.key for one in stages()[place].exit_criteria)


def on_the_deal(sale: Sale, cast: Cast) -> list[CriterionRow]:
    deal = get_deal(actor=cast.seller, deal_id=sale.deal_id)
    stage = next(one for one in stages() if one.id == deal.stage_id)
    return list_criteria(stage=stage, visits=list_visits(deal_id=sale.deal_id))


def test_a_deal_goes_on_only_when_everything_is_confirmed_and_says_what_is_open(cast: Cast, sale: Sale) -> None:
    first, second = want(cast, *TWO)
    with pytest.raises(Refused) as refusal:
        move_deal(actor=cast.seller, deal_id=sale.deal_id, stage_id=stages()[1].id, now=NOW)
    assert [error.field for error in refusal.value.errors] == [f"exit_criteria.{first}", f"exit_criteria.{second}"]
    assert all(text in str(refusal.value) for text in TWO)
    confirm_exit_criterion(actor=cast.seller, deal_id=sale.deal_id, key=first, now=NOW)
    with pytest.raises(Refused) as refusal:
        move_deal(actor=cast.seller, deal_id=sale.deal_id, stage_id=stages()[1].id, now=NOW)
    assert [error.field for error in refusal.value.errors] == [f"exit_criteria.{second}"]
    confirm_exit_criterion(actor=cast.seller, deal_id=sale.deal_id, key=second, now=NOW)
    move_deal(actor=cast.seller, deal_id=sale.deal_id, stage_id=stages()[1].id, now=NOW)
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).stage_id == stages()[1].id


def test_back_the_way_is_free_and_what_was_confirmed_there_still_is(cast: Cast, sale: Sale) -> None:
    (key,) = want(cast, TWO[0])
    want(cast, TWO[1], place=1)
    confirm_exit_criterion(actor=cast.seller, deal_id=sale.deal_id, key=key, now=NOW)
    move_deal(actor=cast.seller, deal_id=sale.deal_id, stage_id=stages()[1].id, now=NOW)
    assert [row.is_met for row in on_the_deal(sale, cast)] == [False]
    move_deal(actor=cast.seller, deal_id=sale.deal_id, stage_id=stages()[0].id, now=NOW)
    assert [(row.text, row.confirmed_by, row.confirmed_at) for row in on_the_deal(sale, cast)] == [(TWO[0], "Mara Klein", NOW)]
    move_deal(actor=cast.seller, deal_id=sale.deal_id, stage_id=stages()[1].id, now=NOW)


def test_another_pipeline_is_entered_freely_only_at_its_start(cast: Cast, sale: Sale) -> None:
    create_pipeline(actor=cast.owner, name="Renewals", now=NOW)
    want(cast, TWO[0])
    with pytest.raises(Refused, match=TWO[0]):
        move_deal(actor=cast.seller, deal_id=sale.deal_id, stage_id=stages(1)[1].id, now=NOW)
    move_deal(actor=cast.seller, deal_id=sale.deal_id, stage_id=stages(1)[0].id, now=NOW)


def test_a_signature_wins_whatever_nobody_has_confirmed(cast: Cast, sale: Sale) -> None:
    want(cast, TWO[0])
    brief = sale.brief()
    answers = {name: getattr(brief, name) for name in ("scope_summary", "promised_finish_date", "key_constraints", "main_stakeholder_id", "kickoff_date")}
    save_gate_answers(actor=cast.seller, deal_id=sale.deal_id, answers=answers, extra={}, now=NOW)
    proposal_id = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    token = send_proposal(actor=cast.seller, proposal_id=proposal_id, valid_until=NOW.date(), now=NOW)
    stored = put_stream(io.BytesIO(b"%PDF-1.7 signed"))
    accepted = accept_proposal(token=token, signature=Signature("Hanne Dahl", is_agreed=True), document=stored, now=NOW)
    assert accepted.is_won


def test_a_win_leaves_the_stage_too_and_a_loss_asks_for_nothing(cast: Cast, sale: Sale) -> None:
    (key,) = want(cast, TWO[0])
    with pytest.raises(Refused) as refusal:
        close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert [error.field for error in refusal.value.errors] == [f"exit_criteria.{key}"]
    lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Too dear", now=NOW)
    with pytest.raises(Conflict):
        confirm_exit_criterion(actor=cast.seller, deal_id=sale.deal_id, key=key, now=NOW)
    reopen_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=NextAction("call", NOW.date()), now=NOW)
    confirm_exit_criterion(actor=cast.seller, deal_id=sale.deal_id, key=key, now=NOW)
    assert close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW).handoff_id


def test_a_confirmation_is_taken_back_told_once_and_only_by_who_may_change_the_deal(cast: Cast, sale: Sale) -> None:
    (key,) = want(cast, TWO[0])
    with pytest.raises(NotAllowed):
        confirm_exit_criterion(actor=cast.teammate, deal_id=sale.deal_id, key=key, now=NOW)
    with pytest.raises(Refused):
        confirm_exit_criterion(actor=cast.seller, deal_id=sale.deal_id, key="none", now=NOW)
    for is_met in (True, True, False):
        confirm_exit_criterion(actor=cast.seller, deal_id=sale.deal_id, key=key, is_met=is_met, now=NOW)
    told = AuditEntry.objects.filter(operation="sales.deal.confirm_exit_criterion").order_by("pk")
    assert [entry.changes for entry in told] == [{"exit_criterion": [None, TWO[0]]}, {"exit_criterion": [TWO[0], None]}]
    assert [row.is_met for row in on_the_deal(sale, cast)] == [False]


def test_many_deals_moved_at_once_are_refused_one_by_one(cast: Cast, sale: Sale) -> None:
    want(cast, TWO[0])
    asked = {"stage_id": stages()[1].id}
    bulk_id = start_bulk_change(actor=cast.seller, noun="sales.deal", ids=[sale.deal_id], asked=asked, now=NOW)
    (row,) = list_bulk_rows(actor=cast.seller, bulk_id=bulk_id)
    assert TWO[0] in row.message
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).stage_id == stages()[0].id


def test_a_reworded_sentence_keeps_its_key_and_a_new_one_gets_its_own() -> None:
    first = keyed_criteria([], ["Budget known", " ", "Decider met"])
    reworded = keyed_criteria(first, ["Decider met", "The budget is known", "Date agreed"])
    assert [one["key"] for one in reworded[:2]] == [first[1]["key"], first[0]["key"]]
    assert len({one["key"] for one in reworded}) == 3
    assert keyed_criteria(reworded, ["Budget known", "The budget is known"])[0]["key"] not in {one["key"] for one in keyed_criteria(reworded, ["The budget is known"])}


def test_a_new_pipeline_wants_what_the_first_one_wants_and_nonsense_is_named(cast: Cast) -> None:
    want(cast, *TWO)
    create_pipeline(actor=cast.owner, name="Renewals", now=NOW)
    assert [one.text for one in stages(1)[0].exit_criteria] == list(TWO)
    for texts in (("Twice", "twice"), ("x" * 201,), tuple(f"Sentence {number}" for number in range(21))):
        with pytest.raises(Refused) as refusal:
            want(cast, *texts)
        assert [error.field for error in refusal.value.errors] == ["stages[0].exit_criteria"]


def test_programs_read_and_confirm_them(cast: Cast, sale: Sale) -> None:
    (key,) = want(cast, TWO[0])
    api = Api(cast.seller)
    assert api.get("/pipelines")[1]["items"][0]["stages"][0]["exit_criteria"] == [{"key": key, "text": TWO[0]}]
    status, problem = api.patch(f"/deals/{sale.deal_id}", {"stage_id": stages()[1].id})
    assert (status, fields_of(problem)) == (422, [f"exit_criteria.{key}"])
    status, problem = api.post(f"/deals/{sale.deal_id}/closing", {"outcome": "won", "brief": {}})
    assert (status, f"exit_criteria.{key}" in fields_of(problem)) == (422, True)
    assert api.put(f"/deals/{sale.deal_id}/exit-criteria", {"key": "none"})[0] == 422
    assert api.put(f"/deals/{sale.deal_id}/exit-criteria", {"key": key}, If_Match='"7"')[0] == 412
    status, told = api.put(f"/deals/{sale.deal_id}/exit-criteria", {"key": key})
    assert (status, told["items"][0]["is_met"], told["items"][0]["confirmed_by"]) == (200, True, "Mara Klein")
    assert api.get(f"/deals/{sale.deal_id}/exit-criteria")[1] == told
    assert api.patch(f"/deals/{sale.deal_id}", {"stage_id": stages()[1].id})[0] == 200


def test_the_deal_shows_them_and_one_press_confirms(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    (key,) = want(cast, TWO[0])
    desk, here = sign_in(cast.seller), reverse("deal", args=[sale.deal_id])
    page = desk.get(here).content.decode()
    assert TWO[0] in page
    assert "0 of 1" in page
    moved = desk.post(reverse("deal_stage", args=[sale.deal_id]), {"stage_id": stages()[1].id}, HTTP_HX_REQUEST="true")
    assert moved.status_code == 422
    assert TWO[0] in moved.content.decode() + str(moved.headers)
    answer = desk.post(reverse("deal_exit_criterion", args=[sale.deal_id]), {"key": key, "is_met": "1"}, HTTP_HX_REQUEST="true")
    assert answer.status_code == 200
    assert "1 of 1" in answer.content.decode()
    assert desk.post(reverse("deal_stage", args=[sale.deal_id]), {"stage_id": stages()[1].id}, HTTP_HX_REQUEST="true").status_code == 200
    seen = sign_in(cast.teammate).get(here).content.decode()
    assert reverse("deal_exit_criterion", args=[sale.deal_id]) not in seen


def test_the_editor_of_stages_keeps_the_sentences_line_by_line(cast: Cast, sign_in: SignIn) -> None:
    pipeline, rows = list_pipelines()[0], stages()
    desk, here = sign_in(cast.owner), reverse("pipeline", args=[pipeline.id])
    sent: dict[str, object] = {"name": pipeline.name, "criteria-0": "\r\n".join(TWO)}
    for at, stage in enumerate(rows):
        sent |= {f"id-{at}": stage.id, f"name-{at}": stage.name, f"probability-{at}": stage.probability, f"days-{at}": stage.days_until_stuck}
    assert desk.post(here, sent).status_code == 302
    assert [one.text for one in stages()[0].exit_criteria] == list(TWO)
    assert "\n".join(TWO) in desk.get(here).content.decode()
    refused = desk.post(here, sent | {"criteria-0": "Once\nonce"})
    assert refused.status_code == 422
    assert "Once\nonce" in refused.content.decode()
