"""Keeping the index in step with the records, in the transaction or the handler that changes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from wonward.foundation.search.models import Entry
from wonward.foundation.search.rules import LONGEST_BODY, fold, read_number, storable
from wonward.foundation.search.types import SearchEntry
from wonward.kernel.ref import Ref

_AT_ONCE = 500
_LONGEST_TITLE = 500
_LONGEST_NUMBER = 40
_CHANGING = ("title", "subtitle", "number", "words", "body", "happened_at", "privacy")


def index_records(entries: Sequence[SearchEntry]) -> None:
    """Put records into the index, or what is new of them; the last one wins when a record comes twice.

    When rebuilding, hand in the oldest first: ties and very common words favour what was indexed last.
    """
    rows = [_row(entry) for entry in {entry.ref: entry for entry in entries}.values()]
    with transaction.atomic():
        Entry.objects.bulk_create(
            rows,
            batch_size=_AT_ONCE,
            update_conflicts=True,
            unique_fields=["ref_noun", "ref_id"],
            update_fields=_CHANGING,
        )


def remove_records(refs: Iterable[Ref]) -> None:
    """Take records out of the index; those that are not in it change nothing."""
    by_noun: dict[str, list[int]] = {}
    for ref in refs:
        by_noun.setdefault(ref.noun, []).append(ref.id)
    with transaction.atomic():
        for noun, ids in by_noun.items():
            for start in range(0, len(ids), _AT_ONCE):
                Entry.objects.filter(ref_noun=noun, ref_id__in=ids[start : start + _AT_ONCE]).delete()


def _row(entry: SearchEntry) -> Entry:
    title, subtitle = storable(entry.title, _LONGEST_TITLE), storable(entry.subtitle, _LONGEST_TITLE)
    number = storable(entry.number, _LONGEST_NUMBER)
    return Entry(
        ref_noun=entry.ref.noun,
        ref_id=entry.ref.id,
        title=title,
        subtitle=subtitle,
        number=read_number(number) or number,
        words=fold(f"{title} {subtitle} {number}"),
        body=fold(entry.body[:LONGEST_BODY]),
        happened_at=entry.happened_at,
        privacy=entry.privacy,
    )


def forget_removed_words() -> None:
    """Let the full-text tables lose what was removed; SQLite keeps the words of removed entries until its parts are joined."""
    if connection.vendor == "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            for table in ("search_words", "search_trigrams"):
                cursor.execute(f"INSERT INTO {table}({table}) VALUES('optimize')")
