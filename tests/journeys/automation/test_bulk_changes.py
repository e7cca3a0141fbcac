"""Many records changed at once: looked at row by row, written by each record's own rules, taken back as one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.people import NOW, Cast, make_cast, make_sale
from wonward.domains.clients.operations import change_company, create_companies, create_contacts
from wonward.domains.clients.queries import get_company, get_contact
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.sales.operations.deals import change_deal, create_deals
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.queries.deals import get_deal, list_visits
from wonward.domains.sales.queries.leads import get_lead
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import NewDeal, NextAction, StageRow
from wonward.domains.sales.types.leads import NewLead
from wonward.foundation.custom_fields.operations import add_field, change_field, set_values
from wonward.foundation.custom_fields.queries import values_by_record
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.journeys.automation.operations import (
    apply_bulk_change,
    forget_bulk_changes,
    run_bulk_change,
    start_bulk_change,
    undo_bulk_change,
)
from wonward.journeys.automation.queries import get_bulk_change, list_bulk_changes, list_bulk_rows
from wonward.journeys.automation.types import BulkRowView, BulkStatus, RowStatus
from wonward.journeys.handoff.queries import find_deals_with_answers
from wonward.journeys.house.operations import bring_back
from wonward.journeys.house.queries.trash import list_trash
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
CALL = {"kind": "call", "due_date": "2026-12-08", "note": "Call everybody"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def deals_of(actor: Actor, count: int, *, name: str = "Deal") -> list[int]:
    return create_deals(
        actor=actor, now=NOW,
        deals=[NewDeal(name=f"{name} {place}", company_id=None, next_action=NextAction("call", date(2026, 11, 20 + place % 5), "First call")) for place in range(count)],
    )


def stage(kind: str, place: int = 0) -> StageRow:
    return [one for one in list_pipelines()[0].stages if one.kind == kind][place]


def rows_of(actor: Actor, bulk_id: int) -> dict[int, BulkRowView]:
    return {row.ref_id: row for row in list_bulk_rows(actor=actor, bulk_id=bulk_id)}


def start(actor: Actor, noun: str, ids: list[int], asked: dict[str, Any]) -> int:
    return start_bulk_change(actor=actor, noun=noun, ids=ids, asked=asked, now=NOW)


def test_a_look_says_per_record_what_would_change_and_writes_nothing(cast: Cast) -> None:
    mine, peers = deals_of(cast.seller, 2), deals_of(cast.teammate, 1)
    before = [get_deal(actor=cast.owner, deal_id=key) for key in (*mine, *peers)]
    bulk_id = start(cast.seller, "sales.deal", [*mine, *peers], {"expected_close_date": "2027-03-01", "next_action": CALL})
    bulk = get_bulk_change(actor=cast.seller, bulk_id=bulk_id)
    assert (bulk.status, dict(bulk.counts)) == (BulkStatus.READY, {"ready": 2, "refused": 1})
    rows = rows_of(cast.seller, bulk_id)
    assert {one.field: (one.before, one.after) for one in rows[mine[0]].changes} == {
        "expected_close_date": (None, "2027-03-01"),
        "next_action": ({"kind": "call", "due_date": "2026-11-20", "note": "First call", "owner_id": None}, {**CALL, "owner_id": None}),
    }
    assert rows[peers[0]].code == "not_allowed"
    assert "own" in rows[peers[0]].message
    assert [get_deal(actor=cast.owner, deal_id=key) for key in (*mine, *peers)] == before


def test_applying_writes_the_rows_that_fit_and_one_undo_takes_all_of_it_back(cast: Cast) -> None:
    ids = deals_of(cast.seller, 3)
    before = [get_deal(actor=cast.owner, deal_id=key) for key in ids]
    second = stage("open", 1)
    asked = {"owner_id": cast.teammate.person_id, "stage_id": second.id, "next_action": CALL, "source": "Trade fair", "add_tags": ["Fair", "2026"]}
    bulk_id = start(cast.owner, "sales.deal", ids, asked)
    apply_bulk_change(actor=cast.owner, bulk_id=bulk_id, now=LATER)
    apply_bulk_change(actor=cast.owner, bulk_id=bulk_id, now=LATER)
    for key in ids:
        deal = get_deal(actor=cast.owner, deal_id=key)
        assert (deal.owner_id, deal.stage_id, deal.source) == (cast.teammate.person_id, second.id, "Trade fair")
        assert deal.next_action is not None
        assert deal.next_action.note == "Call everybody"
        assert len(list_visits(deal_id=key)) == 2
    assert values_by_record(actor=cast.owner, noun="sales.deal", ids=ids)[ids[0]]["tags"] == ("2026", "Fair")
    undo_bulk_change(actor=cast.owner, bulk_id=bulk_id, now=LATER)
    undo_bulk_change(actor=cast.owner, bulk_id=bulk_id, now=LATER)
    assert get_bulk_change(actor=cast.owner, bulk_id=bulk_id).counts == {"undone": 3}
    for key, was in zip(ids, before, strict=True):
        deal = get_deal(actor=cast.owner, deal_id=key)
        assert (deal.owner_id, deal.stage_id, deal.source, deal.next_action) == (was.owner_id, was.stage_id, was.source, was.next_action)
    assert "tags" not in values_by_record(actor=cast.owner, noun="sales.deal", ids=ids).get(ids[0], {})


def test_a_record_touched_after_the_bulk_change_is_kept_and_listed(cast: Cast) -> None:
    touched, left = deals_of(cast.seller, 2)
    bulk_id = start(cast.seller, "sales.deal", [touched, left], {"source": "Referral"})
    apply_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
    change_deal(actor=cast.seller, deal_id=touched, changes={"name": "Named by hand"}, now=LATER)
    undo_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
    rows = rows_of(cast.seller, bulk_id)
    assert (rows[touched].status, rows[touched].code, rows[left].status) == (RowStatus.KEPT, "touched", RowStatus.UNDONE)
    assert get_deal(actor=cast.owner, deal_id=touched).source == "Referral"
    assert get_deal(actor=cast.owner, deal_id=left).source == ""


def test_a_record_changed_between_look_and_apply_is_refused(cast: Cast) -> None:
    key, other = deals_of(cast.seller, 2)
    bulk_id = start(cast.seller, "sales.deal", [key, other], {"source": "Referral"})
    change_deal(actor=cast.seller, deal_id=key, changes={"source": "By hand"}, now=LATER)
    apply_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
    assert rows_of(cast.seller, bulk_id)[key].code == "stale"
    assert get_deal(actor=cast.owner, deal_id=key).source == "By hand"
    assert get_deal(actor=cast.owner, deal_id=other).source == "Referral"


def test_moving_to_won_in_bulk_wins_nothing_and_points_to_the_gate_of_each_deal(cast: Cast) -> None:
    sale = make_sale(cast)
    ids = [sale.deal_id, *deals_of(cast.seller, 2)]
    for actor in (cast.seller, cast.owner):
        bulk_id = start(actor, "sales.deal", ids, {"stage_id": stage("won").id, "source": "Fair"})
        apply_bulk_change(actor=actor, bulk_id=bulk_id, now=LATER)
        assert {row.code for row in rows_of(actor, bulk_id).values()} == {"gate"}
    assert {get_deal(actor=cast.owner, deal_id=key).status for key in ids} == {"open"}
    assert {get_deal(actor=cast.owner, deal_id=key).source for key in ids} == {""}
    assert find_deals_with_answers(ids) == set()


def test_a_stage_that_asks_for_a_field_refuses_the_deals_that_leave_it_empty(cast: Cast) -> None:
    filled, empty = deals_of(cast.seller, 2)
    second = stage("open", 1)
    field_id = add_field(actor=cast.owner, new=NewField("sales.deal", "Budget owner", FieldKind.TEXT), now=NOW)
    change_field(actor=cast.owner, field_id=field_id, places=[Ref("sales.stage", second.id)], now=NOW)
    set_values(actor=cast.seller, ref=Ref("sales.deal", filled), values={"budget_owner": "Hanne"}, now=NOW)
    bulk_id = start(cast.seller, "sales.deal", [filled, empty], {"stage_id": second.id})
    rows = rows_of(cast.seller, bulk_id)
    assert (rows[filled].status, rows[empty].status) == (RowStatus.READY, RowStatus.REFUSED)
    assert "Budget owner" in rows[empty].message
    both = start(cast.seller, "sales.deal", [filled, empty], {"stage_id": second.id, "cf_budget_owner": "Everybody"})
    assert {row.status for row in rows_of(cast.seller, both).values()} == {RowStatus.READY}


def test_losing_in_bulk_keeps_the_reason_and_is_taken_back_with_the_next_action(cast: Cast) -> None:
    ids = deals_of(cast.seller, 2)
    before = [get_deal(actor=cast.owner, deal_id=key) for key in ids]
    bulk_id = start(cast.seller, "sales.deal", ids, {"lost_reason": "Budget cut"})
    apply_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
    assert {(deal.status, deal.lost_reason) for deal in (get_deal(actor=cast.owner, deal_id=key) for key in ids)} == {("lost", "Budget cut")}
    undo_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
    for was in before:
        deal = get_deal(actor=cast.owner, deal_id=was.id)
        assert (deal.status, deal.stage_id, deal.next_action) == ("open", was.stage_id, was.next_action)


def test_companies_and_contacts_take_tier_owner_and_tags_and_give_them_back(cast: Cast) -> None:
    company_ids = create_companies(
        actor=cast.seller, now=NOW, companies=[NewCompany(name="Alder", tags=("Old",), tier="C"), NewCompany(name="Birch", tier="A")]
    )
    (contact_id,) = create_contacts(actor=cast.seller, contacts=[NewContact(name="Ann Alder", tags=("Old", "VIP"))], now=NOW)
    asked = {"tier": "A", "owner_id": cast.teammate.person_id, "add_tags": ["New"], "remove_tags": ["old"]}
    bulk_id = start(cast.seller, "clients.company", company_ids, asked)
    apply_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
    alder = get_company(actor=cast.owner, company_id=company_ids[0])
    assert (alder.tier, alder.owner_id, list(alder.tags)) == ("A", cast.teammate.person_id, ["New"])
    people = start(cast.seller, "clients.contact", [contact_id], {"remove_tags": ["VIP"], "preference": "By phone"})
    apply_bulk_change(actor=cast.seller, bulk_id=people, now=LATER)
    assert list(get_contact(actor=cast.owner, contact_id=contact_id).tags) == ["Old"]
    for one in (bulk_id, people):
        undo_bulk_change(actor=cast.seller, bulk_id=one, now=LATER)
    alder = get_company(actor=cast.owner, company_id=company_ids[0])
    assert (alder.tier, alder.owner_id, list(alder.tags)) == ("C", None, ["Old"])
    assert list(get_contact(actor=cast.owner, contact_id=contact_id).tags) == ["Old", "VIP"]


def test_leads_are_given_an_owner_or_closed_and_opened_again(cast: Cast) -> None:
    ids = create_leads(actor=cast.marketer, leads=[NewLead(name="Ada"), NewLead(name="Bert")], now=NOW)
    given = start(cast.leader, "sales.lead", ids, {"owner_id": cast.seller.person_id})
    apply_bulk_change(actor=cast.leader, bulk_id=given, now=LATER)
    assert {get_lead(actor=cast.owner, lead_id=key).owner_id for key in ids} == {cast.seller.person_id}
    closed = start(cast.seller, "sales.lead", ids, {"closed_reason": "No budget"})
    apply_bulk_change(actor=cast.seller, bulk_id=closed, now=LATER)
    assert {get_lead(actor=cast.owner, lead_id=key).status for key in ids} == {"closed"}
    undo_bulk_change(actor=cast.seller, bulk_id=closed, now=LATER)
    assert {get_lead(actor=cast.owner, lead_id=key).status for key in ids} == {"open"}


def test_an_owner_sees_only_their_own_bulk_changes_and_strangers_find_nothing(cast: Cast) -> None:
    bulk_id = start(cast.seller, "sales.deal", deals_of(cast.seller, 1), {"source": "Fair"})
    for stranger in (cast.teammate, cast.owner, cast.member):
        assert list_bulk_changes(actor=stranger) == []
        for act in (apply_bulk_change, undo_bulk_change):
            with pytest.raises(NotFound):
                act(actor=stranger, bulk_id=bulk_id, now=LATER)
    with pytest.raises(NotAllowed):
        start(cast.marketer, "sales.deal", [1], {"source": "Fair"})


def test_a_hidden_record_looks_like_one_that_is_not_there(cast: Cast) -> None:
    hidden = make_sale(cast).deal_id
    change_deal(actor=cast.seller, deal_id=hidden, changes={"is_restricted": True}, now=NOW)
    mine = deals_of(cast.teammate, 1)
    found = []
    for key in (hidden, 987_654_321):
        with pytest.raises(Refused) as refused:
            start(cast.teammate, "sales.deal", [*mine, key], {"source": "Fair"})
        found.append(refused.value.errors[0].message.replace(str(key), "N"))
    assert found[0] == found[1]


@pytest.mark.parametrize("asked", [
    {}, {"name": "x"}, {"value": 5}, {"owner_id": None}, {"owner_id": "7"}, {"owner_id": True}, {"next_action": {"kind": "call"}},
    {"next_action": {"kind": "call", "due_date": "soon"}}, {"expected_close_date": "31.12.2026"}, {"add_tags": "one"}, {"status": "won"}, {"lost_reason": ""},
])
def test_what_cannot_be_asked_of_many_deals_names_its_field(cast: Cast, asked: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        start(cast.seller, "sales.deal", deals_of(cast.seller, 1), asked)
    assert {error.field for error in refused.value.errors} == (set(asked) or {"changes"})


def test_an_unknown_colleague_or_kind_of_action_is_refused_by_each_deal(cast: Cast) -> None:
    ids = deals_of(cast.seller, 2)
    for asked in ({"owner_id": 987_654_321}, {"next_action": {**CALL, "kind": "wish"}}, {"next_action": {"kind": "parked", "due_date": "2027-01-01"}}):
        bulk_id = start(cast.seller, "sales.deal", ids, asked)
        assert get_bulk_change(actor=cast.seller, bulk_id=bulk_id).counts == {"refused": 2}


def test_what_a_record_holds_already_is_told_and_not_written(cast: Cast) -> None:
    (company_id,) = create_companies(actor=cast.seller, companies=[NewCompany(name="Alder", tier="A")], now=NOW)
    bulk_id = start(cast.seller, "clients.company", [company_id], {"tier": "A"})
    apply_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
    assert get_bulk_change(actor=cast.seller, bulk_id=bulk_id).counts == {"same": 1}
    assert get_company(actor=cast.owner, company_id=company_id).version == 1


def test_many_records_are_worked_on_by_a_job_that_goes_on_where_it_stopped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wonward.journeys.automation.operations.bulk._DONE_AT_ONCE", 2)
    monkeypatch.setattr("wonward.journeys.automation.operations.bulk._AT_ONCE", 2)
    ids = create_companies(actor=cast.seller, companies=[NewCompany(name=f"Alder {place}") for place in range(5)], now=NOW)
    bulk_id = start(cast.seller, "clients.company", ids, {"tier": "B"})
    assert get_bulk_change(actor=cast.seller, bulk_id=bulk_id).status is BulkStatus.CHECKING
    run_bulk_change(bulk_id=bulk_id, actor_user_id=cast.seller.user_id, now=NOW)
    apply_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
    assert get_bulk_change(actor=cast.seller, bulk_id=bulk_id).handled == 0
    with monkeypatch.context() as broken:
        broken.setattr("wonward.journeys.automation.operations.writing.change_company", _fail_at(ids[3]))
        with pytest.raises(RuntimeError):
            run_bulk_change(bulk_id=bulk_id, actor_user_id=cast.seller.user_id, now=LATER)
    halfway = get_bulk_change(actor=cast.seller, bulk_id=bulk_id)
    assert (halfway.status, dict(halfway.counts)) == (BulkStatus.APPLYING, {"done": 2, "ready": 3})
    for _ in range(2):
        run_bulk_change(bulk_id=bulk_id, actor_user_id=cast.seller.user_id, now=LATER)
    assert get_bulk_change(actor=cast.seller, bulk_id=bulk_id).counts == {"done": 5}
    assert {get_company(actor=cast.owner, company_id=key).version for key in ids} == {2}


def _fail_at(company_id: int) -> Any:
    def change(**asked: Any) -> None:
        if asked["company_id"] == company_id:
            raise RuntimeError("The lights went out.")
        change_company(**asked)

    return change


def test_old_bulk_changes_are_forgotten_and_what_they_did_stays(cast: Cast) -> None:
    (company_id,) = create_companies(actor=cast.seller, companies=[NewCompany(name="Alder")], now=NOW)
    bulk_id = start(cast.seller, "clients.company", [company_id], {"tier": "A"})
    apply_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
    assert forget_bulk_changes(now=NOW + timedelta(days=59)) == 0
    assert forget_bulk_changes(now=NOW + timedelta(days=61)) == 1
    assert list_bulk_changes(actor=cast.seller) == []
    assert get_company(actor=cast.owner, company_id=company_id).tier == "A"


def test_a_look_into_the_trash_names_what_refuses_and_one_undo_brings_everything_back(cast: Cast) -> None:
    sale = make_sale(cast)
    mine, peers = deals_of(cast.seller, 2), deals_of(cast.teammate, 1)
    before = [get_deal(actor=cast.owner, deal_id=key) for key in mine]
    bulk_id = start(cast.seller, "sales.deal", [*mine, *peers], {"trash": True})
    rows = rows_of(cast.seller, bulk_id)
    assert [rows[key].status for key in (*mine, *peers)] == [RowStatus.READY, RowStatus.READY, RowStatus.REFUSED]
    assert rows[peers[0]].code == "not_allowed"
    assert [get_deal(actor=cast.owner, deal_id=key) for key in mine] == before
    apply_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
    for key in mine:
        with pytest.raises(NotFound):
            get_deal(actor=cast.owner, deal_id=key)
    gone = rows_of(cast.seller, bulk_id)
    assert [(gone[key].name, gone[key].status) for key in mine] == [("Deal 0", RowStatus.DONE), ("Deal 1", RowStatus.DONE)]
    assert get_deal(actor=cast.owner, deal_id=sale.deal_id).status == "open"
    undo_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
    undo_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
    assert get_bulk_change(actor=cast.seller, bulk_id=bulk_id).counts == {"undone": 2, "refused": 1}
    assert [get_deal(actor=cast.owner, deal_id=key) for key in mine] == before
    assert list_trash(actor=cast.owner) == []


def test_a_company_with_deals_refuses_the_trash_and_says_what_stands_on_it(cast: Cast) -> None:
    sale = make_sale(cast)
    (spare,) = create_companies(actor=cast.seller, companies=[NewCompany(name="Spare")], now=NOW)
    bulk_id = start(cast.seller, "clients.company", [sale.company_id, spare], {"trash": True})
    rows = rows_of(cast.seller, bulk_id)
    assert (rows[sale.company_id].status, rows[sale.company_id].code, rows[spare].status) == (RowStatus.REFUSED, "conflict", RowStatus.READY)
    assert "cannot be without it" in rows[sale.company_id].message


def test_contacts_and_leads_go_into_the_trash_and_come_back_as_they_were(cast: Cast) -> None:
    contacts = create_contacts(actor=cast.seller, contacts=[NewContact(name="Zoe", email="zoe@north.example"), NewContact(name="Kim")], now=NOW)
    leads = create_leads(actor=cast.seller, leads=[NewLead(name="Ada", owner_id=cast.seller.person_id)], now=NOW)
    for noun, ids, read in (
        ("clients.contact", contacts, lambda key: get_contact(actor=cast.owner, contact_id=key)),
        ("sales.lead", leads, lambda key: get_lead(actor=cast.owner, lead_id=key)),
    ):
        before = [read(key) for key in ids]
        bulk_id = start(cast.seller, noun, list(ids), {"trash": True})
        apply_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
        with pytest.raises(NotFound):
            read(ids[0])
        undo_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
        assert [read(key) for key in ids] == before


def test_what_somebody_brought_back_by_hand_stays_and_is_listed(cast: Cast) -> None:
    first, second = deals_of(cast.seller, 2)
    bulk_id = start(cast.seller, "sales.deal", [first, second], {"trash": True})
    apply_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
    item = next(row for row in list_trash(actor=cast.owner) if row.name.startswith("Deal 0"))
    bring_back(actor=cast.owner, item_id=item.id, now=LATER)
    undo_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=LATER)
    rows = rows_of(cast.seller, bulk_id)
    assert (rows[first].status, rows[first].code, rows[second].status) == (RowStatus.KEPT, "conflict", RowStatus.UNDONE)


@pytest.mark.parametrize("asked", [{"trash": True, "source": "Fair"}, {"trash": False}, {"trash": "yes"}, {"trash": 1}])
def test_the_trash_is_asked_for_alone_and_plainly(cast: Cast, asked: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refusal:
        start(cast.seller, "sales.deal", deals_of(cast.seller, 1), asked)
    assert refusal.value.errors[0].field == "trash"


def test_many_records_go_into_the_trash_by_a_job(cast: Cast) -> None:
    ids = deals_of(cast.seller, 21)
    bulk_id = start(cast.seller, "sales.deal", ids, {"trash": True})
    assert get_bulk_change(actor=cast.seller, bulk_id=bulk_id).status is BulkStatus.CHECKING
    run_bulk_change(bulk_id=bulk_id, actor_user_id=cast.seller.user_id, now=LATER)
    assert get_bulk_change(actor=cast.seller, bulk_id=bulk_id).counts == {"ready": 21}
