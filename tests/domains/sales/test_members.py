"""Several people on a deal: who takes part as what, sees it from then on, and hears of it."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, Cast, Sale, make_cast, make_sale, token_of
from wonward.domains.sales.operations.deals import change_deal
from wonward.domains.sales.operations.members import put_deal_member, remove_deal_member
from wonward.domains.sales.queries.deals import get_deal, list_members
from wonward.domains.sales.types import MemberRow
from wonward.foundation.audit.queries import list_history
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.notifications.models import Notification
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.errors import NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    found = make_sale(cast)
    change_deal(actor=cast.seller, deal_id=found.deal_id, changes={"is_restricted": True}, now=NOW)
    return found


def put(cast: Cast, sale: Sale, person_id: int | None, part: str = "presales") -> MemberRow | None:
    assert person_id is not None
    return put_deal_member(actor=cast.seller, deal_id=sale.deal_id, person_id=person_id, part=part, now=NOW)


def test_whoever_is_put_on_a_restricted_deal_sees_and_changes_it_until_taken_off(cast: Cast, sale: Sale) -> None:
    with pytest.raises(NotFound):
        get_deal(actor=cast.teammate, deal_id=sale.deal_id)
    assert put(cast, sale, cast.teammate.person_id) is None
    assert list_members(deal_id=sale.deal_id) == [MemberRow(cast.teammate.person_id or 0, "Sam Peer", "presales")]
    change_deal(actor=cast.teammate, deal_id=sale.deal_id, changes={"source": "Fair"}, now=NOW)
    gone = remove_deal_member(actor=cast.seller, deal_id=sale.deal_id, person_id=cast.teammate.person_id or 0, now=NOW)
    assert gone.part == "presales"
    with pytest.raises(NotFound):
        get_deal(actor=cast.teammate, deal_id=sale.deal_id)


def test_a_part_changes_in_place_and_the_history_tells_both(cast: Cast, sale: Sale) -> None:
    put(cast, sale, cast.teammate.person_id)
    assert put(cast, sale, cast.teammate.person_id, "co_owner") == MemberRow(cast.teammate.person_id or 0, "Sam Peer", "presales")
    put(cast, sale, cast.teammate.person_id, "co_owner")
    told = [row.changes["part"] for row in list_history(actor=cast.seller, ref=Ref("sales.deal", sale.deal_id)) if "part" in row.changes]
    assert told == [["presales", "co_owner"], [None, "presales"]]


def test_the_owner_a_stranger_and_an_unknown_part_are_refused_by_field(cast: Cast, sale: Sale) -> None:
    for person_id, part, field in ((cast.seller.person_id, "helps", "person_id"), (99_999, "helps", "person_id"), (cast.teammate.person_id, "boss", "part")):
        with pytest.raises(Refused) as refused:
            put(cast, sale, person_id, part)
        assert [error.field for error in refused.value.errors] == [field]
    with pytest.raises(NotFound):
        put_deal_member(actor=cast.teammate, deal_id=sale.deal_id, person_id=cast.teammate.person_id or 0, now=NOW)
    with pytest.raises(NotAllowed):
        put_deal_member(actor=cast.leader, deal_id=make_sale(cast, name="Open one", company="Acme").deal_id, person_id=cast.teammate.person_id or 0, now=NOW)


def test_a_member_who_becomes_the_owner_is_listed_once(cast: Cast, sale: Sale) -> None:
    put(cast, sale, cast.teammate.person_id)
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"owner_id": cast.teammate.person_id}, now=NOW)
    assert list_members(deal_id=sale.deal_id) == []


def test_whoever_was_added_is_told_and_nobody_is_told_of_themselves(cast: Cast, sale: Sale) -> None:
    put(cast, sale, cast.teammate.person_id)
    deliver_pending(now=NOW)
    told = Notification.objects.filter(kind="sales.deal.member_added")
    assert list(told.values_list("thread__user_id", flat=True)) == [cast.teammate.user_id]


def test_the_win_leaves_them_on_the_deal(cast: Cast, sale: Sale) -> None:
    put(cast, sale, cast.teammate.person_id)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert [row.name for row in list_members(deal_id=sale.deal_id)] == ["Sam Peer"]
    assert get_deal(actor=cast.teammate, deal_id=sale.deal_id).status == "won"


def test_on_the_page_people_are_added_change_their_part_and_leave_with_an_undo(cast: Cast, sale: Sale) -> None:
    client = sign_in(cast.seller)
    one = reverse("deal_member", kwargs={"deal_id": sale.deal_id})
    head = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": f"http://testserver/deals/{sale.deal_id}/"}
    added = client.post(one, {"person_id": cast.teammate.person_id, "part": "presales"}, **head)
    assert added.status_code == 200
    assert 'id="deal-facts"' in added.content.decode()
    assert json.loads(added["HX-Trigger"])["toast"]["undo_values"] == {"person_id": cast.teammate.person_id, "is_gone": "1"}
    page = client.get(f"/deals/{sale.deal_id}/").content.decode()
    assert "Sam Peer" in page
    assert "Presales" in page
    gone = client.post(one, {"person_id": cast.teammate.person_id, "is_gone": "1"}, **head)
    assert json.loads(gone["HX-Trigger"])["toast"]["undo_values"] == {"person_id": cast.teammate.person_id, "part": "presales"}
    wrong = client.post(one, {"person_id": "77777"}, **head)
    assert (wrong.status_code, "There is no colleague" in wrong.content.decode()) == (422, True)


def test_the_api_lists_puts_and_takes_off(cast: Cast, sale: Sale, client: Client) -> None:
    head = {"HTTP_AUTHORIZATION": f"Bearer {token_of(cast.seller)}", "content_type": "application/json"}
    at = f"/api/v1/deals/{sale.deal_id}/members"
    assert client.put(f"{at}/{cast.teammate.person_id}", json.dumps({"part": "delivery"}), **head).status_code == 200
    listed = client.get(at, HTTP_AUTHORIZATION=head["HTTP_AUTHORIZATION"]).json()["items"]
    assert listed == [{"person_id": cast.teammate.person_id, "name": "Sam Peer", "part": "delivery"}]
    assert client.put(f"{at}/{cast.teammate.person_id}", json.dumps({"part": "boss"}), **head).status_code == 422
    assert client.delete(f"{at}/{cast.teammate.person_id}", **head).json() == {"items": []}
    assert client.delete(f"{at}/{cast.teammate.person_id}", **head).status_code == 404
