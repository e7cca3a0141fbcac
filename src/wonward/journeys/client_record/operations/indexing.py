"""Writing the search index anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from wonward.foundation.access.policy import visible_ids
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.search.operations import index_changed, index_records, renew_index
from wonward.foundation.search.queries import is_index_current, list_indexed
from wonward.foundation.search.types import SearchEntry
from wonward.journeys.client_record.queries import search_entries as entries
from wonward.kernel.actor import system_actor

_LOT, _LOTS = 500, 10
_ENTRIES: Mapping[str, Callable[[Sequence[int]], list[SearchEntry]]] = {
    "clients.company": entries.company_entries, "clients.contact": entries.contact_entries, "sales.deal": entries.deal_entries,
    "sales.lead": entries.lead_entries, "delivery.project": entries.project_entries,
    "comms.communication": entries.communication_entries, "delivery.task": entries.task_entries, "files.document": entries.document_entries,
}
_FOUND_LATER = ("delivery.task", "files.document")


def reindex_records(*, after: int, limit: int) -> tuple[int, int]:
    """Write the next `limit` entries of the index anew, by the words and stems of this version; where it came to, and how many.

    Begins behind the entry `after` (0: at the first); (`after`, 0) when none is left. Each keeps its place in the index. Entries
    whose record is gone, or that other packages write, stay as they are.
    """
    found = list_indexed(after=after, limit=limit)
    by_noun: dict[str, list[int]] = {}
    for _key, ref in found:
        by_noun.setdefault(ref.noun, []).append(ref.id)
    for noun, ids in by_noun.items():
        if noun in _ENTRIES:
            index_records(_ENTRIES[noun](ids))
    return (found[-1][0], len(found)) if found else (after, 0)


def renew_old_index(*, now: datetime) -> None:
    """After an upgrade that finds words otherwise: write the next lots of the index anew and queue the rest; nothing where it is current."""
    if is_index_current():
        return
    for _ in range(_LOTS):
        if not renew_index(lambda after: reindex_records(after=after, limit=_LOT)):
            for noun in _FOUND_LATER:
                enqueue("client_record.index.fill", now=now, noun=noun, after=0)
            return
    enqueue("client_record.index.renew", now=now)


def fill_index(*, noun: str, after: int, limit: int = _LOT) -> int:
    """Put the next records of a noun that an older version did not look for into the index; the id to go on behind, 0 at the end."""
    found = visible_ids(noun, system_actor("Search")).filter(pk__gt=after).order_by("pk")
    ids = [int(key) for key in found[:limit]]
    index_changed(_ENTRIES[noun](ids))
    return ids[-1] if len(ids) == limit else 0


def fill_whole_index() -> int:
    """All of them at once; how many lots it took."""
    lots = 0
    for noun in _FOUND_LATER:
        after = fill_index(noun=noun, after=0)
        lots += 1
        while after:
            after = fill_index(noun=noun, after=after)
            lots += 1
    return lots
