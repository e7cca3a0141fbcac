"""What many steps note is written once, in its order, and only as far as the steps themselves stand."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.foundation.runtime.facts import RecordChanged, RecordCounted
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database.gathering import written_together
from wonward.foundation.events.models import OutboxEvent
from wonward.foundation.events.operations import publish, publish_many
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

ANNA = Actor(label="Anna", user_id=7)


def note(operation, now):
    record_change(actor=ANNA, operation=operation, ref=Ref("runtime.record", 1), changes={"name": [None, operation]}, now=now)


def noted():
    return list(AuditEntry.objects.filter(noun="runtime.record").order_by("pk").values_list("operation", flat=True))


def told():
    return [row["record_id"] for row in OutboxEvent.objects.order_by("pk").values_list("payload", flat=True)]


@pytest.mark.django_db
def test_rows_of_many_steps_are_written_in_their_order_by_as_many_statements_as_one_step_needs(department, now):
    with CaptureQueriesContext(connection) as for_one, written_together():
        note("one", now)
        publish(RecordChanged(1), actor=ANNA, now=now)
    with CaptureQueriesContext(connection) as for_many, written_together():
        for number in range(2, 12):
            note(str(number), now)
            publish(RecordChanged(number), actor=ANNA, now=now)
        publish_many([RecordChanged(12), RecordChanged(13)], actor=ANNA, now=now)

    assert len(for_many) == len(for_one)
    assert noted() == ["one", *(str(number) for number in range(2, 12))]
    assert told() == list(range(1, 14))


@pytest.mark.django_db
def test_nothing_is_written_before_the_block_ends_and_nothing_when_it_fails(department, now):
    def fail_at_last():
        with transaction.atomic(), written_together():
            note("one", now)
            publish(RecordCounted(1), actor=ANNA, now=now)
            assert noted() == told() == []
            raise ValueError("too late")

    with pytest.raises(ValueError, match="too late"):
        fail_at_last()
    assert noted() == told() == []


@pytest.mark.django_db
def test_what_a_savepoint_took_back_is_not_written_and_what_stands_around_it_is(department, now):
    @transaction.atomic
    def fail_at_last():
        note("taken back", now)
        with transaction.atomic():
            publish(RecordCounted(1), actor=ANNA, now=now)
        raise ValueError("no")

    with transaction.atomic(), written_together():
        note("before", now)
        with pytest.raises(ValueError, match="no"):
            fail_at_last()
        with transaction.atomic():
            note("kept", now)
            publish(RecordCounted(2), actor=ANNA, now=now)
        note("after", now)

    assert noted() == ["before", "kept", "after"]
    assert told() == [2]


@pytest.mark.django_db
def test_a_block_within_a_block_ends_with_the_outer_one(department, now):
    with written_together():
        with written_together():
            note("inner", now)
        assert noted() == []
        note("outer", now)
    assert noted() == ["inner", "outer"]


def test_outside_a_transaction_nothing_is_gathered(committed):
    with pytest.raises(RuntimeError, match="in the transaction"), written_together():
        pass
