"""Handlers for the tests; the two that hang or fail are told to by the environment or by the fact."""

import os
import time
from datetime import datetime

from tests.foundation.runtime_app.facts import RecordChanged, RecordCounted
from tests.foundation.runtime_app.models import Effect
from wonward.foundation.events.bus import subscribe
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import system_actor

COUNTED_BELOW = 0


@subscribe(RecordChanged)
def note_change(event: RecordChanged, *, now: datetime) -> None:
    Effect.objects.create(handler="note_change", key=event.record_id)
    if event.record_id < COUNTED_BELOW:
        publish(RecordCounted(event.record_id), actor=system_actor(), now=now)


@subscribe(RecordChanged)
def hang_between_effect_and_acknowledgement(event: RecordChanged, *, now: datetime) -> None:
    Effect.objects.create(handler="hang", key=event.record_id)
    signal_file = os.environ.get("RUNTIME_TEST_HANG_FILE")
    if signal_file:
        with open(signal_file, "w") as file:
            file.write(str(event.record_id))
        time.sleep(60)


@subscribe(RecordCounted)
def note_count(event: RecordCounted, *, now: datetime) -> None:
    Effect.objects.create(handler="note_count", key=event.record_id)
