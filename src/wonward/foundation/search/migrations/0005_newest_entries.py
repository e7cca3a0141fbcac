"""PostgreSQL finds the words of the newest entries alone, and reads less of what it has not sorted in yet.

Every entry also holds a word that says which lot of 65,536 entries it belongs to. An index that is filled already is built
beside the old one while work goes on; a migration that was stopped begins it anew.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

_NEW, _OLD, _TRIGRAMS = "search_entry_words", "search_entry_vector", "search_entry_trigrams"
# Words that wait to be sorted in are read through by every search: 256 kB of them at most, not four megabytes.
_WAITING = "gin_pending_list_limit = 256"
_WORDS_AND_LOT = "(vector || array_to_tsvector(ARRAY['#' || (id >> 16)::text]))"


def build(_: Any, schema_editor: Any) -> None:
    _swap(schema_editor, _NEW, f"gin ({_WORDS_AND_LOT}) WITH ({_WAITING})", _OLD)
    _limit_trigrams(schema_editor, f"SET ({_WAITING})")


def unbuild(_: Any, schema_editor: Any) -> None:
    _swap(schema_editor, _OLD, "gin (vector)", _NEW)
    _limit_trigrams(schema_editor, "RESET (gin_pending_list_limit)")


def _swap(schema_editor: Any, made: str, how: str, dropped: str) -> None:
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM search_entry)")
        beside = " CONCURRENTLY" if cursor.fetchone()[0] and not connection.in_atomic_block else ""
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND indisvalid", [made])
        if cursor.fetchone() is None:
            cursor.execute(f"DROP INDEX{beside} IF EXISTS {made}")
            cursor.execute(f"CREATE INDEX{beside} {made} ON search_entry USING {how}")
        cursor.execute(f"DROP INDEX{beside} IF EXISTS {dropped}")
        cursor.execute("ANALYZE search_entry")
        cursor.execute("RESET statement_timeout")


def _limit_trigrams(schema_editor: Any, limit: str) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [_TRIGRAMS])
        if cursor.fetchone()[0]:
            cursor.execute(f"ALTER INDEX {_TRIGRAMS} {limit}")
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [_TRIGRAMS])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("search", "0004_look_for_more")]
    operations = [migrations.RunPython(build, unbuild, atomic=False)]
