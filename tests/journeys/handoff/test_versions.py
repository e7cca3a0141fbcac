"""What was sold, frozen version after version; a deal that is won again goes on with what it had."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people import NOW, Cast, Sale
from wonward.domains.clients.operations import create_contacts
from wonward.domains.clients.types import NewContact
from wonward.domains.delivery.queries.projects import list_projects
from wonward.domains.sales.operations.deals import change_deal
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.types import NextAction
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.journeys.handoff.invariants import (
    check_answers_stand_in_their_threads,
    check_scope_versions_follow_each_other,
    check_won_deals_have_one_handoff,
)
from wonward.journeys.handoff.operations import (
    accept_handoff,
    amend_scope,
    close_deal_as_won,
    reopen_won_deal,
)
from wonward.journeys.handoff.queries import (
    get_handoff,
    get_scope_baseline,
    list_baselines,
    list_handoffs,
    list_scope_changes,
)
from wonward.journeys.handoff.rules.scope import changes_between
from wonward.journeys.handoff.types import Amendment, ClosedDeal, ScopeLine
from wonward.journeys.promises.queries import list_promises
from wonward.kernel.actor import system_actor
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from wonward.kernel.money import Money

LATER = NOW + timedelta(days=1)
NEXT = NextAction("call", date(2026, 11, 24), "The client wants another date")


def test_the_first_version_holds_lines_with_hours_roles_price_and_cost(won: ClosedDeal, cast: Cast) -> None:
    document = get_scope_baseline(actor=cast.owner, handoff_id=won.handoff_id)
    (line,) = document["lines"]
    assert (line["quantity"], line["unit_price"], line["unit_cost"]) == ("1", "84000.00 EUR", "49600.00 EUR")
    assert line["effort_minutes"] == 960 + 2400 + 4800 + 1920
    assert line["roles"] == [
        {"role": "Designer", "minutes": 2400}, {"role": "Developer", "minutes": 4800}, {"role": "Editor", "minutes": 1920},
        {"role": "Strategist", "minutes": 960},
    ]
    assert document["answers"]["main_stakeholder"] == "Hanne Dahl"
    assert [one["text"] for one in document["promises"]] == ["Finished by 19 March 2027"]
    assert [(one["name"], one["is_main"]) for one in document["stakeholders"]] == [("Hanne Dahl", True)]


def test_a_version_shows_no_amount_to_a_member_and_no_cost_to_the_seller(won: ClosedDeal, cast: Cast) -> None:
    sellers = get_scope_baseline(actor=cast.seller, handoff_id=won.handoff_id)
    assert sellers["value"] == "84000.00 EUR"
    assert "unit_cost" not in sellers["lines"][0]
    from wonward.domains.delivery.operations import change_project

    change_project(actor=cast.manager, project_id=won.project_ids[0], changes={"manager_id": cast.member.person_id}, now=NOW)
    members = get_scope_baseline(actor=cast.member, handoff_id=won.handoff_id)
    assert members["value"] is None
    assert {"unit_price", "unit_cost"} & set(members["lines"][0]) == set()
    assert members["lines"][0]["effort_minutes"] == 10080
    with pytest.raises(NotFound):
        list_baselines(actor=cast.marketer, handoff_id=won.handoff_id)


def test_an_amendment_adds_a_version_that_says_what_it_changed(won: ClosedDeal, cast: Cast) -> None:
    number = amend_scope(
        actor=cast.seller, handoff_id=won.handoff_id, now=LATER,
        amendment=Amendment(
            reason="Six more templates were ordered by mail.", promised_finish_date=date(2027, 4, 2),
            lines=(ScopeLine("Website Northwind Robotics", "1", 10080, Money(8_400_000, "EUR")),
                   ScopeLine("Six more templates", "6", 480, Money(100_000, "EUR"))),
        ),
    )
    assert number == 2
    (first, none), (second, changes) = list_scope_changes(actor=cast.owner, handoff_id=won.handoff_id)
    assert (first.kind, none) == ("win", [])
    assert (second.kind, second.reason, second.author) == ("amendment", "Six more templates were ordered by mail.", "Mara Klein")
    told = {(one.part, one.what): (one.before, one.after) for one in changes}
    assert told["value", "value"] == ("84000.00 EUR", "90000.00 EUR")
    assert told["answers", "promised_finish_date"] == ("2027-03-19", "2027-04-02")
    assert told["lines", "Six more templates"] == ("", "6 × 8 h, 1000.00 EUR")
    assert get_handoff(actor=cast.seller, handoff_id=won.handoff_id).promised_finish_date == date(2027, 4, 2)
    assert first.document["answers"]["promised_finish_date"] == "2027-03-19"
    assert check_scope_versions_follow_each_other() == []


def test_an_amendment_names_what_is_wrong_and_delivery_may_not_make_one(won: ClosedDeal, cast: Cast) -> None:
    def amend(**changes: object) -> None:
        amend_scope(
            actor=cast.seller, handoff_id=won.handoff_id, amendment=Amendment(**changes), now=LATER)  # type: ignore[arg-type]

    with pytest.raises(Refused) as refusal:
        amend(reason=" ", scope_summary=" ", promised_finish_date=date(2026, 11, 1), lines=(ScopeLine("", "0"), ScopeLine("Ok", "no")))
    assert [error.field for error in refusal.value.errors] == [
        "reason", "scope_summary", "promised_finish_date", "lines[0].service", "lines[0].quantity", "lines[1].quantity",
    ]
    with pytest.raises(Refused, match="changes nothing"):
        amend(reason="No change")
    with pytest.raises(NotAllowed):
        amend_scope(actor=cast.manager, handoff_id=won.handoff_id, amendment=Amendment("x", scope_summary="y"), now=LATER)
    assert len(list_baselines(actor=cast.owner, handoff_id=won.handoff_id)) == 1


def test_a_deal_that_is_won_again_keeps_its_handoff_and_project_under_a_new_version(won: ClosedDeal, cast: Cast, sale: Sale) -> None:
    accept_handoff(actor=cast.manager, handoff_id=won.handoff_id, now=NOW)
    assert reopen_won_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=NEXT, reason="The date moved", now=LATER) == won.handoff_id
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"
    assert get_handoff(actor=cast.seller, handoff_id=won.handoff_id).status == "withdrawn"
    assert check_won_deals_have_one_handoff() == []
    with pytest.raises(Conflict):
        accept_handoff(actor=cast.manager, handoff_id=won.handoff_id, now=LATER)
    with pytest.raises(Conflict):
        amend_scope(actor=cast.seller, handoff_id=won.handoff_id, amendment=Amendment("x", scope_summary="y"), now=LATER)
    (guest_id,) = create_contacts(actor=cast.seller, contacts=[NewContact(name="Peer Krohn", company_id=sale.company_id)], now=LATER)
    again = close_deal_as_won(
        actor=cast.seller, deal_id=sale.deal_id, now=LATER,
        brief=sale.brief(promised_finish_date=date(2027, 4, 30), main_stakeholder_id=guest_id),
    )
    assert (again.handoff_id, again.project_ids, again.is_replayed) == (won.handoff_id, won.project_ids, False)
    assert len(list_projects(actor=system_actor())) == 1
    assert len(list_handoffs(actor=system_actor())) == 1
    first, second = list_baselines(actor=cast.owner, handoff_id=won.handoff_id)
    assert (second.number, second.kind) == (2, "win_again")
    assert second.document["answers"]["promised_finish_date"] == "2027-04-30"
    row = get_handoff(actor=cast.seller, handoff_id=won.handoff_id)
    assert (row.status, row.accepted_at, row.main_stakeholder_name) == ("awaiting_acceptance", None, "Peer Krohn")
    finishes = {one.due_date: one.state for one in list_promises(actor=cast.seller, deal_id=sale.deal_id) if one.key == "finish"}
    assert finishes == {date(2027, 3, 19): "replaced", date(2027, 4, 30): "confirmed"}
    live = next(one for one in list_promises(actor=cast.seller, deal_id=sale.deal_id) if one.state == "confirmed")
    assert (live.project_id, live.coverage) == (won.project_ids[0], "planned")
    third = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=LATER)
    assert third.is_replayed
    assert check_won_deals_have_one_handoff() == check_scope_versions_follow_each_other() == check_answers_stand_in_their_threads() == []
    while deliver_pending(now=LATER):
        pass


def test_only_who_may_win_takes_a_win_back_and_says_why(won: ClosedDeal, cast: Cast, sale: Sale) -> None:
    with pytest.raises(NotAllowed):
        reopen_won_deal(actor=cast.teammate, deal_id=sale.deal_id, next_action=NEXT, reason="Why not", now=LATER)
    with pytest.raises(Refused, match="Say why"):
        reopen_won_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=NEXT, reason=" ", now=LATER)
    reopen_won_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=NEXT, reason="Once", now=LATER)
    with pytest.raises(Conflict):
        reopen_won_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=NEXT, reason="Twice", now=LATER)


def test_a_changed_value_is_in_the_difference_of_the_second_win(won: ClosedDeal, cast: Cast, sale: Sale) -> None:
    reopen_won_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=NEXT, reason="Cheaper", now=LATER)
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"value": Money(8_000_000, "EUR")}, now=LATER)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=LATER)
    _, (_, changes) = list_scope_changes(actor=cast.owner, handoff_id=won.handoff_id)
    assert [(one.what, one.before, one.after) for one in changes] == [("value", "84000.00 EUR", "80000.00 EUR")]


LINES = st.lists(
    st.fixed_dictionaries({"service": st.sampled_from(["A", "B", "C"]), "quantity": st.sampled_from(["1", "2"]),
                           "effort_minutes": st.sampled_from([0, 60]), "unit_price": st.sampled_from([None, "1.00 EUR"])}),
    max_size=5,
)


@given(LINES, LINES)
def test_a_difference_is_empty_for_equal_scopes_and_mirrors_when_turned_round(before: list[dict], after: list[dict]) -> None:
    old, new = {"lines": before, "answers": {}}, {"lines": after, "answers": {}}
    assert changes_between(old, old) == []
    there, back = changes_between(old, new), changes_between(new, old)
    assert sorted((one.what, one.before, one.after) for one in there) == sorted((one.what, one.after, one.before) for one in back)
    if sorted(str(sorted(one.items(), key=str)) for one in before) != sorted(str(sorted(one.items(), key=str)) for one in after):
        assert there
