"""Can we promise this date? Answers, levers that keep their word, and what a promise stands on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.people import NOW, TODAY, make_sale
from wonward.domains.catalog.types import BlueprintItem, Waits
from wonward.domains.staff.models import Booking
from wonward.domains.staff.types import BookingStatus, NewBooking, WorkingPerson
from wonward.engines.forecast import SimulationUnavailable, completion
from wonward.foundation.jobs.runner import run_due_jobs
from wonward.journeys.capacity.operations import (
    ask_date,
    book_time,
    dates,
    end_abandoned_answers,
    promise_date,
)
from wonward.journeys.capacity.queries.dates import find_latest_answer, get_date_answer, read_date_case
from wonward.journeys.capacity.rules import date_levers
from wonward.journeys.capacity.rules.date_answer import binding_of, settle
from wonward.journeys.capacity.rules.date_case import DateCase, pulled
from wonward.journeys.capacity.rules.date_levers import find_levers, worth_trying
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.promises.models import Promise
from wonward.journeys.promises.operations import settle_promise
from wonward.journeys.promises.queries import get_promise
from wonward.kernel.errors import NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.work_calendar import STANDARD_CALENDAR

KICKOFF = date(2026, 12, 7)


def ask(studio, wanted=None, kickoff=KICKOFF):
    answer_id = ask_date(actor=studio.cast.seller, deal_id=studio.sale.deal_id, kickoff=kickoff, wanted=wanted, now=NOW)
    return get_date_answer(actor=studio.cast.seller, answer_id=answer_id)


def keep_busy(studio, weeks=4):
    """The only developer works for somebody else."""
    other = make_sale(studio.cast, name="Other", company="Other Ltd")
    closed = close_deal_as_won(actor=studio.cast.seller, deal_id=other.deal_id, brief=other.brief(kickoff_date=date(2027, 8, 2), promised_finish_date=date(2027, 12, 1)), now=NOW)
    busy = NewBooking(
        Ref("delivery.project", closed.project_ids[0]), KICKOFF, KICKOFF + timedelta(days=7 * weeks - 3), 2400 * weeks, person_id=studio.dev,
        status=BookingStatus.CONFIRMED,
    )
    book_time(actor=studio.cast.manager, bookings=[busy], now=NOW)


def case_of(studio):
    return read_date_case(actor=studio.cast.seller, deal_id=studio.sale.deal_id, kickoff=KICKOFF, today=TODAY)


def test_with_everybody_free_the_earliest_end_is_the_one_of_the_template(staffed):
    row = ask(staffed, wanted=date(2027, 3, 1))
    # Two days of workshop, five of wireframes, a day between, ten of templates: eighteen working days.
    assert row.earliest == date(2026, 12, 30)
    assert row.earliest <= row.p50 <= row.p80 <= row.p90
    assert row.chance is not None
    assert row.chance > 90
    assert row.binding == "predecessor"
    assert "Discovery workshop" in row.because
    assert "Build the templates" in row.because


def test_a_busy_developer_binds_and_one_more_is_a_lever(staffed):
    free = ask(staffed)
    keep_busy(staffed)
    row = ask(staffed)
    assert row.earliest > free.earliest
    assert row.binding == "role"
    assert "Developer" in row.because
    helper = next(lever for lever in row.levers if lever.kind == "person")
    assert helper.words == "Bring in one more Developer"
    assert helper.finish < row.earliest
    assert helper.gained_days > 0


@pytest.mark.parametrize("seconds", [0.0, 1.0])
def test_every_lever_pulled_in_a_copy_gains_what_it_says(staffed, seconds):
    keep_busy(staffed)
    question = case_of(staffed)
    case = question.case
    found = settle(case, seconds=seconds)
    _, _, chain = binding_of(case, found, question.names)
    levers = find_levers(case, found, chain, wanted=None, today=TODAY, variants=question.variants, role_names={}, seconds=seconds)
    assert 1 <= len(levers) <= 3
    assert [lever.cost_minutes for lever in levers] == sorted(lever.cost_minutes for lever in levers)
    for lever in levers:
        again = settle(pulled(case, lever.move), seconds=seconds)
        assert (again.finish, again.day(0.5), again.day(0.8)) == (lever.finish, lever.p50, lever.p80)
        assert found.model.axis.slot(found.finish) - found.model.axis.slot(again.finish) == lever.gained_days


def test_asking_writes_nothing_live(staffed):
    before = Promise.objects.count(), Booking.objects.count()
    ask(staffed, wanted=date(2027, 1, 20))
    assert (Promise.objects.count(), Booking.objects.count()) == before


def test_the_same_question_has_the_same_answer(staffed):
    first, second = ask(staffed), ask(staffed)
    assert (first.p50, first.p80, first.p90, first.spread) == (second.p50, second.p80, second.p90, second.spread)


def test_the_background_search_is_never_later(staffed):
    keep_busy(staffed)
    row = ask(staffed)
    assert row.state == "searching"
    run_due_jobs(now=NOW)
    after = find_latest_answer(deal_id=staffed.sale.deal_id)
    assert (after.state, after.is_relevelled) == ("ready", True)
    assert after.earliest <= row.earliest


def test_a_date_after_p50_is_promised_on_its_basis(staffed):
    row = ask(staffed)
    key = promise_date(actor=staffed.cast.seller, answer_id=row.id, due_date=row.p80, text="Site is live", now=NOW)
    promise = get_promise(actor=staffed.cast.seller, promise_id=key)
    assert promise.state == "confirmed"
    asked = ask(staffed, wanted=row.p80)
    assert asked.chance >= 80
    assert (promise.basis.p50_date, promise.basis.chance) == (row.p50, asked.chance)
    assert f"chance of {asked.chance} %" in promise.because


def test_a_date_before_p50_needs_somebody_named_who_confirms_it_alone(staffed):
    row = ask(staffed)
    early = row.p50 - timedelta(days=1)
    with pytest.raises(Refused, match="Name who approves"):
        promise_date(actor=staffed.cast.seller, answer_id=row.id, due_date=early, text="Site is live", now=NOW)
    with pytest.raises(Refused, match="may not approve"):
        promise_date(actor=staffed.cast.seller, answer_id=row.id, due_date=early, text="Site is live", approver_id=staffed.cast.manager.person_id, now=NOW)
    leader = staffed.cast.leader
    key = promise_date(actor=staffed.cast.seller, answer_id=row.id, due_date=early, text="Site is live", approver_id=leader.person_id, now=NOW)
    waiting = get_promise(actor=staffed.cast.seller, promise_id=key)
    assert waiting.state == "draft"
    assert "earlier than P50, waits for Lena Lead to approve it" in waiting.because
    with pytest.raises(NotAllowed, match="Lena Lead has to approve"):
        settle_promise(actor=staffed.cast.seller, promise_id=key, state="confirmed", now=NOW)
    settle_promise(actor=leader, promise_id=key, state="confirmed", now=NOW)
    approved = get_promise(actor=staffed.cast.seller, promise_id=key)
    assert approved.state == "confirmed"
    assert "approved by Lena Lead" in approved.because


def test_a_win_does_not_confirm_what_waits_for_an_approval(staffed):
    row = ask(staffed)
    leader = staffed.cast.leader
    key = promise_date(
        actor=staffed.cast.seller, answer_id=row.id, due_date=row.p50 - timedelta(days=1), text="Site is live", approver_id=leader.person_id, now=NOW
    )
    close_deal_as_won(actor=staffed.cast.seller, deal_id=staffed.sale.deal_id, brief=staffed.sale.brief(), now=NOW)
    promise = get_promise(actor=staffed.cast.seller, promise_id=key)
    assert (promise.state, promise.project_id is not None) == ("draft", True)


def test_nobody_to_do_the_work_is_said_and_dated_all_the_same(studio):
    row = ask(studio)
    assert any("Nobody works as" in note and "Strategist" in note for note in row.notes)
    assert row.earliest >= KICKOFF


def test_bad_questions_name_what_is_wrong(staffed):
    with pytest.raises(Refused, match="in the past"):
        ask(staffed, kickoff=TODAY - timedelta(days=1))
    with pytest.raises(Refused, match="before the beginning"):
        ask(staffed, wanted=KICKOFF - timedelta(days=1))


def test_who_may_not_ask_is_refused_and_who_sees_no_deal_finds_nothing(staffed):
    with pytest.raises(NotAllowed):
        ask_date(actor=staffed.cast.finance, deal_id=staffed.sale.deal_id, now=NOW)
    with pytest.raises(NotFound):
        ask_date(actor=staffed.cast.member, deal_id=staffed.sale.deal_id, now=NOW)
    row = ask(staffed)
    with pytest.raises(NotFound):
        get_date_answer(actor=staffed.cast.marketer, answer_id=row.id)


def long_chain(length):
    """A case of one task after the other, each long enough to be overlapped or shortened, by two people of one role."""
    items = tuple(
        BlueprintItem(str(place), "task", f"Task {place}", None, 960, 960, "Maker", (Waits(str(place - 1), "FS", 0),) if place else (), "", ())
        for place in range(length)
    )
    people = tuple(
        WorkingPerson(key, f"Maker {key}", "", None, "", (1,), STANDARD_CALENDAR, 100, 75, None, None, False, 1) for key in (1, 2)
    )
    return DateCase(items, {"maker": 1}, KICKOFF, STANDARD_CALENDAR, people, (), {}, {0: 1.0}, 1.0, 0.2)


def test_of_a_hundred_things_that_might_help_at_most_eight_are_tried(monkeypatch):
    case, tried = long_chain(100), []
    found = settle(case)
    _, _, chain = binding_of(case, found, {})
    assert len(chain) == 100
    monkeypatch.setattr(date_levers, "settle", lambda copy, **options: tried.append(copy) or settle(copy, **options))
    levers = find_levers(case, found, chain, wanted=None, today=TODAY, variants={}, role_names={})
    assert len(tried) <= 8
    assert len(levers) == 3


def test_one_more_of_a_role_is_not_tried_where_nobody_waits_for_anybody():
    case = long_chain(10)
    found = settle(case)
    _, _, chain = binding_of(case, found, {})
    kinds = {move.kind for move in worth_trying(case, found, chain, today=TODAY, variants={})}
    assert kinds == {"earlier", "overlap", "shorten"}


def test_a_long_plan_is_answered_at_once_and_its_levers_follow(staffed, monkeypatch):
    keep_busy(staffed)
    monkeypatch.setattr(dates, "MOST_ITEMS_AT_ONCE", 3)
    row = ask(staffed)
    assert (row.levers, row.is_weighing_levers) == ((), True)
    assert row.p80 >= row.earliest
    run_due_jobs(now=NOW)
    after = get_date_answer(actor=staffed.cast.seller, answer_id=row.id)
    assert after.levers
    assert (after.state, after.is_weighing_levers) == ("ready", False)
    assert all(lever.finish < after.earliest for lever in after.levers)


def test_an_answer_nobody_works_on_any_more_stands_as_it_was_given(staffed):
    row = ask(staffed)
    assert end_abandoned_answers(now=NOW + timedelta(minutes=5)) == 0
    assert end_abandoned_answers(now=NOW + timedelta(minutes=30)) == 1
    after = get_date_answer(actor=staffed.cast.seller, answer_id=row.id)
    assert (after.state, after.is_relevelled, after.p50) == ("ready", False, row.p50)


def test_without_numpy_a_date_has_odds_all_the_same(staffed, monkeypatch):
    usual = ask(staffed, wanted=date(2027, 1, 15))
    monkeypatch.setattr(completion, "load_numpy", no_numpy)
    row = ask(staffed, wanted=date(2027, 1, 15))
    assert row.earliest == usual.earliest
    assert abs((row.p50 - usual.p50).days) <= 3
    assert abs(row.chance - usual.chance) <= 8
    assert row.spread == ask(staffed, wanted=date(2027, 1, 15)).spread


def no_numpy():
    raise SimulationUnavailable("no numpy here")
