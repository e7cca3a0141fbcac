"""A date before P50 is nobody's promise until somebody with the right answers for it, on whatever way it comes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.edges.api.client import Api
from tests.edges.web.sales.desk import sign_in
from tests.journeys.capacity.test_dates import ask
from tests.people import NOW
from wonward.domains.sales.operations.lines import change_lines
from wonward.domains.sales.types import NewLine
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.promises.operations import (
    change_promise,
    make_promises,
    replace_promise,
    settle_promise,
)
from wonward.journeys.promises.queries import get_promise, list_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind
from wonward.kernel.errors import NotAllowed


def make(studio, due, actor=None, **more):
    values = {"kind": PromiseKind.DATE, "text": "Live", "deal_id": studio.sale.deal_id, "due_date": due}
    (key,) = make_promises(actor=actor or studio.cast.seller, promises=[NewPromise(**{**values, **more})], now=NOW)
    return key


def seen(studio, key):
    return get_promise(actor=studio.cast.seller, promise_id=key)


def test_written_down_directly_it_waits_and_only_who_may_approve_confirms_it(staffed):
    row = ask(staffed)
    key = make(staffed, row.p50 - timedelta(days=5))
    waiting = seen(staffed, key)
    assert waiting.state == "draft"
    assert "waits for somebody who may to approve it" in waiting.because
    with pytest.raises(NotAllowed, match="somebody who may approve that has to confirm it"):
        settle_promise(actor=staffed.cast.seller, promise_id=key, state="confirmed", now=NOW)
    settle_promise(actor=staffed.cast.leader, promise_id=key, state="confirmed", now=NOW)
    approved = seen(staffed, key)
    assert (approved.state, approved.basis.approver_id) == ("confirmed", staffed.cast.leader.person_id)
    assert "approved by Lena Lead" in approved.because


def test_the_chance_kept_with_it_is_that_of_its_own_day(staffed):
    first = ask(staffed)
    early = first.p50 - timedelta(days=1)
    asked = ask(staffed, wanted=early)
    assert seen(staffed, make(staffed, early)).basis.chance == asked.chance


def test_who_may_approve_answers_for_a_date_of_their_own(staffed):
    row = ask(staffed)
    made = seen(staffed, make(staffed, row.p50 - timedelta(days=5), actor=staffed.cast.owner))
    assert (made.state, made.basis.approver) == ("confirmed", staffed.cast.owner.label)


def test_on_or_after_p50_and_for_a_part_of_the_work_nothing_is_asked(staffed):
    row = ask(staffed)
    for key in (
        make(staffed, row.p50), make(staffed, row.p50 - timedelta(days=5), key="workshop"),
        make(staffed, row.p50 - timedelta(days=5), kind=PromiseKind.DELIVERABLE),
    ):
        assert (seen(staffed, key).state, seen(staffed, key).basis) == ("confirmed", None)


def test_replacing_a_promise_by_an_earlier_date_waits_and_by_a_later_one_does_not(staffed):
    row = ask(staffed)
    key = make(staffed, row.p80)
    by = NewPromise(PromiseKind.DATE, "Live sooner", due_date=row.p50 - timedelta(days=9))
    sooner = replace_promise(actor=staffed.cast.seller, promise_id=key, by=by, reason="Asked for", now=NOW)
    assert seen(staffed, sooner).state == "draft"
    by = NewPromise(PromiseKind.DATE, "Live later", due_date=row.p90)
    later = replace_promise(actor=staffed.cast.seller, promise_id=sooner, by=by, reason="Not approved", now=NOW)
    assert seen(staffed, later).state == "confirmed"


def test_a_draft_whose_date_is_brought_forward_waits_when_it_is_confirmed(staffed):
    row = ask(staffed)
    key = make(staffed, row.p80, state="draft")
    change_promise(actor=staffed.cast.seller, promise_id=key, changes={"due_date": row.p50 - timedelta(days=9)}, now=NOW)
    with pytest.raises(NotAllowed):
        settle_promise(actor=staffed.cast.seller, promise_id=key, state="confirmed", now=NOW)
    change_promise(actor=staffed.cast.seller, promise_id=key, changes={"due_date": row.p90}, now=NOW)
    settle_promise(actor=staffed.cast.seller, promise_id=key, state="confirmed", now=NOW)
    assert seen(staffed, key).state == "confirmed"


def test_the_win_is_not_held_up_and_its_finish_waits_for_the_approver(staffed):
    row = ask(staffed)
    draft = make(staffed, row.p50 - timedelta(days=3), state="draft")
    early = row.p50 - timedelta(days=9)
    brief = staffed.sale.brief(kickoff_date=date(2026, 12, 7), promised_finish_date=early)
    closed = close_deal_as_won(actor=staffed.cast.seller, deal_id=staffed.sale.deal_id, brief=brief, now=NOW)
    assert closed.project_ids
    finish = next(one for one in list_promises(actor=staffed.cast.leader, deal_id=staffed.sale.deal_id) if one.key == "finish")
    assert (finish.state, finish.due_date, finish.project_id) == ("draft", early, closed.project_ids[0])
    assert finish.basis.p50_date == row.p50
    assert seen(staffed, draft).state == "draft"
    settle_promise(actor=staffed.cast.leader, promise_id=finish.id, state="confirmed", now=NOW)
    assert get_promise(actor=staffed.cast.leader, promise_id=finish.id).basis.approver == staffed.cast.leader.label


def test_an_answer_from_before_the_deal_sold_something_else_counts_no_more(staffed):
    row = ask(staffed)
    change_lines(actor=staffed.cast.seller, deal_id=staffed.sale.deal_id, lines=[NewLine(staffed.sale.service_id, Decimal(2))], now=NOW)
    assert seen(staffed, make(staffed, row.p50 - timedelta(days=5))).state == "confirmed"


def test_without_any_answer_nothing_is_asked(staffed):
    assert seen(staffed, make(staffed, date(2026, 12, 2))).state == "confirmed"


def test_a_program_is_told_that_its_date_waits_and_on_what_it_stands(staffed):
    row = ask(staffed)
    api = Api(staffed.cast.seller)
    due = row.p50 - timedelta(days=5)
    status, made = api.post("/promises", {"deal_id": staffed.sale.deal_id, "kind": "date", "text": "Live", "due_date": due.isoformat()})
    assert (status, made["state"], made["basis"]["p50_date"], made["basis"]["approved_at"]) == (201, "draft", row.p50.isoformat(), None)
    assert api.patch(f"/promises/{made['id']}", {"state": "confirmed"})[0] == 403
    status, approved = Api(staffed.cast.leader).patch(f"/promises/{made['id']}", {"state": "confirmed"})
    assert (status, approved["state"], approved["basis"]["approver"]) == (200, "confirmed", "Lena Lead")


def test_the_handoff_says_that_its_finish_waits(staffed):
    row = ask(staffed)
    brief = staffed.sale.brief(kickoff_date=date(2026, 12, 7), promised_finish_date=row.p50 - timedelta(days=9))
    closed = close_deal_as_won(actor=staffed.cast.seller, deal_id=staffed.sale.deal_id, brief=brief, now=NOW)
    page = sign_in(staffed.cast.leader).get(reverse("handoff", kwargs={"handoff_id": closed.handoff_id})).content.decode()
    assert "is earlier than P50 and waits for somebody who may to approve it." in page
