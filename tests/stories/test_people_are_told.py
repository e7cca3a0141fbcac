"""Who hears of what, from the fact to the inbox."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.journeys.promises.world import make_world
from tests.people import NOW
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.queries import list_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import TaskChange
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.notifications.operations import follow_record
from wonward.foundation.notifications.queries import list_threads
from wonward.foundation.notifications.types import View
from wonward.journeys.handoff.operations import (
    accept_handoff,
    answer_handoff,
    escalate_overdue_handoffs,
    return_handoff,
)
from wonward.journeys.handoff.queries import list_handoffs, list_questions
from wonward.journeys.handoff.types import Question
from wonward.journeys.promises.operations import change_plan
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = make_world()
    settle()
    return made


def settle(now=NOW):
    while deliver_pending(now=now):
        pass


def told(actor: Actor, view=View.FOR_YOU) -> list[str]:
    return [f"{row.latest.label}: {row.latest.detail}" for row in list_threads(actor=actor, view=view, now=NOW).threads]


def labels(actor: Actor, view=View.FOR_YOU) -> list[str]:
    return [row.latest.label for row in list_threads(actor=actor, view=view, now=NOW).threads]


def handoff_of(world):
    (handoff,) = list_handoffs(actor=world.cast.owner, limit=5)
    return handoff


def test_a_win_reaches_the_delivery_lead_and_not_the_seller_who_won(world):
    assert labels(world.cast.manager) == ["Handoff to accept"]
    assert labels(world.cast.seller) == []


def test_who_follows_the_deal_hears_of_its_handoff(world):
    follow_record(actor=world.cast.teammate, ref=Ref("sales.deal", world.sale.deal_id), is_following=True, now=NOW)
    accept_handoff(actor=world.cast.manager, handoff_id=handoff_of(world).id, now=NOW)
    settle()
    assert labels(world.cast.teammate, View.WATCHING) == ["Handoff accepted"]


def test_a_returned_handoff_names_the_field_and_is_settled_by_the_answer(world):
    cast, handoff = world.cast, handoff_of(world)
    return_handoff(actor=cast.manager, handoff_id=handoff.id, questions=[Question("kickoff_date", "Before Easter?")], now=NOW)
    settle()
    assert told(cast.seller) == ["Returned to sales: Kickoff date: “Before Easter?”"]
    assert labels(cast.manager) == []
    (question,) = list_questions(handoff_id=handoff.id)
    answer_handoff(actor=cast.seller, handoff_id=handoff.id, answers={question.id: "Yes."}, now=NOW)
    settle()
    assert labels(cast.seller) == []
    assert labels(cast.manager) == ["Questions answered"]
    accept_handoff(actor=cast.manager, handoff_id=handoff.id, now=NOW)
    settle()
    assert labels(cast.manager) == []
    assert told(cast.seller) == ["Handoff accepted: Tom Brandt took over. The handoff is verified."]


def test_a_handoff_that_is_not_decided_goes_up_once(world):
    later = NOW + timedelta(days=30)
    escalate_overdue_handoffs(now=later)
    escalate_overdue_handoffs(now=later)
    settle(later)
    assert labels(world.cast.leader) == ["Handoff not decided in time"]
    assert [row.unread_count for row in list_threads(actor=world.cast.leader, view=View.FOR_YOU, now=later).threads] == [1]


def test_a_promise_at_risk_is_told_on_both_sides_and_so_is_its_repair(world):
    cast, manager = world.cast, world.cast.manager
    accept_handoff(actor=manager, handoff_id=handoff_of(world).id, now=NOW)
    build = world.task("build")
    change_plan(actor=cast.owner, project_id=world.project_id, now=NOW, reason="Longer.",
                changes=[TaskChange(build.id, {"duration_minutes": build.duration_minutes * 3})])
    settle()
    assert "Promise at risk" in labels(manager)
    assert "Promise at risk" in labels(cast.seller)
    (line,) = [one for one in told(cast.seller) if one.startswith("Promise at risk")]
    assert "42 templates" in line
    change_plan(actor=cast.owner, project_id=world.project_id, now=NOW, reason="Shorter.",
                changes=[TaskChange(build.id, {"duration_minutes": build.duration_minutes})])
    settle()
    assert "Promise safe again" in labels(manager)


def test_work_given_to_somebody_is_told_to_them_and_not_to_the_giver(world):
    cast = world.cast
    task = next(row for row in list_tasks(actor=cast.owner, project_id=world.project_id) if row.key == "workshop")
    change_plan(actor=cast.manager, project_id=world.project_id, now=NOW,
                changes=[TaskChange(task.id, {"assignee_id": cast.member.person_id})])
    settle()
    (thread,) = list_threads(actor=cast.member, view=View.FOR_YOU, now=NOW).threads
    assert (thread.latest.label, thread.title) == ("Assigned to you", f"{task.name}, Website replatform")
    assert "Assigned to you" not in labels(cast.manager, View.EVERYTHING)


def note(actor, sale, body, **more):
    entry = NewCommunication(kind=CommunicationKind.NOTE, refs=(Ref("sales.deal", sale.deal_id),), body=body, happened_at=NOW, **more)
    log_communications(actor=actor, entries=[entry], now=NOW)
    settle()


def test_a_mention_reaches_the_named_colleague_once_with_the_words(world):
    note(world.cast.seller, world.sale, "Hello @Lena Lead, can you call Hanne? @Lena!")
    assert told(world.cast.leader) == ["You were mentioned: Hello @Lena Lead, can you call Hanne? @Lena!"]


def test_a_mention_in_what_one_may_not_read_is_not_told(world):
    note(world.cast.seller, world.sale, "@Lena Lead must not know.", privacy="restricted")
    note(world.cast.seller, world.sale, "@Noor Haddad neither.")
    assert labels(world.cast.leader, View.EVERYTHING) == labels(world.cast.member, View.EVERYTHING) == []


def test_imported_words_call_nobody(world):
    note(world.cast.seller, world.sale, "@Lena Lead, from years ago.", external_source="crm", external_id="9")
    assert labels(world.cast.leader, View.EVERYTHING) == []


def test_the_log_says_when_it_happened_however_late_the_worker_comes(db):
    made = make_world()
    settle(NOW + timedelta(days=3))
    entries = list_communications(actor=made.cast.owner, refs=[Ref("sales.deal", made.sale.deal_id)], limit=50)
    (won,) = [entry for entry in entries if entry.is_automatic and "won and handed off" in entry.subject]
    assert won.happened_at == NOW
