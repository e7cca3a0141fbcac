"""A client who waits for an answer, on the deal's page, in My work and in the discipline report."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.comms.queries import list_communications
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.queries.answers import find_owed_answer
from wonward.domains.sales.types.leads import NewLead
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def deal_url(sale: Sale, view: str = "deal") -> str:
    return reverse(view, kwargs={"deal_id": sale.deal_id})


def write(browser, sale, **more):
    data = {"kind": "email", "text": "Can you split out the support?", "contact_id": sale.contact_id, "is_from_client": "1", **more}
    answer = browser.post(deal_url(sale, "deal_log"), data, headers=HTMX)
    deliver_pending(now=NOW)
    return answer


def test_what_the_client_wrote_is_told_as_theirs_and_waits_on_the_page_and_in_my_work(cast: Cast, sale: Sale, sign_in: SignIn):
    browser = sign_in(cast.seller)
    assert "The client waits" not in browser.get(deal_url(sale)).content.decode()
    story = write(browser, sale).content.decode()
    assert '<span class="muted">from</span> <b>Hanne Dahl</b>' in story
    for page in (browser.get(deal_url(sale)), browser.get(deal_url(sale), {"part": "aside"}, headers=HTMX)):
        assert "The client waits" in page.content.decode()
    mine = browser.get(reverse("my_work")).content.decode()
    assert "Clients wait for your answer" in mine
    assert "Northwind Robotics · Website replatform" in mine
    assert "Clients wait for your answer" not in sign_in(cast.teammate).get(reverse("my_work")).content.decode()


def test_words_of_nobody_in_particular_are_the_clients(cast: Cast, sale: Sale, sign_in: SignIn):
    assert '<span class="muted">from</span> <b>the client</b>' in write(sign_in(cast.seller), sale, contact_id="").content.decode()


def test_a_note_is_never_theirs(cast: Cast, sale: Sale, sign_in: SignIn):
    write(sign_in(cast.seller), sale, kind="note")
    (entry,) = list_communications(actor=cast.seller, refs=[Ref("sales.deal", sale.deal_id)])
    assert entry.direction == ""
    assert find_owed_answer(deal_id=sale.deal_id) is None


def test_no_answer_needed_is_one_click_with_undo_and_not_for_others(cast: Cast, sale: Sale, sign_in: SignIn):
    browser = sign_in(cast.seller)
    write(browser, sale)
    assert "No answer needed" not in sign_in(cast.teammate).get(deal_url(sale)).content.decode()
    assert sign_in(cast.teammate).post(deal_url(sale, "deal_answer"), {"is_settled": "1"}, headers=HTMX).status_code == 403
    done = browser.post(deal_url(sale, "deal_answer"), {"is_settled": "1"}, headers=HTMX)
    assert done.status_code == 200
    assert "The client waits" not in done.content.decode()
    assert '"undo_values": {"is_settled": ""}' in done.headers["HX-Trigger"]
    back = browser.post(deal_url(sale, "deal_answer"), {"is_settled": ""}, headers=HTMX)
    assert "The client waits" in back.content.decode()
    assert browser.post(deal_url(sale, "deal_answer"), {"is_settled": "1"}).status_code == 302
    assert browser.post(deal_url(sale, "deal_answer"), {"is_settled": "1"}, headers=HTMX).status_code == 409


def test_the_report_counts_who_waits_too_long_and_opens_the_rows(cast: Cast, sale: Sale, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch):
    browser = sign_in(cast.seller)
    write(browser, sale)
    rows = f"{reverse('deals_table')}?urgency=unanswered"
    assert "Website replatform" not in browser.get(rows).content.decode()
    monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: NOW + timedelta(days=3))
    report = browser.get(reverse("discipline")).content.decode()
    assert 'href="/deals/table/?urgency=unanswered"' in report
    narrowed = browser.get(rows).content.decode()
    assert "Website replatform" in narrowed
    assert "Unanswered" in narrowed
    assert "late" in browser.get(deal_url(sale)).content.decode()


@pytest.mark.parametrize("place", ["company", "contact", "log"])
def test_wherever_it_is_logged_it_can_be_the_clients_word(cast: Cast, sale: Sale, sign_in: SignIn, place: str):
    browser = sign_in(cast.seller)
    data = {"kind": "email", "text": "Is the date firm?", "is_from_client": "1"}
    if place == "company":
        browser.post(reverse("company_log", kwargs={"company_id": sale.company_id}), data, headers=HTMX)
    elif place == "contact":
        browser.post(reverse("contact_log", kwargs={"contact_id": sale.contact_id}), data, headers=HTMX)
    else:
        browser.post(reverse("log_new"), {**data, "ref": f"clients.company:{sale.company_id}"}, headers=HTMX)
    (entry,) = list_communications(actor=cast.seller, refs=[Ref("clients.company", sale.company_id)])
    assert (entry.direction, entry.body) == ("in", "Is the date firm?")


def test_how_soon_clients_are_answered_is_set_beside_the_questions_for_leads(cast: Cast, sale: Sale, sign_in: SignIn):
    browser, place = sign_in(cast.owner), reverse("lead_questions")
    assert 'value="480"' in browser.get(place).content.decode()
    assert browser.post(place, {"rows": "0", "goal": "60", "answer_goal": "30"}).status_code == 302
    write(sign_in(cast.seller), sale)
    assert find_owed_answer(deal_id=sale.deal_id).due_at == NOW + timedelta(minutes=30)
    refused = browser.post(place, {"rows": "0", "goal": "60", "answer_goal": "0"})
    assert refused.status_code == 422
    assert "between one minute and thirty days" in refused.content.decode()


def test_the_deal_a_lead_becomes_shows_that_the_client_still_waits(cast: Cast, sign_in: SignIn):
    new = NewLead(name="Signe Holt", company_name="Pellworth Ceramics", message="We open a second showroom in May.", source="Website form")
    (lead_id,) = create_leads(actor=cast.seller, leads=[new], now=NOW)
    browser = sign_in(cast.seller)
    answer = browser.post(reverse("lead_conversion", kwargs={"lead_id": lead_id}), {
        "deal_name": "Second showroom", "next_kind": "call", "next_note": "Call Signe", "next_day": "2099-11-24",
    })
    assert answer.status_code in (200, 302), answer.content.decode()
    page = browser.get(answer.headers.get("Location") or answer.headers["HX-Redirect"]).content.decode()
    assert "The client waits" in page
