"""The text of server-sent events."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from wonward.foundation.realtime.types import VisibleEvent

HEARTBEAT = b": still here\n\n"


def opening(last_id: int | None) -> bytes:
    """How soon to come back after a cut, and from where, before any event was sent."""
    position = b"" if last_id is None else b"id: %d\n" % last_id
    return b"retry: 1000\n" + position + b"\n"


def encode_events(events: Iterable[VisibleEvent]) -> list[bytes]:
    """One message per event: its id, its name, and what it is about."""
    return [
        b"id: %d\nevent: %s\ndata: %s\n\n"
        % (
            event.id,
            event.name.encode(),
            msgspec.json.encode(
                {"name": event.name, "refs": [str(ref) for ref in event.refs], "version": event.version}
            ),
        )
        for event in events
    ]
