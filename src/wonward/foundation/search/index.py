"""How each database finds words: FTS5 with a trigram table, or tsvector with pg_trgm where it may be installed.

A very common word must not cost more than ranking a bounded number of entries, and nobody may be told of entries
they do not see. So both walk their matches from the newest on, drop what is not permitted, and stop at the bound.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from django.db import connection

from wonward.foundation.search.rules import stem
from wonward.foundation.search.types import Term

_TITLE_WEIGHT = 8
_BATCH_GROWTH = 4
_BEYOND_ALL = 2**62
# FTS5 keeps the entries of beginnings this long ready, newest first; those of longer ones it gathers, all of them.
_KEPT_BEGINNING = 3
_PROBED = 400
_HOLDS_WORDS = "instr(' ' || found_entry.words || ' ' || found_entry.body, %s)"
_SHARE_TO_WALK = 0.4
# What the index on PostgreSQL holds of an entry, as its migration says it.
_WORDS_AND_LOT, _LOT_BITS = "(vector || array_to_tsvector(ARRAY['#' || (id >> 16)::text]))", 16
# PostgreSQL expects one entry in two hundred to hold a word of which it knows nothing.
_SHARE_KNOWN = 0.0075
_SHARE_TO_WALK_BACK = 0.2
_WORTH_A_WINDOW, _WINDOW_SPARE = 1.5, 1.1


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


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that holds the words, whoever may see it."""

    id: int
    noun: str
    ref_id: int
    privacy: str
    score: float


class Index(Protocol):
    """What a database can do for the search. `asks_few_first`: it finds a word hardly anybody wrote sooner without the question who sees it."""

    asks_few_first: bool

    def find_few(self, terms: Sequence[Term], nouns: Sequence[str], *, most: int) -> list[Match] | None:
        """Every entry of the nouns that holds every term, in no order; None when more than `most` do, of whatever noun."""

    def find_few_parts(self, parts: Sequence[str], nouns: Sequence[str], *, most: int) -> list[Match] | None:
        """The same for pieces of words in titles."""

    def rank_terms(self, terms: Sequence[Term], permitted: Condition, *, most: int, limit: int) -> Ranked:
        """The `limit` best of the newest `most` permitted entries that hold every term."""

    def rank_parts(self, parts: Sequence[str], permitted: Condition, *, most: int, limit: int) -> Ranked:
        """The same for pieces of words in titles, the shortest title first."""


