"""What an older version indexed is found by the stems of its words once the index has been written anew."""

from __future__ import annotations

import argparse

import pytest

from tests.people import NOW, make_cast, make_sale
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.queries import search_log
from wonward.domains.comms.types import CommunicationKind, LogFilter, NewCommunication
from wonward.edges.commands import reindex
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.jobs.registry import find_job
from wonward.foundation.jobs.runner import run_due_jobs
from wonward.foundation.search.models import Entry, Renewal
from wonward.foundation.search.operations import renew_index
from wonward.foundation.search.queries import is_index_current, search_records
from wonward.foundation.search.rules import WORDS_VERSION
from wonward.journeys.client_record.operations import reindex_records, renew_old_index
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


def test_records_indexed_before_stems_are_found_by_them_and_keep_their_place(capsys: pytest.CaptureFixture[str]) -> None:
    cast = make_cast()
    sale = make_sale(cast)
    said = [
        NewCommunication(CommunicationKind.CALL, (Ref("sales.deal", sale.deal_id),), words, NOW)
        for words in ("They asked for separate invoices.", "We spoke about hosting.")
    ]
    first, _second = log_communications(actor=cast.seller, entries=said, now=NOW)
    while deliver_pending(now=NOW):
        pass
    places = list(Entry.objects.order_by("pk").values_list("pk", "ref_noun", "ref_id"))
    Entry.objects.filter(ref_noun="comms.communication").update(body="they asked for separate invoices")
    assert search_log(actor=cast.seller, where=LogFilter("invoice asking")).rows == ()
    assert reindex.run(argparse.Namespace(json=False)) == 0
    assert f"{len(places)} entries of the search index written anew" in capsys.readouterr().out
    assert [row.id for row in search_log(actor=cast.seller, where=LogFilter("invoice asking")).rows] == [first]
    assert list(Entry.objects.order_by("pk").values_list("pk", "ref_noun", "ref_id")) == places
    assert search_records(cast.seller, "Northwind").hits


def test_it_goes_on_lot_by_lot_and_stops_at_the_end() -> None:
    cast = make_cast()
    make_sale(cast)
    while deliver_pending(now=NOW):
        pass
    count, after, seen = Entry.objects.count(), 0, 0
    assert count > 1
    for _ in range(count):
        after, done = reindex_records(after=after, limit=1)
        seen += done
    assert (seen, reindex_records(after=after, limit=1)) == (count, (after, 0))


def test_the_worker_notices_an_index_of_an_older_version_and_writes_it_anew_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    sale = make_sale(cast)
    (key,) = log_communications(actor=cast.seller, now=NOW, entries=[
        NewCommunication(CommunicationKind.CALL, (Ref("sales.deal", sale.deal_id),), "They asked for separate invoices.", NOW)
    ])
    while deliver_pending(now=NOW):
        pass
    Entry.objects.filter(ref_noun="comms.communication").update(body="they asked for separate invoices")
    Renewal.objects.update(version=0, writing=0)
    assert is_index_current() is False
    job = find_job("client_record.index.renew")
    assert job is not None
    assert job.every is not None
    monkeypatch.setattr("wonward.journeys.client_record.operations.indexing._LOT", 1)
    monkeypatch.setattr("wonward.journeys.client_record.operations.indexing._LOTS", 2)
    enqueue("client_record.index.renew", now=NOW)
    assert run_due_jobs(now=NOW) > 1
    assert is_index_current() is True
    assert [row.id for row in search_log(actor=cast.seller, where=LogFilter("invoice asking")).rows] == [key]
    Entry.objects.filter(ref_noun="comms.communication").update(body="")
    renew_old_index(now=NOW)
    assert search_log(actor=cast.seller, where=LogFilter("invoice asking")).rows == ()


def test_a_version_that_changes_on_the_way_begins_again() -> None:
    begun = []

    def write(after: int) -> tuple[int, int]:
        begun.append(after)
        return after + 10, 0 if after >= 20 else 10

    Renewal.objects.update(version=0, writing=WORDS_VERSION, after=10)
    assert [renew_index(write), renew_index(write), renew_index(write)] == [True, False, False]
    Renewal.objects.update(version=0, writing=WORDS_VERSION + 1, after=10)
    assert renew_index(write) is True
    assert begun == [10, 20, 0]
