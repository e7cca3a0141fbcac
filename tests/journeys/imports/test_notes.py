"""Notes beside deals, contacts and companies in one file stand in the logs of these records, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.journeys.imports.imported import bring, field_of, messages, stage
from tests.people import NOW, Cast, make_cast
from wonward.domains.clients.queries import list_companies, list_contacts
from wonward.domains.comms.operations import refile_communication
from wonward.domains.comms.queries import list_communications
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.types import DealFilter
from wonward.edges.web.settings.import_presenting import count_rows
from wonward.journeys.imports.operations import undo_import
from wonward.journeys.imports.queries import get_batch
from wonward.kernel.actor import Scope
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
DEALS = (
    "Deal - ID,Deal - Title,Deal - Organization,Note - Content,Note - Add time\n"
    "7,Relaunch,Acme,They want it blue,2026-10-03 10:00:00\n8,Shop,Acme,,\n9,App,Acme,\"<script>alert(1)</script>\nsecond line\",2026-10-04 11:00:00\n"
)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def deal_id(cast: Cast, name: str) -> int:
    return next(row.id for row in list_deals(actor=cast.owner, where=DealFilter(), now=NOW) if row.name == name)


def log_of(cast: Cast, name: str) -> list[tuple[str, str, datetime]]:
    rows = list_communications(actor=cast.owner, refs=[Ref("sales.deal", deal_id(cast, name))])
    return [(row.kind, row.body, row.happened_at.replace(tzinfo=None)) for row in rows]


def test_the_note_beside_a_deal_stands_in_its_log_at_its_time(cast: Cast) -> None:
    staged = stage(cast.seller, "deals", DEALS)
    assert (field_of(staged, "Note - Content"), field_of(staged, "Note - Add time")) == ("log_note", "log_note_at")
    done = bring(cast.seller, "deals", DEALS)
    assert (done.counts["created"], done.counts["notes_logged"]) == (3, 2)
    assert log_of(cast, "Relaunch") == [("note", "They want it blue", datetime(2026, 10, 3, 10))]
    assert log_of(cast, "Shop") == []
    assert log_of(cast, "App") == [("note", "<script>alert(1)</script>\nsecond line", datetime(2026, 10, 4, 11))]


def test_the_same_file_again_adds_no_note_and_other_words_add_one(cast: Cast) -> None:
    bring(cast.seller, "deals", DEALS)
    again = bring(cast.seller, "deals", DEALS)
    assert (again.counts["unchanged"], again.counts.get("notes_logged", 0)) == (3, 0)
    changed = bring(cast.seller, "deals", DEALS.replace("They want it blue", "They want it red"))
    assert changed.counts["notes_logged"] == 1
    assert sorted(body for _, body, _ in log_of(cast, "Relaunch")) == ["They want it blue", "They want it red"]


def test_notes_of_contacts_and_companies_stand_in_theirs(cast: Cast) -> None:
    bring(cast.seller, "contacts", "Id,FirstName,LastName,Email,Description\n1,Anna,Berg,anna@berg.example,Prefers mornings\n")
    bring(cast.seller, "companies", "Record ID,Company name,Notes\n5,Berg Works,Two sites in Graz\n")
    (contact,) = [row for row in list_contacts(actor=cast.seller) if row.name == "Anna Berg"]
    (company,) = [row for row in list_companies(actor=cast.seller) if row.name == "Berg Works"]
    assert [row.body for row in list_communications(actor=cast.seller, refs=[Ref("clients.contact", contact.id)])] == ["Prefers mornings"]
    assert [row.body for row in list_communications(actor=cast.seller, refs=[Ref("clients.company", company.id)])] == ["Two sites in Graz"]


def test_undo_takes_the_notes_with_their_deals_and_keeps_what_somebody_moved(cast: Cast) -> None:
    done = bring(cast.seller, "deals", DEALS)
    (entry,) = list_communications(actor=cast.owner, refs=[Ref("sales.deal", deal_id(cast, "Relaunch"))])
    company = list_companies(actor=cast.owner)[0]
    refile_communication(actor=cast.seller, communication_id=entry.id, refs=[Ref("clients.company", company.id)], now=NOW)
    undo_import(actor=cast.seller, batch_id=done.id, now=NOW)
    undone = get_batch(actor=cast.seller, batch_id=done.id)
    assert [row.name for row in list_deals(actor=cast.owner, where=DealFilter(), now=NOW)] == []
    assert [row.body for row in list_communications(actor=cast.owner, refs=[Ref("clients.company", company.id)])] == ["They want it blue"]
    assert str(Ref("comms.communication", entry.id)) in {str(ref) for ref, _ in undone.kept}


def test_the_screen_counts_the_notes_that_came_in(cast: Cast) -> None:
    done = bring(cast.seller, "deals", DEALS)
    assert ("Notes in the log", 2) in count_rows(done.counts)


def test_who_may_not_add_to_the_log_is_told_before(cast: Cast) -> None:
    silent = replace(cast.seller, grants={**cast.seller.grants, "comms.communication.log": Scope.NONE})
    assert "its note does not come in" in messages(stage(silent, "deals", DEALS))
