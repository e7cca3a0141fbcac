"""A record's log is walked along its links from the newest on; how much is older does not matter."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.comms.invariants import check_links_bear_the_time_of_their_entries
from wonward.domains.comms.models import CommunicationLink
from wonward.domains.comms.operations import (
    hang_further,
    link_communications,
    log_communications,
    refile_communication,
)
from wonward.domains.comms.queries import list_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def say(actor: Actor, refs: tuple[Ref, ...], hours_ago: int, *, privacy: str = "internal") -> int:
    at = NOW - timedelta(hours=hours_ago)
    new = NewCommunication(CommunicationKind("note"), refs, f"Said {hours_ago} hours ago.", at, privacy=privacy)
    return log_communications(actor=actor, now=NOW, entries=[new])[0]


def read(actor: Actor, *refs: Ref, **asked: int | datetime | None) -> list[int]:
    return [row.id for row in list_communications(actor=actor, refs=refs, **asked)]  # type: ignore[arg-type]


def homes(sale: Sale) -> tuple[Ref, Ref]:
    return Ref("sales.deal", sale.deal_id), Ref("clients.company", sale.company_id)


def test_the_newest_come_first_and_of_one_time_the_later_written(cast: Cast, sale: Sale) -> None:
    deal, _ = homes(sale)
    old, new, twin = say(cast.seller, (deal,), 5), say(cast.seller, (deal,), 1), say(cast.seller, (deal,), 1)
    assert read(cast.seller, deal) == [twin, new, old]
    assert read(cast.seller, deal, limit=1) == [twin]
    assert read(cast.seller, deal, offset=1, limit=1) == [new]
    assert read(cast.seller, deal, offset=2) == [old]


def test_an_entry_of_several_records_is_read_once_whatever_page_it_stands_on(cast: Cast, sale: Sale) -> None:
    deal, company = homes(sale)
    keys = [say(cast.seller, (deal, company) if number % 2 else (deal,), number) for number in range(70)]
    assert read(cast.seller, deal, company, limit=100) == keys
    pages = [read(cast.seller, deal, company, offset=start, limit=9) for start in range(0, 72, 9)]
    assert [key for page in pages for key in page] == keys


def test_what_one_may_not_read_takes_no_place(cast: Cast, sale: Sale) -> None:
    deal, company = homes(sale)
    secret = [say(cast.owner, (deal,), number, privacy="restricted") for number in range(60)]
    open_ones = [say(cast.owner, (deal, company), 100 + number) for number in range(3)]
    assert read(cast.seller, deal, limit=2) == open_ones[:2]
    assert read(cast.seller, deal, company, limit=2) == open_ones[:2]
    assert read(cast.seller, deal, offset=1, limit=2) == open_ones[1:]
    assert read(cast.owner, deal, company, limit=61) == [*secret, open_ones[0]]


def test_a_span_of_time_is_read_along_the_links(cast: Cast, sale: Sale) -> None:
    deal, company = homes(sale)
    keys = [say(cast.seller, (deal, company), number) for number in range(6)]
    span = {"since": NOW - timedelta(hours=4), "until": NOW - timedelta(hours=1)}
    assert read(cast.seller, deal, company, **span) == keys[2:5]


def test_no_page_of_a_record_sorts_the_whole_log_of_it(cast: Cast, sale: Sale) -> None:
    deal, _ = homes(sale)
    say(cast.seller, (deal,), 1)
    with CaptureQueriesContext(connection) as asked:
        read(cast.seller, deal, limit=7)
    (statement,) = [one["sql"] for one in asked if "LIMIT 7" in one["sql"]]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute(f"EXPLAIN {statement}")
            plan = " ".join(str(row[0]) for row in cursor.fetchall())
            assert "communication_ref" in plan
            assert "Presorted Key: comms_communicationlink.happened_at" in plan
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            plan = " ".join(str(row[-1]) for row in cursor.fetchall())
            assert "communication_ref" in plan
            assert "FOR LAST TERM OF ORDER BY" in plan
            assert "TEMP B-TREE FOR ORDER BY" not in plan


def test_every_way_of_hanging_an_entry_gives_its_time_and_another_time_is_reported(cast: Cast, sale: Sale) -> None:
    deal, company = homes(sale)
    key = say(cast.seller, (deal,), 30)
    contact = Ref("clients.contact", sale.contact_id)
    hang_further(communication_ids=[key], targets=[contact])
    link_communications(source=deal, target=company, now=NOW)
    refile_communication(actor=cast.seller, communication_id=key, refs=[company, contact], now=NOW)
    assert CommunicationLink.objects.filter(communication_id=key).count() == 2
    assert check_links_bear_the_time_of_their_entries() == []
    CommunicationLink.objects.filter(communication_id=key, noun="clients.company").update(happened_at=NOW)
    assert check_links_bear_the_time_of_their_entries() == [
        f"The log entry {key} stands in the log of {company} at another time than its own."
    ]


@pytest.mark.parametrize("instant", ["9999-12-31T23:59:59+00:00", "0001-01-02T00:00:00+00:00", "2200-01-01T00:00:00+00:00"])
def test_an_entry_lies_within_the_years_that_every_zone_can_tell(cast: Cast, sale: Sale, instant: str):
    at = datetime.fromisoformat(instant)
    with pytest.raises(Refused) as refusal:
        log_communications(actor=cast.seller, entries=[NewCommunication(CommunicationKind("note"), homes(sale), "When?", at)], now=NOW)
    assert [(error.field, error.code) for error in refusal.value.errors] == [("happened_at", "range")]
    assert not CommunicationLink.objects.filter(noun="sales.deal").exists()
