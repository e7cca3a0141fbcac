"""Delivery switched off: a win is only an outcome, and waits for its handoff until delivery is on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from tests.people import NOW, Cast, Sale, make_sale
from wonward.domains.delivery.queries.projects import list_projects
from wonward.domains.sales.queries.deals import get_brief, get_deal
from wonward.domains.sales.types import ClosingBrief, NextAction
from wonward.domains.staff.operations import change_house
from wonward.journeys.handoff.invariants import check_open_wins_are_won, check_won_deals_have_one_handoff
from wonward.journeys.handoff.operations import close_deal_as_won, reopen_won_deal
from wonward.journeys.handoff.queries import count_open_wins, get_handoff, list_handoffs, list_open_wins
from wonward.kernel.errors import Conflict, NotAllowed, Refused

LATER = NOW + timedelta(days=1)
NEXT = NextAction("call", date(2026, 11, 24), "They wait")


def switch_delivery(cast: Cast, *, is_on: bool) -> None:
    areas = dict.fromkeys(("sales", "delivery", "money", "marketing", "portal"), True)
    change_house(actor=cast.owner, changes={"areas": {**areas, "delivery": is_on}}, now=NOW)


@pytest.fixture
def alone(cast: Cast, sale: Sale) -> Sale:
    """The sale, won by its seller with nothing but the outcome while delivery is off."""
    switch_delivery(cast, is_on=False)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=ClosingBrief(), now=NOW)
    return sale


def test_without_delivery_only_the_outcome_is_needed_and_nothing_is_made(cast: Cast, sale: Sale) -> None:
    switch_delivery(cast, is_on=False)
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=ClosingBrief(), now=NOW)
    assert (closed.handoff_id, closed.project_ids, closed.is_replayed) == (None, (), False)
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "won"
    assert list_handoffs(actor=cast.owner) == []
    assert list_projects(actor=cast.owner) == []
    assert [*check_won_deals_have_one_handoff(), *check_open_wins_are_won()] == []
    again = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=ClosingBrief(), now=LATER)
    assert (again.handoff_id, again.is_replayed) == (None, True)
    assert count_open_wins(actor=cast.seller) == 1


def test_an_open_win_keeps_no_answer_until_its_handoff_is_made(cast: Cast, alone: Sale) -> None:
    assert get_brief(deal_id=alone.deal_id).scope_summary == ""
    switch_delivery(cast, is_on=True)
    close_deal_as_won(actor=cast.seller, deal_id=alone.deal_id, brief=alone.brief(), now=LATER)
    assert get_brief(deal_id=alone.deal_id).scope_summary == "Move 42 templates and 1,100 pages."


def test_a_win_without_an_open_win_or_a_handoff_is_a_fault(cast: Cast, alone: Sale) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM handoff_openwin")
    (fault,) = check_won_deals_have_one_handoff()
    assert fault.endswith("won and has 0 handoffs.")


def test_switched_on_again_an_open_win_gets_its_handoff_through_the_same_door(cast: Cast, alone: Sale) -> None:
    switch_delivery(cast, is_on=True)
    assert [row.id for row in list_open_wins(actor=cast.seller)] == [alone.deal_id]
    with pytest.raises(Refused) as refused:
        close_deal_as_won(actor=cast.seller, deal_id=alone.deal_id, brief=ClosingBrief(), now=LATER)
    assert len(refused.value.errors) == 5
    closed = close_deal_as_won(actor=cast.seller, deal_id=alone.deal_id, brief=alone.brief(), now=LATER)
    assert closed.handoff_id is not None
    assert not closed.is_replayed
    assert get_handoff(actor=cast.manager, handoff_id=closed.handoff_id).status == "awaiting_acceptance"
    assert [row.id for row in list_projects(actor=cast.manager)] == list(closed.project_ids)
    assert list_open_wins(actor=cast.owner) == []
    assert check_won_deals_have_one_handoff() == []
    again = close_deal_as_won(actor=cast.seller, deal_id=alone.deal_id, brief=ClosingBrief(), now=LATER)
    assert (again.handoff_id, again.is_replayed) == (closed.handoff_id, True)


def test_only_those_who_may_win_a_deal_make_its_handoff(cast: Cast, alone: Sale) -> None:
    switch_delivery(cast, is_on=True)
    for stranger in (cast.teammate, cast.manager):
        with pytest.raises(NotAllowed):
            close_deal_as_won(actor=stranger, deal_id=alone.deal_id, brief=alone.brief(), now=LATER)
    assert count_open_wins(actor=cast.owner) == 1


def test_an_open_win_taken_back_is_an_ordinary_deal_again(cast: Cast, alone: Sale) -> None:
    assert reopen_won_deal(actor=cast.seller, deal_id=alone.deal_id, next_action=NEXT, reason="Too early", now=LATER) is None
    assert count_open_wins(actor=cast.owner) == 0
    with pytest.raises(Conflict):
        reopen_won_deal(actor=cast.seller, deal_id=alone.deal_id, next_action=NEXT, reason="Twice", now=LATER)
    switch_delivery(cast, is_on=True)
    assert close_deal_as_won(actor=cast.seller, deal_id=alone.deal_id, brief=alone.brief(), now=LATER).handoff_id
    assert check_won_deals_have_one_handoff() == []


def test_a_handoff_from_before_goes_on_when_its_deal_was_won_again_without_delivery(cast: Cast, sale: Sale) -> None:
    first = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    reopen_won_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=NEXT, reason="Wait", now=NOW)
    switch_delivery(cast, is_on=False)
    assert close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=ClosingBrief(), now=LATER).handoff_id is None
    assert check_won_deals_have_one_handoff() == []
    switch_delivery(cast, is_on=True)
    again = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=LATER)
    assert (again.handoff_id, again.project_ids) == (first.handoff_id, first.project_ids)


def test_a_page_of_open_wins_is_cut_where_it_is_asked_to_be(cast: Cast, alone: Sale) -> None:
    other = make_sale(cast, name="Second site", company="Halden Optics")
    close_deal_as_won(actor=cast.seller, deal_id=other.deal_id, brief=ClosingBrief(), now=LATER)
    assert [row.id for row in list_open_wins(actor=cast.owner, limit=1)] == [other.deal_id]
    assert [row.id for row in list_open_wins(actor=cast.owner, offset=1, limit=1)] == [alone.deal_id]
