"""Who decides on a deal: named once, seen by sales and, after the win, by delivery."""

from __future__ import annotations

import pytest

from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.clients.operations import create_contacts
from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.clients.types import NewContact
from wonward.domains.sales.operations.stakeholders import put_deal_stakeholder, remove_deal_stakeholder
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.errors import NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def test_delivery_sees_who_decides_and_where_they_stand(cast: Cast, sale: Sale) -> None:
    (other,) = create_contacts(actor=cast.seller, contacts=[NewContact(name="Signe Holt", company_id=sale.company_id)], now=NOW)
    put_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=sale.contact_id, decision_role="decides", influence="high",
                         stance="for", is_main=True, now=NOW)
    put_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=other, decision_role="doubts", influence="low",
                         stance="against", preference="In writing", now=NOW)
    won = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    rows = list_stakeholders(ref=Ref("delivery.project", won.project_ids[0]))
    assert [(row.name, row.decision_role, row.stance, row.is_main) for row in rows] == [
        ("Hanne Dahl", "decides", "for", True), ("Signe Holt", "doubts", "against", False),
    ]


def test_a_new_main_contact_replaces_the_former_and_somebody_taken_off_can_come_back(cast: Cast, sale: Sale) -> None:
    (other,) = create_contacts(actor=cast.seller, contacts=[NewContact(name="Signe Holt", company_id=sale.company_id)], now=NOW)
    for key in (sale.contact_id, other):
        put_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=key, is_main=True, now=NOW)
    ref = Ref("sales.deal", sale.deal_id)
    assert [row.name for row in list_stakeholders(ref=ref) if row.is_main] == ["Signe Holt"]
    gone = remove_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=other, now=NOW)
    assert gone.is_main
    with pytest.raises(NotFound):
        remove_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=other, now=NOW)


def test_only_who_may_change_the_deal_names_its_people_and_only_parts_that_exist(cast: Cast, sale: Sale) -> None:
    for stranger, refusal in ((cast.finance, NotAllowed), (cast.member, NotFound)):
        with pytest.raises(refusal):
            put_deal_stakeholder(actor=stranger, deal_id=sale.deal_id, contact_id=sale.contact_id, now=NOW)
    with pytest.raises(Refused, match="not one of"):
        put_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=sale.contact_id, stance="maybe", now=NOW)
