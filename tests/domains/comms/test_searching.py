"""What did they ask three months ago? Found by the words' stems, by the person, by the record and by time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.queries import search_log
from wonward.domains.comms.types import CommunicationKind, LogFilter, NewCommunication, NewParticipant
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
MARCH = NOW - timedelta(days=250)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def say(
    actor: Actor, sale: Sale, body: str, *, at: datetime = NOW, kind: str = "note", with_contact: bool = False, privacy: str = "internal",
    subject: str = "",
) -> int:
    who = (NewParticipant(contact_id=sale.contact_id),) if with_contact else ()
    (key,) = log_communications(actor=actor, now=NOW, entries=[
        NewCommunication(CommunicationKind(kind), (Ref("sales.deal", sale.deal_id),), body, at, subject, privacy=privacy, participants=who)
    ])
    return key


def index() -> None:
    while deliver_pending(now=NOW):
        pass


def found(actor: Actor, text: str = "", **narrowed: object) -> list[int]:
    return [row.id for row in search_log(actor=actor, where=LogFilter(text, **narrowed)).rows]  # type: ignore[arg-type]


def test_any_form_of_a_word_finds_the_others(cast: Cast, sale: Sale) -> None:
    asked = say(cast.seller, sale, "They asked for two invoices in separate currencies.")
    german = say(cast.seller, sale, "Sie wollen die Rechnungen getrennt nach Häusern.")
    index()
    assert found(cast.seller, "invoice currency") == [asked]
    assert found(cast.seller, "invoicing") == [asked]
    assert found(cast.seller, "Rechnung Haus") == [german]
    assert found(cast.seller, '"separate currency"') == [asked]
    assert found(cast.seller, "invoice Rechnung") == []


def test_what_one_person_asked_is_found_by_them_and_a_word(cast: Cast, sale: Sale) -> None:
    theirs = say(cast.seller, sale, "Can the templates be delivered earlier?", at=MARCH, with_contact=True)
    say(cast.seller, sale, "We discussed templates among us.")
    index()
    assert found(cast.seller, "template delivery", contact_id=sale.contact_id) == []
    assert found(cast.seller, "template deliver", contact_id=sale.contact_id) == [theirs]
    assert found(cast.seller, contact_id=sale.contact_id) == [theirs]


def test_time_and_kind_narrow_and_without_words_the_newest_come_first(cast: Cast, sale: Sale) -> None:
    old = say(cast.seller, sale, "A call about hosting.", at=MARCH, kind="call")
    new = say(cast.seller, sale, "A note about hosting.")
    index()
    assert found(cast.seller) == [new, old]
    assert found(cast.seller, kinds=("call",)) == [old]
    assert found(cast.seller, since=NOW - timedelta(days=1)) == [new]
    assert found(cast.seller, until=NOW - timedelta(days=1)) == [old]
    assert found(cast.seller, "hosting", kinds=("call",)) == [old]
    assert found(cast.seller, "hosting", refs=(Ref("sales.deal", sale.deal_id),), until=NOW - timedelta(days=1)) == [old]


def test_what_is_restricted_is_found_by_its_author_alone_and_a_stranger_finds_nothing(cast: Cast, sale: Sale) -> None:
    secret = say(cast.seller, sale, "Their budget is really 90,000.", privacy="restricted", with_contact=True)
    index()
    for words in ("budget", ""):
        assert found(cast.seller, words) == [secret]
        assert found(cast.teammate, words) == []
        assert found(cast.teammate, words, contact_id=sale.contact_id) == []
        assert found(cast.member, words) == []
        assert found(cast.member, words, contact_id=sale.contact_id) == []


def test_a_log_longer_than_is_read_says_so(cast: Cast, sale: Sale, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wonward.domains.comms.queries.searching.MOST_READ", 2)
    keys = [say(cast.seller, sale, f"Hosting, part {number}.", at=NOW + timedelta(minutes=number)) for number in range(3)]
    index()
    hits = search_log(actor=cast.seller, where=LogFilter("hosting", refs=(Ref("sales.deal", sale.deal_id),)))
    assert [row.id for row in hits.rows] == keys[:0:-1]
    assert hits.is_partial


def test_who_may_read_an_entry_is_told_by_indexes_alone() -> None:
    with connection.cursor() as cursor:
        indexes = connection.introspection.get_constraints(cursor, "comms_communicationlink").values()
        begins = [one["columns"] for one in indexes if one["columns"][:1] == ["communication_id"] and not one["foreign_key"]]
        assert begins == [["communication_id", "noun", "ref_id"]]
        if connection.vendor == "postgresql":
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'communication_readers'")
            assert cursor.fetchone()[0].endswith("(id) INCLUDE (privacy, author_id)")
