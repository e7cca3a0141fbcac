"""A contract has a term; its renewal begins in time, goes on where it ended, and nobody sees one they may not."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product

import pytest

from tests.people import NOW, TODAY, make_cast, make_sale
from wonward.domains.catalog.operations import archive_service
from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.sales.invariants import check_terms_add_up
from wonward.domains.sales.models import ContractTerm, Stage
from wonward.domains.sales.operations.deals import change_deal, lose_deal
from wonward.domains.sales.operations.stakeholders import put_deal_stakeholder
from wonward.domains.sales.operations.terms import (
    clear_term,
    end_term,
    keep_contracts_going,
    open_renewal,
    set_term,
)
from wonward.domains.sales.queries.deals import get_deal, list_lines
from wonward.domains.sales.queries.terms import TERM_FILTERS, count_terms, find_term, list_terms
from wonward.domains.sales.types.terms import NewTerm
from wonward.domains.staff.operations import change_sign_in
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.notifications.models import Notification
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
LAST = date(2027, 11, 30)
TERM = NewTerm(date(2026, 12, 1), LAST, notice_days=90, lead_days=30)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=NOW.tzinfo)


def win(cast, sale, *, now=NOW):
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=now)
    deliver_pending(now=now)


@pytest.fixture
def sold():
    cast = make_cast()
    sale = make_sale(cast)
    put_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=sale.contact_id, decision_role="decides", now=NOW)
    win(cast, sale)
    return cast, sale


def ask_for_a_source():
    Stage.objects.filter(kind="open").update(required_fields=["source"])


def told(cast, kind):
    return list(Notification.objects.filter(thread__user_id=cast.seller.user_id, kind__startswith=kind).order_by("pk").values_list("kind", flat=True))


def term_of(cast, deal_id, today=TODAY):
    return find_term(actor=cast.seller, deal_id=deal_id, today=today)


def test_only_what_was_won_has_a_term_and_a_wrong_one_changes_nothing():
    cast = make_cast()
    sale = make_sale(cast)
    with pytest.raises(Conflict, match="only what was won"):
        set_term(actor=cast.seller, deal_id=sale.deal_id, term=TERM, now=NOW)
    win(cast, sale)
    with pytest.raises(Refused, match="before it starts"):
        set_term(actor=cast.seller, deal_id=sale.deal_id, term=NewTerm(LAST, date(2027, 1, 1)), now=NOW)
    assert term_of(cast, sale.deal_id) is None
    assert set_term(actor=cast.seller, deal_id=sale.deal_id, term=TERM, now=NOW) is None
    assert term_of(cast, sale.deal_id).terms == TERM
    with pytest.raises(Stale):
        set_term(actor=cast.owner, deal_id=sale.deal_id, term=NewTerm(TODAY, LAST), version=0, now=NOW)
    assert check_terms_add_up() == []


def test_who_may_not_change_the_deal_cannot_set_end_clear_or_renew(sold):
    cast, sale = sold
    set_term(actor=cast.seller, deal_id=sale.deal_id, term=TERM, now=NOW)
    for work in (set_term, end_term, clear_term, open_renewal):
        more = {"set_term": {"term": NewTerm(TODAY, LAST)}, "end_term": {"reason": "No"}}.get(work.__name__, {})
        with pytest.raises((NotAllowed, NotFound)):
            work(actor=cast.teammate, deal_id=sale.deal_id, now=NOW, **more)
    assert term_of(cast, sale.deal_id).terms == TERM


def test_the_renewal_opens_by_itself_on_its_day_with_the_same_client_people_services_and_price(sold):
    cast, sale = sold
    set_term(actor=cast.seller, deal_id=sale.deal_id, term=TERM, now=NOW)
    assert keep_contracts_going(now=at(date(2027, 8, 1))) == 0
    assert keep_contracts_going(now=at(date(2027, 8, 2))) == 1
    assert keep_contracts_going(now=at(date(2027, 8, 3))) == 0
    row = term_of(cast, sale.deal_id, date(2027, 8, 4))
    assert (row.state, row.renewal_name) == ("offered", "Website replatform 2027")
    former, renewal = get_deal(actor=cast.seller, deal_id=sale.deal_id), get_deal(actor=cast.seller, deal_id=row.renewal_id)
    assert (renewal.company_id, renewal.owner_id, renewal.value) == (former.company_id, former.owner_id, former.value)
    assert (renewal.next_action.due_date, renewal.expected_close_date) == (date(2027, 8, 2), date(2027, 9, 1))
    assert [(line.service_id, line.unit_price) for line in list_lines(deal=renewal)] == [(line.service_id, line.unit_price) for line in list_lines(deal=former)]
    assert [one.contact_id for one in list_stakeholders(ref=Ref("sales.deal", renewal.id))] == [sale.contact_id]
    deliver_pending(now=at(date(2027, 8, 4)))
    assert told(cast, "sales.renewal") == ["sales.renewal.opened"]


def test_a_won_renewal_goes_on_where_the_former_ended_and_keeps_a_term_of_its_own(sold):
    cast, sale = sold
    set_term(actor=cast.seller, deal_id=sale.deal_id, term=TERM, now=NOW)
    renewal_id = open_renewal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    close_deal_as_won(actor=cast.seller, deal_id=renewal_id, brief=sale.brief(), now=NOW)
    deliver_pending(now=NOW)
    after = term_of(cast, renewal_id)
    assert (after.terms.starts_date, after.terms.ends_date, after.terms.notice_days) == (date(2027, 12, 1), date(2028, 11, 30), 90)
    assert term_of(cast, sale.deal_id).state == "renewed"
    with pytest.raises(Conflict, match="already"):
        open_renewal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    with pytest.raises(Conflict):
        clear_term(actor=cast.seller, deal_id=sale.deal_id, now=NOW)


def test_a_lost_renewal_lets_the_contract_end_and_another_may_be_tried(sold):
    cast, sale = sold
    set_term(actor=cast.seller, deal_id=sale.deal_id, term=TERM, now=NOW)
    first = open_renewal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    with pytest.raises(Conflict, match="close it as lost"):
        end_term(actor=cast.seller, deal_id=sale.deal_id, reason="No money", now=NOW)
    lose_deal(actor=cast.seller, deal_id=first, reason="No money", now=NOW)
    assert term_of(cast, sale.deal_id).state == "ending"
    assert open_renewal(actor=cast.seller, deal_id=sale.deal_id, now=NOW) != first


def test_an_ended_contract_is_neither_renewed_nor_lengthened(sold):
    cast, sale = sold
    set_term(actor=cast.seller, deal_id=sale.deal_id, term=NewTerm(TERM.starts_date, LAST, "runs_on"), now=NOW)
    end_term(actor=cast.seller, deal_id=sale.deal_id, reason="The shop is closed.", now=NOW)
    assert keep_contracts_going(now=at(LAST + timedelta(days=5))) == 0
    with pytest.raises(Conflict, match="The shop is closed"):
        open_renewal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    assert end_term(actor=cast.seller, deal_id=sale.deal_id, reason=" ", now=NOW) == "The shop is closed."
    assert term_of(cast, sale.deal_id).end_reason == ""


def test_a_contract_without_notice_runs_on_until_its_notice_lies_ahead_again(sold):
    cast, sale = sold
    set_term(actor=cast.seller, deal_id=sale.deal_id, term=NewTerm(TERM.starts_date, LAST, "runs_on", 30, runs_on_months=6), now=NOW)
    assert keep_contracts_going(now=at(date(2027, 10, 31))) == 0
    assert keep_contracts_going(now=at(date(2028, 6, 1))) == 1
    assert term_of(cast, sale.deal_id).terms.ends_date == date(2028, 11, 30)
    assert check_terms_add_up() == []
    deliver_pending(now=at(date(2028, 6, 1)))
    assert told(cast, "sales.term") == ["sales.term.extended"]


def test_a_renewal_that_cannot_be_opened_says_why_and_stops_no_other(sold):
    cast, sale = sold
    other = make_sale(cast, name="Care", company="Pellworth")
    win(cast, other)
    for one in (sale, other):
        set_term(actor=cast.seller, deal_id=one.deal_id, term=TERM, now=NOW)
    change_deal(actor=cast.seller, deal_id=other.deal_id, changes={"source": "Fair"}, now=NOW)
    ask_for_a_source()
    assert keep_contracts_going(now=at(date(2027, 8, 3))) == 1
    assert "Source" in term_of(cast, sale.deal_id).blocked
    keep_contracts_going(now=at(date(2027, 8, 4)))
    deliver_pending(now=at(date(2027, 8, 4)))
    assert told(cast, "sales.renewal.blocked") == ["sales.renewal.blocked"]


def test_what_is_no_longer_sold_is_left_out_and_the_value_stays(sold):
    cast, sale = sold
    set_term(actor=cast.seller, deal_id=sale.deal_id, term=TERM, now=NOW)
    archive_service(actor=cast.owner, service_id=sale.service_id, now=NOW)
    renewal = get_deal(actor=cast.seller, deal_id=open_renewal(actor=cast.seller, deal_id=sale.deal_id, now=NOW))
    assert list_lines(deal=renewal) == []
    assert renewal.value == get_deal(actor=cast.seller, deal_id=sale.deal_id).value


def test_the_renewal_of_somebody_who_left_is_their_managers(sold):
    cast, sale = sold
    set_term(actor=cast.seller, deal_id=sale.deal_id, term=TERM, now=NOW)
    change_sign_in(actor=cast.owner, person_id=cast.seller.person_id, changes={"is_active": False}, now=NOW)
    assert keep_contracts_going(now=at(date(2027, 8, 3))) == 1
    renewal_id = ContractTerm.objects.get(deal_id=sale.deal_id).renewal_deal_id
    assert get_deal(actor=cast.owner, deal_id=renewal_id).owner_id not in (None, cast.seller.person_id)


def test_a_stranger_sees_neither_the_contract_nor_a_restricted_renewal(sold):
    cast, sale = sold
    set_term(actor=cast.seller, deal_id=sale.deal_id, term=TERM, now=NOW)
    renewal_id = open_renewal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    change_deal(actor=cast.seller, deal_id=renewal_id, changes={"is_restricted": True}, now=NOW)
    seen = find_term(actor=cast.teammate, deal_id=sale.deal_id, today=TODAY)
    assert (seen.state, seen.renewal_id, seen.renewal_name) == ("offered", None, "")
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"is_restricted": True}, now=NOW)
    assert find_term(actor=cast.teammate, deal_id=sale.deal_id, today=TODAY) is None
    assert list_terms(actor=cast.teammate, today=TODAY) == []
    assert count_terms(actor=cast.seller, today=TODAY) == 1


def test_each_filter_of_the_list_finds_what_its_state_says_on_any_day():
    cast = make_cast()
    for place, (renewal, ending, follow) in enumerate(product(("offer", "runs_on", "ends"), ("", "Over"), ("", "open", "lost", "won"))):
        if ending and follow in ("open", "won"):
            continue
        sale = make_sale(cast, name=f"Care {place}", company=f"Client{place} Works")
        win(cast, sale)
        set_term(actor=cast.seller, deal_id=sale.deal_id, term=NewTerm(date(2026, 12, 1), LAST, renewal, 90, 30), now=NOW)
        if follow:
            renewal_id = open_renewal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
            if follow == "lost":
                lose_deal(actor=cast.seller, deal_id=renewal_id, reason="No", now=NOW)
            if follow == "won":
                close_deal_as_won(actor=cast.seller, deal_id=renewal_id, brief=sale.brief(), now=NOW)
        if ending:
            end_term(actor=cast.seller, deal_id=sale.deal_id, reason=ending, now=NOW)
    for today in (TODAY, date(2027, 8, 1), date(2027, 8, 2), LAST, LAST + timedelta(days=1), date(2029, 1, 1)):
        rows = list_terms(actor=cast.seller, today=today, limit=200)
        for state in set(TERM_FILTERS) - {"soon"}:
            found = {row.deal_id for row in list_terms(actor=cast.seller, today=today, state=state, limit=200)}
            assert found == {row.deal_id for row in rows if row.state == state}, (today, state)
            assert count_terms(actor=cast.seller, today=today, state=state) == len(found)
        soon = {row.deal_id for row in rows if row.state != "renewed" and today <= row.terms.ends_date <= today + timedelta(days=90)}
        assert {row.deal_id for row in list_terms(actor=cast.seller, today=today, state="soon", limit=200)} == soon
