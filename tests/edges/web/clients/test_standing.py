"""Companies, contacts and deals are archived and restricted where they are looked at."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from tests.edges.api.client import Api
from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.clients.operations import change_company, create_companies
from wonward.domains.clients.queries import count_companies, get_company
from wonward.domains.clients.types import NewCompany
from wonward.domains.sales.operations.deals import lose_deal
from wonward.domains.sales.queries.deals import get_deal
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.search.queries import search_records
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def text(desk: Client, address: str) -> str:
    answer = desk.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def finds(actor: Actor, words: str) -> list[str]:
    while deliver_pending(now=NOW):
        pass
    return [str(hit.ref) for hit in search_records(actor, words).hits]


def test_a_company_is_archived_and_brought_back_on_its_page_and_listed_meanwhile_among_the_archived(
    cast: Cast, sale: Sale, sign_in: SignIn
) -> None:
    desk = sign_in(cast.seller)
    here, listed = reverse("company", kwargs={"company_id": sale.company_id}), reverse("companies")
    away = reverse("company_archiving", kwargs={"company_id": sale.company_id})
    refused = desk.post(away, {"do": "archive"})
    assert (refused.status_code, "Website replatform" in refused.content.decode()) == (409, True)
    lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Too expensive.", now=NOW)
    assert "Take it off the lists" in text(desk, here)
    assert desk.post(away, {"do": "archive", "reason": "Closed down."}).headers["Location"] == here
    assert "Bring back" in text(desk, here)
    assert "Northwind Robotics" not in text(desk, listed)
    assert "Northwind Robotics" in text(desk, f"{listed}?show=archived")
    assert f"value=\"{sale.company_id}\">Northwind Robotics<" not in text(sign_in(cast.teammate), reverse("new_deal"))
    assert desk.post(away, {"do": "restore"}).status_code == 302
    assert "Northwind Robotics" in text(sign_in(cast.seller), listed)
    assert "No company is archived" in text(sign_in(cast.seller), f"{listed}?show=archived")
    reader = sign_in(cast.finance)
    assert "Take it off the lists" not in text(reader, here)
    assert reader.post(away, {"do": "archive"}).status_code == 403
    assert sign_in(cast.member).post(away, {"do": "archive"}).status_code == 403


def test_a_contact_is_archived_and_brought_back_on_their_page(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    desk = sign_in(cast.seller)
    here, away = (reverse(name, kwargs={"contact_id": sale.contact_id}) for name in ("contact", "contact_archiving"))
    assert desk.post(away, {"do": "archive"}).headers["Location"] == here
    assert "Bring back" in text(desk, here)
    assert "Hanne Dahl" not in text(desk, reverse("contacts"))
    assert "Hanne Dahl" in text(desk, f"{reverse('contacts')}?show=archived")
    assert desk.post(away, {"do": "restore"}).status_code == 302
    assert "Hanne Dahl" in text(desk, reverse("contacts"))
    assert sign_in(cast.member).post(away, {"do": "archive"}).status_code == 403


def test_a_deal_is_restricted_on_its_page_gone_for_a_stranger_and_opened_by_the_undo(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    desk = sign_in(cast.seller)
    here, switch = (reverse(name, kwargs={"deal_id": sale.deal_id}) for name in ("deal", "deal_restriction"))
    assert "Restrict" in text(desk, here)
    assert "sales.deal:1" in finds(cast.teammate, "replatform")
    done = desk.post(switch, {"is_restricted": "1"}, headers=HTMX)
    undo = json.loads(done.headers["HX-Trigger"])["toast"]
    assert "Its people only" in done.content.decode()
    stranger = sign_in(cast.teammate)
    assert stranger.get(here).status_code == 404
    assert stranger.post(switch, {"is_restricted": ""}).status_code == 404
    assert "Website replatform" not in text(stranger, reverse("deals_table"))
    assert finds(cast.teammate, "replatform") == []
    assert Api(cast.leader).get(f"/deals/{sale.deal_id}")[0] == 404
    assert Api(cast.owner).get(f"/deals/{sale.deal_id}")[1]["is_restricted"] is True
    assert sign_in(cast.seller).post(undo["undo_url"], undo["undo_values"], headers=HTMX).status_code == 200
    assert get_deal(actor=cast.teammate, deal_id=sale.deal_id).is_restricted is False
    reader = sign_in(cast.teammate)
    assert "Restrict" not in text(reader, here)
    assert reader.post(switch, {"is_restricted": "1"}).status_code == 403


def test_a_company_is_restricted_on_its_page_and_by_programs_and_leaves_lists_counts_and_search(
    cast: Cast, sale: Sale, sign_in: SignIn
) -> None:
    desk = sign_in(cast.seller)
    (company_id,) = create_companies(actor=cast.seller, companies=[NewCompany("Quiet Waters", owner_id=cast.seller.person_id)], now=NOW)
    here, switch = (reverse(name, kwargs={"company_id": company_id}) for name in ("company", "company_restriction"))
    count = count_companies(actor=cast.teammate)
    assert len(finds(cast.teammate, "Quiet")) == 1
    done = desk.post(switch, {"is_restricted": "1"}, headers=HTMX)
    undo = json.loads(done.headers["HX-Trigger"])["toast"]
    assert "Its people only" in done.content.decode()
    assert sign_in(cast.teammate).get(here).status_code == 404
    assert sign_in(cast.teammate).post(switch, {"is_restricted": ""}).status_code == 404
    assert count_companies(actor=cast.teammate) == count - 1
    assert finds(cast.teammate, "Quiet") == []
    assert Api(cast.teammate).get(f"/companies/{company_id}")[0] == 404
    assert get_company(actor=cast.owner, company_id=company_id).is_restricted
    assert sign_in(cast.seller).post(undo["undo_url"], undo["undo_values"], headers=HTMX).status_code == 200
    assert get_company(actor=cast.teammate, company_id=company_id).is_restricted is False
    status, row = Api(cast.seller).patch(f"/companies/{company_id}", {"is_restricted": True})
    assert (status, row["is_restricted"]) == (200, True)
    with pytest.raises(NotFound):
        get_company(actor=cast.leader, company_id=company_id)


def test_nobody_restricts_a_record_out_of_their_own_sight(cast: Cast, sale: Sale) -> None:
    with pytest.raises(Refused, match="would not see it"):
        change_company(actor=cast.marketer, company_id=sale.company_id, changes={"is_restricted": True}, version=None, now=NOW)
    assert get_company(actor=cast.marketer, company_id=sale.company_id).is_restricted is False


def test_the_people_of_a_company_that_becomes_restricted_are_found_without_its_name(cast: Cast, sale: Sale) -> None:
    (company_id,) = create_companies(actor=cast.seller, companies=[NewCompany("Quiet Waters", owner_id=cast.seller.person_id)], now=NOW)
    api = Api(cast.seller)
    assert api.put(f"/contacts/{sale.contact_id}/companies", {"company_id": company_id, "is_main": True})[0] == 200
    assert f"clients.contact:{sale.contact_id}" in finds(cast.teammate, "Quiet Waters")
    change_company(actor=cast.seller, company_id=company_id, changes={"is_restricted": True}, version=None, now=NOW)
    assert finds(cast.teammate, "Quiet Waters") == []
