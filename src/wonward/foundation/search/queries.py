"""Searching, filtered in SQL by what the searcher sees before anything is ranked or cut off."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from wonward.foundation.access.policy import known_nouns, visible_ids, visible_refs, ways_to_see
from wonward.foundation.database.reading import one_reading
from wonward.foundation.search.index import Condition, Match, Ranked, current_index, spellings
from wonward.foundation.search.models import Entry, Renewal
from wonward.foundation.search.registry import find_facet
from wonward.foundation.search.rules import WORDS_VERSION, read_number, read_parts, read_terms
from wonward.foundation.search.types import SearchHit, SearchResult
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

MOST_RANKED = 5000
_MOST_PARTS = 500
_FEW = 200
_GUEST = "guest"
_CLIENT_VISIBLE = "client"
_MOST_CONDITIONS = 300
# Written once per rights and person: Django needs longer to write them than a database to look a rare word up.
_CONDITIONS: dict[Hashable, Condition | None] = {}


def search_records(
    actor: Actor, text: str, nouns: Collection[str] | None = None, limit: int = 20, narrow: Mapping[str, Collection[int]] | None = None
) -> SearchResult:
    """Records that hold every word of `text`, best first, of the given nouns or of all.

    A record's own number (`D-1042`, `d1042`) comes first, then whole words, the last perhaps unfinished, then
    pieces of words in titles. "Words in quotes" must follow each other. Any text is a valid search. `narrow` keeps those of the
    given clients or owners (`registry.CLIENT`, `OWNER`); then no words are needed, and the newest come first.
    """
    terms = read_terms(text)
    if narrow and not terms and limit >= 1:
        return SearchResult(_hits(_newest(actor, nouns, narrow, limit)), is_partial=False)
    wanted = [noun for noun in known_nouns() if nouns is None or noun in nouns]
    if not wanted or not terms or limit < 1:
        return SearchResult((), is_partial=False)
    index, few = current_index(), min(_FEW, MOST_RANKED)
    ranked = (_few_of(actor, index.find_few(terms, wanted, most=few), limit) if not narrow else None) or _many_of(
        actor, wanted, narrow, lambda condition: index.rank_terms(terms, condition, most=MOST_RANKED, limit=limit))
    found = dict.fromkeys((*_find_by_number(actor, text, wanted, narrow), *ranked.ids))
    if len(found) < limit and (parts := read_parts(text)):
        more = (_few_of(actor, index.find_few_parts(parts, wanted, most=few), limit) if not narrow else None) or _many_of(
            actor, wanted, narrow, lambda condition: index.rank_parts(parts, condition, most=_MOST_PARTS, limit=limit))
        found |= dict.fromkeys(more.ids)
    return SearchResult(_hits(list(found)[:limit]), ranked.is_partial)


def rank_records(actor: Actor, text: str, noun: str, limit: int) -> tuple[list[int], bool]:
    """The ids of a noun's records that hold every word of `text` and that the actor sees, best first; whether only the newest were ranked.

    Pieces of words in titles are looked for where no whole word and no beginning of one is found.
    """
    terms, index, few = read_terms(text), current_index(), min(_FEW, MOST_RANKED)
    if not terms or limit < 1 or noun not in known_nouns():
        return [], False
    matches = index.find_few(terms, [noun], most=few) if index.asks_few_first else None
    ranked = _few_of(actor, matches, limit) or _many_of(
        actor, [noun], None, lambda condition: index.rank_terms(terms, condition, most=MOST_RANKED, limit=limit))
    if not ranked.ids and (parts := read_parts(text)):
        ranked = _few_of(actor, index.find_few_parts(parts, [noun], most=few), limit) or _many_of(
            actor, [noun], None, lambda condition: index.rank_parts(parts, condition, most=_MOST_PARTS, limit=limit))
    found = _places_of(ranked.ids)
    return [found[key] for key in ranked.ids if key in found], ranked.is_partial


def _places_of(keys: Sequence[int]) -> dict[int, int]:
    """The ids of the records behind entries."""
    is_listed, listed = _listed(keys)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, ref_id FROM search_entry WHERE id {is_listed}", [listed])
        return dict(cursor.fetchall())


def _listed(keys: Sequence[int]) -> tuple[str, Any]:
    """Many ids as one parameter, with the words that compare with it."""
    if connection.vendor == "postgresql":
        return "= ANY(%s)", list(keys)
    return "IN (SELECT value FROM json_each(%s))", json.dumps(list(keys))


def _few_of(actor: Actor, matches: Sequence[Match] | None, limit: int) -> Ranked | None:
    """The best of a few matches whose records the actor sees, asked for one by one; None when there are too many for that."""
    if matches is None:
        return None
    seen = visible_refs(actor, {Ref(one.noun, one.ref_id) for one in matches})
    is_guest = actor.role == _GUEST
    kept = [one for one in matches if Ref(one.noun, one.ref_id) in seen and (not is_guest or one.privacy == _CLIENT_VISIBLE)]
    best = sorted(kept, key=lambda one: (one.score, one.id), reverse=True)
    return Ranked(tuple(one.id for one in best[:limit]), is_partial=False)


def _many_of(
    actor: Actor, nouns: Collection[str], narrow: Mapping[str, Collection[int]] | None, rank: Callable[[Condition], Ranked]
) -> Ranked:
    condition = permitted_entries(actor, nouns, narrow)
    return rank(condition) if condition is not None else Ranked((), is_partial=False)


def count_entries(noun: str) -> int:
    """How many records of a noun are in the index, whoever sees them."""
    return Entry.objects.filter(ref_noun=noun).count()


def is_index_current() -> bool:
    """Whether every entry of the index was written by this version of the words."""
    return Renewal.objects.filter(version=WORDS_VERSION).exists()


def list_indexed(*, after: int, limit: int) -> list[tuple[int, Ref]]:
    """The next entries of the index behind one of them, by their key there, oldest first; for writing them anew."""
    rows = Entry.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "ref_noun", "ref_id")[:limit]
    return [(key, Ref(noun, ref_id)) for key, noun, ref_id in rows]


def search_among(actor: Actor, text: str, noun: str, ids: Sequence[int]) -> list[int]:
    """Those of the given records of a noun that hold every word of `text` and that the actor sees, in the order given.

    For a few thousand records that something else has chosen: their words are read through, whatever stands elsewhere.
    """
    condition, terms = permitted_entries(actor, [noun]), read_terms(text)
    if condition is None or not terms or not ids:
        return []
    asked, params = [], []
    for term in terms:
        ways = [f"% {' '.join(words)}{'' if term.is_prefix else ' '}%" for words in spellings(term)]
        asked.append(f"({' OR '.join(['held.text LIKE %s'] * len(ways))})")
        params += ways
    is_listed, listed = _listed(ids)
    # OFFSET 0 and the join keep the words first: who may see a record is asked of those that hold them alone.
    sql = f"""
        SELECT found_entry.ref_id FROM (
            SELECT id, ' ' || words || ' ' || body || ' ' AS text FROM search_entry
            WHERE ref_noun = %s AND ref_id {is_listed} LIMIT %s OFFSET 0
        ) AS held JOIN search_entry AS found_entry ON found_entry.id = held.id
        WHERE {' AND '.join(asked)} AND {condition.sql}
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [noun, listed, len(ids), *params, *condition.params])
        found = {key for (key,) in cursor.fetchall()}
    return [key for key in ids if key in found]


