"""A client who writes is not left waiting: who owes an answer, since when, and who is told when it is late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.people import NOW, make_cast, make_sale
from wonward.domains.clients.operations import create_contacts
from wonward.domains.clients.types import NewContact
from wonward.domains.comms.events import MOST_REFS
from wonward.domains.comms.operations import erase_communications, log_communications, refile_communication
from wonward.domains.comms.queries import search_log
from wonward.domains.comms.types import CommunicationKind, LogFilter, NewCommunication
from wonward.domains.sales.operations.answers import escalate_late_answers, follow_answers, settle_answer
from wonward.domains.sales.operations.conversion import convert_lead
from wonward.domains.sales.operations.deals import lose_deal
from wonward.domains.sales.operations.leads import answer_lead, create_leads
from wonward.domains.sales.operations.proposals import (
    ask_about_proposal,
    comment_on_proposal,
    create_proposal,
    send_proposal,
)
from wonward.domains.sales.operations.scoring import save_criteria
from wonward.domains.sales.queries.answers import find_owed_answer, list_owed_answers
from wonward.domains.sales.queries.deals import get_deal, list_deals
from wonward.domains.sales.queries.discipline import list_discipline
from wonward.domains.sales.queries.scoring import list_criteria
from wonward.domains.sales.types import DealFilter, NextAction
from wonward.domains.sales.types.leads import Conversion, NewLead
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.events.models import OutboxEvent
from wonward.foundation.search.models import Entry
from wonward.kernel.errors import Conflict, NotAllowed, Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
TOMORROW = datetime(2026, 11, 20, 9, 30, tzinfo=NOW.tzinfo)


def say(cast, deal_id, *, kind="email", direction="in", at=NOW, **more):
    entry = NewCommunication(CommunicationKind(kind), (Ref("sales.deal", deal_id),), "Can you split out the support?", at, direction=direction, **more)
    (key,) = log_communications(actor=cast.seller, entries=[entry], now=at)
    deliver_pending(now=at)
    return key


def told():
    found = OutboxEvent.objects.filter(name="sales.answer.overdue").order_by("pk")
    return [(event.payload["deal_id"], event.payload["level"]) for event in found]


def test_a_client_who_writes_waits_until_one_of_ours_answers():
    cast = make_cast()
    deal_id = make_sale(cast).deal_id
    assert find_owed_answer(deal_id=deal_id) is None
    say(cast, deal_id)
    say(cast, deal_id, at=NOW + timedelta(hours=1))
    waiting = find_owed_answer(deal_id=deal_id)
    assert (waiting.asked_at, waiting.due_at, waiting.company_name) == (NOW, TOMORROW, "Northwind Robotics")
    say(cast, deal_id, direction="", at=NOW + timedelta(hours=2))
    assert find_owed_answer(deal_id=deal_id) is None
    say(cast, deal_id, at=NOW + timedelta(hours=3))
    assert find_owed_answer(deal_id=deal_id).asked_at == NOW + timedelta(hours=3)


@pytest.mark.parametrize(("said", "waits"), [
    ({"kind": "chat"}, True), ({"kind": "call"}, False), ({"kind": "meeting"}, False), ({"kind": "note"}, False),
    ({"is_automatic": True}, False), ({"external_source": "file", "external_id": "7"}, False), ({"privacy": "restricted"}, False),
    ({"direction": "out"}, False),
])
def test_only_what_a_client_wrote_here_waits(said, waits):
    cast = make_cast()
    deal_id = make_sale(cast).deal_id
    say(cast, deal_id, **said)
    assert (find_owed_answer(deal_id=deal_id) is not None) is waits


@pytest.mark.parametrize("kind", ["call", "meeting", "chat", "email"])
def test_talking_to_them_is_an_answer_and_a_note_is_none(kind):
    cast = make_cast()
    deal_id = make_sale(cast).deal_id
    say(cast, deal_id)
    say(cast, deal_id, kind="note", direction="", at=NOW + timedelta(minutes=5))
    say(cast, deal_id, kind="email", direction="out", is_automatic=True, at=NOW + timedelta(minutes=6))
    assert find_owed_answer(deal_id=deal_id)
    say(cast, deal_id, kind=kind, direction="in" if kind in ("call", "meeting") else "", at=NOW + timedelta(minutes=10))
    assert find_owed_answer(deal_id=deal_id) is None


def test_a_message_filed_on_another_deal_waits_there():
    cast = make_cast()
    first, second = make_sale(cast).deal_id, make_sale(cast, company="Second Co").deal_id
    key = say(cast, first)
    refile_communication(actor=cast.seller, communication_id=key, refs=[Ref("sales.deal", second)], now=NOW)
    deliver_pending(now=NOW)
    assert find_owed_answer(deal_id=first) is None
    assert find_owed_answer(deal_id=second).asked_at == NOW


def test_a_question_on_a_proposal_waits_for_the_answer_on_its_page():
    cast = make_cast()
    sale = make_sale(cast)
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    token = send_proposal(actor=cast.seller, proposal_id=key, valid_until=date(2026, 12, 18), now=NOW)
    ask_about_proposal(token=token, name="Hanne Dahl", text="Is hosting part of it?", now=NOW)
    deliver_pending(now=NOW)
    assert find_owed_answer(deal_id=sale.deal_id).asked_at == NOW
    comment_on_proposal(actor=cast.seller, proposal_id=key, text="It is.", now=NOW + timedelta(minutes=3))
    deliver_pending(now=NOW + timedelta(minutes=3))
    assert find_owed_answer(deal_id=sale.deal_id) is None


def test_what_needs_no_answer_is_put_aside_and_taken_back_by_those_who_may_change_the_deal():
    cast = make_cast()
    deal_id = make_sale(cast).deal_id
    with pytest.raises(Conflict, match="Nobody waits"):
        settle_answer(actor=cast.seller, deal_id=deal_id, now=NOW)
    say(cast, deal_id)
    version = get_deal(actor=cast.seller, deal_id=deal_id).version
    with pytest.raises(NotAllowed):
        settle_answer(actor=cast.teammate, deal_id=deal_id, now=NOW)
    later = NOW + timedelta(minutes=1)
    settle_answer(actor=cast.seller, deal_id=deal_id, now=later)
    assert find_owed_answer(deal_id=deal_id) is None
    settle_answer(actor=cast.seller, deal_id=deal_id, is_settled=False, now=later)
    assert find_owed_answer(deal_id=deal_id).asked_at == NOW
    with pytest.raises(Conflict, match="put aside"):
        settle_answer(actor=cast.seller, deal_id=deal_id, is_settled=False, now=later)
    settle_answer(actor=cast.seller, deal_id=deal_id, now=later)
    say(cast, deal_id, at=NOW + timedelta(minutes=9))
    assert find_owed_answer(deal_id=deal_id).asked_at == NOW + timedelta(minutes=9)
    assert get_deal(actor=cast.seller, deal_id=deal_id).version == version


def test_a_message_dated_ahead_of_our_clock_is_put_aside_too():
    cast = make_cast()
    deal_id = make_sale(cast).deal_id
    say(cast, deal_id, at=NOW + timedelta(minutes=5))
    settle_answer(actor=cast.seller, deal_id=deal_id, now=NOW)
    assert find_owed_answer(deal_id=deal_id) is None


def test_the_owner_is_told_when_it_is_late_the_manager_a_day_later_and_each_of_them_once():
    cast = make_cast()
    deal_id = make_sale(cast).deal_id
    say(cast, deal_id)
    for at, levels in ((TOMORROW, []), (TOMORROW + timedelta(minutes=1), [1]), (TOMORROW + timedelta(hours=9), [1]), (TOMORROW + timedelta(hours=25), [1, 2]), (TOMORROW + timedelta(hours=90), [1, 2])):
        escalate_late_answers(now=at)
        assert told() == [(deal_id, level) for level in levels]
    answered, again = TOMORROW + timedelta(hours=91), TOMORROW + timedelta(hours=92)
    say(cast, deal_id, direction="out", at=answered)
    say(cast, deal_id, at=again)
    escalate_late_answers(now=again + timedelta(days=9))
    assert told() == [(deal_id, 1), (deal_id, 2), (deal_id, 1), (deal_id, 2)]


def test_nobody_is_told_of_a_deal_that_is_closed():
    cast = make_cast()
    deal_id = make_sale(cast).deal_id
    say(cast, deal_id)
    lose_deal(actor=cast.seller, deal_id=deal_id, reason="Price", now=NOW)
    assert escalate_late_answers(now=NOW + timedelta(days=9)) == 0
    assert find_owed_answer(deal_id=deal_id) is None


def test_the_report_counts_the_late_ones_and_opens_them_for_those_who_see_them():
    cast = make_cast()
    deal_id, other = make_sale(cast).deal_id, make_sale(cast, company="Second Co").deal_id
    say(cast, deal_id)
    say(cast, other, at=TOMORROW)
    late = TOMORROW + timedelta(minutes=1)
    total = list_discipline(actor=cast.leader, now=late)[-1]
    shown = [row.id for row in list_deals(actor=cast.leader, where=DealFilter(status="open", urgency="unanswered"), now=late)]
    assert (total.unanswered, shown) == (1, [deal_id])
    assert list_deals(actor=cast.leader, where=DealFilter(status="open", urgency="unanswered"), now=TOMORROW) == []
    assert [row.deal_id for row in list_owed_answers(actor=cast.seller, owner_id=cast.seller.person_id)] == [deal_id, other]
    assert list_owed_answers(actor=cast.member, owner_id=cast.seller.person_id) == []
    assert list_owed_answers(actor=cast.teammate, owner_id=cast.teammate.person_id) == []


def test_how_soon_a_client_is_answered_is_the_pipelines_own():
    cast = make_cast()
    sale = make_sale(cast)
    pipeline_id = get_deal(actor=cast.seller, deal_id=sale.deal_id).pipeline_id
    criteria = list_criteria(pipeline_id=pipeline_id)
    save_criteria(actor=cast.owner, pipeline_id=pipeline_id, criteria=criteria, answer_goal_minutes=30, now=NOW)
    say(cast, sale.deal_id)
    assert find_owed_answer(deal_id=sale.deal_id).due_at == NOW + timedelta(minutes=30)
    with pytest.raises(Refused, match="between one minute and thirty days"):
        save_criteria(actor=cast.owner, pipeline_id=pipeline_id, criteria=criteria, answer_goal_minutes=0, now=NOW)


def test_many_deals_are_followed_with_as_many_questions_as_one(django_assert_num_queries):
    cast = make_cast()
    deals = [make_sale(cast, company=f"Client {n}").deal_id for n in range(6)]
    for place, deal_id in enumerate(deals):
        say(cast, deal_id, at=NOW + timedelta(minutes=place))
    follow_answers(deal_ids=deals, now=NOW)
    for some in (deals[:1], deals):
        with django_assert_num_queries(4):
            follow_answers(deal_ids=some, now=NOW)
    assert [find_owed_answer(deal_id=key).asked_at for key in deals] == [NOW + timedelta(minutes=place) for place in range(6)]


def test_an_answer_that_an_import_brought_and_took_back_leaves_the_client_waiting():
    cast = make_cast()
    sale = make_sale(cast)
    say(cast, sale.deal_id)
    answer = say(cast, sale.deal_id, direction="out", at=NOW + timedelta(hours=1), external_source="file", external_id="7")
    assert find_owed_answer(deal_id=sale.deal_id) is None
    assert search_log(actor=cast.seller, where=LogFilter("support")).rows
    erase_communications(actor=cast.seller, versions={answer: 1}, now=NOW)
    deliver_pending(now=NOW)
    assert find_owed_answer(deal_id=sale.deal_id).asked_at == NOW
    assert list(Entry.objects.filter(ref_noun="comms.communication", ref_id=answer)) == []


def test_answers_on_more_records_than_a_fact_names_all_end_the_waiting():
    cast = make_cast()
    deal_id = make_sale(cast).deal_id
    company_id = get_deal(actor=cast.seller, deal_id=deal_id).company_id
    contacts = create_contacts(actor=cast.seller, contacts=[NewContact(name=f"Person {n}", company_id=company_id) for n in range(MOST_REFS)], now=NOW)
    say(cast, deal_id)
    refs = (*(Ref("clients.contact", key) for key in contacts), Ref("sales.deal", deal_id))
    entry = NewCommunication(CommunicationKind.EMAIL, refs, "To all of you", NOW + timedelta(hours=1), direction="out")
    log_communications(actor=cast.seller, entries=[entry], now=NOW)
    deliver_pending(now=NOW)
    assert find_owed_answer(deal_id=deal_id) is None


@pytest.mark.parametrize(("answered_after", "then"), [(None, True), (timedelta(hours=1), False)])
def test_the_deal_of_a_lead_owes_the_answer_the_lead_owed(answered_after, then):
    cast = make_cast()
    new = NewLead(name="Signe Holt", company_name="Pellworth Ceramics", message="We open a second showroom in May.", source="Website form")
    (lead_id,) = create_leads(actor=cast.seller, leads=[new], now=NOW)
    if answered_after:
        answer_lead(actor=cast.seller, lead_id=lead_id, kind="email", body="14 May is realistic.", now=NOW + answered_after)
    later = NOW + timedelta(hours=2)
    wanted = Conversion(next_action=NextAction("call", date(2026, 11, 24), "Call Signe"))
    deal_id = convert_lead(actor=cast.seller, lead_id=lead_id, conversion=wanted, now=later).deal_id
    waiting = find_owed_answer(deal_id=deal_id)
    assert (waiting and waiting.asked_at) == (NOW if then else None)
    say(cast, deal_id, at=NOW + timedelta(hours=3))
    assert find_owed_answer(deal_id=deal_id).asked_at == (NOW if then else NOW + timedelta(hours=3))
    say(cast, deal_id, direction="", at=NOW + timedelta(hours=4))
    assert find_owed_answer(deal_id=deal_id) is None