class SqliteIndex:
    """FTS5 yields its matches from the newest on by itself, one by one."""

    asks_few_first = False
    _BY_WORDS = f"-bm25(search_words, {_TITLE_WEIGHT}.0, 1.0)"
    _BY_LENGTH = "-length(found_entry.words)"

    def rank_terms(self, terms: Sequence[Term], permitted: Condition, *, most: int, limit: int) -> Ranked:
        # The beginning of a common word would first gather every entry with any word that begins so.
        plain = _plain(terms)
        if plain != terms and self._holds("search_words", _all_of(plain), most):
            ranked = self._rank("search_words", _nearness(plain), _all_of(plain), permitted, most, limit)
            if ranked.is_partial:
                return ranked
        if (wide := _widened(terms)) != tuple(terms) and self._hold_mostly(wide, held := _beginning(terms), most):
            both = Condition(f"{held.sql} AND {permitted.sql}", (*held.params, *permitted.params))
            return self._rank("search_words", _nearness(terms), _all_of(wide), both, most, limit)
        return self._rank("search_words", _nearness(terms), _all_of(terms), permitted, most, limit)

    def rank_parts(self, parts: Sequence[str], permitted: Condition, *, most: int, limit: int) -> Ranked:
        return self._rank("search_trigrams", Condition(self._BY_LENGTH, ()), _pieces(parts), permitted, most, limit)

    def find_few(self, terms: Sequence[Term], nouns: Sequence[str], *, most: int) -> list[Match] | None:
        plain = _plain(terms)
        if plain != terms and self._holds("search_words", _all_of(plain), most):
            return None
        return self._few("search_words", self._BY_WORDS, _all_of(terms), nouns, most)

    def find_few_parts(self, parts: Sequence[str], nouns: Sequence[str], *, most: int) -> list[Match] | None:
        return self._few("search_trigrams", self._BY_LENGTH, _pieces(parts), nouns, most)

    def _holds(self, table: str, wanted: str, most: int) -> bool:
        """Whether more than `most` entries fit, whoever sees them."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH %s LIMIT %s)", [wanted, most + 1])
            return bool(cursor.fetchone()[0] > most)

    def _hold_mostly(self, wide: Sequence[Term], held: Condition, most: int) -> bool:
        """Whether many entries fit, and of the newest nearly half hold the longer beginnings too: then reading them one by one costs less than gathering."""
        if not self._holds("search_words", _all_of(wide), most):
            return False
        sql = f"""
            SELECT count(*) FROM (
                SELECT rowid AS id FROM search_words WHERE search_words MATCH %s ORDER BY rowid DESC LIMIT %s
            ) AS newest JOIN search_entry AS found_entry ON found_entry.id = newest.id WHERE {held.sql}
        """
        with connection.cursor() as cursor:
            cursor.execute(sql, [_all_of(wide), _PROBED, *held.params])
            return bool(cursor.fetchone()[0] >= _PROBED * _SHARE_TO_WALK)

    def _few(self, table: str, score: str, wanted: str, nouns: Sequence[str], most: int) -> list[Match] | None:
        # Counted first: a score asks for all entries that hold the words, also where only a few are read.
        if self._holds(table, wanted, most):
            return None
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT found_entry.id, found_entry.ref_noun, found_entry.ref_id, found_entry.privacy, {score}
                FROM {table} CROSS JOIN search_entry AS found_entry ON found_entry.id = {table}.rowid
                WHERE {table} MATCH %s AND found_entry.ref_noun IN (SELECT value FROM json_each(%s))
                """,
                [wanted, json.dumps(list(nouns))],
            )
            return [Match(*row) for row in cursor.fetchall()]

    def _rank(
        self, table: str, score: Condition, wanted: str, permitted: Condition, most: int, limit: int
    ) -> Ranked:
        # CROSS JOIN keeps the full-text table first: it alone knows which entries match. bm25 would first count every
        # entry that holds the words, however few are ranked; so those few are scored by what they say themselves.
        sql = f"""
            SELECT found_entry.id, {score.sql}
            FROM {table} CROSS JOIN search_entry AS found_entry ON found_entry.id = {table}.rowid
            WHERE {table} MATCH %s AND {permitted.sql}
            ORDER BY {table}.rowid DESC LIMIT %s
        """
        with connection.cursor() as cursor:
            cursor.execute(sql, [*score.params, wanted, *permitted.params, most + 1])
            rows = cursor.fetchall()
        best = heapq.nlargest(limit, ((points, key) for key, points in rows[:most]))
        return Ranked(tuple(key for _, key in best), len(rows) > most)


