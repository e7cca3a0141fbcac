"""How each database finds words: FTS5 with a trigram table, or tsvector with pg_trgm where it may be installed.

Both answer the same three questions with SQL that yields the columns `id` and `score` (higher is better),
newest entries first, over `search_entry AS found_entry` restricted by a condition of the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from django.db import connection

from wonward.foundation.search.types import Term

TITLE_WEIGHT = 8


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL about `found_entry`, with its parameters."""

    sql: str
    params: tuple[Any, ...]


class Index(Protocol):
    """What a database can do for the search."""

    def match_terms(self, terms: Sequence[Term], condition: Condition, limit: int) -> Condition: ...

    def match_parts(self, parts: Sequence[str], condition: Condition, limit: int) -> Condition | None: ...


class SqliteIndex:
    """FTS5 walks its matches from the newest entry on, so a limit bounds the work whatever the word."""

    def match_terms(self, terms: Sequence[Term], condition: Condition, limit: int) -> Condition:
        return self._match(
            "search_words", f"-bm25(search_words, {TITLE_WEIGHT}.0, 1.0)", _fts5(terms), condition, limit
        )

    def match_parts(self, parts: Sequence[str], condition: Condition, limit: int) -> Condition | None:
        wanted = " ".join(f'"{part}"' for part in parts)
        return self._match("search_trigrams", "-length(found_entry.words)", wanted, condition, limit)

    def _match(self, table: str, score: str, wanted: str, condition: Condition, limit: int) -> Condition:
        # CROSS JOIN keeps the full-text table first: it alone knows which entries match.
        return Condition(
            f"SELECT found_entry.id AS id, {score} AS score FROM {table} "
            f"CROSS JOIN search_entry AS found_entry ON found_entry.id = {table}.rowid "
            f"WHERE {table} MATCH %s AND {condition.sql} ORDER BY {table}.rowid DESC LIMIT %s",
            (wanted, *condition.params, limit),
        )


def _fts5(terms: Sequence[Term]) -> str:
    return " ".join(f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}' for term in terms)


class PostgresIndex:
    """A GIN index over a generated tsvector; a second one over trigrams where the extension is there."""

    def match_terms(self, terms: Sequence[Term], condition: Condition, limit: int) -> Condition:
        return Condition(
            "SELECT found_entry.id AS id, ts_rank(found_entry.vector, wanted.query) AS score "
            "FROM search_entry AS found_entry, to_tsquery('simple', %s) AS wanted(query) "
            f"WHERE found_entry.vector @@ wanted.query AND {condition.sql} ORDER BY found_entry.id DESC LIMIT %s",
            (_tsquery(terms), *condition.params, limit),
        )

    def match_parts(self, parts: Sequence[str], condition: Condition, limit: int) -> Condition | None:
        if not has_trigrams():
            return None
        likes = " AND ".join("found_entry.words LIKE %s" for _ in parts)
        return Condition(
            "SELECT found_entry.id AS id, -length(found_entry.words) AS score FROM search_entry AS found_entry "
            f"WHERE {likes} AND {condition.sql} ORDER BY found_entry.id DESC LIMIT %s",
            (*(f"%{part}%" for part in parts), *condition.params, limit),
        )


def _tsquery(terms: Sequence[Term]) -> str:
    phrases = []
    for term in terms:
        words = [f"'{word}'" for word in term.words]
        words[-1] += ":*" if term.is_prefix else ""
        phrases.append(f"({' <-> '.join(words)})")
    return " & ".join(phrases)


@cache
def has_trigrams() -> bool:
    """Whether the migrations could make the trigram index on PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('search_entry_trigrams') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def current_index() -> Index:
    """The index of the database in use."""
    return PostgresIndex() if connection.vendor == "postgresql" else SqliteIndex()
