"""A house adds fields to its deals: who may, what they hold, and what may not be taken away."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.sales.operations.deals import create_deals, move_deal
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import DealFilter, NewDeal, NextAction
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.custom_fields.operations import (
    add_field,
    change_field,
    delete_field,
    restore_field,
    set_values,
)
from wonward.foundation.custom_fields.queries import get_values, list_fields, list_tags
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

DEAL = "sales.deal"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def add(actor: Actor, label: str, kind: FieldKind, *choices: str, noun: str = DEAL) -> int:
    return add_field(actor=actor, new=NewField(noun, label, kind, choices), now=NOW)


def held(actor: Actor, ref: Ref) -> dict[str, object]:
    return {one.field.key: one.value for one in get_values(actor=actor, ref=ref) if one.value is not None}


def another(cast: Cast, sale: Sale, name: str) -> int:
    new = NewDeal(name=name, company_id=sale.company_id, next_action=NextAction("call", date(2026, 11, 25), "Call"))
    (deal_id,) = create_deals(actor=cast.seller, deals=[new], now=NOW)
    return deal_id


def stage(kind: str, place: int = 0) -> Ref:
    return Ref("sales.stage", [row for row in list_pipelines()[0].stages if row.kind == kind][place].id)


def test_a_deal_holds_every_kind_and_its_history_tells(cast: Cast, sale: Sale):
    ref = Ref(DEAL, sale.deal_id)
    for label, kind in (("Seats", FieldKind.NUMBER), ("Budget", FieldKind.MONEY), ("Board meets", FieldKind.DATE), ("Sponsor", FieldKind.PERSON),
                        ("Brief", FieldKind.LINK), ("Words", FieldKind.TEXT)):
        add(cast.owner, label, kind)
    add(cast.owner, "Sector", FieldKind.CHOICE, "Public", "Private")
    given = {"seats": "40", "budget": "90000", "board_meets": "2026-12-09", "sponsor": str(cast.leader.person_id), "brief": "halden.example",
             "words": "Two floors", "sector": "public", "tags": "Fair, VIP"}
    set_values(actor=cast.seller, ref=ref, values=given, now=NOW)
    assert held(cast.seller, ref) == {
        "seats": Decimal(40), "budget": Money(9_000_000, "EUR"), "board_meets": date(2026, 12, 9), "sponsor": cast.leader.person_id,
        "brief": "https://halden.example", "words": "Two floors", "sector": "Public", "tags": ("Fair", "VIP"),
    }
    set_values(actor=cast.seller, ref=ref, values={"seats": "", "tags": ["VIP"]}, now=NOW)
    told = AuditEntry.objects.filter(noun=DEAL, ref_id=sale.deal_id, operation="custom_fields.set_values").order_by("-pk").first()
    assert told is not None
    assert told.changes == {"custom.seats": ["40", None], "custom.tags": [["Fair", "VIP"], ["VIP"]]}
    assert list_tags(noun=DEAL) == [("VIP", 1)]


def test_only_admins_add_fields_and_only_those_who_may_change_the_deal_fill_them_in(cast: Cast, sale: Sale):
    with pytest.raises(NotAllowed):
        add(cast.seller, "Seats", FieldKind.NUMBER)
    add(cast.owner, "Seats", FieldKind.NUMBER)
    with pytest.raises(NotAllowed):
        set_values(actor=cast.teammate, ref=Ref(DEAL, sale.deal_id), values={"seats": 3}, now=NOW)
    with pytest.raises(NotFound):
        set_values(actor=cast.member, ref=Ref(DEAL, sale.deal_id), values={"seats": 3}, now=NOW)
    with pytest.raises(NotFound):
        get_values(actor=cast.member, ref=Ref(DEAL, sale.deal_id))


def test_every_value_that_does_not_fit_is_named_and_nothing_is_written(cast: Cast, sale: Sale):
    add(cast.owner, "Seats", FieldKind.NUMBER)
    add(cast.owner, "Sponsor", FieldKind.PERSON)
    ref = Ref(DEAL, sale.deal_id)
    with pytest.raises(Refused) as refusal:
        set_values(actor=cast.seller, ref=ref, values={"seats": "many", "sponsor": 999_999, "gone": 1, "tags": "VIP"}, now=NOW)
    assert [error.field for error in refusal.value.errors] == ["custom.seats", "custom.gone", "custom.sponsor"]
    assert held(cast.seller, ref) == {}


def test_a_field_the_gate_asks_for_is_not_deleted_and_stops_the_win_until_it_is_filled_in(cast: Cast, sale: Sale):
    field_id = add(cast.owner, "Purchase order", FieldKind.TEXT)
    change_field(actor=cast.owner, field_id=field_id, places=[stage("won")], now=NOW)
    with pytest.raises(Conflict, match="Purchase order.*the gate to Won"):
        delete_field(actor=cast.owner, field_id=field_id, now=NOW)
    with pytest.raises(Refused) as refusal:
        close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert [error.field for error in refusal.value.errors] == ["custom.purchase_order"]
    set_values(actor=cast.seller, ref=Ref(DEAL, sale.deal_id), values={"purchase_order": "PO-7"}, now=NOW)
    assert close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW).project_ids


def test_a_stage_lets_no_deal_in_without_the_field_it_asks_for(cast: Cast, sale: Sale):
    field_id = add(cast.owner, "Decision date", FieldKind.DATE)
    second = stage("open", 1)
    change_field(actor=cast.owner, field_id=field_id, places=[second], now=NOW)
    with pytest.raises(Refused, match="Decision date"):
        move_deal(actor=cast.seller, deal_id=sale.deal_id, stage_id=second.id, now=NOW)
    set_values(actor=cast.seller, ref=Ref(DEAL, sale.deal_id), values={"decision_date": "2026-12-24"}, now=NOW)
    move_deal(actor=cast.seller, deal_id=sale.deal_id, stage_id=second.id, now=NOW)


def test_a_deleted_field_comes_back_with_its_values(cast: Cast, sale: Sale):
    field_id, ref = add(cast.owner, "Seats", FieldKind.NUMBER), Ref(DEAL, sale.deal_id)
    set_values(actor=cast.seller, ref=ref, values={"seats": 12}, now=NOW)
    delete_field(actor=cast.owner, field_id=field_id, now=NOW)
    assert held(cast.seller, ref) == {}
    assert [row.key for row in list_fields(actor=cast.owner, noun=DEAL)] == ["tags"]
    restore_field(actor=cast.owner, field_id=field_id, now=NOW)
    assert held(cast.seller, ref) == {"seats": Decimal(12)}


def test_a_choice_that_records_hold_is_not_taken_away(cast: Cast, sale: Sale):
    field_id = add(cast.owner, "Sector", FieldKind.CHOICE, "Public", "Private")
    set_values(actor=cast.seller, ref=Ref(DEAL, sale.deal_id), values={"sector": "Public"}, now=NOW)
    with pytest.raises(Refused, match="Public"):
        change_field(actor=cast.owner, field_id=field_id, choices=["Private"], now=NOW)
    change_field(actor=cast.owner, field_id=field_id, choices=["Public", "Church"], now=NOW)


def test_deals_are_narrowed_and_sorted_by_fields(cast: Cast, sale: Sale):
    add(cast.owner, "Seats", FieldKind.NUMBER)
    add(cast.owner, "Sector", FieldKind.CHOICE, "Public", "Private")
    deals = {"none": sale.deal_id, "few": another(cast, sale, "Few"), "many": another(cast, sale, "Many")}
    set_values(actor=cast.seller, ref=Ref(DEAL, deals["few"]), values={"seats": 9, "sector": "Public"}, now=NOW)
    set_values(actor=cast.seller, ref=Ref(DEAL, deals["many"]), values={"seats": 100, "sector": "Private", "tags": "VIP"}, now=NOW)

    def found(*asked: tuple[str, str], sort: str = "id") -> list[str]:
        rows = list_deals(actor=cast.seller, where=DealFilter(custom=asked), now=NOW, sort=sort)
        names = {key: name for name, key in deals.items()}
        return [names[row.id] for row in rows]

    assert found(sort="cf_seats") == ["few", "many", "none"]
    assert found(sort="-cf_seats") == ["many", "few", "none"]
    assert found(("seats", "10..")) == ["many"]
    assert found(("seats", "none")) == ["none"]
    assert found(("sector", "Public,Private"), ("seats", "..50")) == ["few"]
    assert found(("tags", "VIP")) == ["many"]
    assert found(("unheard_of", "1")) == []
