"""How each database finds words: FTS5 with a trigram table, or tsvector with pg_trgm where it may be installed.

A very common word must not cost more than ranking a bounded number of entries, and nobody may be told of entries
they do not see. So both walk their matches from the newest on, drop what is not permitted, and stop at the bound.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from django.db import connection

from wonward.foundation.search.types import Term

_TITLE_WEIGHT = 8
_BATCH_GROWTH = 4
_BEYOND_ALL = 2**62


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL about `search_entry AS found_entry`, with its parameters."""

    sql: str
    params: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Ids of entries, best first, and whether more were permitted than `most`, of which the newest were ranked."""

    ids: tuple[int, ...]
    is_partial: bool


class Index(Protocol):
    """What a database can do for the search."""

    def rank_terms(self, terms: Sequence[Term], permitted: Condition, *, most: int, limit: int) -> Ranked:
        """The `limit` best of the newest `most` permitted entries that hold every term."""

    def rank_parts(self, parts: Sequence[str], permitted: Condition, *, most: int, limit: int) -> Ranked:
        """The same for pieces of words in titles, the shortest title first."""


class SqliteIndex:
    """FTS5 yields its matches from the newest on by itself, one by one."""

    def rank_terms(self, terms: Sequence[Term], permitted: Condition, *, most: int, limit: int) -> Ranked:
        wanted = " ".join(f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}' for term in terms)
        score = f"-bm25(search_words, {_TITLE_WEIGHT}.0, 1.0)"
        return self._rank("search_words", score, wanted, permitted, most, limit)

    def rank_parts(self, parts: Sequence[str], permitted: Condition, *, most: int, limit: int) -> Ranked:
        wanted = " ".join(f'"{part}"' for part in parts)
        return self._rank("search_trigrams", "-length(found_entry.words)", wanted, permitted, most, limit)

    def _rank(
        self, table: str, score: str, wanted: str, permitted: Condition, most: int, limit: int
    ) -> Ranked:
        # CROSS JOIN keeps the full-text table first: it alone knows which entries match.
        sql = f"""
            WITH matched AS MATERIALIZED (
                SELECT found_entry.id AS id, {score} AS score
                FROM {table} CROSS JOIN search_entry AS found_entry ON found_entry.id = {table}.rowid
                WHERE {table} MATCH %s AND {permitted.sql}
                ORDER BY {table}.rowid DESC LIMIT %s
            )
            SELECT id, (SELECT count(*) FROM matched)
            FROM (SELECT * FROM matched ORDER BY id DESC LIMIT %s)
            ORDER BY score DESC, id DESC LIMIT %s
        """
        with connection.cursor() as cursor:
            cursor.execute(sql, [wanted, *permitted.params, most + 1, most, limit])
            rows = cursor.fetchall()
        return Ranked(tuple(key for key, _ in rows), bool(rows) and rows[0][1] > most)


class PostgresIndex:
    """A GIN index over a generated tsvector; a second one over trigrams where the extension is there."""

    def rank_terms(self, terms: Sequence[Term], permitted: Condition, *, most: int, limit: int) -> Ranked:
        wanted = _tsquery(terms)
        match = Condition("vector @@ to_tsquery('simple', %s)", (wanted,))
        score = Condition("ts_rank(found_entry.vector, to_tsquery('simple', %s))", (wanted,))
        return self._rank(match, score, permitted, most, limit)

    def rank_parts(self, parts: Sequence[str], permitted: Condition, *, most: int, limit: int) -> Ranked:
        if not has_trigrams():
            return Ranked((), is_partial=False)
        match = Condition(" AND ".join("words LIKE %s" for _ in parts), tuple(f"%{part}%" for part in parts))
        score = Condition("-length(found_entry.words)", ())
        return self._rank(match, score, permitted, most, limit)

    def _rank(
        self, match: Condition, score: Condition, permitted: Condition, most: int, limit: int
    ) -> Ranked:
        """Takes the newest matches in growing batches until enough are permitted or none is left."""
        best: list[tuple[float, int]] = []
        ranked, before, batch = 0, _BEYOND_ALL, most + most // 4 + 2
        while True:
            rows = _newest_batch(
                match, score, permitted, before=before, batch=batch, most=most - ranked, limit=limit
            )
            matched, taken, before = rows[0][:3]
            best = heapq.nlargest(
                limit, best + [(points, key) for *_, points, key in rows if key is not None]
            )
            if ranked + matched > most or taken < batch:
                return Ranked(tuple(key for _, key in best), ranked + matched > most)
            ranked, batch = ranked + matched, batch * _BATCH_GROWTH


def _newest_batch(
    match: Condition,
    score: Condition,
    permitted: Condition,
    *,
    before: int,
    batch: int,
    most: int,
    limit: int,
) -> list[tuple[int, int, int, float, int]]:
    """Rows of (permitted, matched, oldest id, score, id), best first; one row without an id when none is permitted.

    The matches come without their permission first: PostgreSQL then chooses well between walking the newest entries
    and asking the word index. OFFSET 0 keeps it from joining the two questions into one.
    """
    sql = f"""
        WITH newest AS MATERIALIZED (
            SELECT id FROM search_entry WHERE {match.sql} AND id < %s ORDER BY id DESC LIMIT %s
        ), matched AS MATERIALIZED (
            SELECT newest.id AS id, seen.score AS score
            FROM newest CROSS JOIN LATERAL (
                SELECT {score.sql} AS score FROM search_entry AS found_entry
                WHERE found_entry.id = newest.id AND {permitted.sql} OFFSET 0
            ) AS seen
            ORDER BY newest.id DESC LIMIT %s
        )
        SELECT (SELECT count(*) FROM matched), counts.taken, counts.oldest, best.score, best.id
        FROM (SELECT count(*) AS taken, min(id) AS oldest FROM newest) AS counts LEFT JOIN (
            SELECT id, score FROM (SELECT * FROM matched ORDER BY id DESC LIMIT %s) AS bounded
            ORDER BY score DESC, id DESC LIMIT %s
        ) AS best ON true ORDER BY best.score DESC, best.id DESC
    """
    params = [*match.params, before, batch, *score.params, *permitted.params, most + 1, most, limit]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


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