class PostgresIndex:
    """A GIN index over a generated tsvector; a second one over trigrams where the extension is there."""

    asks_few_first = True

    def __init__(self) -> None:
        self._expected: dict[Condition, tuple[int, int]] = {}

    def rank_terms(self, terms: Sequence[Term], permitted: Condition, *, most: int, limit: int) -> Ranked:
        # The beginning of a common word would first gather every entry with any word that begins so.
        plain = _plain(terms)
        if plain != terms and self._expects(_holding(plain))[0] > most:
            ranked = self._rank_holding(plain, permitted, most, limit)
            if ranked.is_partial:
                return ranked
        return self._rank_holding(terms, permitted, most, limit)

    def rank_parts(self, parts: Sequence[str], permitted: Condition, *, most: int, limit: int) -> Ranked:
        if not has_trigrams():
            return Ranked((), is_partial=False)
        titled = _titled(parts)
        return self._rank(titled, titled, Condition("-length(words)", ()), permitted, most, limit)

    def find_few(self, terms: Sequence[Term], nouns: Sequence[str], *, most: int) -> list[Match] | None:
        return self._few(_holding(terms), _closeness(terms), nouns, most)

    def find_few_parts(self, parts: Sequence[str], nouns: Sequence[str], *, most: int) -> list[Match] | None:
        return self._few(_titled(parts), Condition("-length(words)", ()), nouns, most) if has_trigrams() else []

    def _few(self, match: Condition, score: Condition, nouns: Sequence[str], most: int) -> list[Match] | None:
        expected, held = self._expects(match)
        if expected > max(most, held * _SHARE_KNOWN):
            return None
        # In no order: asked for the newest, PostgreSQL walks the whole table backwards for a word that hardly anybody wrote.
        sql = f"""
            SELECT id, ref_noun, ref_id, privacy, {score.sql} FROM (
                SELECT * FROM search_entry WHERE {match.sql} LIMIT %s
            ) AS few
        """
        with connection.cursor() as cursor:
            cursor.execute(sql, [*score.params, *match.params, most + 1])
            rows = cursor.fetchall()
        return None if len(rows) > most else [Match(*row) for row in rows if row[1] in nouns]

    def _rank_holding(self, terms: Sequence[Term], permitted: Condition, most: int, limit: int) -> Ranked:
        everywhere, batch = _holding(terms), _first_batch(most)
        expected, held = self._expects(everywhere)
        first = everywhere
        if expected > held * _SHARE_TO_WALK_BACK:
            first = everywhere = _holding(terms, is_walked=True)
        elif expected > batch * _WORTH_A_WINDOW:
            first = _holding(terms, lots=self._newest_lots(batch / expected))
        return self._rank(first, everywhere, _closeness(terms), permitted, most, limit)

    def _rank(
        self, first: Condition, everywhere: Condition, score: Condition, permitted: Condition, most: int, limit: int
    ) -> Ranked:
        """Takes the newest matches in growing batches until enough are permitted or none is left; those that hold `first` before all others."""
        best: list[tuple[float, int]] = []
        ranked, before, batch, match = 0, _BEYOND_ALL, _first_batch(most), first
        while True:
            rows = _newest_batch(match, score, permitted, before=before, batch=batch, most=most - ranked, limit=limit)
            matched, taken, oldest = rows[0][:3]
            best = heapq.nlargest(
                limit, best + [(points, key) for *_, points, key in rows if key is not None]
            )
            if ranked + matched > most or (taken < batch and match is everywhere):
                return Ranked(tuple(key for _, key in best), ranked + matched > most)
            ranked, before, batch, match = ranked + matched, oldest or before, batch * _BATCH_GROWTH, everywhere

    def _expects(self, match: Condition) -> tuple[int, int]:
        """How many entries PostgreSQL expects to match, and to be there at all: told by its statistics, without looking.

        Where it is wrong an answer takes longer; it says the same.
        """
        if match not in self._expected:
            sql = f"EXPLAIN (FORMAT JSON) SELECT 1 FROM search_entry WHERE {match.sql} UNION ALL SELECT 1 FROM search_entry"
            with connection.cursor() as cursor:
                cursor.execute(sql, match.params)
                found, held = cursor.fetchone()[0][0]["Plan"]["Plans"]
            self._expected[match] = (found["Plan Rows"], held["Plan Rows"])
        return self._expected[match]

    def _newest_lots(self, share: float) -> range:
        """The newest lots of entries that hold this share of all."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(id) FROM search_entry")
            newest = cursor.fetchone()[0] or 0
        return range(max(0, int(newest * (1 - share * _WINDOW_SPARE))) >> _LOT_BITS, (newest >> _LOT_BITS) + 2)


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
    and asking the word index. OFFSET 0 keeps it from joining the two questions into one, and the order from asking of
    more of them than are ranked.
    """
    sql = f"""
        WITH newest AS MATERIALIZED (
            SELECT id, ref_noun, ref_id, privacy, {score.sql} AS score FROM search_entry
            WHERE {match.sql} AND id < %s ORDER BY id DESC LIMIT %s
        ), matched AS MATERIALIZED (
            SELECT found_entry.id, found_entry.score FROM (SELECT * FROM newest ORDER BY id DESC OFFSET 0) AS found_entry
            WHERE {permitted.sql} ORDER BY found_entry.id DESC LIMIT %s
        )
        SELECT (SELECT count(*) FROM matched), counts.taken, counts.oldest, best.score, best.id
        FROM (SELECT count(*) AS taken, min(id) AS oldest FROM newest) AS counts LEFT JOIN (
            SELECT id, score FROM (SELECT * FROM matched ORDER BY id DESC LIMIT %s) AS bounded
            ORDER BY score DESC, id DESC LIMIT %s
        ) AS best ON true ORDER BY best.score DESC, best.id DESC
    """
    params = [*score.params, *match.params, before, batch, *permitted.params, most + 1, most, limit]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _first_batch(most: int) -> int:
    """A quarter more than is ranked: of the newest matches some may not be permitted."""
    return most + most // 4 + 2


