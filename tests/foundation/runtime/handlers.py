"""Handlers of the tests. Two are told by their surroundings to hang or to fail."""

import os
import time
from datetime import datetime
from pathlib import Path

from tests.foundation.runtime.facts import RecordChanged, RecordCounted
from tests.foundation.runtime.models import Effect, Single
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import system_actor


def note_change(event: RecordChanged, *, now: datetime) -> None:
    """Writes one effect, and a fact of its own."""
    Effect.objects.create(handler="note_change", key=event.record_id)
    publish(RecordCounted(event.record_id), actor=system_actor(), now=now)


def note_count(event: RecordCounted, *, now: datetime) -> None:
    Effect.objects.create(handler="note_count", key=event.record_id)


def hang_after_effect(event: RecordCounted, *, now: datetime) -> None:
    """Writes its effect; then, while the file of the environment names this record, says so and hangs."""
    Effect.objects.create(handler="hang", key=event.record_id)
    folder = os.environ.get("RUNTIME_HANG_FOLDER")
    if folder and (Path(folder) / f"hang-{event.record_id}").exists():
        (Path(folder) / f"hanging-{event.record_id}").touch()
        time.sleep(120)


def insert_twice(event: RecordChanged, *, now: datetime) -> None:
    """Its second row breaks a unique constraint, as long as there is a first."""
    Effect.objects.create(handler="insert_twice", key=event.record_id)
    Single.objects.create(key=event.record_id)


def always_fail(event: RecordChanged, *, now: datetime) -> None:
    Effect.objects.create(handler="always_fail", key=event.record_id)
    raise ValueError(f"Nothing can be done about {event.record_id}.")
