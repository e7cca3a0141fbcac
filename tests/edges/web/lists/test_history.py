"""Every record says who changed what, before and after, to those who may see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people import NOW, TODAY
from wonward.domains.clients.operations import change_contact
from wonward.domains.sales.operations.deals import change_deal
from wonward.domains.sales.operations.stakeholders import put_deal_stakeholder
from wonward.domains.staff.operations import request_time_off
from wonward.domains.staff.types import TimeOffKind
from wonward.foundation.audit.queries import list_history
from wonward.foundation.audit.rules import HIDDEN, without_amounts
from wonward.kernel.actor import Scope
from wonward.kernel.errors import NotFound
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref


def deal_of(sale: Any) -> Ref:
    return Ref("sales.deal", sale.deal_id)


def read(client: Any, ref: str, **query: Any) -> str:
    answer = client.get("/records/history/", {"ref": ref, **query})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_change_shows_field_before_after_and_author(cast, sale, sign_in):
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"name": "A bigger website"}, version=None, now=NOW + timedelta(hours=1))
    shown = read(sign_in(cast.owner), f"sales.deal:{sale.deal_id}")
    assert "<del>Website replatform</del>" in shown
    assert "<ins>A bigger website</ins>" in shown
    assert "Mara Klein" in shown


def test_people_are_named_and_a_stakeholder_too(cast, sale, sign_in):
    put_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=sale.contact_id, decision_role="decides", is_main=True, now=NOW)
    change_deal(actor=cast.owner, deal_id=sale.deal_id, changes={"owner_id": cast.teammate.person_id}, version=None, now=NOW)
    shown = read(sign_in(cast.owner), f"sales.deal:{sale.deal_id}")
    assert "<ins>Sam Peer</ins>" in shown
    assert "<dt>Hanne Dahl</dt>" in shown
    assert "Main stakeholder" in shown


def test_what_was_written_is_text_and_never_markup(cast, sale, sign_in):
    change_contact(actor=cast.seller, contact_id=sale.contact_id, changes={"title": "<script>alert(1)</script>"}, version=None, now=NOW)
    shown = read(sign_in(cast.owner), f"clients.contact:{sale.contact_id}")
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_amounts_are_hidden_from_those_who_may_not_see_them(cast, sale, sign_in):
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"value": Money(9_175_300, "EUR")}, version=None, now=NOW)
    assert "91753" in read(sign_in(cast.finance), f"sales.deal:{sale.deal_id}")
    seen = sign_in(cast.manager).get("/records/history/", {"ref": f"sales.deal:{sale.deal_id}"})
    assert b"91753" not in seen.content
    (change, *_) = list_history(actor=replace(cast.seller, grants={**cast.seller.grants, "sales.value.view": Scope.OWN}), ref=deal_of(sale))
    assert change.changes["value"] == [HIDDEN, HIDDEN]


def test_earlier_changes_come_page_by_page_and_none_twice(cast, sale, sign_in):
    for number in range(35):
        change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"name": f"Name {number:02}"}, version=None, now=NOW)
    rows = list_history(actor=cast.owner, ref=Ref("sales.deal", sale.deal_id), limit=100)
    client = sign_in(cast.owner)
    first = read(client, f"sales.deal:{sale.deal_id}")
    assert first.count("history__entry") == 30
    assert f"before={rows[29].id}" in first
    later = client.get("/records/history/", {"ref": f"sales.deal:{sale.deal_id}", "before": rows[29].id}, headers={"HX-Request": "true"})
    assert later.content.decode().count("history__entry") == len(rows) - 30
    assert "<html" not in later.content.decode()


@pytest.mark.parametrize("ref", ["sales.deal:999999", "nothing.here:1", "nonsense", ""])
def test_what_is_not_there_is_not_found(cast, sale, sign_in, ref):
    assert sign_in(cast.owner).get("/records/history/", {"ref": ref}).status_code == 404


def test_why_a_colleague_was_away_is_read_by_nobody_in_a_history(cast, sale, sign_in):
    request_time_off(actor=cast.member, person_id=cast.member.person_id, kind=TimeOffKind.SICK, start_date=TODAY, finish_date=TODAY, now=NOW)
    for somebody in (cast.seller, cast.manager, cast.owner):
        answer = sign_in(somebody).get("/records/history/", {"ref": f"staff.person:{cast.member.person_id}"})
        assert answer.status_code == 404
        with pytest.raises(NotFound):
            list_history(actor=somebody, ref=Ref("staff.person", cast.member.person_id))


def test_who_does_not_see_the_record_does_not_see_its_history(cast, sale):
    with pytest.raises(NotFound):
        list_history(actor=cast.marketer, ref=Ref("sales.deal", 999_999))


AMOUNTS = st.builds(lambda value, currency: f"{value} {currency}", st.decimals(Decimal(-10**9), Decimal(10**9), places=2), st.sampled_from(["EUR", "USD"]))
VALUES = st.recursive(AMOUNTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["unit_price", "note"]), inner, max_size=2), max_leaves=6)


@given(st.dictionaries(st.sampled_from(["value", "lines", "budget", "name"]), st.lists(VALUES, min_size=2, max_size=2)))
def test_no_amount_is_left_however_deep_it_lies(changes):
    told = repr(without_amounts(changes, sees_prices=False, sees_costs=False, sees_fields=False))
    assert "EUR" not in told
    assert "USD" not in told
    assert without_amounts(changes, sees_prices=True, sees_costs=True, sees_fields=True) == changes


def test_a_cost_needs_the_right_to_costs_even_where_prices_are_seen():
    changes = {"unit_cost": [None, "40.00 EUR"], "rate": [None, {"cost_minor": 6400, "bill_minor": 12800}], "value": ["1.00 EUR", "2.00 EUR"]}
    told = without_amounts(changes, sees_prices=True, sees_costs=False, sees_fields=True)
    assert told["unit_cost"] == [None, HIDDEN]
    assert told["rate"] == [None, HIDDEN]
    assert told["value"] == ["1.00 EUR", "2.00 EUR"]
