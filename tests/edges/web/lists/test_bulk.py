"""Tick rows, choose what to change, look at every row, apply, take it back."""

from __future__ import annotations

import re

import pytest

from tests.edges.web.lists.test_saved_views import text_of
from tests.people import NOW
from wonward.domains.clients.operations import create_companies, create_contacts
from wonward.domains.clients.queries import get_company
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types.leads import NewLead


def test_a_seller_changes_ticked_companies_after_a_look_and_takes_it_back(cast, sale, sign_in):
    alder, birch, cedar = create_companies(actor=cast.seller, now=NOW, companies=[NewCompany(name=name) for name in ("Alder", "Birch", "Cedar")])
    seller = sign_in(cast.seller)
    assert f'name="row" value="{alder}"' in text_of(seller, "/companies/")
    form = seller.post("/bulk/new/?list=clients.companies", {"row": [alder, birch], "step": "choose"}).content.decode()
    assert "Change 2 companies" in form
    assert "All 4 companies that match the list" in form
    empty = seller.post("/bulk/new/?list=clients.companies", {"row": [alder, birch], "step": "look"})
    assert (empty.status_code, "Choose what to change" in empty.content.decode()) == (422, True)
    answer = seller.post("/bulk/new/?list=clients.companies", {"row": [alder, birch], "step": "look", "set_tier": "A", "set_add_tags": "Fair, 2026"})
    look = text_of(seller, answer["Location"])
    assert look.count("Will change") == 3
    assert get_company(actor=cast.owner, company_id=alder).tier == ""
    done = seller.post(answer["Location"] + "applying/", follow=True).content.decode()
    assert "Take it back" in done
    assert get_company(actor=cast.owner, company_id=birch).tier == "A"
    assert get_company(actor=cast.owner, company_id=cedar).tier == ""
    assert "Taken back" in seller.post(answer["Location"] + "undoing/", follow=True).content.decode()
    assert get_company(actor=cast.owner, company_id=birch).tier == ""
    assert "2 companies" in text_of(seller, "/bulk/")
    assert sign_in(cast.teammate).get(answer["Location"]).status_code == 404


def test_all_that_match_means_the_filter_and_not_the_page(cast, sale, sign_in):
    create_companies(actor=cast.seller, now=NOW, companies=[NewCompany(name=f"Alder {place}") for place in range(3)])
    seller = sign_in(cast.seller)
    answer = seller.post("/bulk/new/?list=clients.companies&q=Alder", {"row": [], "scope": "all", "step": "look", "set_tier": "B"})
    assert "Change 3 companies" in text_of(seller, answer["Location"])


def test_moving_to_won_from_the_table_leads_to_the_gate_of_each_deal(cast, sale, sign_in):
    seller = sign_in(cast.seller)
    won = next(stage.id for stage in list_pipelines()[0].stages if stage.kind == "won")
    assert f'name="row" value="{sale.deal_id}"' in text_of(seller, "/deals/table/")
    answer = seller.post("/bulk/new/?list=sales.deals", {"row": sale.deal_id, "step": "look", "set_stage_id": won})
    page = text_of(seller, answer["Location"])
    assert f'href="/deals/{sale.deal_id}/won/"' in page
    assert "Change 1 deal</button>" not in page
    seller.post(answer["Location"] + "applying/")
    assert get_deal(actor=cast.owner, deal_id=sale.deal_id).status == "open"


def test_a_next_action_needs_its_date(cast, sale, sign_in):
    answer = sign_in(cast.seller).post("/bulk/new/?list=sales.deals", {"row": sale.deal_id, "step": "look", "set_next_note": "Call"})
    assert answer.status_code == 422
    assert "A next action needs a date." in answer.content.decode()


def test_leads_and_contacts_can_be_ticked_too(cast, sale, sign_in):
    (lead_id,) = create_leads(actor=cast.seller, leads=[NewLead(name="Ada")], now=NOW)
    (contact_id,) = create_contacts(actor=cast.seller, contacts=[NewContact(name="Zoe")], now=NOW)
    seller = sign_in(cast.seller)
    assert f'name="row" value="{lead_id}"' in text_of(seller, "/leads/")
    assert f'name="row" value="{contact_id}"' in text_of(seller, "/contacts/")
    for name, row, asked, words in (("sales.leads", lead_id, {"set_owner_id": cast.seller.person_id}, "Mara Klein"), ("clients.contacts", contact_id, {"set_title": "Head"}, "Head")):
        answer = seller.post(f"/bulk/new/?list={name}", {"row": row, "step": "look", **asked})
        assert re.search(rf"<b>{words}</b>", text_of(seller, answer["Location"]))


@pytest.mark.parametrize("who", ["finance", "member", "marketer"])
def test_who_may_not_change_deals_finds_no_box_and_no_form(cast, sale, sign_in, who):
    client = sign_in(getattr(cast, who))
    assert client.post("/bulk/new/?list=sales.deals", {"row": sale.deal_id}).status_code == 403
    assert 'name="row"' not in client.get("/deals/table/").content.decode()


def test_a_row_that_never_was_is_refused(cast, sale, sign_in):
    answer = sign_in(cast.seller).post("/bulk/new/?list=sales.deals", {"row": 987_654_321, "step": "look", "set_source": "Fair"})
    assert answer.status_code == 422
    assert "that you can see" in answer.content.decode()


def test_ticked_deals_go_into_the_trash_after_a_look_and_one_click_brings_them_back(cast, sale, sign_in):
    seller = sign_in(cast.seller)
    form = seller.post("/bulk/new/?list=sales.deals", {"row": sale.deal_id, "step": "choose"}).content.decode()
    assert "Put them into the trash instead" in form
    both = seller.post("/bulk/new/?list=sales.deals", {"row": sale.deal_id, "step": "look", "set_source": "Fair", "set_trash": "on"})
    assert (both.status_code, "not both at once" in both.content.decode()) == (422, True)
    answer = seller.post("/bulk/new/?list=sales.deals", {"row": sale.deal_id, "step": "look", "set_trash": "on"})
    assert "Put 1 deal into the trash</button>" in text_of(seller, answer["Location"])
    assert seller.get(f"/deals/{sale.deal_id}/").status_code == 200
    done = seller.post(answer["Location"] + "applying/", follow=True).content.decode()
    assert "Website replatform" in done
    assert f'href="/deals/{sale.deal_id}/"' not in done
    assert seller.get(f"/deals/{sale.deal_id}/").status_code == 404
    assert "Taken back" in seller.post(answer["Location"] + "undoing/", follow=True).content.decode()
    assert seller.get(f"/deals/{sale.deal_id}/").status_code == 200
