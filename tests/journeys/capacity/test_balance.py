"""Overload with what would help, made in one click and taken back; everybody against their target."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journeys.capacity.leveling_world import make_clash
from tests.people import NOW, TODAY
from wonward.domains.delivery.models import Task
from wonward.domains.staff.models import Booking
from wonward.domains.staff.operations import NewPerson, create_people, put_roles
from wonward.domains.staff.types import BookingStatus, NewBooking
from wonward.journeys.capacity.operations import apply_fix, book_time, undo_fix
from wonward.journeys.capacity.queries import get_balance, list_applied_fixes
from wonward.journeys.capacity.rules.fixes import TOLERANCE, Team, fixes_for_idle, fixes_for_week
from wonward.journeys.capacity.types import CapacityItem
from wonward.kernel.actor import system_actor
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref

WEEKS = 5
weeks_of_work = st.dictionaries(st.integers(0, WEEKS - 1), st.integers(60, 3000), min_size=1)


@st.composite
def items_and_team(draw):
    people = [1, 2, 3]
    items = [
        CapacityItem(
            draw(st.sampled_from(["task", "booking"])), number, f"Item {number}", "Shop", draw(st.sampled_from([1, 1, 2, 3, None])), draw(st.sampled_from([7, 8])),
            draw(st.sampled_from(["tentative", "confirmed", "planned"])), weeks, min(weeks), draw(st.integers(0, 3)), 1,
        )
        for number, weeks in enumerate(draw(st.lists(weeks_of_work, max_size=5)), 1)
    ]
    asked = {key: [sum(one.weeks.get(week, 0) for one in items if one.person_id == key) for week in range(WEEKS)] for key in people}
    supply = {key: draw(st.lists(st.sampled_from([0, 1200, 2400]), min_size=WEEKS, max_size=WEEKS)) for key in people}
    roles = {key: draw(st.sampled_from([(7,), (8,), (7, 8)])) for key in people}
    return items, Team(asked, supply, roles)


@given(items_and_team(), st.integers(0, WEEKS - 1))
def test_every_fix_offered_relieves_and_overloads_nobody_who_takes_over(world, week):
    items, team = world
    for fix in fixes_for_week(team, items, 1, week):
        assert fix.relief_minutes > 0
        assert fix.item.person_id == 1
        assert fix.effect.after <= fix.effect.before
        if fix.to_person_id is not None:
            assert fix.item.role_id in team.roles[fix.to_person_id]
            assert fix.other is not None
            assert fix.other.after <= 100
        if fix.kind == "float":
            assert fix.item.kind == "task"
            assert 1 <= fix.weeks_later <= fix.item.slack_weeks
        if fix.kind == "share":
            assert fix.item.kind == "booking"
            assert 10 <= fix.percent <= 95
        if fix.kind == "later":
            assert fix.item.state == "tentative"


@given(items_and_team())
def test_work_offered_to_the_idle_is_nobodys_and_fits_their_weeks(world):
    items, team = world
    for person_id in team.roles:
        for fix in fixes_for_idle(team, items, person_id):
            assert fix.item.person_id is None
            assert all(team.asked[person_id][at] + minutes <= team.supply[person_id][at] + TOLERANCE for at, minutes in fix.item.weeks.items())


@pytest.fixture
def clash(studio):
    return make_clash(studio)


@pytest.fixture
def helper(clash):
    (person_id,) = create_people(actor=system_actor(), people=[NewPerson(name="Noor Haddad")], now=NOW)
    put_roles(actor=system_actor(), roles={person_id: ["Developer"]}, now=NOW)
    return person_id


def peer_of(clash, weeks=12):
    found = get_balance(actor=clash.studio.cast.owner, today=TODAY, weeks=weeks)
    return found, next(row for row in found.people if row.person_id == clash.studio.dev)


def test_two_builds_at_once_go_to_the_colleague_who_is_free_and_come_back_exactly(clash, helper):
    owner = clash.studio.cast.owner
    found, peer = peer_of(clash)
    assert found.people[0] == peer
    week = peer.overloaded[0]
    assert week.percent == 200
    give = next(fix for fix in week.fixes if fix.kind == "give")
    assert (give.to_person_id, give.effect.before, give.effect.after) == (helper, 200, 100)
    before = dict(Task.objects.values_list("pk", "assignee_id"))
    fix_id = apply_fix(
        actor=owner, kind="give", ref=Ref("delivery.task", give.item.id), to_person_id=helper, version=give.item.version, now=NOW
    )
    assert Task.objects.get(pk=give.item.id).assignee_id == helper
    assert peer_of(clash)[1].overloaded == ()
    (row,) = list_applied_fixes(actor=owner)
    assert (row.words, row.state) == ("“Build the templates” goes to Noor Haddad", "applied")
    undo_fix(actor=owner, fix_id=fix_id, now=NOW)
    assert dict(Task.objects.values_list("pk", "assignee_id")) == before
    with pytest.raises(Conflict, match="already"):
        undo_fix(actor=owner, fix_id=fix_id, now=NOW)


def test_a_fix_worked_out_from_an_older_plan_changes_nothing(clash, helper):
    give = next(fix for fix in peer_of(clash)[1].overloaded[0].fixes if fix.kind == "give")
    with pytest.raises(Stale):
        apply_fix(
            actor=clash.studio.cast.owner, kind="give", ref=Ref("delivery.task", give.item.id), to_person_id=helper, version=give.item.version - 1, now=NOW
        )
    assert Task.objects.get(pk=give.item.id).assignee_id == clash.studio.dev
    assert list_applied_fixes(actor=clash.studio.cast.owner) == []


def test_a_split_booking_is_whole_again_after_it_is_taken_back(clash, helper):
    owner = clash.studio.cast.owner
    new = NewBooking(
        Ref("delivery.project", clash.first), TODAY.replace(month=12, day=7), TODAY.replace(month=12, day=18), 4800, person_id=clash.studio.dev,
        status=BookingStatus.CONFIRMED,
    )
    (booking_id,) = book_time(actor=owner, bookings=[new], now=NOW)
    before = Booking.objects.filter(pk=booking_id).values("person_id", "start_date", "finish_date", "minutes", "spread", "amount_minutes").get()
    fix_id = apply_fix(
        actor=owner, kind="split", ref=Ref("staff.booking", booking_id), to_person_id=helper, at_date=TODAY.replace(month=12, day=14), now=NOW
    )
    second = Booking.objects.exclude(pk=booking_id).filter(person_id=helper).get()
    assert (second.start_date, second.minutes) == (TODAY.replace(month=12, day=14), 2400)
    undo_fix(actor=owner, fix_id=fix_id, now=NOW)
    assert Booking.objects.filter(pk=booking_id).values(*before).get() == before
    second.refresh_from_db()
    assert second.status == "released"


def test_who_has_half_the_time_takes_half_of_a_booking_and_gives_it_back(clash, helper):
    owner, project = clash.studio.cast.owner, Ref("delivery.project", clash.first)
    first, last = TODAY.replace(month=12, day=7), TODAY.replace(month=12, day=18)
    busy = [
        NewBooking(project, first, last, minutes, person_id=person_id, status=BookingStatus.CONFIRMED)
        for person_id, minutes in ((clash.studio.dev, 9000), (helper, 2400))
    ]
    booking_id, _ = book_time(actor=owner, bookings=busy, now=NOW)
    fixes = [fix for week in peer_of(clash)[1].overloaded for fix in week.fixes]
    share = next(fix for fix in fixes if fix.kind == "share")
    assert (share.item.id, share.to_person_id) == (booking_id, helper)
    assert 10 <= share.percent <= 50
    before = Booking.objects.filter(pk=booking_id).values("person_id", "start_date", "finish_date", "minutes", "spread", "amount_minutes").get()
    ref = Ref("staff.booking", booking_id)
    fix_id = apply_fix(actor=owner, kind="share", ref=ref, to_person_id=helper, percent=share.percent, version=share.item.version, now=NOW)
    part = Booking.objects.filter(person_id=helper).latest("pk")
    assert part.minutes == 9000 * share.percent // 100
    assert part.minutes + Booking.objects.get(pk=booking_id).minutes == 9000
    assert (part.start_date, part.finish_date, part.status) == (first, last, "confirmed")
    undo_fix(actor=owner, fix_id=fix_id, now=NOW)
    assert Booking.objects.filter(pk=booking_id).values(*before).get() == before
    part.refresh_from_db()
    assert part.status == "released"
    with pytest.raises(Refused, match="1 to 99"):
        apply_fix(actor=owner, kind="share", ref=ref, to_person_id=helper, percent=100, now=NOW)


def test_tentative_time_begins_later_and_comes_back(clash):
    owner = clash.studio.cast.owner
    new = NewBooking(Ref("delivery.project", clash.first), TODAY.replace(month=12, day=7), TODAY.replace(month=12, day=18), 4800, person_id=clash.studio.ida)
    (booking_id,) = book_time(actor=owner, bookings=[new], now=NOW)
    fix_id = apply_fix(actor=owner, kind="later", ref=Ref("staff.booking", booking_id), weeks_later=2, now=NOW)
    assert Booking.objects.get(pk=booking_id).start_date == TODAY.replace(month=12, day=21)
    undo_fix(actor=owner, fix_id=fix_id, now=NOW)
    assert Booking.objects.get(pk=booking_id).start_date == TODAY.replace(month=12, day=7)


def test_only_who_sees_everybodys_time_gets_the_balance_and_nobody_takes_back_what_another_did(clash, helper):
    cast = clash.studio.cast
    give = next(fix for fix in peer_of(clash)[1].overloaded[0].fixes if fix.kind == "give")
    with pytest.raises(NotAllowed):
        get_balance(actor=cast.member, today=TODAY)
    with pytest.raises(NotAllowed):
        apply_fix(actor=cast.member, kind="give", ref=Ref("delivery.task", give.item.id), to_person_id=helper, now=NOW)
    with pytest.raises(NotAllowed):
        apply_fix(actor=cast.seller, kind="give", ref=Ref("delivery.task", give.item.id), to_person_id=helper, now=NOW)
    with pytest.raises(Refused, match="no colleague"):
        apply_fix(actor=cast.owner, kind="give", ref=Ref("delivery.task", give.item.id), to_person_id=10**9, now=NOW)
    fix_id = apply_fix(actor=cast.owner, kind="give", ref=Ref("delivery.task", give.item.id), to_person_id=helper, now=NOW)
    for stranger in (cast.leader, cast.manager, cast.seller):
        with pytest.raises(NotFound):
            undo_fix(actor=stranger, fix_id=fix_id, now=NOW)


def test_what_is_missing_to_the_target_is_told_from_what_is_sure(clash, helper):
    found, _ = peer_of(clash, weeks=8)
    noor = next(row for row in found.people if row.person_id == helper)
    assert noor.percent == 0
    assert noor.gap_minutes == noor.supply_minutes * 75 // 100
