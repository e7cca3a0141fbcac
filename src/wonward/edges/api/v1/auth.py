"""Who asks, told by a bearer token."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.staff.queries import find_actor
from wonward.foundation.access.queries import find_token
from wonward.kernel.actor import Actor


def actor_from_bearer(header: str, now: datetime) -> Actor | None:
    """The actor of an `Authorization: Bearer …` header, or None."""
    kind, _, token = header.partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        return None
    found = find_token(token=token.strip(), now=now)
    return find_actor(user_id=found.user_id, via="api", token_scopes=found.scopes) if found else None
