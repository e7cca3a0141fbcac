"""A seller puts a deal into the trash from its history, takes it back at once; an owner finds what lies there."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.edges.web.settings.test_house import undo

pytestmark = pytest.mark.django_db


def test_a_deal_goes_from_its_history_and_comes_back_by_the_undo_of_the_page(cast, sale, sign_in):
    seller = sign_in(cast.seller)
    deal = reverse("deal", args=[sale.deal_id])
    drawer = seller.get(reverse("record_history"), {"ref": f"sales.deal:{sale.deal_id}"}).content.decode()
    assert "Into the trash" in drawer
    assert seller.post(reverse("trash"), {"ref": f"sales.deal:{sale.deal_id}"}).status_code == 302
    assert seller.get(deal).status_code == 404
    assert undo(seller, reverse("trash")) == 302
    assert seller.get(deal).status_code == 200


def test_the_trash_lists_ones_own_and_all_to_an_owner(cast, sale, sign_in):
    seller, owner, teammate = sign_in(cast.seller), sign_in(cast.owner), sign_in(cast.teammate)
    seller.post(reverse("trash"), {"ref": f"sales.deal:{sale.deal_id}"})
    page = owner.get(reverse("trash")).content.decode()
    assert "Website replatform" in page
    assert "Website replatform" in seller.get(reverse("trash")).content.decode()
    assert "The trash is empty" in teammate.get(reverse("trash")).content.decode()
    (address,) = re.findall(r'action="(/trash/\d+/return/)"', page)
    assert teammate.post(address).status_code == 404
    assert owner.post(address).headers["Location"] == reverse("deal", args=[sale.deal_id])


def test_a_client_with_deals_is_refused_with_what_stands_on_it(cast, sale, sign_in):
    owner = sign_in(cast.owner)
    answer = owner.post(reverse("trash"), {"ref": f"clients.company:{sale.company_id}"})
    assert answer.status_code == 409
    assert "1 × deal" in answer.content.decode()
    assert owner.post(reverse("trash"), {"ref": "nonsense"}).status_code == 404
