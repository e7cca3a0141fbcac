"""Through pages alone: somebody writes, is answered, becomes a client, signs a proposal, and has a dated project."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from tests.edges.web.sales.desk import sign_in
from tests.people import WEBSITE, Cast, make_cast
from wonward.domains.catalog.operations import create_services, create_template
from wonward.domains.catalog.types import NewService
from wonward.domains.clients.queries import get_company, list_contacts
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.sales.models import Contract, Deal, Lead, Proposal, ProposalLink
from wonward.domains.sales.operations.pipelines import create_pipeline
from wonward.domains.sales.queries.deals import get_brief, get_deal
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.journeys.handoff.models import Handoff, ScopeBaseline
from wonward.journeys.handoff.queries import get_handoff
from wonward.journeys.promises.queries import list_promises
from wonward.kernel.money import Money

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def words(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def post(client: Client, address: str, sent: dict[str, object]) -> str:
    """Where the answer leads to."""
    answer = client.post(address, sent)
    assert answer.status_code in (302, 303), answer.content.decode()[:2000]
    return str(answer.headers["Location"])


def service(cast: Cast) -> int:
    template_id = create_template(actor=cast.owner, name="Website build", items=WEBSITE, now=NOW)
    new = NewService(name="Website", template_id=template_id, price=Money(2_000_000, "EUR"), cost=Money(1_200_000, "EUR"))
    return create_services(actor=cast.owner, services=[new], now=NOW)[0]


def test_from_the_first_words_to_a_dated_project_nothing_is_typed_twice(cast: Cast) -> None:
    service_id, desk = service(cast), sign_in(cast.seller)
    lead = post(desk, "/leads/new/", {
        "name": "Signe Holt", "company_name": "Holt & Sons", "title": "Head of Digital", "email": "signe@holt.test", "phone": "+47 22 12 34 56",
        "message": "We need forty pages moved before March.", "source": "Trade fair", "service_id": service_id,
    })
    assert "Signe Holt" in words(desk, "/leads/")
    desk.post(f"{lead}answer/", {"kind": "call", "text": "Rang back; they decide in December."})
    assert "they decide in December" in words(desk, lead)
    deal = post(desk, f"{lead}conversion/", {
        "company_id": "0", "company_name": "Holt & Sons", "contact_id": "0", "deal_name": "Website for Holt", "value": "20000", "service_id": service_id,
        "next_kind": "call", "next_due_date": "2026-11-24", "next_note": "Send the proposal",
    })
    sold = Deal.objects.get()
    page = words(desk, deal)
    for said in ("Website for Holt", "Holt &amp; Sons", "Send the proposal", "they decide in December", "Trade fair"):
        assert said in page, said
    (contact,) = list_contacts(actor=cast.seller)
    assert (contact.name, contact.title, contact.email) == ("Signe Holt", "Head of Digital", "signe@holt.test")
    assert get_company(actor=cast.seller, company_id=sold.company_id or 0).source == "Trade fair"
    assert Lead.objects.get().deal_id == sold.pk

    offer = post(desk, f"{deal}proposals/", {})
    sent = {
        "rows": "2", "title": "Website for Holt", "recipient": "Signe Holt", "kickoff_date": "2026-12-01", "finish_date": "2027-03-01",
        "discount_percent": "10", "tax_percent": "25", "name-0": "Website", "service-0": service_id, "quantity-0": "1", "price-0": "20000",
        "promise-0": "Forty pages moved", "promise-key-0": "pages", "name-1": "Care plan", "quantity-1": "12", "price-1": "100", "option-1": "on",
    }
    post(desk, f"{offer}draft/", sent)
    made = desk.post(f"{offer}sending/", {"valid_until": "2026-12-18", "recipient": "Signe Holt"})
    link = re.search(r'value="[^"]*(/p/[^"/]+/)"', made.content.decode())
    assert link
    ProposalLink.objects.update(expires_at=datetime.now(UTC) + timedelta(days=30))
    desk.post(f"{deal}brief/", {"key_constraints": "The fair on 24 March does not move.", "main_stakeholder_id": contact.id})

    client = Client()
    shown = words(client, link[1])
    for said in ("Website for Holt", "€18,000", "Forty pages moved", "Care plan"):
        assert said in shown, said
    # Net 20,000 and the option 1,200, less ten percent, with tax of a quarter.
    signed = client.post(link[1], {"do": "sign", "name": "Signe Holt", "email": "signe@holt.test", "is_agreed": "on", "option": "1", "seen": "2385000"})
    assert (signed.status_code, "Accepted and signed" in signed.content.decode()) == (200, True)

    contract, won = Contract.objects.get(), get_deal(actor=cast.seller, deal_id=sold.pk)
    assert (contract.signer_name, contract.total_minor, won.status, won.value) == ("Signe Holt", 1_908_000, "won", Money(1_908_000, "EUR"))
    assert get_brief(deal_id=sold.pk).promised_finish_date == date(2027, 3, 1)
    handoff = Handoff.objects.get()
    brief = words(sign_in(cast.manager), f"/handoffs/{handoff.pk}/")
    for said in ("Website", "The fair on 24 March does not move.", "Signe Holt", "Forty pages moved"):
        assert said in brief, said
    assert ScopeBaseline.objects.get().document["contract"]["document_sha256"] == contract.document_sha256
    (made_of_it,) = get_handoff(actor=cast.manager, handoff_id=handoff.pk).projects
    project_id = made_of_it.project_id
    tasks = {task.key: task for task in list_tasks(actor=cast.manager, project_id=project_id)}
    assert (tasks["workshop"].start_date, tasks["live"].finish_date) == (date(2026, 12, 1), date(2026, 12, 24))
    assert {row.text for row in list_promises(actor=cast.seller, deal_id=sold.pk)} >= {"Forty pages moved"}
    assert Proposal.objects.get().status == "accepted"


def test_a_lead_is_put_away_with_its_reason_and_taken_up_again(cast: Cast) -> None:
    desk = sign_in(cast.seller)
    lead = post(desk, "/leads/new/", {"name": "Per Vik", "company_name": "Vik", "email": "per@vik.test", "message": "Do you sell paper?"})
    refused = desk.post(f"{lead}closing/", {})
    assert refused.status_code == 422
    post(desk, f"{lead}closing/", {"why": "Not what we do", "reason": "paper"})
    assert "Per Vik" not in words(desk, "/leads/")
    assert Lead.objects.get().closed_reason == "Not what we do: paper"
    post(desk, f"{lead}reopening/", {})
    assert "Per Vik" in words(desk, "/leads/")
    assert Lead.objects.get().status == "open"


def test_discipline_shows_the_stages_of_every_pipeline_with_the_way_to_their_deals(cast: Cast) -> None:
    create_pipeline(actor=cast.owner, name="Renewals", now=NOW)
    stage = list_pipelines()[1].stages[0]
    desk = sign_in(cast.seller)
    service(cast)
    lead = post(desk, "/leads/new/", {"name": "Per Vik", "company_name": "Vik", "email": "per@vik.test", "message": "Again, please."})
    deal = post(desk, f"{lead}conversion/", {"company_id": "0", "company_name": "Vik", "contact_id": "0", "deal_name": "Renewal of Vik",
                                            "next_kind": "call", "next_due_date": "2026-11-24"})
    desk.post(f"{deal}stage/", {"stage_id": stage.id})
    page = words(sign_in(cast.leader), "/sales/discipline/")
    address = re.search(rf'href="([^"]*stage={stage.id}[^"]*)"', page)
    assert address
    assert "Renewal of Vik" in words(sign_in(cast.leader), address[1].replace("&amp;", "&"))
