"""At least once, and each handler takes effect once."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, connections, transaction

from tests.foundation.runtime import handlers
from tests.foundation.runtime.facts import RecordChanged, RecordCounted
from tests.foundation.runtime.models import Effect, Single
from wonward.foundation.events import dispatcher
from wonward.foundation.events.bus import subscribe, unsubscribe
from wonward.foundation.events.dispatcher import LEASE, deliver_pending
from wonward.foundation.events.models import Delivery, DeliveryState
from wonward.foundation.events.operations import publish, publish_many, replay_all_dead, replay_delivery
from wonward.foundation.events.queries import (
    count_dead_deliveries,
    list_dead_deliveries,
    list_failing_deliveries,
    oldest_pending_age,
)
from wonward.foundation.events.rules import MAX_ATTEMPTS, retry_delay
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import NotAllowed, NotFound

SYSTEM = system_actor()
STRANGER = Actor(label="Stranger", user_id=9)


def tell(*events, now):
    with transaction.atomic():
        return publish_many(events, actor=SYSTEM, now=now)


def effects(handler=None):
    rows = Effect.objects.filter(handler=handler) if handler else Effect.objects.all()
    return sorted(rows.values_list("handler", "key"))


def deliver_until_quiet(now, rounds=40):
    """Let time pass from attempt to attempt; the moment after the last."""
    for _ in range(rounds):
        deliver_pending(now=now)
        now += timedelta(days=4)
    return now


@pytest.mark.django_db
def test_every_handler_gets_the_fact_and_what_handlers_publish_follows(department, now):
    subscribe(RecordChanged)(handlers.note_change)
    subscribe(RecordCounted)(handlers.note_count)
    tell(RecordChanged(5), now=now)
    assert deliver_pending(now=now) == 2
    assert effects() == [("note_change", 5), ("note_count", 5)]
    assert deliver_pending(now=now) == 0
    assert oldest_pending_age(now=now) is None


@pytest.mark.django_db
def test_a_handler_gets_the_fact_as_it_was_published(department, now):
    seen = []

    def look(event, *, now):
        seen.append((event, now))

    subscribe(RecordChanged)(look)
    fact = RecordChanged(5, others=(6, 7))
    tell(fact, now=now)
    deliver_pending(now=now + timedelta(minutes=1))
    assert seen == [(fact, now + timedelta(minutes=1))]


@pytest.mark.django_db
def test_a_handler_that_subscribes_later_does_not_get_earlier_facts(department, now):
    tell(RecordCounted(1), now=now)
    subscribe(RecordCounted)(handlers.note_count)
    assert deliver_pending(now=now) == 0


@pytest.mark.django_db
def test_a_handlers_own_integrity_error_is_a_failure_and_never_counts_as_delivered(department, now):
    subscribe(RecordChanged)(handlers.insert_twice)
    Single.objects.create(key=5)
    tell(RecordChanged(5), now=now)
    deliver_pending(now=now)
    (failing,) = list_failing_deliveries(actor=SYSTEM)
    assert failing.handler.endswith("insert_twice")
    assert not failing.is_dead
    assert "IntegrityError" in failing.last_error
    assert effects() == [], "what it wrote before it failed is gone"


@pytest.mark.django_db
def test_a_replayed_dead_letter_takes_effect_once_its_cause_is_gone(department, now):
    subscribe(RecordChanged)(handlers.insert_twice)
    obstacle = Single.objects.create(key=5)
    tell(RecordChanged(5), now=now)
    later = deliver_until_quiet(now)
    (dead,) = list_dead_deliveries(actor=SYSTEM)
    assert (dead.attempts, dead.is_dead, dead.event_name) == (MAX_ATTEMPTS, True, "runtime.record.changed")
    obstacle.delete()
    replay_delivery(actor=SYSTEM, delivery_id=dead.id, now=later)
    assert deliver_pending(now=later) == 1
    assert effects() == [("insert_twice", 5)]
    assert count_dead_deliveries() == 0
    with pytest.raises(NotFound):
        replay_delivery(actor=SYSTEM, delivery_id=dead.id, now=later)


@pytest.mark.django_db
def test_a_handler_that_always_fails_ends_in_dead_letters_and_blocks_nobody(department, now):
    subscribe(RecordChanged)(handlers.always_fail)
    subscribe(RecordChanged)(handlers.note_change)
    tell(*[RecordChanged(number) for number in range(3)], now=now)
    deliver_pending(now=now)
    assert effects() == [("note_change", 0), ("note_change", 1), ("note_change", 2)]
    later = deliver_until_quiet(now)
    assert [row.attempts for row in list_dead_deliveries(actor=SYSTEM)] == [MAX_ATTEMPTS] * 3
    assert list_failing_deliveries(actor=SYSTEM) == []
    assert replay_all_dead(actor=SYSTEM, now=later) == 3
    assert deliver_pending(now=later) == 3


@pytest.mark.django_db
def test_a_failed_delivery_waits_before_its_next_attempt(department, now):
    subscribe(RecordChanged)(handlers.always_fail)
    tell(RecordChanged(1), now=now)
    assert deliver_pending(now=now) == 1
    assert deliver_pending(now=now + timedelta(seconds=3)) == 0
    assert oldest_pending_age(now=now + timedelta(seconds=3)) is None
    assert deliver_pending(now=now + timedelta(seconds=10)) == 1


@pytest.mark.django_db
def test_an_overdue_delivery_shows_its_age(department, now):
    subscribe(RecordCounted)(handlers.note_count)
    tell(RecordCounted(1), now=now)
    assert oldest_pending_age(now=now + timedelta(minutes=6)) == timedelta(minutes=6)


@pytest.mark.django_db
def test_a_delivery_without_its_handler_is_dead_and_says_so(department, now):
    subscribe(RecordCounted)(handlers.note_count)
    tell(RecordCounted(1), now=now)
    unsubscribe(handlers.note_count)
    deliver_pending(now=now)
    (dead,) = list_dead_deliveries(actor=SYSTEM)
    assert dead.last_error == (
        "There is no handler tests.foundation.runtime.handlers.note_count for runtime.record.counted any more."
    )


@pytest.mark.django_db
def test_a_worker_whose_lease_was_taken_over_has_no_effect(department, now, monkeypatch):
    subscribe(RecordCounted)(handlers.note_count)
    tell(RecordCounted(1), now=now)
    (stale,) = dispatcher._lease_due(now, LEASE, 10)
    later = now + LEASE + timedelta(seconds=1)
    assert deliver_pending(now=later) == 1
    dispatcher._deliver(stale, later)
    assert effects() == [("note_count", 1)]


@pytest.mark.django_db
def test_a_stale_worker_can_neither_acknowledge_nor_fail_nor_give_back(department, now):
    subscribe(RecordCounted)(handlers.note_count)
    tell(RecordCounted(1), now=now)
    (stale,) = dispatcher._lease_due(now, LEASE, 10)
    later = now + LEASE + timedelta(seconds=1)
    (current,) = dispatcher._lease_abandoned(later, LEASE)
    assert current.fence == stale.fence + 1
    dispatcher._deliver(stale, later)
    dispatcher._note_failure(stale, ValueError("too late"), later)
    dispatcher._give_back([stale])
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.fence, delivery.last_error) == ("pending", current.fence, "")
    assert delivery.leased_until == later + LEASE
    assert effects() == []
    dispatcher._deliver(current, later)
    assert effects() == [("note_count", 1)]


@pytest.mark.django_db
def test_a_delivery_that_kills_its_worker_every_time_ends_in_dead_letters(department, now):
    subscribe(RecordCounted)(handlers.note_count)
    tell(RecordCounted(1), now=now)
    assert len(dispatcher._lease_due(now, LEASE, 10)) == 1
    for attempt in range(1, MAX_ATTEMPTS):
        now += LEASE + timedelta(seconds=1)
        assert [leased.attempts for leased in dispatcher._lease_abandoned(now, LEASE)] == [attempt]
    now += LEASE + timedelta(seconds=1)
    assert dispatcher._lease_abandoned(now, LEASE) == []
    (dead,) = list_dead_deliveries(actor=SYSTEM)
    assert dead.last_error == (
        "The worker stopped each time tests.foundation.runtime.handlers.note_count ran; it was tried 12 times."
    )


@pytest.mark.django_db
def test_after_a_crash_deliveries_are_taken_up_alone_so_that_one_killer_harms_no_other(department, now):
    subscribe(RecordCounted)(handlers.note_count)
    tell(*[RecordCounted(number) for number in range(3)], now=now)
    assert len(dispatcher._lease_due(now, LEASE, 10)) == 3
    now += LEASE + timedelta(seconds=1)
    assert len(dispatcher._lease_abandoned(now, LEASE)) == 1
    assert deliver_pending(now=now) == 2


@pytest.mark.django_db
def test_deliveries_beyond_half_the_lease_are_given_back(department, now, monkeypatch):
    subscribe(RecordCounted)(handlers.note_count)
    tell(*[RecordCounted(number) for number in range(4)], now=now)
    ticks = iter([0.0, 1.0, 29.0, 31.0])
    # A clock of its own: the one of the process is looked at by other threads too.
    monkeypatch.setattr(dispatcher, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    leased = dispatcher._lease_due(now, LEASE, 10)
    assert dispatcher._deliver_while_safe(leased, now, LEASE) == 2
    assert len(dispatcher._lease_due(now, LEASE, 10)) == 2


@pytest.mark.django_db
def test_dead_letters_are_shown_and_replayed_only_with_the_right(department, now):
    for refused in (
        lambda: list_dead_deliveries(actor=STRANGER),
        lambda: list_failing_deliveries(actor=STRANGER),
        lambda: replay_delivery(actor=STRANGER, delivery_id=1, now=now),
        lambda: replay_all_dead(actor=STRANGER, now=now),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_pauses_grow_from_five_seconds_to_three_days_with_jitter():
    pauses = [retry_delay(attempt, "7").total_seconds() for attempt in range(1, MAX_ATTEMPTS)]
    assert pauses[0] >= 5
    assert all(late > early for early, late in zip(pauses, pauses[1:], strict=False))
    assert retry_delay(60, "7") == timedelta(days=3)
    assert retry_delay(4, "7") == retry_delay(4, "7") != retry_delay(4, "8")


def test_two_dispatchers_in_parallel_deliver_each_fact_once(committed, now):
    subscribe(RecordChanged)(handlers.note_change)
    subscribe(RecordCounted)(handlers.note_count)
    tell(*[RecordChanged(number) for number in range(60)], now=now)
    start = threading.Barrier(3)
    tried = []
    problems = []

    def work():
        try:
            start.wait()
            while count := deliver_pending(now=now, limit=7):
                tried.append(count)
        except Exception as error:
            problems.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    deliver_pending(now=now, limit=1000)
    assert effects("note_change") == [("note_change", number) for number in range(60)]
    assert effects("note_count") == [("note_count", number) for number in range(60)]
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DONE}


def test_an_effect_and_its_acknowledgement_are_one_commit(committed, now):
    """Seen from another connection, the effect never exists while the delivery is still open."""
    seen = []

    def look_from_outside():
        seen.append((Effect.objects.count(), Delivery.objects.get().state))
        connections.close_all()

    def write_and_look(event, *, now):
        Effect.objects.create(handler="x", key=1)
        watcher = threading.Thread(target=look_from_outside)
        watcher.start()
        watcher.join()

    subscribe(RecordCounted)(write_and_look)
    tell(RecordCounted(1), now=now)
    deliver_pending(now=now)
    look_from_outside()
    assert seen == [(0, "pending"), (1, "done")]
    assert connection.in_atomic_block is False


@pytest.mark.django_db
def test_publishing_inside_a_transaction_needs_no_subscriber(department, now):
    assert publish(RecordCounted(1), actor=SYSTEM, now=now) > 0
    assert Delivery.objects.count() == 0
