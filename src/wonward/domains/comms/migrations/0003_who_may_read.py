"""Who may read an entry is told by indexes alone: a search asks it of thousands of entries.

On PostgreSQL an index holds what their privacy depends on, so that no entry with all its words is fetched for it. The links of an
entry are found by the index of the constraint that keeps them single; a second one of the entry alone only cost writing.
"""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

_READERS = "communication_readers"


def build(_: Any, schema_editor: Any) -> None:
    """Beside the work that goes on, where there are entries already; what a stopped migration left unfinished is made anew."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM comms_communication)")
        beside = " CONCURRENTLY" if cursor.fetchone()[0] and not connection.in_atomic_block else ""
        cursor.execute("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND indisvalid", [_READERS])
        if cursor.fetchone() is None:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(f"DROP INDEX{beside} IF EXISTS {_READERS}")
            cursor.execute(f"CREATE INDEX{beside} {_READERS} ON comms_communication (id) INCLUDE (privacy, author_id)")
            cursor.execute("RESET statement_timeout")


def unbuild(_: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {_READERS}")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("comms", "0002_newest_first")]
    operations = [
        migrations.RunPython(build, unbuild, atomic=False),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    "DROP INDEX IF EXISTS comms_communicationlink_communication_id_14026f43",
                    "CREATE INDEX comms_communicationlink_communication_id_14026f43 ON comms_communicationlink (communication_id)",
                ),
            ],
            [
                migrations.AlterField(
                    "communicationlink", "communication",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="links", to="comms.communication"
                    ),
                ),
            ],
        ),
    ]
