"""What sales logs and files on a deal after the win is in the hands of those who deliver, as what came before it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile

from tests.edges.api.client import Api
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, Cast, Sale
from wonward.domains.comms.operations import log_communications, refile_communication
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.operations import set_members
from wonward.domains.sales.types import NextAction
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import put_stream
from wonward.journeys.handoff.operations import close_deal_as_won, reopen_won_deal
from wonward.journeys.handoff.types import ClosedDeal
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def deliver() -> None:
    while deliver_pending(now=LATER):
        pass


@pytest.fixture
def won(cast: Cast, sale: Sale) -> ClosedDeal:
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    people = [cast.manager.person_id or 0, cast.member.person_id or 0]
    set_members(actor=cast.manager, project_id=closed.project_ids[0], person_ids=people, now=NOW)
    deliver()
    return closed


def say(cast: Cast, sale: Sale, words: str, privacy: str = "internal") -> int:
    entry = NewCommunication(CommunicationKind.CALL, (Ref("sales.deal", sale.deal_id),), words, LATER, privacy=privacy)
    (key,) = log_communications(actor=cast.seller, entries=[entry], now=LATER)
    deliver()
    return key


def heard_by(actor: object, won: ClosedDeal) -> str:
    """The log and the files of the project by REST, and its tab "From the sale", as somebody reads them."""
    project = f"delivery.project:{won.project_ids[0]}"
    entries = Api(actor).get(f"/communications?ref={project}")[1]["items"]  # type: ignore[arg-type]
    documents = Api(actor).get(f"/documents?ref={project}")[1]["items"]  # type: ignore[arg-type]
    page = sign_in(actor).get(f"/projects/{won.project_ids[0]}/sale/").content.decode()  # type: ignore[arg-type]
    said = [one["body"] for one in entries] + [one["name"] for one in documents]
    assert all(words in page for words in said if "zebra" in words)
    return " ".join(said)


def test_a_call_and_a_file_on_the_won_deal_reach_who_sees_only_the_project(cast: Cast, sale: Sale, won: ClosedDeal) -> None:
    say(cast, sale, "They want a zebra on every page.")
    add_document(actor=cast.seller, name="zebra.txt", stored=put_stream(ContentFile(b"stripes")), refs=[Ref("sales.deal", sale.deal_id)], now=LATER)
    deliver()
    assert Api(cast.member).get(f"/deals/{sale.deal_id}")[0] == 404
    for reader in (cast.member, cast.manager, cast.owner):
        assert "They want a zebra on every page." in heard_by(reader, won)
        assert "zebra.txt" in heard_by(reader, won)


def test_what_its_author_keeps_to_themselves_stays_with_them(cast: Cast, sale: Sale, won: ClosedDeal) -> None:
    say(cast, sale, "The zebra stays between us.", "restricted")
    assert "zebra" not in heard_by(cast.member, won)
    assert "zebra" not in heard_by(cast.manager, won)


def test_an_entry_taken_off_the_project_by_hand_stays_off(cast: Cast, sale: Sale, won: ClosedDeal) -> None:
    key = say(cast, sale, "The zebra was a joke.")
    assert "zebra" in heard_by(cast.member, won)
    refile_communication(actor=cast.owner, communication_id=key, refs=[Ref("sales.deal", sale.deal_id)], now=LATER)
    deliver()
    assert "zebra" not in heard_by(cast.member, won)


def test_what_is_said_while_the_deal_is_open_again_waits_for_the_next_win(cast: Cast, sale: Sale, won: ClosedDeal) -> None:
    action = NextAction("call", date(2026, 12, 4), "Agree on more")
    reopen_won_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=action, reason="More", now=LATER)
    say(cast, sale, "Perhaps two zebras.")
    assert "zebra" not in heard_by(cast.member, won)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=LATER)
    assert "Perhaps two zebras." in heard_by(cast.member, won)
