"""A fact is recorded with the change it tells of, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.foundation.runtime import handlers
from tests.foundation.runtime.facts import RecordChanged, RecordCounted
from wonward.foundation.events.bus import handler_names, subscribe, unsubscribe
from wonward.foundation.events.models import Delivery, EventSubject, OutboxEvent
from wonward.foundation.events.operations import prune_events, publish, publish_many
from wonward.foundation.events.queries import get_event, latest_event_id, list_events_after
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import NotFound
from wonward.kernel.event import Event
from wonward.kernel.ref import Ref

ANNA = Actor(label="Anna", user_id=7, on_behalf_of="assistant")


def test_a_fact_outside_a_transaction_is_refused(committed, now):
    with pytest.raises(RuntimeError, match="outside a transaction"):
        publish(RecordChanged(1), actor=ANNA, now=now)
    assert list_events_after() == []


def test_a_fact_vanishes_with_the_change_it_tells_of(committed, now):
    subscribe(RecordChanged)(handlers.note_change)
    with transaction.atomic():
        publish(RecordChanged(1), actor=ANNA, now=now)
        transaction.set_rollback(True)
    assert OutboxEvent.objects.count() == Delivery.objects.count() == EventSubject.objects.count() == 0


@pytest.mark.django_db
def test_a_recorded_fact_tells_who_what_when_and_about_which_records(department, now):
    event_id = publish(RecordChanged(1, on=date(2026, 2, 3), others=(2, 1)), actor=ANNA, now=now)
    row = get_event(event_id)
    assert (row.name, row.version, row.recorded_at) == ("runtime.record.changed", 1, now)
    assert row.payload == {"record_id": 1, "on": "2026-02-03", "others": [2, 1]}
    assert (row.actor_label, row.actor_user_id, row.on_behalf_of) == ("Anna", 7, "assistant")
    assert row.subjects == (Ref("runtime.record", 1), Ref("runtime.record", 2))


@pytest.mark.django_db
def test_an_unknown_fact_is_not_found(department):
    with pytest.raises(NotFound, match="no event 12345"):
        get_event(12345)


@pytest.mark.django_db
def test_the_log_is_read_on_from_the_last_id_of_the_part_before(department, now):
    ids = publish_many([RecordCounted(number) for number in range(5)], actor=ANNA, now=now)
    before = ids[0] - 1
    assert [row.id for row in list_events_after(after=before, limit=2)] == ids[:2]
    assert [row.id for row in list_events_after(after=ids[1])] == ids[2:]
    assert [row.id for row in list_events_after(after=ids[0], until=ids[3])] == ids[1:4]
    assert list_events_after(after=ids[-1]) == []
    assert latest_event_id() == ids[-1]


@pytest.mark.django_db
def test_many_facts_cost_as_many_queries_as_two_and_one_on_postgresql_a_single_one(department, now):
    subscribe(RecordChanged)(handlers.note_change)
    with CaptureQueriesContext(connection) as for_one:
        publish(RecordChanged(1), actor=ANNA, now=now)
    with CaptureQueriesContext(connection) as for_two:
        publish_many([RecordChanged(1), RecordChanged(2)], actor=ANNA, now=now)
    with CaptureQueriesContext(connection) as for_many:
        publish_many([RecordChanged(number) for number in range(100)], actor=ANNA, now=now)
    assert len(for_many) == len(for_two) <= 4
    assert len(for_one) == (1 if connection.vendor == "postgresql" else len(for_two))


@pytest.mark.django_db
def test_one_fact_may_be_about_five_hundred_records(department, now):
    event_id = publish(RecordChanged(0, others=tuple(range(1, 500))), actor=ANNA, now=now)
    assert len(get_event(event_id).subjects) == 500


@pytest.mark.django_db
def test_nothing_published_changes_nothing(department, now):
    assert publish_many([], actor=ANNA, now=now) == []


def test_a_handler_that_subscribes_twice_is_refused(department):
    subscribe(RecordChanged)(handlers.note_change)
    with pytest.raises(ValueError, match="subscribes to runtime.record.changed twice"):
        subscribe(RecordChanged)(handlers.note_change)
    unsubscribe(handlers.note_change)
    assert handler_names("runtime.record.changed") == ()


def test_two_kinds_of_facts_cannot_share_a_name(department):
    @dataclass(frozen=True, slots=True)
    class Impostor(Event):
        name: ClassVar[str] = "runtime.record.changed"

    subscribe(RecordChanged)(handlers.note_change)
    with pytest.raises(ValueError, match="Two kinds of events"):
        subscribe(Impostor)(handlers.note_count)


@pytest.mark.django_db
def test_old_facts_are_forgotten_once_every_handler_is_done(department, now):
    subscribe(RecordChanged)(handlers.note_change)
    long_ago = now - timedelta(days=91)
    waiting = publish(RecordChanged(1), actor=ANNA, now=long_ago)
    silent = publish(RecordCounted(1), actor=ANNA, now=long_ago)
    young = publish(RecordCounted(2), actor=ANNA, now=now - timedelta(days=89))
    assert prune_events(now=now) == 1
    assert set(OutboxEvent.objects.values_list("pk", flat=True)) == {waiting, young}
    assert not EventSubject.objects.filter(event=silent).exists()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="ids commit in order on SQLite")
def test_an_id_that_commits_late_is_not_skipped(committed, now):
    """Ids are drawn in one order and committed in the other; a reader in between must miss none."""
    late = connection.copy()
    try:
        late.set_autocommit(False)
        with late.cursor() as cursor:
            cursor.execute("SELECT nextval('events_outboxevent_id_seq'), pg_current_xact_id()")
            small_id, _ = cursor.fetchone()
            with transaction.atomic():
                large_id = publish(RecordCounted(2), actor=system_actor(), now=now)
            assert large_id > small_id
            assert list_events_after() == [], "the open transaction may still commit a smaller id"
            cursor.execute(
                "INSERT INTO events_outboxevent VALUES"
                " (%s, 'runtime.record.counted', 1, '{\"record_id\": 1}', 'x', NULL, '', %s,"
                "  pg_current_xact_id()::text::bigint)",
                [small_id, datetime(2026, 1, 5, tzinfo=UTC)],
            )
        late.commit()
    finally:
        late.close()
    assert [row.id for row in list_events_after()] == [small_id, large_id]
    assert [row.id for row in list_events_after(after=small_id)] == [large_id]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="ids commit in order on SQLite")
def test_a_smaller_id_of_a_later_transaction_comes_after_a_larger_one(committed, now):
    """Transaction B starts after A but draws its id first: the log goes by transactions, not by ids."""
    late = connection.copy()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('events_outboxevent_id_seq')")
            (small_id,) = cursor.fetchone()
        with transaction.atomic():
            large_id = publish(RecordCounted(2), actor=system_actor(), now=now)
        assert [row.id for row in list_events_after()] == [large_id]
        with late.cursor() as cursor:
            cursor.execute(
                "INSERT INTO events_outboxevent VALUES"
                " (%s, 'runtime.record.counted', 1, '{\"record_id\": 1}', 'x', NULL, '', %s,"
                "  pg_current_xact_id()::text::bigint)",
                [small_id, datetime(2026, 1, 5, tzinfo=UTC)],
            )
    finally:
        late.close()
    assert [row.id for row in list_events_after(after=large_id)] == [small_id]
    assert latest_event_id() == small_id
