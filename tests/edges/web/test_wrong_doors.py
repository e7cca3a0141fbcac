"""What leads nowhere is told in the product's own words and look, never by a bare page of the framework."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.edges.web.sales.desk import sign_in
from tests.people import make_cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/nowhere/", "/deals/not-a-number/", "/handoffs/check/x/y"])
def test_an_address_that_leads_nowhere_is_a_page_of_the_product(address: str) -> None:
    for client in (sign_in(make_cast().seller), Client()):
        answer = client.get(address)
        html = answer.content.decode()
        assert answer.status_code == 404
        assert "This page does not exist" in html
        assert "To my work" in html
        assert "shell.css" in html or "/static/" in html


def test_it_is_told_in_the_readers_language_and_as_a_fragment_to_htmx() -> None:
    assert "Diese Seite gibt es nicht" in Client().get("/nowhere/", headers={"Accept-Language": "de"}).content.decode()
    part = sign_in(make_cast().seller).get("/nowhere/", headers={"HX-Request": "true"}).content.decode()
    assert "This page does not exist" in part
    assert "<html" not in part


def test_a_form_of_another_sign_in_is_refused_in_words() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = sign_in(make_cast().seller).cookies
    answer = client.post("/deals/new/", {"name": "x"})
    assert answer.status_code == 403
    assert "Load its page again" in answer.content.decode()
