"""The kickoff: its list, its hour, and the file that puts it into a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people import NOW, Cast, Sale
from wonward.journeys.handoff.operations import (
    change_handoff_rules,
    change_kickoff_list,
    close_deal_as_won,
    plan_kickoff,
    tick_kickoff_item,
)
from wonward.journeys.handoff.queries import get_kickoff, get_kickoff_file
from wonward.journeys.handoff.rules.calendar_file import invitation
from wonward.journeys.handoff.types import CHECKLIST, ClosedDeal, KickoffPlan
from wonward.kernel.errors import NotAllowed, NotFound, Refused


def test_a_handoff_comes_with_its_list_which_is_ticked_and_changed(won: ClosedDeal, cast: Cast) -> None:
    before = get_kickoff(actor=cast.manager, handoff_id=won.handoff_id).items
    assert tuple(item.text for item in before) == CHECKLIST
    tick_kickoff_item(actor=cast.manager, handoff_id=won.handoff_id, item_id=before[0].id, is_done=True, now=NOW)
    change_kickoff_list(actor=cast.manager, handoff_id=won.handoff_id, texts=["Order the cake", before[0].text], now=NOW)
    after = get_kickoff(actor=cast.seller, handoff_id=won.handoff_id).items
    assert [(item.text, item.is_done, item.done_by) for item in after] == [("Order the cake", False, ""), (CHECKLIST[0], True, "Tom Brandt")]
    with pytest.raises(NotAllowed):
        tick_kickoff_item(actor=cast.finance, handoff_id=won.handoff_id, item_id=after[0].id, is_done=True, now=NOW)
    with pytest.raises(NotFound):
        tick_kickoff_item(actor=cast.manager, handoff_id=won.handoff_id, item_id=after[0].id + 999, is_done=True, now=NOW)


def test_the_rules_give_new_handoffs_their_list(cast: Cast, sale: Sale) -> None:
    change_handoff_rules(actor=cast.owner, checklist=["Meet", " ", "Eat"], now=NOW)
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert [item.text for item in get_kickoff(actor=cast.seller, handoff_id=closed.handoff_id).items] == ["Meet", "Eat"]


def test_a_kickoff_has_an_hour_people_and_a_link(won: ClosedDeal, cast: Cast, sale: Sale) -> None:
    plan = KickoffPlan(date(2026, 12, 2), time(10, 0), 90, "Room 5; left", "https://meet.test/abc", (cast.manager.person_id or 0,), (sale.contact_id,))
    plan_kickoff(actor=cast.manager, handoff_id=won.handoff_id, plan=plan, now=NOW)
    plan_kickoff(actor=cast.seller, handoff_id=won.handoff_id, plan=plan, now=NOW)
    row = get_kickoff(actor=cast.leader, handoff_id=won.handoff_id)
    assert [name for _, _, name in row.attendees] == ["Tom Brandt", "Hanne Dahl"]
    assert row.sequence == 2
    lines = get_kickoff_file(actor=cast.manager, handoff_id=won.handoff_id).decode().split("\r\n")
    assert {"DTSTART:20261202T100000Z", "DTEND:20261202T113000Z", "LOCATION:Room 5\\; left", "SEQUENCE:2",
            "SUMMARY:Kickoff: Website replatform", "URL:https://meet.test/abc"} <= set(lines)


def test_a_kickoff_names_what_is_wrong(won: ClosedDeal, cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        plan_kickoff(
            actor=cast.manager, handoff_id=won.handoff_id, now=NOW,
            plan=KickoffPlan(date(2026, 12, 5), None, 1, "", "ftp://x", (999_999,), (999_999,)),
        )
    assert [error.field for error in refusal.value.errors] == ["date", "duration_minutes", "video_url", "person_ids", "contact_ids"]
    with pytest.raises(NotFound):
        get_kickoff_file(actor=cast.marketer, handoff_id=won.handoff_id)


@given(st.text(max_size=300), st.text(max_size=300), st.none() | st.times(), st.text(max_size=80))
def test_the_file_is_well_formed_whatever_the_words(title: str, note: str, at: time | None, link: str) -> None:
    content = invitation(
        uid="kickoff-1@wonward", title=title, day=date(2026, 12, 1), starts_at=at, duration_minutes=60, time_zone="Europe/Berlin",
        note=note, video_url=link, stamp=datetime(2026, 11, 19, tzinfo=UTC),
    )
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    unfolded = content.decode().replace("\r\n ", "")
    assert "\n" not in unfolded.replace("\r\n", "")
    names = [line.partition(":")[0].partition(";")[0] for line in unfolded.split("\r\n")[:-1]]
    assert names[0] == "BEGIN"
    assert names[-1] == "END"
    assert set(names) <= {"BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY",
                          "DESCRIPTION", "URL", "STATUS", "END", "LOCATION"}
    assert names.count("DTSTART") == names.count("SUMMARY") == 1
