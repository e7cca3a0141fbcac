"""A contract's term and its renewal on the pages of the deal, of the client and in the list."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.urls import reverse

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, TODAY, Cast, Sale, make_sale
from wonward.domains.sales.operations.terms import open_renewal, set_term
from wonward.domains.sales.queries.terms import find_term
from wonward.domains.sales.types.terms import NewTerm
from wonward.foundation.access.operations import change_preferences
from wonward.journeys.handoff.operations import close_deal_as_won

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
TYPED = {"starts_date": "2026-12-01", "ends_date": "2027-11-30", "renewal": "offer", "notice_days": "90", "lead_days": "60", "runs_on_months": "12", "version": "0"}


@pytest.fixture
def won(cast: Cast, sale: Sale) -> Sale:
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    return sale


def url(sale: Sale, view: str = "deal") -> str:
    return reverse(view, kwargs={"deal_id": sale.deal_id})


def text(answer) -> str:
    return answer.content.decode()


def test_the_term_is_set_from_the_deals_page_and_taken_back_by_undo(cast: Cast, won: Sale, sign_in: SignIn):
    browser = sign_in(cast.seller)
    assert "Set the contract term" in text(browser.get(url(won)))
    assert 'name="ends_date"' in text(browser.get(url(won, "deal_term"), headers=HTMX))
    answer = browser.post(url(won, "deal_term"), TYPED, headers=HTMX)
    assert "1 Dec 2026 to 30 Nov 2027" in text(answer)
    undo = json.loads(answer.headers["HX-Trigger"])["toast"]["undo_values"]
    page = text(browser.get(url(won)))
    assert "Contract term" in page
    assert "1 Sep 2027" in page
    browser.post(url(won, "deal_term"), undo, headers=HTMX)
    assert find_term(actor=cast.seller, deal_id=won.deal_id, today=TODAY) is None


def test_a_wrong_day_is_said_at_its_field_and_what_was_typed_stays(cast: Cast, won: Sale, sign_in: SignIn):
    answer = sign_in(cast.seller).post(url(won, "deal_term"), {**TYPED, "ends_date": "2026-01-05", "notice_days": "17"}, headers=HTMX)
    assert answer.status_code == 422
    assert "before it starts" in text(answer)
    assert 'value="17"' in text(answer)
    assert find_term(actor=cast.seller, deal_id=won.deal_id, today=TODAY) is None


def test_the_renewal_is_opened_by_hand_and_each_of_both_pages_names_the_other(cast: Cast, won: Sale, sign_in: SignIn):
    browser = sign_in(cast.seller)
    browser.post(url(won, "deal_term"), TYPED)
    answer = browser.post(url(won, "deal_renewal"))
    renewal = text(browser.get(answer.headers["Location"]))
    assert "Renews" in renewal
    assert url(won) in renewal
    assert answer.headers["Location"] in text(browser.get(url(won)))
    assert browser.post(url(won, "deal_renewal")).status_code == 409


def test_a_contract_that_will_not_go_on_says_why_and_may_go_on_after_all(cast: Cast, won: Sale, sign_in: SignIn):
    browser = sign_in(cast.seller)
    browser.post(url(won, "deal_term"), TYPED)
    assert browser.post(url(won, "deal_term_ending"), {"reason": ""}, headers=HTMX).status_code == 422
    assert "The shop is closed." in text(browser.post(url(won, "deal_term_ending"), {"reason": "The shop is closed."}, headers=HTMX))
    assert "The shop is closed." not in text(browser.post(url(won, "deal_term_ending"), {"is_live": "1"}, headers=HTMX))


def test_the_clients_page_leads_from_first_touch_to_the_renewal(cast: Cast, won: Sale, sign_in: SignIn):
    browser, company = sign_in(cast.seller), reverse("company", kwargs={"company_id": won.company_id})
    before = text(browser.get(company))
    assert "First touch" in before
    assert "Renewal" in before
    assert "30 Nov 2027" not in before
    set_term(actor=cast.seller, deal_id=won.deal_id, term=NewTerm(date(2026, 12, 1), date(2027, 11, 30)), now=NOW)
    after = text(browser.get(company))
    assert "30 Nov 2027" in after
    assert "Contracts" in after
    open_renewal(actor=cast.seller, deal_id=won.deal_id, now=NOW)
    assert "Being renewed" in text(browser.get(company))


def test_the_list_counts_by_state_and_each_count_opens_its_rows(cast: Cast, won: Sale, sign_in: SignIn):
    other = make_sale(cast, name="Care", company="Pellworth")
    close_deal_as_won(actor=cast.seller, deal_id=other.deal_id, brief=other.brief(), now=NOW)
    for one in (won, other):
        set_term(actor=cast.seller, deal_id=one.deal_id, term=NewTerm(date(2026, 12, 1), date(2027, 11, 30)), now=NOW)
    open_renewal(actor=cast.seller, deal_id=other.deal_id, now=NOW)
    browser = sign_in(cast.seller)
    whole = text(browser.get(reverse("renewals")))
    assert "Website replatform" in whole
    assert "Pellworth" in whole
    offered = text(browser.get(reverse("renewals"), {"state": "offered"}))
    assert "Pellworth" in offered
    assert "Website replatform" not in offered
    assert "No contract here" in text(browser.get(reverse("renewals"), {"q": "nothing like it"}))


def test_who_reads_german_reads_the_rail_in_german(cast: Cast, won: Sale, sign_in: SignIn):
    set_term(actor=cast.seller, deal_id=won.deal_id, term=NewTerm(date(2026, 12, 1), date(2027, 12, 31)), now=NOW)
    change_preferences(actor=cast.seller, language="de", now=NOW)
    page = text(sign_in(cast.seller).get(reverse("company", kwargs={"company_id": won.company_id})))
    assert "31. Dez. 2027" in page
    assert "1 aktiv" in page
