"""Every field of the forms of selling at and beyond its limits: an answer in words, never an error of ours, and nothing half written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.clients.queries import get_company, list_companies, list_contacts
from wonward.domains.sales.operations.forms import save_form
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.operations.proposals import create_proposal, send_proposal
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.queries.forms import get_form
from wonward.domains.sales.types import DealFilter
from wonward.domains.sales.types.leads import FormField, NewLead, NewLeadForm

pytestmark = pytest.mark.django_db
PART: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}
EXTREMES = (
    "", " ", "x" * 20_001, "é" * 301, "🦉" * 130, "\x00\x01", "-1", "0", "99999999999999999999999999", "1e400", "NaN", "9999-12-31", "0000-00-00",
    "2026-02-31", "<script>alert(1)</script>", "=HYPERLINK(1)", "'; DROP TABLE sales_deal;--", "٣٤", "\u202egnp.exe",
)
NEXT = {"next_kind": "call", "next_note": "Call them", "next_due_date": "2026-12-01"}
FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "a new deal": ("/deals/new/", {"name": "Big one", "company_id": "@company", "owner_id": "", "stage_id": "", "value": "100", "expected_close_date": "2027-01-01",
                                   "source": "Fair", "service_id": "@service", **NEXT}),
    "the next action": ("/deals/@deal/next-action/", {"intent": "done", "version": "1", **NEXT}),
    "the gate": ("/deals/@deal/won/", {"scope_summary": "All", "promised_finish_date": "2027-03-19", "key_constraints": "None", "main_stakeholder_id": "@contact",
                                       "kickoff_date": "2026-12-01", "extra_x": "y"}),
    "a loss": ("/deals/@deal/lost/", {"reason": "Too dear"}),
    "a stakeholder": ("/deals/@deal/stakeholders/one/", {"contact_id": "@contact", "decision_role": "decides", "influence": "high", "stance": "for", "preference": "Mail"}),
    "the log of a deal": ("/deals/@deal/log/", {"kind": "call", "text": "Hello", "contact_id": "@contact"}),
    "the log from anywhere": ("/log/new/", {"kind": "call", "outcome": "Reached", "text": "Hello", "ref": "sales.deal:@deal", "privacy": "internal"}),
    "the search of the log": ("GET /log/", {"q": "hello", "kind": "call", "span": "31", "contact": "@contact", "ref": "sales.deal:@deal", "page": "1"}),
    "a new lead": ("/leads/new/", {"name": "Lena", "company_name": "Acme", "title": "CEO", "email": "lena@acme.test", "phone": "030 1", "message": "Hi", "source": "Fair",
                                   "campaign_id": "", "service_id": "@service", "owner_id": ""}),
    "a conversion": ("/leads/@lead/conversion/", {"company_id": "0", "company_name": "Acme", "contact_id": "0", "deal_name": "First", "value": "10", "owner_id": "",
                                                  "stage_id": "", "service_id": "@service", "expected_close_date": "2027-01-01", **NEXT}),
    "a new company": ("/companies/new/", {"name": "Acme", "domain": "acme.test", "industry": "Steel", "country": "Norway"}),
    "a new contact": ("/contacts/new/", {"name": "Jo Day", "company": "", "company_id": "@company", "title": "CEO", "email": "jo@acme.test", "phone": "030", "source": "Fair"}),
    "ways to reach somebody": ("/contacts/@contact/points/", {"kind": "email", "value": "jo@acme.test"}),
    "where somebody works": ("/contacts/@contact/companies/", {"company": "Acme", "company_id": "@company", "role": "Buyer", "start_date": "2026-01-01",
                                                               "finish_date": "2026-12-31", "is_main": "on"}),
    "a consent": ("/contacts/@contact/consents/", {"purpose": "email", "state": "given", "basis": "", "consent_source": "Fair"}),
    "sending a proposal": ("/proposals/@proposal/sending/", {"valid_until": "2027-01-01", "recipient": "Hanne", "is_tracked": "on"}),
    "a question about a proposal": ("/proposals/@proposal/comments/", {"text": "Why?"}),
    "a proposal": ("/proposals/@proposal/draft/", {"title": "Offer", "intro": "Dear", "terms": "30 days", "recipient": "Hanne", "finish_date": "2027-01-01",
                                                   "kickoff_date": "2026-12-01", "rows": "1", "service-0": "@service", "quantity-0": "1", "price-0": "10", "version": "1"}),
    "an answer to a lead": ("/leads/@lead/answer/", {"kind": "email", "text": "We can", "subject": "Yes"}),
    "what is found out": ("/leads/@lead/qualification/", {"key": "need", "state": "clear", "note": "A shop"}),
    "a lead put away": ("/leads/@lead/closing/", {"why": "No need", "reason": "They said so"}),
    "what is sold": ("/deals/@deal/lines/", {"rows": "1", "service-0": "@service", "quantity-0": "1", "price-0": "10", "version": "1"}),
    "a colleague on a deal": ("/deals/@deal/people/one/", {"person_id": "@person", "part": "presales", "is_gone": ""}),
    "a promise": ("/deals/@deal/promises/", {"kind": "deliverable", "text": "A shop", "due_date": "2027-01-01", "weight": "1", "condition": "", "quote": ""}),
    "a question of a client": ("/p/@token/", {"do": "ask", "asker": "Hanne", "text": "Is hosting part of it?"}),
    "a signature": ("/p/@token/", {"do": "sign", "name": "Hanne", "email": "h@northwind.test", "option": "0", "seen": "1"}),
    "a web form": ("/f/@form/", {"name": "Lena", "email": "lena@lead.test", "message": "Hi", "opened": "x", "utm_campaign": "Fair"}),
    "rules of the score": ("/leads/settings/", {"rows": "1", "field-0": "phone", "operator-0": "is_filled", "value-0": "", "points-0": "5", "label-0": "A phone"}),
    "questions to leads": ("/leads/settings/questions/", {"rows": "1", "label-0": "Need", "key-0": "need", "question-0": "What for?", "goal": "60", "pipeline_id": "1"}),
    "a form for leads": ("/leads/forms/new/", {"name": "Website", "title": "Talk to us", "intro": "Hi", "button": "Send", "thanks": "Thanks", "source": "Web"}),
    "a goal": ("/sales/goals/", {"month": "2026-12", "person_id": "@person", "amount": "1000"}),
    "reasons of losses": ("/sales/lost-reasons/", {"names": "Too dear"}),
}
OF_THE_HOUSE = {"rules of the score", "questions to leads", "a form for leads", "a goal", "reasons of losses"}


@pytest.fixture
def ids(cast: Cast, sale: Sale) -> dict[str, int | str]:
    (lead_id,) = create_leads(actor=cast.seller, leads=[NewLead(name="Lena Lead", email="lena@lead.test", owner_id=cast.seller.person_id)], now=NOW)
    proposal_id = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    token = send_proposal(actor=cast.seller, proposal_id=create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW), valid_until=date(2027, 1, 1), now=NOW)
    asked = tuple(FormField(name, name.title(), kind) for name, kind in (("name", "text"), ("email", "email"), ("message", "long_text")))
    form = get_form(actor=cast.owner, form_id=save_form(actor=cast.owner, form=NewLeadForm(name="Web", title="Write", fields=asked), now=NOW))
    return {"token": token, "form": form.key, "person": cast.teammate.person_id or 0, "company": sale.company_id, "contact": sale.contact_id, "service": sale.service_id, "deal": sale.deal_id, "lead": lead_id, "proposal": proposal_id}


def filled(text: str, ids: dict[str, int | str]) -> str:
    for name, key in ids.items():
        text = text.replace(f"@{name}", str(key))
    return text


def send(client: Client, address: str, values: dict[str, str]) -> Any:
    method, _, path = address.rpartition(" ")
    return client.get(path, values) if method == "GET" else client.post(path, values, **PART)


@pytest.mark.parametrize("form", FORMS)
def test_whatever_stands_in_a_field_is_taken_or_refused_in_words(form: str, cast: Cast, sale: Sale, ids: dict[str, int | str], sign_in: SignIn) -> None:
    """Each field in turn holds three of the extremes, other ones for each field."""
    walk(form, cast, ids, sign_in, lambda place: [EXTREMES[(place * 3 + step) % len(EXTREMES)] for step in range(3)])


@pytest.mark.long
@pytest.mark.parametrize("form", FORMS)
def test_every_extreme_in_every_field(form: str, cast: Cast, sale: Sale, ids: dict[str, int | str], sign_in: SignIn) -> None:
    walk(form, cast, ids, sign_in, lambda place: EXTREMES)


def walk(form: str, cast: Cast, ids: dict[str, int | str], sign_in: SignIn, extremes: Callable[[int], Sequence[str]]) -> None:
    address, usual = FORMS[form]
    address, usual = filled(address, ids), {name: filled(value, ids) for name, value in usual.items()}
    seller = sign_in(cast.owner if form in OF_THE_HOUSE else cast.seller)
    for field, extreme in [(field, extreme) for place, field in enumerate(usual) for extreme in extremes(place)]:
        answer = send(seller, address, {**usual, field: extreme})
        assert answer.status_code < 500, (form, field, extreme[:20], answer.status_code)
        if answer.status_code in (409, 422):
            assert len(answer.content) > 20, (form, field, extreme[:20])
        assert b"<script>alert(1)</script>" not in answer.content, (form, field)


def test_what_was_typed_beyond_a_limit_comes_back_to_be_mended(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    answer = sign_in(cast.seller).post("/deals/new/", {"name": "Kept words", "company_id": str(sale.company_id), "value": "a lot", **NEXT}, **PART)
    assert answer.status_code == 422
    assert b"Kept words" in answer.content
    assert b"a lot" in answer.content
    assert [row.name for row in list_deals(actor=cast.seller, where=DealFilter(), now=NOW)] == ["Website replatform"]


def test_two_who_edit_one_company_at_once_are_told_and_lose_nothing(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    company = get_company(actor=cast.seller, company_id=sale.company_id)
    seller, version = sign_in(cast.seller), str(company.version)
    path = f"/companies/{sale.company_id}/field/industry/"
    assert seller.post(path, {"industry": "Steel", "version": version}, **PART).status_code == 200
    second = seller.post(path, {"industry": "Paper", "version": version}, **PART)
    assert second.status_code in (409, 412)
    assert b"Steel" in second.content
    assert get_company(actor=cast.seller, company_id=sale.company_id).industry == "Steel"
    assert len(list_companies(actor=cast.seller)) == 1
    assert len(list_contacts(actor=cast.seller)) == 1