def _holding(terms: Sequence[Term], *, lots: range | None = None, is_walked: bool = False) -> Condition:
    """An entry holds every term: asked of the word index, of it within lots of entries, or of one entry after the other."""
    wanted = _tsquery(terms)
    if is_walked:
        return Condition("vector @@ to_tsquery('simple', %s)", (wanted,))
    if lots is None:
        return Condition(f"{_WORDS_AND_LOT} @@ to_tsquery('simple', %s)", (wanted,))
    return Condition(f"{_WORDS_AND_LOT} @@ (to_tsquery('simple', %s) && %s::tsquery)", (wanted, " | ".join(f"'#{lot}'" for lot in lots)))


def _closeness(terms: Sequence[Term]) -> Condition:
    return Condition("ts_rank(vector, to_tsquery('simple', %s))", (_tsquery(terms),))


def spellings(term: Term) -> list[tuple[str, ...]]:
    """The words as they were typed, as a title holds them, and as stems, as a body does."""
    return list(dict.fromkeys((term.words, tuple(map(stem, term.words)))))


def _nearness(terms: Sequence[Term]) -> Condition:
    """In the title counts most; then how early an entry says each term, and how little else it says.

    How often it says them would read every entry to its end for each term.
    """
    pieces, params = ["1.0 / (1 + length(CAST(found_entry.body AS BLOB)) / 450.0)"], []
    for term in terms:
        word, stemmed = " ".join(term.words), " ".join(map(stem, term.words))
        pieces.append(f"{_TITLE_WEIGHT} * (instr(found_entry.words, %s) > 0) + 1.0 / (1 + instr(found_entry.body, %s) / 120.0)")
        params += [word, stemmed]
    return Condition(" + ".join(pieces), tuple(params))


def _plain(terms: Sequence[Term]) -> tuple[Term, ...]:
    """The words as if all of them were finished."""
    return tuple(Term(term.words) for term in terms)


def _is_gathered(term: Term) -> bool:
    return term.is_prefix and len(term.words) == 1 and term.words[0].isascii() and len(stem(term.words[0])) > _KEPT_BEGINNING


def _widened(terms: Sequence[Term]) -> tuple[Term, ...]:
    """The same with long beginnings cut to what FTS5 keeps ready."""
    return tuple(Term((term.words[0][:_KEPT_BEGINNING],), is_prefix=True) if _is_gathered(term) else term for term in terms)


def _beginning(terms: Sequence[Term]) -> Condition:
    """An entry holds a word with each of the beginnings that were cut."""
    pieces, params = [], []
    for term in terms:
        if _is_gathered(term):
            ways = [f" {words[0]}" for words in spellings(term)]
            pieces.append(f"({' OR '.join([_HOLDS_WORDS] * len(ways))})")
            params += ways
    return Condition(" AND ".join(pieces), tuple(params))


def _all_of(terms: Sequence[Term]) -> str:
    return " AND ".join(f"({' OR '.join(_phrases(term))})" for term in terms)


def _pieces(parts: Sequence[str]) -> str:
    return " ".join(f'"{part}"' for part in parts)


def _titled(parts: Sequence[str]) -> Condition:
    return Condition(" AND ".join("words LIKE %s" for _ in parts), tuple(f"%{part}%" for part in parts))


def _phrases(term: Term) -> list[str]:
    return [f'"{" ".join(words)}"{" *" if term.is_prefix else ""}' for words in spellings(term)]


def _tsquery(terms: Sequence[Term]) -> str:
    wanted = []
    for term in terms:
        end = ":*" if term.is_prefix else ""
        phrases = [" <-> ".join(f"'{word}'" for word in words) + end for words in spellings(term)]
        wanted.append("(" + " | ".join(f"({phrase})" for phrase in phrases) + ")")
    return " & ".join(wanted)


@cache
def has_trigrams() -> bool:
    """Whether the migrations could make the trigram index on PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('search_entry_trigrams') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def current_index() -> Index:
    """The index of the database in use."""
    return PostgresIndex() if connection.vendor == "postgresql" else SqliteIndex()
