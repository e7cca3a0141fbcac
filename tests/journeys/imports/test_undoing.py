"""An import can be taken back, except for what somebody has touched since."""

from __future__ import annotations

import pytest

from tests.journeys.imports.imported import bring, stage
from tests.people import NOW, make_cast
from wonward.domains.catalog.queries import list_services
from wonward.domains.clients.operations import change_company
from wonward.domains.clients.queries import list_companies, list_contacts
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.sales.operations.deals import change_deal
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.queries.sums import sum_deals
from wonward.domains.sales.types import DealFilter
from wonward.domains.staff.queries import list_people
from wonward.foundation.access.policy import visible_refs
from wonward.journeys.house.operations import set_hold
from wonward.journeys.imports.operations import undo_import
from wonward.journeys.imports.queries import get_batch, list_staged_rows
from wonward.journeys.promises.operations import make_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind
from wonward.kernel.errors import Conflict
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
TEXT = "Deal ID,Deal Name,Company,Product,Stage,Amount,Close Date\n" + "".join(
    f"{number},D{number},Co {number},GTX,{stage_name},10,2026-01-05\n" for number, stage_name in enumerate(("Won", "Lost", "Discovery", "Proposal", "Won"))
)


def undo(actor, batch):
    undo_import(actor=actor, batch_id=batch.id, now=NOW)
    return get_batch(actor=actor, batch_id=batch.id)


def test_an_untouched_import_goes_with_everything_it_made_and_may_come_again():
    cast = make_cast()
    done = bring(cast.owner, "deals", TEXT)
    gone = undo(cast.owner, done)
    assert (gone.status, gone.counts["removed"], gone.counts["kept"], gone.kept) == ("undone", 5 + 5 + 1, 0, ())
    assert sum_deals(actor=cast.owner, where=DealFilter(), now=NOW).count == 0
    assert list_companies(actor=cast.owner) == []
    assert list_services(actor=cast.owner) == []
    assert undo(cast.owner, done).counts["removed"] == 11
    again = bring(cast.owner, "deals", TEXT)
    assert (again.counts["created"], again.counts["companies_created"], again.counts["services_to_review"]) == (5, 5, 1)


def test_touched_records_stay_and_are_listed_with_the_reason():
    cast = make_cast()
    done = bring(cast.owner, "deals", TEXT)
    rows = {row.external_id: row for row in list_deals(actor=cast.owner, where=DealFilter(), now=NOW)}
    change_deal(actor=cast.owner, deal_id=rows["2"].id, changes={"name": "Ours"}, now=NOW)
    log_communications(
        actor=cast.owner, now=NOW,
        entries=[NewCommunication(kind=CommunicationKind.NOTE, refs=(Ref("sales.deal", rows["3"].id),), body="Words", happened_at=NOW)],
    )
    make_promises(actor=cast.owner, promises=[NewPromise(kind=PromiseKind.DATE, text="Soon", deal_id=rows["0"].id)], now=NOW)
    company = next(row for row in list_companies(actor=cast.owner) if row.name == "Co 1")
    change_company(actor=cast.owner, company_id=company.id, changes={"industry": "Steel"}, version=None, now=NOW)
    gone = undo(cast.owner, done)
    reasons = dict(gone.kept)
    assert reasons[Ref("sales.deal", rows["2"].id)] == "was changed after the import"
    assert reasons[Ref("sales.deal", rows["3"].id)] == "has entries in the communication log"
    assert reasons[Ref("sales.deal", rows["0"].id)] == "carries promises"
    assert reasons[Ref("clients.company", company.id)] == "was changed after the import"
    assert {row.external_id for row in list_deals(actor=cast.owner, where=DealFilter(), now=NOW)} == {"0", "2", "3"}
    assert {row.name for row in list_companies(actor=cast.owner)} == {"Co 0", "Co 1", "Co 2", "Co 3"}
    assert [row.name for row in list_services(actor=cast.owner)] == ["GTX"]
    assert {row.status for row in list_staged_rows(actor=cast.owner, batch_id=done.id)} == {"undone", "kept"}


def test_a_company_is_no_client_any_more_when_its_past_wins_are_gone():
    cast = make_cast()
    bring(cast.owner, "companies", "Company\nCo 0\nCo 4\n")
    done = bring(cast.owner, "deals", TEXT)
    assert sum(1 for row in list_companies(actor=cast.owner) if row.client_since_date) == 2
    undo(cast.owner, done)
    assert [(row.name, row.client_since_date) for row in list_companies(actor=cast.owner)] == [("Co 0", None), ("Co 4", None)]


def test_contacts_people_and_companies_are_taken_back_too():
    cast = make_cast()
    before = len(list_people(actor=cast.owner))
    batches = [
        bring(cast.owner, "users", "Name,Manager\nJo Day,Al Boss\n"),
        bring(cast.owner, "contacts", "Name,Email,Company\nCy Dee,cy@x.test,Acme\n"),
    ]
    for batch in batches:
        assert undo(cast.owner, batch).counts["kept"] == 0
    assert len(list_people(actor=cast.owner)) == before
    assert list_contacts(actor=cast.owner) == []
    assert list_companies(actor=cast.owner) == []


def test_what_was_there_before_stays_as_the_import_left_it_and_is_listed():
    cast = make_cast()
    bring(cast.owner, "deals", TEXT)
    changed = bring(cast.owner, "deals", TEXT.replace("10,", "11,"))
    gone = undo(cast.owner, changed)
    assert gone.counts["removed"] == 0
    assert {why for _, why in gone.kept} == {"was there before and was changed by the import"}
    assert sum_deals(actor=cast.owner, where=DealFilter(), now=NOW).count == 5


def test_what_waits_or_runs_cannot_be_undone():
    cast = make_cast()
    staged = stage(cast.owner, "deals", TEXT)
    with pytest.raises(Conflict, match="staged"):
        undo_import(actor=cast.owner, batch_id=staged.id, now=NOW)


HELD = {
    "sales.deal": ("deals", TEXT),
    "delivery.project": ("projects", "Project Name,Company\nTeahouse,Co 0\n"),
    "delivery.task": ("tasks", "Project,Task Name\nTeahouse,Lay the floor\n"),
    "clients.contact": ("contacts", "Name,Email,Company\nCy Dee,cy@x.test,Co 0\n"),
    "comms.communication": ("communications", "Type,Body,Deal Name,Created\nNote,They like oak,D0,2026-01-01\n"),
    "sales.lead": ("leads", "Name,Company\nLea Dee,Nobody we know\n"),
}


@pytest.mark.parametrize("noun", HELD)
def test_what_is_under_a_legal_hold_stays_when_its_import_is_taken_back(noun):
    cast = make_cast()
    brought = {one: bring(cast.owner, kind, text) for one, (kind, text) in HELD.items()}
    made = {one: next(row.ref for row in list_staged_rows(actor=cast.owner, batch_id=batch.id) if row.ref) for one, batch in brought.items()}
    company = next(Ref("clients.company", row.id) for row in list_companies(actor=cast.owner) if row.name == "Co 0")
    set_hold(actor=cast.owner, ref=made[noun] if noun == "sales.lead" else company, reason="A dispute", now=NOW)
    gone = undo(cast.owner, brought[noun])
    assert dict(gone.kept)[made[noun]] == "is under a legal hold"
    assert visible_refs(cast.owner, [made[noun]]) == {made[noun]}
    assert gone.counts["removed"] == (8 if noun == "sales.deal" else 0)
