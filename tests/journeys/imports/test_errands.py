"""What a former system still wanted done becomes the next action of its deal; everything else stands in the log."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.journeys.imports.imported import bring, field_of, stage
from tests.people import NOW, Cast, make_cast
from wonward.domains.comms.queries import list_communications
from wonward.domains.sales.operations.next_actions import set_next_action
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.types import DealFilter, DealRow, NextAction
from wonward.journeys.imports.operations import undo_import
from wonward.journeys.imports.queries import get_batch
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def deal_named(cast: Cast, name: str) -> DealRow:
    return next(row for row in list_deals(actor=cast.seller, where=DealFilter(), now=NOW) if row.name == name)


def action_of(cast: Cast, name: str) -> tuple[str, str, date, str]:
    found = deal_named(cast, name).next_action
    assert found
    return found.kind, found.note, found.due_date, found.owner_name


def log_of(cast: Cast, name: str) -> list[tuple[str, str]]:
    rows = list_communications(actor=cast.seller, refs=[Ref("sales.deal", deal_named(cast, name).id)])
    return sorted((row.kind, row.subject) for row in rows)


def test_open_tasks_of_hubspot_become_next_actions_and_done_ones_stand_in_the_log(cast: Cast) -> None:
    bring(cast.seller, "deals", "Record ID,Deal Name,Deal Stage,Associated Company,Create Date\n50,Relaunch,,Acme,2026-01-02\n51,Shop,,Acme,2026-01-02\n")
    text = (
        "Record ID,Task Title,Task Status,Task Type,Due Date,Assigned To,Associated Deal IDs\n"
        "1,Call about the date,NOT_STARTED,CALL,2026-12-09,Sam Peer,50\n2,Send the offer,NOT_STARTED,TODO,2026-12-02,Mara Klein,50\n"
        "3,First talk,COMPLETED,CALL,2026-11-02,Mara Klein,50\n4,Old and open,NOT_STARTED,EMAIL,2026-11-03,Mara Klein,51\n"
    )
    done = bring(cast.seller, "communications", text)
    assert (done.counts["created"], done.counts["next_actions_taken"]) == (4, 2)
    assert action_of(cast, "Relaunch") == ("task", "Send the offer", date(2026, 12, 2), "Mara Klein")
    assert action_of(cast, "Shop") == ("email", "Old and open", date(2026, 11, 3), "Mara Klein")
    assert log_of(cast, "Relaunch") == [("call", "Call about the date"), ("call", "First talk"), ("note", "Send the offer")]
    rows = list_communications(actor=cast.seller, refs=[Ref("sales.deal", deal_named(cast, "Relaunch").id)])
    assert {row.subject: row.happened_at.date() for row in rows}["First talk"] == date(2026, 11, 2)
    assert "due on" in next(row.body for row in rows if row.subject == "Send the offer")
    again = bring(cast.seller, "communications", text)
    assert (again.counts["unchanged"], again.counts.get("next_actions_taken", 0)) == (4, 0)


def test_tasks_and_events_of_salesforce_find_their_opportunity(cast: Cast) -> None:
    bring(cast.seller, "deals", "Id,Name,StageName,AccountId,SystemModstamp\n006A,Relaunch,Prospecting,,2026-01-01T00:00:00Z\n")
    tasks = "Id,Subject,Status,Type,ActivityDate,WhatId,SystemModstamp\n00TA,Ring back,In Progress,Call,2026-12-03,006A,2026-01-01T00:00:00Z\n"
    staged = stage(cast.seller, "communications", tasks)
    assert field_of(staged, "Status") == "status"
    bring(cast.seller, "communications", tasks)
    assert action_of(cast, "Relaunch")[:3] == ("call", "Ring back", date(2026, 12, 3))
    events = "Id,Subject,Type,StartDateTime,WhatId,SystemModstamp\n00UA,Workshop,Meeting,2026-10-03T09:00:00Z,006A,2026-01-01T00:00:00Z\n"
    bring(cast.seller, "communications", events)
    assert ("meeting", "Workshop") in log_of(cast, "Relaunch")


def test_activities_of_pipedrive_are_done_or_still_to_do(cast: Cast) -> None:
    bring(cast.seller, "deals", "Deal - ID,Deal - Title,Deal - Organization\n7,Relaunch,Acme\n8,Shop,Acme\n")
    text = (
        "Activity - ID,Activity - Subject,Activity - Type,Activity - Due date,Activity - Done,Deal - ID,Activity - Assigned to user\n"
        "1,Demo,Meeting,2026-12-04,To do,7,Mara Klein\n2,Talk,Call,2026-11-02,Done,8,Mara Klein\n"
    )
    assert bring(cast.seller, "communications", text).counts["next_actions_taken"] == 1
    assert action_of(cast, "Relaunch") == ("meeting", "Demo", date(2026, 12, 4), "Mara Klein")
    assert action_of(cast, "Shop")[0] == "review"
    assert log_of(cast, "Shop") == [("call", "Talk")]


def test_a_deal_that_has_a_next_action_of_its_own_keeps_it(cast: Cast) -> None:
    text = "Deal - ID,Deal - Title,Deal - Organization,Activity - Subject,Activity - Due date\n7,Relaunch,Acme,Ask for the brief,2026-12-01\n"
    bring(cast.seller, "deals", text)
    assert action_of(cast, "Relaunch")[1:3] == ("Ask for the brief", date(2026, 12, 1))
    bring(cast.seller, "communications", "Activity - ID,Activity - Subject,Activity - Due date,Deal - ID\n1,Demo,2026-11-25,7\n")
    assert action_of(cast, "Relaunch")[1] == "Ask for the brief"
    assert log_of(cast, "Relaunch") == [("note", "Demo")]


def test_notes_without_a_day_want_nothing(cast: Cast) -> None:
    bring(cast.seller, "deals", "Deal - ID,Deal - Title,Deal - Organization\n7,Relaunch,Acme\n")
    done = bring(cast.seller, "communications", "Note - ID,Note - Content,Note - Add time,Deal - ID\n1,They want blue,2026-11-03 10:00:00,7\n")
    assert (done.counts["created"], done.counts.get("next_actions_taken", 0)) == (1, 0)
    (row,) = list_communications(actor=cast.seller, refs=[Ref("sales.deal", deal_named(cast, "Relaunch").id)])
    assert (row.body, row.happened_at.replace(tzinfo=None)) == ("They want blue", datetime(2026, 11, 3, 10))


ACTIVITIES = "Activity - ID,Activity - Subject,Activity - Due date,Activity - Done,Deal - ID\n1,Demo,2026-12-04,To do,7\n2,Ring,2026-12-05,To do,8\n"
TWO_DEALS = "Deal - ID,Deal - Title,Deal - Organization\n7,Relaunch,Acme\n8,Shop,Acme\n"


def test_undo_gives_back_the_next_actions_that_nobody_has_touched_since(cast: Cast) -> None:
    deals = bring(cast.seller, "deals", TWO_DEALS)
    before = {name: action_of(cast, name) for name in ("Relaunch", "Shop")}
    done = bring(cast.seller, "communications", ACTIVITIES)
    assert (action_of(cast, "Relaunch")[1], action_of(cast, "Shop")[1]) == ("Demo", "Ring")
    own = NextAction("email", date(2026, 12, 8), "Send our own words")
    set_next_action(actor=cast.seller, deal_id=deal_named(cast, "Shop").id, action=own, now=NOW)
    undo_import(actor=cast.seller, batch_id=done.id, now=NOW)
    undone = get_batch(actor=cast.seller, batch_id=done.id)
    assert action_of(cast, "Relaunch") == before["Relaunch"]
    assert action_of(cast, "Shop")[1] == "Send our own words"
    assert (log_of(cast, "Relaunch"), log_of(cast, "Shop")) == ([], [])
    assert (undone.counts["removed"], undone.counts["kept"]) == (3, 1)
    assert [(str(ref), why) for ref, why in undone.kept] == [
        (f"sales.deal:{deal_named(cast, 'Shop').id}", "its next action was changed after the import")
    ]
    undo_import(actor=cast.seller, batch_id=deals.id, now=NOW)
    assert [row.name for row in list_deals(actor=cast.seller, where=DealFilter(), now=NOW)] == ["Shop"]


def test_activities_of_a_deal_do_not_make_it_touched_for_the_undo_of_its_own_import(cast: Cast) -> None:
    deals = bring(cast.seller, "deals", TWO_DEALS)
    done = bring(cast.seller, "communications", ACTIVITIES)
    undo_import(actor=cast.seller, batch_id=done.id, now=NOW)
    undo_import(actor=cast.seller, batch_id=deals.id, now=NOW)
    assert list_deals(actor=cast.seller, where=DealFilter(), now=NOW) == []


def test_of_two_errands_of_one_import_the_undo_gives_back_what_was_there_before_both(cast: Cast) -> None:
    bring(cast.seller, "deals", TWO_DEALS)
    before = action_of(cast, "Relaunch")
    late = "".join(f"{number},Later {number},2026-12-20,To do,7\n" for number in range(1, 601))
    head = ACTIVITIES.partition("\n")[0]
    done = bring(cast.seller, "communications", f"{head}\n{late}700,Soonest,2026-12-01,To do,7\n")
    assert action_of(cast, "Relaunch")[1] == "Soonest"
    undo_import(actor=cast.seller, batch_id=done.id, now=NOW)
    assert action_of(cast, "Relaunch") == before
