"""Keeping the index in step with the records, in the transaction or the handler that changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.db import connection, transaction

from wonward.foundation.search.models import Entry, Renewal
from wonward.foundation.search.rules import (
    LONGEST_BODY,
    WORDS_VERSION,
    fold,
    other_stems_of,
    read_number,
    stems_of,
    storable,
)
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


def index_changed(entries: Sequence[SearchEntry]) -> int:
    """Put into the index what stands there otherwise or not at all, and leave the rest alone; how many were written.

    For many records of which few are new: what is read is cheaper than writing its words again.
    """
    wanted = {(entry.ref.noun, entry.ref.id): entry for entry in entries}
    known: dict[tuple[str, int], tuple[str, str, str]] = {}
    for noun in {noun for noun, _ in wanted}:
        keys = [key for name, key in wanted if name == noun]
        for start in range(0, len(keys), _AT_ONCE):
            rows = Entry.objects.filter(ref_noun=noun, ref_id__in=keys[start : start + _AT_ONCE])
            known |= {(noun, row[0]): row[1:] for row in rows.values_list("ref_id", "title", "subtitle", "privacy")}
    changed = [
        entry for place, entry in wanted.items()
        if known.get(place) != (storable(entry.title, _LONGEST_TITLE), storable(entry.subtitle, _LONGEST_TITLE), entry.privacy)
    ]
    index_records(changed)
    return len(changed)


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
    words = fold(f"{title} {subtitle} {number}")
    return Entry(
        ref_noun=entry.ref.noun,
        ref_id=entry.ref.id,
        title=title,
        subtitle=subtitle,
        number=read_number(number) or number,
        words=words,
        body=" ".join(filter(None, (stems_of(fold(entry.body[:LONGEST_BODY])), other_stems_of(words)))),
        happened_at=entry.happened_at,
        privacy=entry.privacy,
    )


def forget_removed_words() -> None:
    """Let the full-text tables lose what was removed; SQLite keeps the words of removed entries until its parts are joined."""
    if connection.vendor == "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            for table in ("search_words", "search_trigrams"):
                cursor.execute(f"INSERT INTO {table}({table}) VALUES('optimize')")


@transaction.atomic
def renew_index(write: Callable[[int], tuple[int, int]]) -> bool:
    """Write the next lot of an index that another version of the words wrote; whether more is left.

    `write` is given the key of the entry behind which to go on, and answers where it came to and how many it wrote (0: the end).
    A version that changes again on the way begins at the first entry. What was written since the upgrade is written once more.
    """
    state = Renewal.objects.select_for_update().order_by("pk").first()
    if state is None:
        state = Renewal.objects.create(version=0, writing=WORDS_VERSION)
    if state.version == WORDS_VERSION:
        return False
    begin = state.after if state.writing == WORDS_VERSION else 0
    after, count = write(begin)
    is_whole = count == 0
    Renewal.objects.filter(pk=state.pk).update(
        version=WORDS_VERSION if is_whole else state.version, writing=WORDS_VERSION, after=0 if is_whole else after
    )
    return not is_whole


def note_renewed() -> None:
    """Say that the whole index is written by this version of the words."""
    Renewal.objects.update(version=WORDS_VERSION, writing=WORDS_VERSION, after=0)
