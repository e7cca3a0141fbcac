"""Writing the search index anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.search.operations import index_records, renew_index
from wonward.foundation.search.queries import is_index_current, list_indexed
from wonward.foundation.search.types import SearchEntry
from wonward.journeys.client_record.queries import search_entries as entries

_LOT, _LOTS = 500, 10
_ENTRIES: Mapping[str, Callable[[Sequence[int]], list[SearchEntry]]] = {
    "clients.company": entries.company_entries, "clients.contact": entries.contact_entries, "sales.deal": entries.deal_entries,
    "sales.lead": entries.lead_entries, "delivery.project": entries.project_entries,
    "comms.communication": entries.communication_entries,
}


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
            return
    enqueue("client_record.index.renew", now=now)
