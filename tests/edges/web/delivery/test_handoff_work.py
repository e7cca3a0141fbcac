"""Brief, sale, scope, kickoff, measures and self-check, as they are met in the browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.operations import change_project
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import put_stream
from wonward.journeys.handoff.operations import accept_handoff, close_deal_as_won, return_handoff
from wonward.journeys.handoff.queries import get_brief_of_project, get_kickoff, list_baselines, list_questions
from wonward.journeys.handoff.types import ClosedDeal, Question
from wonward.journeys.promises.operations import make_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def won(cast: Cast, sale: Sale) -> ClosedDeal:
    make_promises(
        actor=cast.seller, now=NOW,
        promises=[NewPromise(PromiseKind.EXCLUSION, "No translations", deal_id=sale.deal_id),
                  NewPromise(PromiseKind.STAFFING, "Jonas builds it himself", deal_id=sale.deal_id)],
    )
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, now=NOW)
    return closed


def test_somebody_reads_the_brief_and_says_that_they_know_it(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    (project_id,) = won.project_ids
    client = sign_in(cast.manager)
    page = client.get(reverse("project_brief", args=[project_id])).content.decode()
    for words in ("No translations", "Jonas builds it himself", "Not included", "Promise without work", "0 of 3 known by you", "Tom Brandt"):
        assert words in page
    items = re.findall(r'name="item" value="([^"]+)"', page)
    answer = client.post(reverse("brief_known", args=[project_id]), {"item": items[:1]}, headers=HTMX)
    assert "1 of 3 known by you" in answer.content.decode()
    assert len(get_brief_of_project(actor=cast.manager, project_id=project_id).known) == 1
    stale = client.post(reverse("brief_known", args=[project_id]), {"item": "promise:1|other"}, headers=HTMX)
    assert stale.status_code == 422
    assert "The brief has changed" in stale.content.decode()


def test_a_stranger_has_no_brief(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.member).get(reverse("project_brief", args=won.project_ids)).status_code == 404
    assert sign_in(cast.marketer).get(reverse("project_sale", args=won.project_ids)).status_code in (403, 404)


def test_the_sale_is_reached_from_the_project_and_asked_about_from_there(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    (project_id,) = won.project_ids
    client = sign_in(cast.manager)
    assert reverse("project_sale", args=[project_id]) in client.get(reverse("project", args=[project_id])).content.decode()
    page = client.get(reverse("project_sale", args=[project_id])).content.decode()
    for words in ("The trade fair on 24 March does not move.", "No translations", "Hanne Dahl", "Ask sales"):
        assert words in page
    url = reverse("project_question", args=[project_id])
    refused = client.post(url, {"field": "weather", "text": ""})
    assert refused.status_code == 422
    assert "Write what you need to know." in refused.content.decode()
    client.post(url, {"field": "promises", "text": "Who is Jonas?"})
    (question,) = list_questions(handoff_id=won.handoff_id)
    assert question.is_error
    seller = sign_in(cast.seller)
    seller.post(reverse("question_message", args=[won.handoff_id, question.id]), {"text": "Jonas Ode."})
    assert "Jonas Ode." in client.get(reverse("handoff", args=[won.handoff_id])).content.decode()
    assert seller.post(reverse("question_message", args=[won.handoff_id + 1, question.id]), {"text": "x"}).status_code == 404


def test_every_entry_and_document_of_the_sale_is_reached_page_by_page(won: ClosedDeal, cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    deal = Ref("sales.deal", sale.deal_id)
    log_communications(
        actor=cast.seller, now=NOW,
        entries=[NewCommunication(CommunicationKind.CALL, (deal,), f"Call number {place}.", NOW + timedelta(minutes=place)) for place in range(70)],
    )
    paper = add_document(actor=cast.seller, name="offer.txt", stored=put_stream(ContentFile(b"what we offer")), refs=[deal], now=NOW)
    client, address = sign_in(cast.manager), reverse("project_sale", args=won.project_ids)
    newest, older = client.get(address).content.decode(), client.get(f"{address}?page=2").content.decode()
    assert "Call number 69." in newest
    assert "Call number 5." not in newest
    assert f'href="{address}?page=2"' in newest
    assert "Call number 5." in older
    assert f'href="{reverse("document", args=[paper])}"' in newest
    opened = client.get(reverse("document", args=[paper]))
    assert b"".join(opened.streaming_content) == b"what we offer"
    assert client.get(f"{address}?page=nothing").status_code == 200


def test_the_scope_is_amended_on_its_page(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    url = reverse("handoff_amendment", args=[won.handoff_id])
    refused = client.post(url, {"reason": "", "scope_summary": "More."})
    assert refused.status_code == 422
    assert 'id="field-reason-error"' in refused.content.decode()
    client.post(url, {"reason": "They ordered more.", "scope_summary": "48 templates."})
    page = client.get(reverse("handoff_scope", args=[won.handoff_id])).content.decode()
    for words in ("Version 2: Amendment", "They ordered more.", "<del>Move 42 templates and 1,100 pages.</del>", "<ins>48 templates.</ins>"):
        assert words in page
    assert len(list_baselines(actor=cast.owner, handoff_id=won.handoff_id)) == 2
    assert "Amend the scope" not in sign_in(cast.manager).get(reverse("handoff_scope", args=[won.handoff_id])).content.decode()


def test_a_member_sees_no_price_in_the_scope(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    change_project(actor=cast.manager, project_id=won.project_ids[0], changes={"manager_id": cast.member.person_id}, now=NOW)
    page = sign_in(cast.member).get(reverse("handoff_scope", args=[won.handoff_id])).content.decode()
    assert "Website Northwind Robotics" in page
    assert "84000" not in page
    assert "84,000" not in page


def test_the_kickoff_is_prepared_planned_and_put_into_a_calendar(won: ClosedDeal, cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    item = get_kickoff(actor=cast.manager, handoff_id=won.handoff_id).items[0]
    ticked = client.post(reverse("kickoff_item", args=[won.handoff_id, item.id]), {"is_done": "on"}, headers=HTMX).content.decode()
    assert 'aria-pressed="true"' in ticked
    client.post(reverse("kickoff_list", args=[won.handoff_id]), {"items": f"{item.text}\r\nOrder the cake"})
    assert [one.is_done for one in get_kickoff(actor=cast.manager, handoff_id=won.handoff_id).items] == [True, False]
    url = reverse("kickoff_plan", args=[won.handoff_id])
    assert client.post(url, {"date": "2026-12-05", "starts_at": "late"}).status_code == 422
    client.post(url, {"date": "2026-12-02", "starts_at": "10:00", "duration_minutes": "90", "video_url": "https://meet.test/a",
                      "person_ids": [str(cast.manager.person_id)], "contact_ids": [str(sale.contact_id)]})
    answer = client.get(reverse("kickoff_file", args=[won.handoff_id]))
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert b"DTSTART:20261202T100000Z" in answer.content
    page = client.get(reverse("handoff_kickoff", args=[won.handoff_id])).content.decode()
    assert "10:00 UTC" in page
    assert "Order the cake" in page


def test_every_number_of_the_measures_leads_to_its_rows(won: ClosedDeal, cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    from tests.people import make_sale

    other = make_sale(cast, name="Deal b", company="Beta Works")
    second = close_deal_as_won(actor=cast.seller, deal_id=other.deal_id, brief=other.brief(), now=NOW)
    return_handoff(actor=cast.manager, handoff_id=second.handoff_id, questions=[Question("kickoff_date", "Which hour?")], now=NOW)
    client = sign_in(cast.manager)
    page = client.get(reverse("handoffs") + "?measures=1").content.decode()
    assert "Website replatform" in page
    assert "Deal b" in page
    narrowed = client.get(reverse("handoffs") + "?measure=returned&field=kickoff_date").content.decode()
    assert "Deal b" in narrowed
    assert "Website replatform" not in narrowed
    assert "1 handoff." in narrowed
    assert 'class="measures"' in page
    assert 'class="measures"' not in sign_in(cast.finance).get(reverse("handoffs") + "?measures=1").content.decode()


def test_the_self_check_is_for_owners(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    change_project(actor=cast.manager, project_id=won.project_ids[0], changes={"name": "Something else"}, now=NOW)
    change_project(actor=cast.manager, project_id=won.project_ids[0], changes={"name": "Website replatform"}, now=NOW)
    assert sign_in(cast.manager).get(reverse("handoff_check")).status_code == 403
    page = sign_in(cast.owner).get(reverse("handoff_check")).content.decode()
    assert "Website replatform (name)" in page
    assert "Jonas builds it himself" in page


def test_the_pages_ask_no_more_than_twenty_five_questions(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    for name, key in (("project_brief", won.project_ids[0]), ("project_sale", won.project_ids[0]), ("handoff", won.handoff_id),
                      ("handoff_scope", won.handoff_id), ("handoff_kickoff", won.handoff_id)):
        assert _count(client, reverse(name, args=[key])) <= 25, name


def _count(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
