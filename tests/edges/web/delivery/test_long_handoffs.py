"""A handoff with more promises, entries and files than one answer holds: all of them are in reach, and the answer says where."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from tests.edges.api.client import Api
from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from tests.remembered import remembered
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.operations import set_members
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import put_stream
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.handoff.types import ClosedDeal
from wonward.journeys.promises.operations import make_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind, Source
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
PROMISES, ENTRIES, FILES = 204, 230, 203


@pytest.fixture
def won(cast: Cast, sale: Sale) -> ClosedDeal:
    return make_long(cast, sale)


@remembered
def make_long(cast: Cast, sale: Sale) -> ClosedDeal:
    deal = Ref("sales.deal", sale.deal_id)
    log_communications(
        actor=cast.seller, now=NOW,
        entries=[NewCommunication(CommunicationKind.CALL, (deal,), f"Call {place}", NOW + timedelta(minutes=place)) for place in range(ENTRIES)],
    )
    make_promises(
        actor=cast.seller, now=NOW,
        promises=[NewPromise(PromiseKind.DELIVERABLE, f"Template {place}", deal_id=sale.deal_id, source=Source("All of them")) for place in range(PROMISES)],
    )
    stored = put_stream(ContentFile(b"offer"))
    for place in range(FILES):
        add_document(actor=cast.seller, name=f"offer-{place}.txt", stored=stored, refs=[deal], now=NOW)
    return close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)


def read_all(api: Api, handoff: dict[str, Any], name: str) -> list[int]:
    """The ids of one list of a handoff, read on through the address the answer gave."""
    found = [one["id"] for one in handoff[name]]
    address = handoff["more"][name].removeprefix("/api/v1")
    while address:
        status, page = api.get(address)
        assert status == 200, page
        found += [one["id"] for one in page["items"]]
        base = urlsplit(address)
        rest = "&".join(part for part in base.query.split("&") if not part.startswith("cursor="))
        address = f"{base.path}?{rest}&cursor={page['next']}" if page["next"] else ""
    return found


def test_every_promise_entry_and_file_of_a_handoff_is_in_reach(won: ClosedDeal, cast: Cast) -> None:
    for actor in (cast.seller, cast.manager):
        api = Api(actor)
        handoff = api.get(f"/handoffs/{won.handoff_id}")[1]
        assert set(handoff["more"]) == {"promises", "communications", "documents"}
        promises = read_all(api, handoff, "promises")
        assert len(promises) == len(set(promises)) == sum(handoff["coverage"]["counts"].values()) >= PROMISES
        entries = read_all(api, handoff, "communications")
        assert len(entries) == len(set(entries)) >= ENTRIES
        documents = read_all(api, handoff, "documents")
        assert len(documents) == len(set(documents)) >= FILES


def test_who_sees_only_the_project_reads_the_promises_that_hold_there(won: ClosedDeal, cast: Cast) -> None:
    (project_id,) = won.project_ids
    assert Api(cast.member).get(f"/promises?handoff_id={won.handoff_id}")[0] in (403, 404)
    set_members(actor=cast.manager, project_id=project_id, person_ids=[cast.manager.person_id or 0, cast.member.person_id or 0], now=NOW)
    api = Api(cast.member)
    handoff = api.get(f"/handoffs/{won.handoff_id}")[1]
    assert len(read_all(api, handoff, "promises")) == sum(handoff["coverage"]["counts"].values()) >= PROMISES


def test_the_page_of_a_handoff_shows_the_first_and_tells_how_many_there_are(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    text = sign_in(cast.manager).get(reverse("handoff", kwargs={"handoff_id": won.handoff_id})).content.decode()
    promises = len(read_all(Api(cast.manager), Api(cast.manager).get(f"/handoffs/{won.handoff_id}")[1], "promises"))
    assert f"{promises} promises carried over" in text
    assert f"{FILES} documents" in text
    assert "Everything that was said" in text
    assert text.count("Template ") < PROMISES
