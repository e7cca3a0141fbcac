"""Companies and contacts are put away and come back; meanwhile no list shows them and nothing of them is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.edges.api.client import Api
from tests.people import NOW, TODAY, Cast, Sale, make_cast, make_sale
from wonward.domains.clients.models import DuplicatePair
from wonward.domains.clients.operations import (
    archive_company,
    archive_contact,
    create_companies,
    create_contacts,
    merge_records,
    restore_company,
    restore_contact,
)
from wonward.domains.clients.queries import (
    count_companies,
    get_company,
    get_contact,
    list_companies,
    list_contacts,
    list_duplicates,
)
from wonward.domains.clients.types import CompanyFilter, ContactFilter, NewCompany, NewContact
from wonward.domains.sales.operations.deals import change_deal, create_deals, lose_deal, reopen_deal
from wonward.domains.sales.operations.stakeholders import put_deal_stakeholder
from wonward.domains.sales.types import NewDeal, NextAction
from wonward.foundation.audit.queries import list_history
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.search.queries import search_records
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def deliver() -> None:
    while deliver_pending(now=NOW):
        pass


def found(actor: Actor, words: str) -> set[str]:
    """What the search shows somebody, as references."""
    deliver()
    return {str(row.ref) for row in search_records(actor, words).hits}


def lost(cast: Cast, sale: Sale) -> Sale:
    lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Too expensive.", now=NOW)
    return sale


def test_an_archived_company_is_nowhere_but_at_its_address_and_comes_back_everywhere(cast: Cast, sale: Sale) -> None:
    lost(cast, sale)
    company = f"clients.company:{sale.company_id}"
    before, count = get_company(actor=cast.seller, company_id=sale.company_id), count_companies(actor=cast.seller)
    assert company in found(cast.seller, "Northwind")
    archive_company(actor=cast.seller, company_id=sale.company_id, reason="Closed down.", version=before.version, now=NOW)
    assert list_companies(actor=cast.seller) == []
    assert count_companies(actor=cast.seller) == count - 1
    assert [row.id for row in list_companies(actor=cast.seller, where=CompanyFilter(is_archived=True))] == [sale.company_id]
    assert company not in found(cast.seller, "Northwind")
    row = get_company(actor=cast.seller, company_id=sale.company_id)
    assert (row.archived_at, row.version) == (NOW, before.version + 1)
    with pytest.raises(Conflict):
        archive_company(actor=cast.seller, company_id=sale.company_id, now=NOW)
    restore_company(actor=cast.seller, company_id=sale.company_id, version=row.version, now=NOW)
    again = get_company(actor=cast.seller, company_id=sale.company_id)
    assert replace(again, version=before.version) == before
    assert company in found(cast.seller, "Northwind")
    assert [one.id for one in list_companies(actor=cast.seller)] == [sale.company_id]
    with pytest.raises(Conflict):
        restore_company(actor=cast.seller, company_id=sale.company_id, now=NOW)
    said = [one.changes for one in list_history(actor=cast.owner, ref=Ref("clients.company", sale.company_id))]
    assert any(change.get("reason") == [None, "Closed down."] for change in said)


def test_a_company_with_an_open_deal_stays_and_the_refusal_names_what_the_reader_may_see(cast: Cast, sale: Sale) -> None:
    with pytest.raises(Conflict, match="Website replatform"):
        archive_company(actor=cast.seller, company_id=sale.company_id, now=NOW)
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"is_restricted": True}, now=NOW)
    with pytest.raises(Conflict, match="you do not see") as refusal:
        archive_company(actor=cast.teammate, company_id=sale.company_id, now=NOW)
    assert "Website" not in str(refusal.value)
    assert get_company(actor=cast.seller, company_id=sale.company_id).archived_at is None


def test_no_deal_begins_or_wakes_at_an_archived_company(cast: Cast, sale: Sale) -> None:
    archive_company(actor=cast.seller, company_id=lost(cast, sale).company_id, now=NOW)
    call = NextAction("call", TODAY)
    new = NewDeal(name="Again", company_id=sale.company_id, next_action=call)
    with pytest.raises(Refused, match="Bring it back"):
        create_deals(actor=cast.seller, deals=[new], now=NOW)
    with pytest.raises(Refused, match="Bring it back"):
        reopen_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=call, now=NOW)
    (other,) = create_deals(actor=cast.seller, deals=[replace(new, company_id=None)], now=NOW)
    with pytest.raises(Refused, match="Bring it back"):
        change_deal(actor=cast.seller, deal_id=other, changes={"company_id": sale.company_id}, now=NOW)
    restore_company(actor=cast.seller, company_id=sale.company_id, now=NOW)
    reopen_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=call, now=NOW)


def test_an_archived_contact_leaves_lists_and_search_and_comes_back(cast: Cast, sale: Sale) -> None:
    (contact_id,) = create_contacts(actor=cast.seller, contacts=[NewContact("Signe Holt", sale.company_id)], now=NOW)
    before = get_contact(actor=cast.seller, contact_id=contact_id)
    assert f"clients.contact:{contact_id}" in found(cast.seller, "Signe")
    archive_contact(actor=cast.seller, contact_id=contact_id, version=before.version, now=NOW)
    assert f"clients.contact:{contact_id}" not in found(cast.seller, "Signe")
    assert contact_id not in [row.id for row in list_contacts(actor=cast.seller)]
    assert contact_id not in [row.id for row in list_contacts(actor=cast.seller, company_id=sale.company_id)]
    assert [row.id for row in list_contacts(actor=cast.seller, where=ContactFilter(is_archived=True))] == [contact_id]
    assert get_contact(actor=cast.seller, contact_id=contact_id).archived_at == NOW
    restore_contact(actor=cast.seller, contact_id=contact_id, now=NOW)
    assert replace(get_contact(actor=cast.seller, contact_id=contact_id), version=before.version) == before
    assert f"clients.contact:{contact_id}" in found(cast.seller, "Signe")


def test_the_main_contact_of_what_is_going_on_stays(cast: Cast, sale: Sale) -> None:
    put_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=sale.contact_id, is_main=True, now=NOW)
    with pytest.raises(Conflict, match="Website replatform"):
        archive_contact(actor=cast.seller, contact_id=sale.contact_id, now=NOW)
    archive_contact(actor=cast.seller, contact_id=lost(cast, sale).contact_id, now=NOW)
    assert get_contact(actor=cast.seller, contact_id=sale.contact_id).archived_at == NOW


def test_only_those_who_may_change_a_record_put_it_away_and_only_as_they_saw_it(cast: Cast, sale: Sale) -> None:
    lost(cast, sale)
    for actor, error in ((cast.finance, NotAllowed), (cast.manager, NotAllowed), (cast.member, NotFound)):
        with pytest.raises(error):
            archive_company(actor=actor, company_id=sale.company_id, now=NOW)
        with pytest.raises(error):
            archive_contact(actor=actor, contact_id=sale.contact_id, now=NOW)
    with pytest.raises(Stale):
        archive_company(actor=cast.seller, company_id=sale.company_id, version=99, now=NOW)
    assert get_company(actor=cast.seller, company_id=sale.company_id).archived_at is None


def test_nobody_is_asked_about_a_pair_of_which_one_is_put_away(cast: Cast, sale: Sale) -> None:
    (copy_id,) = create_companies(actor=cast.seller, companies=[NewCompany("Nortwind Robotics")], now=NOW)
    deliver()
    assert len(list_duplicates(actor=cast.seller, noun="clients.company")) == 1
    archive_company(actor=cast.seller, company_id=copy_id, now=NOW)
    deliver()
    assert list_duplicates(actor=cast.seller, noun="clients.company") == []
    restore_company(actor=cast.seller, company_id=copy_id, now=NOW)
    deliver()
    assert len(list_duplicates(actor=cast.seller, noun="clients.company")) == 1
    assert DuplicatePair.objects.count() == 1


def test_what_was_merged_is_not_archived_but_gone_into_the_other(cast: Cast, sale: Sale) -> None:
    (copy_id,) = create_companies(actor=cast.seller, companies=[NewCompany("Nortwind Robotics")], now=NOW)
    merge_records(actor=cast.seller, noun="clients.company", source_id=copy_id, target_id=sale.company_id, now=NOW)
    assert list_companies(actor=cast.seller, where=CompanyFilter(is_archived=True)) == []
    with pytest.raises(Conflict, match="Undo the merge"):
        restore_company(actor=cast.seller, company_id=copy_id, now=NOW)


def test_programs_put_records_away_and_bring_them_back(cast: Cast, sale: Sale) -> None:
    api = Api(cast.seller)
    at = f"/companies/{sale.company_id}"
    status, problem = api.post(f"{at}/archiving", {"is_archived": True})
    assert (status, "Website replatform" in problem["detail"]) == (409, True)
    lost(cast, sale)
    status, row = api.post(f"{at}/archiving", {"is_archived": True, "reason": "Closed down."})
    assert (status, row["archived_at"] is not None) == (200, True)
    assert api.get("/companies")[1]["items"] == []
    assert [one["id"] for one in api.get("/companies?is_archived=true")[1]["items"]] == [sale.company_id]
    assert api.post(f"{at}/archiving", {"is_archived": False})[1]["archived_at"] is None
    status, row = api.post(f"/contacts/{sale.contact_id}/archiving", {"is_archived": True})
    assert (status, row["archived_at"] is not None) == (200, True)
    assert [one["id"] for one in api.get("/contacts?is_archived=true")[1]["items"]] == [sale.contact_id]
    assert Api(cast.member).post(f"{at}/archiving", {"is_archived": True})[0] == 404
    assert Api(cast.finance).post(f"{at}/archiving", {"is_archived": True})[0] == 403
