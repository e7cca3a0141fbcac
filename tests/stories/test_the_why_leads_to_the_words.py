"""The client wrote it in March; the task says so in June."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from tests.edges.web.sales.desk import sign_in
from tests.people import make_cast, make_sale
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication, NewParticipant
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.journeys.handoff.operations import accept_handoff, close_deal_as_won
from wonward.journeys.promises.operations import cover_promise
from wonward.journeys.promises.queries import list_promises
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
MARCH = datetime(2026, 3, 12, 8, 47, tzinfo=UTC)
APRIL = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
JUNE = datetime(2026, 6, 8, 10, 0, tzinfo=UTC)
LETTER = "Dear Mara,\n\nwhatever you build, the search must answer\nin under a second on the hall Wi-Fi.\n\nBest, Hanne"


def test_the_client_wrote_it_in_march_and_the_task_says_so_in_june(monkeypatch):
    cast = make_cast()
    sale = make_sale(cast)
    (letter,) = log_communications(
        actor=cast.seller, now=MARCH,
        entries=[NewCommunication(kind=CommunicationKind.EMAIL, refs=(Ref("sales.deal", sale.deal_id),), body=LETTER,
                                  happened_at=MARCH, direction="in", participants=(NewParticipant(contact_id=sale.contact_id),))],
    )
    seller = sign_in(cast.seller)
    made = seller.post(reverse("deal_promise", args=[sale.deal_id]), {
        "communication_id": letter, "kind": "quality", "text": "Search in under a second", "weight": "4",
        "quote": "the search must answer in under a second on the hall Wi-Fi",
    })
    assert made.status_code == 302
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(kickoff_date=APRIL.date()), now=APRIL)
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, now=APRIL)
    tasks = {row.key: row for row in list_tasks(actor=cast.manager, project_id=closed.project_ids[0])}
    promise = next(row for row in list_promises(actor=cast.manager, deal_id=sale.deal_id) if row.kind == "quality")
    cover_promise(actor=cast.manager, promise_id=promise.id, task_id=tasks["concept"].id, now=APRIL)

    monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: JUNE)
    manager = sign_in(cast.manager)
    plan = manager.get(reverse("project_plan", args=[closed.project_ids[0]])).content.decode()
    row = re.search(r'aria-label="[^"]*Wireframes.*?</div>', plan, re.DOTALL)
    assert row
    assert "Keeps a promise" in row[0]

    drawer = manager.get(reverse("task", args=[tasks["wireframes"].id])).content.decode()
    assert "Search in under a second" in drawer
    assert "the search must answer in under a second on the hall Wi-Fi" in drawer
    assert "Hanne Dahl" in drawer
    link = re.search(r'<figcaption>.*?<a href="([^"]+)">12 Mar 2026', drawer, re.DOTALL)
    assert link

    address, _, anchor = link[1].partition("#")
    words = manager.get(address).content.decode()
    assert f'id="{anchor}"' in words
    assert "<mark>the search must answer\nin under a second on the hall Wi-Fi</mark>" in words
    assert "Best, Hanne" in words


def test_a_stranger_to_the_client_is_not_led_to_the_words():
    cast = make_cast()
    sale = make_sale(cast)
    (letter,) = log_communications(
        actor=cast.seller, now=MARCH,
        entries=[NewCommunication(kind=CommunicationKind.NOTE, refs=(Ref("sales.deal", sale.deal_id),), body=LETTER, happened_at=MARCH)],
    )
    assert sign_in(cast.seller).get(reverse("log_entry", args=[letter])).status_code == 200
    for stranger in (cast.member, cast.marketer):
        assert sign_in(stranger).get(reverse("log_entry", args=[letter])).status_code == 404
