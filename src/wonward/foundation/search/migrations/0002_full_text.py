"""The full-text structures: two FTS5 tables kept by triggers on SQLite, a generated column and GIN on PostgreSQL."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, migrations, transaction

_SQLITE = (
    """
    CREATE VIRTUAL TABLE search_words USING fts5(
        words, body, content='search_entry', content_rowid='id',
        tokenize='unicode61 remove_diacritics 2', prefix='2 3'
    )
    """,
    """
    CREATE VIRTUAL TABLE search_trigrams USING fts5(
        words, content='search_entry', content_rowid='id', tokenize='trigram', columnsize=0
    )
    """,
    """
    CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_words(rowid, words, body) VALUES (new.id, new.words, new.body);
        INSERT INTO search_trigrams(rowid, words) VALUES (new.id, new.words);
    END
    """,
    """
    CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_words(search_words, rowid, words, body) VALUES ('delete', old.id, old.words, old.body);
        INSERT INTO search_trigrams(search_trigrams, rowid, words) VALUES ('delete', old.id, old.words);
    END
    """,
    """
    CREATE TRIGGER search_entry_reworded AFTER UPDATE OF words, body ON search_entry
    WHEN old.words IS NOT new.words OR old.body IS NOT new.body BEGIN
        INSERT INTO search_words(search_words, rowid, words, body) VALUES ('delete', old.id, old.words, old.body);
        INSERT INTO search_words(rowid, words, body) VALUES (new.id, new.words, new.body);
    END
    """,
    """
    CREATE TRIGGER search_entry_retitled AFTER UPDATE OF words ON search_entry
    WHEN old.words IS NOT new.words BEGIN
        INSERT INTO search_trigrams(search_trigrams, rowid, words) VALUES ('delete', old.id, old.words);
        INSERT INTO search_trigrams(rowid, words) VALUES (new.id, new.words);
    END
    """,
)
_SQLITE_BACK = (
    "DROP TRIGGER search_entry_retitled",
    "DROP TRIGGER search_entry_reworded",
    "DROP TRIGGER search_entry_removed",
    "DROP TRIGGER search_entry_added",
    "DROP TABLE search_trigrams",
    "DROP TABLE search_words",
)
_POSTGRES = (
    """
    ALTER TABLE search_entry ADD COLUMN vector tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple'::regconfig, words), 'A') || setweight(to_tsvector('simple'::regconfig, body), 'D')
    ) STORED
    """,
    "CREATE INDEX search_entry_vector ON search_entry USING gin (vector)",
)
_POSTGRES_TRIGRAMS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX search_entry_trigrams ON search_entry USING gin (words gin_trgm_ops)",
)
_POSTGRES_BACK = (
    "DROP INDEX IF EXISTS search_entry_trigrams",
    "ALTER TABLE search_entry DROP COLUMN vector",
)


def make(_: Any, schema_editor: Any) -> None:
    is_postgres = schema_editor.connection.vendor == "postgresql"
    for statement in _POSTGRES if is_postgres else _SQLITE:
        schema_editor.execute(statement)
    if is_postgres:
        try:
            with transaction.atomic(using=schema_editor.connection.alias):
                for statement in _POSTGRES_TRIGRAMS:
                    schema_editor.execute(statement)
        except DatabaseError:
            logging.getLogger("wonward.search").warning(
                "The extension pg_trgm cannot be created here: the search finds whole words and beginnings of words, "
                "but not pieces inside words. Create the extension and the index search_entry_trigrams to change that."
            )


def unmake(_: Any, schema_editor: Any) -> None:
    is_postgres = schema_editor.connection.vendor == "postgresql"
    for statement in _POSTGRES_BACK if is_postgres else _SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(make, unmake)]