def permitted_entries(
    actor: Actor, nouns: Collection[str] | None, narrow: Mapping[str, Collection[int]] | None = None
) -> Condition | None:
    """What the actor sees, checked per match by its key, so that a search never lists all that is visible."""
    if narrow:
        return _permitted(actor, nouns, narrow)
    rights = (actor.is_system, actor.role, actor.user_id, actor.person_id, actor.team_id, actor.leads_team_id, actor.token_scopes)
    key = (rights, frozenset(actor.grants.items()), None if nouns is None else frozenset(nouns), ways_to_see())
    if key in _CONDITIONS:
        return _CONDITIONS[key]
    asked: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    # Only what says the same tomorrow is kept: a condition that read something while it was written is written each time.
    with one_reading(), connection.execute_wrapper(note):
        condition = _permitted(actor, nouns, {})
    if not asked:
        if len(_CONDITIONS) >= _MOST_CONDITIONS:
            _CONDITIONS.clear()
        _CONDITIONS[key] = condition
    return condition


def _permitted(actor: Actor, nouns: Collection[str] | None, narrow: Mapping[str, Collection[int]]) -> Condition | None:
    pieces: list[str] = []
    params: list[Any] = []
    for noun in known_nouns():
        if nouns is not None and noun not in nouns:
            continue
        kept = _narrowed(noun, actor, narrow)
        if kept is None:
            continue
        visible = kept.filter(pk=RawSQL("found_entry.ref_id", ()))
        try:
            sql, sql_params = visible.order_by().query.sql_with_params()
        except EmptyResultSet:
            continue
        # Not EXISTS: PostgreSQL would first gather all that is visible, to look up each match in that.
        pieces.append(f"(found_entry.ref_noun = %s AND ({sql} LIMIT 1) IS NOT NULL)")
        params += [noun, *sql_params]
    if not pieces:
        return None
    condition = f"({' OR '.join(pieces)})"
    if actor.role == _GUEST:
        condition += " AND found_entry.privacy = %s"
        params.append(_CLIENT_VISIBLE)
    return Condition(condition, tuple(params))


