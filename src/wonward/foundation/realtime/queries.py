"""The event log through the eyes of one viewer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wonward.foundation.access.policy import visible_refs
from wonward.foundation.events.queries import list_events_after
from wonward.foundation.events.types import EventRow
from wonward.foundation.realtime.types import VisibleEvent, VisibleEvents
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

_REFS_AT_ONCE = 5000


def list_visible_events(
    *, actor: Actor, after: int = 0, limit: int = 200, until: int | None = None
) -> VisibleEvents:
    """The events among the next `limit` after `after` (up to `until`) that the actor sees, oldest first."""
    rows = list_events_after(after=after, limit=limit, until=until)
    return VisibleEvents(
        events=tuple(show_events(rows, actor=actor)),
        last_id=rows[-1].id if rows else after,
        is_complete=len(rows) < limit,
    )


def show_events(rows: Sequence[EventRow], *, actor: Actor) -> list[VisibleEvent]:
    """Those events whose own record the actor sees, with all subjects seen.

    The noun of the first subject is what the event is about; the others only say where else it is of interest, so
    seeing a company does not tell of the deals there.
    """
    seen: set[Ref] = set()
    for portion in _portions({ref for row in rows for ref in row.subjects}):
        seen |= visible_refs(actor, portion)
    return [
        VisibleEvent(row.id, row.name, row.version, refs, row.recorded_at)
        for row in rows
        if (refs := tuple(ref for ref in row.subjects if ref in seen)) and _is_about(row, refs)
    ]


def _is_about(row: EventRow, refs: Sequence[Ref]) -> bool:
    return any(ref.noun == row.subjects[0].noun for ref in refs)


def _portions(refs: set[Ref]) -> Iterator[list[Ref]]:
    ordered = sorted(refs)
    for start in range(0, len(ordered), _REFS_AT_ONCE):
        yield ordered[start : start + _REFS_AT_ONCE]
