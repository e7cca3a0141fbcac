"""The ways back the table names for leads, deals, proposals, pipelines and goals bring back what was, in the whole database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.people import NOW, TODAY, Cast, Sale, make_cast, make_sale
from tests.undo.table import UNDO, By
from tests.undo.ways import Way, Ways, walk
from wonward.domains.clients.operations import create_contacts
from wonward.domains.clients.types import NewContact
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.sales.operations.answers import follow_answers, settle_answer
from wonward.domains.sales.operations.deals import (
    change_deal,
    create_deals,
    lose_deal,
    move_deal,
    reopen_deal,
)
from wonward.domains.sales.operations.discipline import save_lost_reasons
from wonward.domains.sales.operations.exit_criteria import confirm_exit_criterion
from wonward.domains.sales.operations.forms import save_form, submit_form
from wonward.domains.sales.operations.goals import put_goal
from wonward.domains.sales.operations.leads import change_lead, close_lead, create_leads, reopen_lead
from wonward.domains.sales.operations.lines import change_lines, revise_deal
from wonward.domains.sales.operations.members import put_deal_member, remove_deal_member
from wonward.domains.sales.operations.next_actions import save_brief, set_next_action
from wonward.domains.sales.operations.pipelines import StageDraft, change_pipeline, create_pipeline
from wonward.domains.sales.operations.proposals import (
    create_proposal,
    revoke_links,
    save_proposal,
    send_proposal,
)
from wonward.domains.sales.operations.scoring import save_criteria, save_score_rules
from wonward.domains.sales.operations.stakeholders import (
    name_deal_contacts,
    put_deal_stakeholder,
    remove_deal_stakeholder,
)
from wonward.domains.sales.operations.terms import clear_term, end_term, open_renewal, set_term
from wonward.domains.sales.queries.forms import get_form
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.queries.proposals import get_proposal
from wonward.domains.sales.types import NewDeal, NewLine, NextAction
from wonward.domains.sales.types.leads import (
    Criterion,
    Finding,
    FormField,
    NewLead,
    NewLeadForm,
    NewScoreRule,
    SentForm,
)
from wonward.domains.sales.types.terms import NewTerm
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.house.operations import trash_record
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
WAYS = Ways()
CALL = NextAction("call", date(2026, 11, 20), "Call Hanne")
FORM = NewLeadForm(name="Website", title="Talk to us", fields=(FormField("name", "Name", "text", is_required=True), FormField("email", "E-mail", "email")))
TOLD_BY_THE_STAY = frozenset({"sales.stagevisit"})
TOLD_BY_WHAT_WAS_NEXT = frozenset({"sales.nextactionentry"})
TOLD_BY_BOTH = TOLD_BY_THE_STAY | TOLD_BY_WHAT_WAS_NEXT


def _change(cast: Cast, sale: Sale, **changes: Any) -> None:
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes=changes, now=NOW)


def _lead(cast: Cast) -> int:
    return create_leads(actor=cast.seller, leads=[NewLead(name="Signe Holt", company_name="Pellworth", email="signe@pellworth.test")], now=NOW)[0]


def _contact(cast: Cast, sale: Sale) -> int:
    return create_contacts(actor=cast.seller, contacts=[NewContact(name="Ivo Lind", company_id=sale.company_id, email="ivo@northwind.test")], now=NOW)[0]


def _drafts(place: int = 0) -> list[StageDraft]:
    return [StageDraft(one.id, one.name, one.probability, one.days_until_stuck, one.required_fields, tuple(rule.text for rule in one.exit_criteria))
            for one in list_pipelines()[place].stages if one.kind == "open"]


def _stages(*drafts: StageDraft, name: str = "") -> dict[str, Any]:
    pipeline = list_pipelines()[0]
    return {"pipeline_id": pipeline.id, "name": name or pipeline.name, "stages": list(drafts) or _drafts(), "now": NOW}


@WAYS.of("sales.change_deal")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(
        lambda: _change(cast, sale, name="Else", value=Money(5, "EUR"), source="Fair", expected_close_date=date(2027, 1, 5), is_restricted=True),
        lambda _: change_deal(actor=cast.owner, deal_id=sale.deal_id, now=NOW, changes={
            "name": "Website replatform", "value": Money(8_400_000, "EUR"), "source": "", "expected_close_date": None, "is_restricted": False,
        }),
    )


@WAYS.of("sales.change_lines")
def _(cast: Cast, sale: Sale) -> Way:
    lines = {"actor": cast.seller, "deal_id": sale.deal_id, "now": NOW}
    return Way(
        lambda: change_lines(lines=[NewLine(sale.service_id, Decimal(2), Money(7_000_000, "EUR"))], **lines),
        lambda _: change_lines(lines=[NewLine(sale.service_id, Decimal(1), Money(8_400_000, "EUR"))], **lines),
    )


@WAYS.of("sales.revise_deal")
def _(cast: Cast, sale: Sale) -> Way:
    first, second = _drafts()[0].id, _drafts()[1].id
    deal = {"actor": cast.seller, "deal_id": sale.deal_id, "now": NOW}
    return Way(
        lambda: revise_deal(changes={"name": "Else"}, stage_id=second, lines=[NewLine(sale.service_id, Decimal(2))], **deal),
        lambda _: revise_deal(changes={"name": "Website replatform"}, stage_id=first, lines=[NewLine(sale.service_id, Decimal(1))], **deal),
        TOLD_BY_THE_STAY,
    )


@WAYS.of("sales.move_deal")
def _(cast: Cast, sale: Sale) -> Way:
    first, second = _drafts()[0].id or 0, _drafts()[1].id or 0
    return Way(
        lambda: move_deal(actor=cast.seller, deal_id=sale.deal_id, stage_id=second, now=NOW),
        lambda _: move_deal(actor=cast.seller, deal_id=sale.deal_id, stage_id=first, now=NOW), TOLD_BY_THE_STAY,
    )


@WAYS.of("sales.lose_deal")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(
        lambda: lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Too dear", now=NOW),
        lambda _: reopen_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=CALL, now=NOW), TOLD_BY_BOTH,
    )


@WAYS.of("sales.reopen_deal")
def _(cast: Cast, sale: Sale) -> Way:
    lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Too dear", now=NOW)
    return Way(
        lambda: reopen_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=CALL, now=NOW),
        lambda _: lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Too dear", now=NOW), TOLD_BY_BOTH,
    )


@WAYS.of("sales.create_deals")
def _(cast: Cast, sale: Sale) -> Way:
    new = NewDeal(name="Second", company_id=sale.company_id, next_action=CALL)
    return Way(
        lambda: create_deals(actor=cast.seller, deals=[new], now=NOW),
        lambda keys: lose_deal(actor=cast.seller, deal_id=keys[0], reason="Entered by mistake", now=NOW),
        frozenset({"sales.deal", "clients.clientteammember"}) | TOLD_BY_BOTH,
    )


@WAYS.of("sales.set_next_action")
def _(cast: Cast, sale: Sale) -> Way:
    deal = {"actor": cast.seller, "deal_id": sale.deal_id, "now": NOW}
    return Way(
        lambda: set_next_action(action=NextAction("parked", date(2027, 1, 4), "Budget round"), **deal), lambda _: set_next_action(action=CALL, **deal),
        TOLD_BY_WHAT_WAS_NEXT,
    )


@WAYS.of("sales.save_brief")
def _(cast: Cast, sale: Sale) -> Way:
    deal = {"actor": cast.seller, "deal_id": sale.deal_id, "now": NOW}
    save_brief(answers={"scope_summary": "Pages", "kickoff_date": date(2026, 12, 1)}, **deal)
    return Way(
        lambda: save_brief(answers={"scope_summary": "Less", "kickoff_date": None}, **deal),
        lambda _: save_brief(answers={"scope_summary": "Pages", "kickoff_date": date(2026, 12, 1)}, **deal),
    )


@WAYS.of("sales.confirm_exit_criterion")
def _(cast: Cast, sale: Sale) -> Way:
    change_pipeline(actor=cast.owner, **_stages(replace(_drafts()[0], exit_criteria=("Budget known",)), *_drafts()[1:]))
    key = next(one for one in list_pipelines()[0].stages if one.exit_criteria).exit_criteria[0].key
    return Way(
        lambda: confirm_exit_criterion(actor=cast.seller, deal_id=sale.deal_id, key=key, now=NOW),
        lambda _: confirm_exit_criterion(actor=cast.seller, deal_id=sale.deal_id, key=key, is_met=False, now=NOW),
    )


@WAYS.of("sales.settle_answer")
def _(cast: Cast, sale: Sale) -> Way:
    entry = NewCommunication(CommunicationKind.EMAIL, (Ref("sales.deal", sale.deal_id),), "When do we begin?", NOW, direction="in")
    log_communications(actor=cast.seller, entries=[entry], now=NOW)
    follow_answers(deal_ids=[sale.deal_id], now=NOW)
    later = {"actor": cast.seller, "deal_id": sale.deal_id, "now": NOW + timedelta(minutes=1)}
    return Way(lambda: settle_answer(**later), lambda _: settle_answer(is_settled=False, **later))


def _won(cast: Cast, sale: Sale) -> dict[str, Any]:
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    return {"actor": cast.seller, "deal_id": sale.deal_id, "now": NOW}


@WAYS.of("sales.set_term")
def _(cast: Cast, sale: Sale) -> Way:
    deal = _won(cast, sale)
    before = NewTerm(TODAY, date(2027, 11, 30))
    set_term(term=before, **deal)
    return Way(lambda: set_term(term=NewTerm(TODAY, date(2028, 1, 31), "runs_on", 90, 30, 6), **deal), lambda _: set_term(term=before, **deal))


@WAYS.of("sales.clear_term")
def _(cast: Cast, sale: Sale) -> Way:
    deal = _won(cast, sale)
    set_term(term=NewTerm(TODAY, date(2027, 11, 30)), **deal)
    return Way(lambda: clear_term(**deal), lambda before: set_term(term=before, **deal))


@WAYS.of("sales.end_term")
def _(cast: Cast, sale: Sale) -> Way:
    deal = _won(cast, sale)
    set_term(term=NewTerm(TODAY, date(2027, 11, 30)), **deal)
    return Way(lambda: end_term(reason="The shop is closed.", **deal), lambda before: end_term(reason=before, **deal))


@WAYS.of("sales.open_renewal")
def _(cast: Cast, sale: Sale) -> Way:
    deal = _won(cast, sale)
    set_term(term=NewTerm(TODAY, date(2027, 11, 30)), **deal)
    return Way(
        lambda: open_renewal(**deal), lambda key: lose_deal(actor=cast.seller, deal_id=key, reason="Opened by mistake", now=NOW),
        frozenset({"sales.deal", "sales.dealline", "clients.clientteammember", "clients.stakeholder"}) | TOLD_BY_BOTH, frozenset({"sales.contractterm"}),
    )


@WAYS.of("sales.put_deal_member")
def _(cast: Cast, sale: Sale) -> Way:
    who = {"actor": cast.seller, "deal_id": sale.deal_id, "person_id": cast.teammate.person_id or 0, "now": NOW}
    return Way(lambda: put_deal_member(part="presales", **who), lambda _: remove_deal_member(**who))


@WAYS.of("sales.remove_deal_member")
def _(cast: Cast, sale: Sale) -> Way:
    who = {"actor": cast.seller, "deal_id": sale.deal_id, "person_id": cast.teammate.person_id or 0, "now": NOW}
    put_deal_member(part="co_owner", **who)
    return Way(lambda: remove_deal_member(**who), lambda row: put_deal_member(part=row.part, **who))


@WAYS.of("sales.put_deal_stakeholder")
def _(cast: Cast, sale: Sale) -> Way:
    part = {"actor": cast.seller, "deal_id": sale.deal_id, "contact_id": sale.contact_id, "now": NOW}
    before = {"decision_role": "champions", "influence": "high", "stance": "for", "preference": "By phone", "is_main": True}
    put_deal_stakeholder(**part, **before)
    return Way(
        lambda: put_deal_stakeholder(**part, decision_role="doubts", influence="low", stance="against", preference="By mail"),
        lambda _: put_deal_stakeholder(**part, **before),
    )


@WAYS.of("sales.remove_deal_stakeholder")
def _(cast: Cast, sale: Sale) -> Way:
    part = {"actor": cast.seller, "deal_id": sale.deal_id, "contact_id": sale.contact_id, "now": NOW}
    put_deal_stakeholder(**part, decision_role="champions", influence="high", stance="for", preference="By phone", is_main=True)
    return Way(
        lambda: remove_deal_stakeholder(**part),
        lambda row: put_deal_stakeholder(
            **part, decision_role=row.decision_role, influence=row.influence, stance=row.stance, preference=row.preference, is_main=row.is_main),
    )


@WAYS.of("sales.name_deal_contacts")
def _(cast: Cast, sale: Sale) -> Way:
    other = _contact(cast, sale)
    return Way(
        lambda: name_deal_contacts(actor=cast.seller, deal_id=sale.deal_id, contact_ids=[other], now=NOW),
        lambda _: remove_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=other, now=NOW),
    )


@WAYS.of("sales.create_leads")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(
        lambda: _lead(cast), lambda key: close_lead(actor=cast.seller, lead_id=key, reason="Entered by mistake", now=NOW),
        frozenset({"sales.lead"}),
    )


@WAYS.of("sales.change_lead")
def _(cast: Cast, sale: Sale) -> Way:
    key = _lead(cast)
    return Way(
        lambda: change_lead(actor=cast.seller, lead_id=key, now=NOW, changes={
            "name": "S. Holt", "phone": "+45 1", "employees": 12, "qualification": {"budget": Finding("clear", "40,000")}, "owner_id": cast.teammate.person_id}),
        lambda _: change_lead(actor=cast.owner, lead_id=key, now=NOW, changes={
            "name": "Signe Holt", "phone": "", "employees": None, "qualification": {"budget": Finding()}, "owner_id": None}),
    )


@WAYS.of("sales.close_lead")
def _(cast: Cast, sale: Sale) -> Way:
    key = _lead(cast)
    return Way(
        lambda: close_lead(actor=cast.seller, lead_id=key, reason="Too small", now=NOW), lambda _: reopen_lead(actor=cast.seller, lead_id=key, now=NOW),
    )


@WAYS.of("sales.reopen_lead")
def _(cast: Cast, sale: Sale) -> Way:
    key = _lead(cast)
    close_lead(actor=cast.seller, lead_id=key, reason="Too small", now=NOW)
    return Way(
        lambda: reopen_lead(actor=cast.seller, lead_id=key, now=NOW), lambda _: close_lead(actor=cast.seller, lead_id=key, reason="Too small", now=NOW),
    )


@WAYS.of("sales.save_form")
def _(cast: Cast, sale: Sale) -> Way:
    key = save_form(actor=cast.marketer, form=FORM, now=NOW)
    return Way(
        lambda: save_form(actor=cast.marketer, form=replace(FORM, title="Write", is_open=False, source="Fair"), form_id=key, now=NOW),
        lambda _: save_form(actor=cast.marketer, form=FORM, form_id=key, now=NOW),
    )


@WAYS.of("sales.submit_form")
def _(cast: Cast, sale: Sale) -> Way:
    form = get_form(actor=cast.marketer, form_id=save_form(actor=cast.marketer, form=FORM, now=NOW))
    sent = SentForm({"name": "Signe Holt", "email": "s@p.test"}, trap="", opened_at=NOW - timedelta(seconds=40), sender="10.0.0.1")
    return Way(
        lambda: submit_form(key=form.key, sent=sent, now=NOW), lambda key: close_lead(actor=cast.seller, lead_id=key, reason="Spam", now=NOW),
        frozenset({"sales.lead", "sales.formsubmission", "marketing.touch"}),
    )


@WAYS.of("sales.save_criteria")
def _(cast: Cast, sale: Sale) -> Way:
    pipeline = list_pipelines()[0].id
    before = [Criterion("need", "Need", "What for?"), Criterion("fit", "Fit", "Do they suit us?")]
    save_criteria(actor=cast.owner, pipeline_id=pipeline, criteria=before, response_goal_minutes=60, now=NOW)
    return Way(
        lambda: save_criteria(actor=cast.owner, pipeline_id=pipeline, criteria=before[:1], response_goal_minutes=30, now=NOW),
        lambda _: save_criteria(actor=cast.owner, pipeline_id=pipeline, criteria=before, response_goal_minutes=60, now=NOW),
    )


@WAYS.of("sales.save_score_rules")
def _(cast: Cast, sale: Sale) -> Way:
    before = [NewScoreRule("phone", "is_filled", "", 5, "A phone"), NewScoreRule("source", "is", "Referral", 20)]
    save_score_rules(actor=cast.owner, rules=before, now=NOW)
    return Way(
        lambda: save_score_rules(actor=cast.owner, rules=[NewScoreRule("employees", "at_least", "50", 9)], now=NOW),
        lambda _: save_score_rules(actor=cast.owner, rules=before, now=NOW),
    )


@WAYS.of("sales.save_lost_reasons")
def _(cast: Cast, sale: Sale) -> Way:
    save_lost_reasons(actor=cast.owner, names=["Too dear", "No answer"], now=NOW)
    return Way(
        lambda: save_lost_reasons(actor=cast.owner, names=["No answer", "Rival"], now=NOW),
        lambda _: save_lost_reasons(actor=cast.owner, names=["Too dear", "No answer"], now=NOW),
    )


@WAYS.of("sales.put_goal")
def _(cast: Cast, sale: Sale) -> Way:
    goal = {"actor": cast.owner, "month": date(2026, 12, 1), "now": NOW}
    put_goal(amount=Money(1_000, "EUR"), **goal)
    return Way(lambda: put_goal(amount=None, **goal), lambda _: put_goal(amount=Money(1_000, "EUR"), **goal))


@WAYS.of("sales.change_pipeline")
def _(cast: Cast, sale: Sale) -> Way:
    before = _stages()
    changed = [replace(before["stages"][1], name="Else", probability=33, days_until_stuck=3, required_fields=("value",), exit_criteria=("Met",)),
               before["stages"][0], *before["stages"][2:]]
    return Way(
        lambda: change_pipeline(actor=cast.owner, **_stages(*changed, name="Ours")), lambda _: change_pipeline(actor=cast.owner, **before),
    )


@WAYS.of("sales.create_pipeline")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(
        lambda: create_pipeline(actor=cast.owner, name="Renewals", now=NOW),
        lambda key: trash_record(actor=cast.owner, ref=Ref("sales.pipeline", key), now=NOW), frozenset({"house.trashitem"}),
    )


@WAYS.of("sales.save_proposal")
def _(cast: Cast, sale: Sale) -> Way:
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    before = get_proposal(actor=cast.seller, proposal_id=key, now=NOW).content
    return Way(
        lambda: save_proposal(actor=cast.seller, proposal_id=key, content=replace(before, title="Else", terms="30 days", discount_percent=Decimal(5)), now=NOW),
        lambda _: save_proposal(actor=cast.seller, proposal_id=key, content=before, now=NOW),
    )


@WAYS.of("sales.send_proposal")
def _(cast: Cast, sale: Sale) -> Way:
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    return Way(
        lambda: send_proposal(actor=cast.seller, proposal_id=key, valid_until=TODAY + timedelta(days=20), now=NOW),
        lambda _: revoke_links(actor=cast.seller, proposal_id=key, now=NOW),
        frozenset({"sales.proposallink"}), turns=frozenset({"sales.proposal", "sales.proposalversion"}),
    )


@WAYS.of("sales.revoke_links")
def _(cast: Cast, sale: Sale) -> Way:
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    send = {"actor": cast.seller, "proposal_id": key, "valid_until": TODAY + timedelta(days=20), "now": NOW}
    send_proposal(**send)
    return Way(lambda: revoke_links(actor=cast.seller, proposal_id=key, now=NOW), lambda _: send_proposal(**send), turns=frozenset({"sales.proposallink"}))


BROUGHT = {"sales.record_past_deals", "sales.record_past_leads", "sales.settle_past_leads"}


def test_every_line_is_walked() -> None:
    named = {name for name, way in UNDO.items() if name.startswith("sales.") and isinstance(way, By)}
    assert set(WAYS) | BROUGHT == named


@pytest.mark.parametrize("name", sorted(WAYS))
def test_the_way_back_that_is_named_brings_back_what_was(name: str) -> None:
    cast = make_cast()
    sale = make_sale(cast)
    walk(name, WAYS[name](cast, sale))
