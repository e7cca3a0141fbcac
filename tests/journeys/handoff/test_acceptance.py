"""Accepting and returning answer by answer, talking about questions, and the clock that runs meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people import NOW, Cast
from wonward.domains.comms.queries import list_communications
from wonward.domains.staff.queries import find_manager_of
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.journeys.handoff.jobs import watch
from wonward.journeys.handoff.operations import (
    accept_handoff,
    add_question_message,
    answer_handoff,
    change_handoff_rules,
    escalate_overdue_handoffs,
    raise_question,
    return_handoff,
)
from wonward.journeys.handoff.queries import get_handoff, list_decisions, list_questions
from wonward.journeys.handoff.rules.clock import due_after, working_minutes
from wonward.journeys.handoff.types import ClosedDeal, Question, Side
from wonward.kernel.actor import system_actor
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.work_calendar import STANDARD_CALENDAR

ASKED = [Question("key_constraints", "Which fair?"), Question("scope_summary", "Which 42?")]


def said(cast: Cast, won: ClosedDeal) -> list[str]:
    while deliver_pending(now=NOW + timedelta(days=200)):
        pass
    entries = list_communications(actor=cast.owner, refs=[Ref("delivery.project", won.project_ids[0])], limit=50)
    return [entry.subject for entry in entries]


def decisions(won: ClosedDeal) -> dict[str, str]:
    return {row.field: row.decision for row in list_decisions(handoff_id=won.handoff_id)}


def test_a_returned_handoff_names_the_field_and_keeps_what_was_accepted(won: ClosedDeal, cast: Cast) -> None:
    return_handoff(actor=cast.manager, handoff_id=won.handoff_id, questions=ASKED[:1], accepted=["kickoff_date"], now=NOW)
    assert decisions(won) == {"kickoff_date": "accepted", "key_constraints": "returned"}
    (question,) = list_questions(handoff_id=won.handoff_id)
    assert (question.field, question.text, question.is_open) == ("key_constraints", "Which fair?", True)
    with pytest.raises(Conflict):
        accept_handoff(actor=cast.manager, handoff_id=won.handoff_id, now=NOW)
    answer_handoff(actor=cast.seller, handoff_id=won.handoff_id, answers={question.id: "The one in Hannover."}, now=NOW)
    assert decisions(won) == {"kickoff_date": "accepted"}
    accept_handoff(actor=cast.manager, handoff_id=won.handoff_id, now=NOW)
    assert set(decisions(won).values()) == {"accepted"}
    assert len(decisions(won)) == 5


def test_a_field_cannot_be_accepted_and_returned_at_once(won: ClosedDeal, cast: Cast) -> None:
    with pytest.raises(Refused, match="accepted and returned"):
        return_handoff(actor=cast.manager, handoff_id=won.handoff_id, questions=ASKED, accepted=["scope_summary"], now=NOW)
    with pytest.raises(Refused, match="not one of the answers"):
        return_handoff(actor=cast.manager, handoff_id=won.handoff_id, questions=ASKED, accepted=["weather"], now=NOW)
    assert get_handoff(actor=cast.seller, handoff_id=won.handoff_id).status == "awaiting_acceptance"


def test_a_question_is_talked_about_by_both_sides_until_it_is_answered(won: ClosedDeal, cast: Cast) -> None:
    return_handoff(actor=cast.manager, handoff_id=won.handoff_id, questions=ASKED, now=NOW)
    first, second = list_questions(handoff_id=won.handoff_id)
    add_question_message(actor=cast.seller, question_id=first.id, text="Do you mean spring?", now=NOW)
    add_question_message(actor=cast.manager, question_id=first.id, text="Either.", now=NOW)
    add_question_message(actor=cast.teammate, question_id=first.id, text="Spring, in Hannover.", now=NOW)
    with pytest.raises(Refused) as refusal:
        answer_handoff(actor=cast.seller, handoff_id=won.handoff_id, answers={}, now=NOW)
    assert [error.field for error in refusal.value.errors] == [f"answers.{second.id}"]
    answer_handoff(actor=cast.seller, handoff_id=won.handoff_id, answers={second.id: "The ones on the list."}, now=NOW)
    first, second = list_questions(handoff_id=won.handoff_id)
    assert [(one.side, one.author) for one in first.messages] == [
        ("sales", "Mara Klein"), ("delivery", "Tom Brandt"), ("sales", "Sam Peer")]
    assert (first.answer, first.answered_by) == ("Spring, in Hannover.", "Sam Peer")
    assert [one.text for one in second.messages] == ["The ones on the list."]
    assert get_handoff(actor=cast.seller, handoff_id=won.handoff_id).status == "awaiting_acceptance"


def test_a_stranger_knows_nothing_of_a_thread_and_finance_does_not_speak_in_it(won: ClosedDeal, cast: Cast) -> None:
    return_handoff(actor=cast.manager, handoff_id=won.handoff_id, questions=ASKED[:1], now=NOW)
    (question,) = list_questions(handoff_id=won.handoff_id)
    with pytest.raises(NotFound):
        add_question_message(actor=cast.marketer, question_id=question.id, text="Hello", now=NOW)
    with pytest.raises(NotAllowed):
        add_question_message(actor=cast.finance, question_id=question.id, text="Hello", now=NOW)
    with pytest.raises(NotAllowed):
        add_question_message(actor=cast.seller, question_id=question.id, text="Hello", side=Side.DELIVERY, now=NOW)
    with pytest.raises(Refused, match="Write what"):
        add_question_message(actor=cast.seller, question_id=question.id, text="  ", now=NOW)
    assert list_questions(handoff_id=won.handoff_id)[0].messages == ()


def test_the_owner_speaks_for_the_side_that_was_asked(won: ClosedDeal, cast: Cast) -> None:
    return_handoff(actor=cast.manager, handoff_id=won.handoff_id, questions=ASKED[:1], now=NOW)
    (question,) = list_questions(handoff_id=won.handoff_id)
    for text in ("I answer.", "And I ask back."):
        add_question_message(actor=cast.owner, question_id=question.id, text=text, now=NOW)
    assert [one.side for one in list_questions(handoff_id=won.handoff_id)[0].messages] == ["sales", "delivery"]


def test_a_question_after_the_acceptance_is_an_error_of_the_handoff(won: ClosedDeal, cast: Cast) -> None:
    with pytest.raises(Conflict, match="not accepted yet"):
        raise_question(actor=cast.manager, handoff_id=won.handoff_id, field="promises", text="Who pays?", now=NOW)
    accept_handoff(actor=cast.manager, handoff_id=won.handoff_id, now=NOW)
    with pytest.raises(NotAllowed):
        raise_question(actor=cast.seller, handoff_id=won.handoff_id, field="promises", text="Who pays?", now=NOW)
    with pytest.raises(Refused) as refusal:
        raise_question(actor=cast.manager, handoff_id=won.handoff_id, field="weather", text="", now=NOW)
    assert [error.field for error in refusal.value.errors] == ["field", "text"]
    question_id = raise_question(actor=cast.manager, handoff_id=won.handoff_id, field="promises", text="Who pays?", now=NOW)
    (question,) = list_questions(handoff_id=won.handoff_id)
    assert (question.id, question.is_error, question.is_open) == (question_id, True, True)
    assert get_handoff(actor=cast.seller, handoff_id=won.handoff_id).status == "accepted"
    add_question_message(actor=cast.seller, question_id=question_id, text="They do.", now=NOW)
    assert list_questions(handoff_id=won.handoff_id)[0].answer == "They do."
    number = get_handoff(actor=cast.seller, handoff_id=won.handoff_id).number
    assert f"Question to sales on {number}" in said(cast, won)


def test_the_clock_gives_48_working_hours_and_starts_anew_with_every_submission(won: ClosedDeal, cast: Cast) -> None:
    # Thursday 9:30 + 48 h of 8 a day: 6.5 h on Thursday, five full days, 1.5 h on the Friday of the next week.
    assert get_handoff(actor=cast.seller, handoff_id=won.handoff_id).due_at == datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
    return_handoff(actor=cast.manager, handoff_id=won.handoff_id, questions=ASKED[:1], now=NOW)
    (question,) = list_questions(handoff_id=won.handoff_id)
    change_handoff_rules(actor=cast.owner, acceptance_minutes=480, now=NOW)
    answer_handoff(
        actor=cast.seller, handoff_id=won.handoff_id, answers={question.id: "Hannover"}, now=NOW + timedelta(days=1))
    assert get_handoff(actor=cast.seller, handoff_id=won.handoff_id).due_at == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_an_overdue_handoff_is_escalated_once_until_it_is_submitted_again(won: ClosedDeal, cast: Cast) -> None:
    row = get_handoff(actor=cast.seller, handoff_id=won.handoff_id)
    due, number = row.due_at, row.number
    assert due is not None
    watch(now=due)
    assert get_handoff(actor=cast.seller, handoff_id=won.handoff_id).escalated_at is None
    watch(now=due + timedelta(minutes=1))
    watch(now=due + timedelta(hours=9))
    assert get_handoff(actor=cast.seller, handoff_id=won.handoff_id).escalated_at == due + timedelta(minutes=1)
    assert said(cast, won).count(f"{number} is not decided in time") == 1
    return_handoff(actor=cast.manager, handoff_id=won.handoff_id, questions=ASKED[:1], now=due + timedelta(days=1))
    assert escalate_overdue_handoffs(now=due + timedelta(days=90)) == 0
    (question,) = list_questions(handoff_id=won.handoff_id)
    later = due + timedelta(days=2)
    answer_handoff(actor=cast.seller, handoff_id=won.handoff_id, answers={question.id: "Hannover"}, now=later)
    assert escalate_overdue_handoffs(now=later + timedelta(days=30)) == 1
    assert said(cast, won).count(f"{number} is not decided in time") == 2


def test_it_is_escalated_to_whoever_answers_for_the_lead(won: ClosedDeal, cast: Cast) -> None:
    assert find_manager_of(cast.manager.person_id) == cast.leader.person_id
    escalate_overdue_handoffs(now=NOW + timedelta(days=30))
    while deliver_pending(now=NOW + timedelta(days=200)):
        pass
    entries = list_communications(actor=system_actor(), refs=[Ref("sales.deal", won.deal_id)], limit=50)
    (told,) = [entry for entry in entries if "not decided" in entry.subject]
    assert told.body == "Tom Brandt has not accepted or returned it. Escalated to Lena Lead."
    assert told.is_automatic


def test_rules_are_the_owners_and_say_what_is_out_of_range(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        change_handoff_rules(actor=cast.manager, acceptance_minutes=480, now=NOW)
    with pytest.raises(Refused) as refusal:
        change_handoff_rules(actor=cast.owner, acceptance_minutes=1, checklist=["x" * 301], now=NOW)
    assert [error.field for error in refusal.value.errors] == ["acceptance_minutes", "checklist"]


INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC))


@given(INSTANTS, st.integers(1, 6000), st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]))
def test_as_much_work_lies_before_the_due_instant_as_was_given(start: datetime, minutes: int, zone: str) -> None:
    due = due_after(STANDARD_CALENDAR, start, minutes, zone)
    assert due is not None
    assert working_minutes(STANDARD_CALENDAR, start, due, zone) == minutes
    assert working_minutes(STANDARD_CALENDAR, start, due - timedelta(minutes=1), zone) == minutes - 1


def test_a_calendar_that_never_works_is_never_due() -> None:
    from wonward.kernel.work_calendar import WorkCalendar

    assert due_after(WorkCalendar(((),) * 7), NOW, 60, "UTC") is None
