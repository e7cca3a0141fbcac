"""What the client gets of a proposal: the sealed document itself, an answer after the link has expired, words in one language."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import typst
from django.test import Client

from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, make_cast, make_sale
from wonward.domains.sales.models import Contract, ProposalComment, ProposalLink
from wonward.domains.sales.operations.deals import lose_deal
from wonward.domains.sales.operations.proposals import (
    create_proposal,
    revoke_links,
    save_proposal,
    send_proposal,
)
from wonward.domains.sales.queries.proposals import get_proposal
from wonward.foundation.organisation.models import Organisation

pytestmark = pytest.mark.django_db
NEVER = datetime(2060, 1, 1, tzinfo=UTC)


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def sale(cast):
    return make_sale(cast)


@pytest.fixture
def sent(cast, sale):
    """The id of a sent proposal and the token of its link, which is open for long."""
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    token = send_proposal(actor=cast.seller, proposal_id=key, valid_until=date(2026, 12, 18), now=NOW)
    ProposalLink.objects.update(expires_at=NEVER)
    return key, token


def sign(token):
    seen = str(8_400_000)
    signed = Client().post(f"/p/{token}/", {"do": "sign", "name": "Hanne Dahl", "is_agreed": "on", "seen": seen})
    assert signed.status_code == 200
    return Contract.objects.get()


def digest(response):
    assert response.status_code == 200
    return hashlib.sha256(response.content).hexdigest()


def test_the_signed_copy_is_the_sealed_document_for_the_client_and_for_the_office(cast, sent):
    key, token = sent
    contract = sign(token)
    assert digest(Client().get(f"/p/{token}/file.pdf")) == contract.document_sha256
    assert digest(sign_in(cast.seller).get(f"/proposals/{key}/file.pdf")) == contract.document_sha256


def test_an_expired_link_still_takes_the_question_it_invites(cast, sent):
    key, token = sent
    ProposalLink.objects.update(expires_at=NOW - timedelta(days=1))
    assert "Ask below and you get a new link" in Client().get(f"/p/{token}/").content.decode()
    asked = Client().post(f"/p/{token}/", {"do": "ask", "asker": "Hanne", "text": "May we have another week?"})
    assert asked.status_code == 200
    assert "May we have another week?" in asked.content.decode()
    assert list(ProposalComment.objects.values_list("text", "is_client")) == [("May we have another week?", True)]
    revoke_links(actor=cast.seller, proposal_id=key, now=NOW)
    assert Client().post(f"/p/{token}/", {"do": "ask", "text": "And now?"}).status_code == 404
    assert ProposalComment.objects.count() == 1


def test_words_that_do_not_fit_are_sent_back_whole_and_not_cut(cast, sent):
    key, token = sent
    page, office = f"/p/{token}/", sign_in(cast.seller)
    long = "Why so? " * 600
    for _ in range(2):
        asked = Client().post(page, {"do": "ask", "asker": "Hanne", "text": long})
        assert (asked.status_code, long.strip() in asked.content.decode()) == (422, True)
        assert "This is longer than 4000 characters." in asked.content.decode()
    assert office.post(f"/proposals/{key}/comments/", {"text": long}).status_code == 422
    assert not ProposalComment.objects.exists()
    assert Client().post(page, {"do": "ask", "asker": "Hanne", "text": "é" * 4000}).status_code == 200
    assert len(ProposalComment.objects.get().text) == 4000
    signature = {"do": "sign", "name": "Hanne Dahl", "email": "hanne@northwind.test", "is_agreed": "on", "seen": "8400000"}
    for more, words in (({"name": "H" * 201}, "This is longer than 200 characters."), ({"email": f"{'h' * 250}@x.de"}, "This is longer than 254 characters.")):
        refused = Client().post(page, {**signature, **more})
        assert (refused.status_code, words in refused.content.decode()) == (422, True)
    assert not Contract.objects.exists()


def test_a_link_is_good_until_the_day_ends_where_the_house_is(cast, sale):
    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": "America/New_York"})
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    send_proposal(actor=cast.seller, proposal_id=key, valid_until=date(2026, 12, 18), now=NOW)
    assert ProposalLink.objects.get().expires_at == datetime(2026, 12, 19, 5, tzinfo=UTC)


def test_a_german_house_writes_german_terms_and_a_german_document(cast, sale, monkeypatch):
    Organisation.objects.update_or_create(pk=1, defaults={"language": "de"})
    drawn = {}
    compile_page = typst.compile

    def watched(page, **arguments):
        drawn.update(json.loads(arguments["sys_inputs"]["data"]))
        return compile_page(page, **arguments)

    monkeypatch.setattr(typst, "compile", watched)
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    content = get_proposal(actor=cast.seller, proposal_id=key, now=NOW).content
    save_proposal(
        actor=cast.seller, proposal_id=key, now=NOW,
        content=replace(content, kickoff_date=date(2026, 12, 1), finish_date=date(2027, 3, 19), discount_percent=Decimal("2.5"), tax_percent=Decimal(19)),
    )
    pdf = sign_in(cast.seller).get(f"/proposals/{key}/file.pdf").content
    assert pdf.startswith(b"%PDF")
    assert drawn["language"] == "de"
    said = json.dumps(drawn, ensure_ascii=False)
    assert "Der Preis ist fest" in said
    assert "19. März 2027" in said
    assert "84.000,00 EUR" in said
    assert "2,5 %" in said
    for english in ("The price is fixed", "Quantity", "Terms", "Accepted and signed", "Discount", "To pay", "March", "Finish"):
        assert english not in said


def test_a_lost_deal_that_is_signed_all_the_same_stands_on_discipline_until_it_is_opened_again(cast, sale, sent):
    _, token = sent
    lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Price", now=NOW)
    assert "Signed after it was lost" not in sign_in(cast.leader).get("/sales/discipline/").content.decode()
    sign(token)
    page = sign_in(cast.leader).get("/sales/discipline/").content.decode()
    assert "Signed after it was lost" in page
    assert f'href="/deals/{sale.deal_id}/"' in page


def test_what_nobody_changes_any_more_is_read_as_words_in_the_office(cast, sale, sent):
    key, token = sent
    office = sign_in(cast.seller)
    assert b'name="quantity-0"' in office.get(f"/proposals/{key}/").content
    sign(token)
    page = office.get(f"/proposals/{key}/").content.decode()
    assert 'name="quantity-0"' not in page
    assert "Website Northwind Robotics" in page
    assert "Strategist 16" in page
    assert "The price is fixed." in page