def _narrowed(noun: str, actor: Actor, narrow: Mapping[str, Collection[int]]) -> QuerySet[Any] | None:
    """What the actor sees of a noun within the filters; None when the noun cannot answer one of them."""
    visible = visible_ids(noun, actor)
    for facet, values in narrow.items():
        ids_of = find_facet(noun, facet)
        if ids_of is None:
            return None
        visible = visible.filter(pk__in=ids_of(values))
    return visible


def _newest(actor: Actor, nouns: Collection[str] | None, narrow: Mapping[str, Collection[int]], limit: int) -> list[int]:
    """The newest entries within the filters; one query per noun that can answer them."""
    found: list[int] = []
    for noun in known_nouns():
        kept = _narrowed(noun, actor, narrow) if nouns is None or noun in nouns else None
        if kept is not None:
            entries = Entry.objects.filter(ref_noun=noun, ref_id__in=kept)
            if actor.role == _GUEST:
                entries = entries.filter(privacy=_CLIENT_VISIBLE)
            found += entries.order_by("-pk").values_list("pk", flat=True)[:limit]
    return sorted(found, reverse=True)[:limit]


def _find_by_number(actor: Actor, text: str, nouns: Collection[str], narrow: Mapping[str, Collection[int]] | None) -> list[int]:
    number = read_number(text)
    condition = permitted_entries(actor, nouns, narrow) if number else None
    if condition is None:
        return []
    sql = f"SELECT id FROM search_entry AS found_entry WHERE number <> '' AND number = %s AND {condition.sql} ORDER BY id"
    with connection.cursor() as cursor:
        cursor.execute(sql, [number, *condition.params])
        return [key for (key,) in cursor.fetchall()]


def _hits(keys: Sequence[int]) -> tuple[SearchHit, ...]:
    shown = Entry.objects.filter(pk__in=keys).values_list(
        "pk", "ref_noun", "ref_id", "title", "subtitle", "number", "happened_at"
    )
    by_key = {
        key: SearchHit(Ref(noun, ref_id), title, subtitle, number, happened_at)
        for key, noun, ref_id, title, subtitle, number, happened_at in shown
    }
    return tuple(by_key[key] for key in keys if key in by_key)
