"""Registers the department for a whole process."""

from datetime import timedelta

from tests.foundation.runtime import handlers, jobs, nouns
from tests.foundation.runtime.facts import RecordChanged, RecordCounted
from tests.foundation.runtime.models import ALL
from wonward.foundation.access.policy import register_noun
from wonward.foundation.events.bus import subscribe
from wonward.foundation.jobs.registry import job


def register_all() -> None:
    subscribe(RecordChanged)(handlers.note_change)
    subscribe(RecordCounted)(handlers.note_count)
    subscribe(RecordCounted)(handlers.hang_after_effect)
    job("runtime.effect", retries=3)(jobs.make_effect)
    job("runtime.hourly", every=timedelta(hours=1))(jobs.make_hourly_effect)
    register_noun("runtime.record", nouns.visible_records)


def create_tables() -> None:
    """Make the tables that no migration makes; again changes nothing."""
    from django.db import connection

    existing = connection.introspection.table_names()
    with connection.schema_editor() as editor:
        for model in ALL:
            if model._meta.db_table not in existing:
                editor.create_model(model)
