"""An owner looks where a person is, hands everything out, and erases them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.people import NOW
from wonward.foundation.jobs.runner import run_due_jobs

pytestmark = pytest.mark.django_db


def test_an_owner_looks_hands_out_and_erases_with_a_reason(cast, sale, sign_in):
    owner = sign_in(cast.owner)
    page = reverse("person_privacy", args=[sale.contact_id])
    assert page in owner.get(reverse("contact", args=[sale.contact_id])).content.decode()
    owner.post(reverse("person_look", args=[sale.contact_id]))
    run_due_jobs(now=NOW)
    assert "Where it lies" in owner.get(page).content.decode()
    file = owner.post(reverse("person_file", args=[sale.contact_id]))
    assert "Hanne Dahl" in file.content.decode()
    assert "attachment" in file.headers["Content-Disposition"]
    assert owner.post(page, {"reason": ""}).status_code == 422
    assert owner.post(page, {"reason": "Hanne Dahl asked on the phone."}).status_code == 302
    run_due_jobs(now=NOW)
    shown = owner.get(page).content.decode()
    assert "Nothing is left but what is listed here." in shown
    assert "Hanne" not in shown
    assert "Hanne" not in owner.get(reverse("contact", args=[sale.contact_id])).content.decode()
    assert owner.post(page, {"reason": "Again"}).status_code == 409


def test_others_have_no_such_page(cast, sale, sign_in):
    seller = sign_in(cast.seller)
    page = reverse("person_privacy", args=[sale.contact_id])
    assert page not in seller.get(reverse("contact", args=[sale.contact_id])).content.decode()
    assert seller.get(page).status_code == 403
    assert seller.post(page, {"reason": "Because"}).status_code == 403
    assert seller.post(reverse("person_file", args=[sale.contact_id])).status_code == 403
