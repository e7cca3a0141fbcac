"""Searching, filtered in SQL by what the searcher sees before anything is ranked or cut off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models.expressions import RawSQL

from wonward.foundation.access.policy import known_nouns, visible_ids
from wonward.foundation.search.index import Condition, current_index
from wonward.foundation.search.models import Entry
from wonward.foundation.search.rules import read_number, read_parts, read_terms
from wonward.foundation.search.types import SearchHit, SearchResult
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

MOST_RANKED = 5000
_MOST_PARTS = 500
_GUEST = "guest"
_CLIENT_VISIBLE = "client"


def search_records(
    actor: Actor, text: str, nouns: Collection[str] | None = None, limit: int = 20
) -> SearchResult:
    """Records that hold every word of `text`, best first, of the given nouns or of all.

    A record's own number (`D-1042`, `d1042`) comes first, then whole words, the last perhaps unfinished, then
    pieces of words in titles. "Words in quotes" must follow each other. Any text is a valid search.
    """
    condition = permitted_entries(actor, nouns)
    terms = read_terms(text)
    if condition is None or not terms or limit < 1:
        return SearchResult((), is_partial=False)
    index = current_index()
    ranked = index.rank_terms(terms, condition, most=MOST_RANKED, limit=limit)
    found = dict.fromkeys((*_find_by_number(text, condition), *ranked.ids))
    if len(found) < limit and (parts := read_parts(text)):
        found |= dict.fromkeys(index.rank_parts(parts, condition, most=_MOST_PARTS, limit=limit).ids)
    return SearchResult(_hits(list(found)[:limit]), ranked.is_partial)


def permitted_entries(actor: Actor, nouns: Collection[str] | None) -> Condition | None:
    """What the actor sees, checked per match by its key, so that a search never lists all that is visible."""
    pieces: list[str] = []
    params: list[Any] = []
    for noun in known_nouns():
        if nouns is not None and noun not in nouns:
            continue
        visible = visible_ids(noun, actor).filter(pk=RawSQL("found_entry.ref_id", ()))
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


def _find_by_number(text: str, condition: Condition) -> list[int]:
    number = read_number(text)
    if not number:
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
