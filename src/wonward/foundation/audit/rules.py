"""The arithmetic of the audit chain: salted digests linked by SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

GENESIS = "0" * 64


class SealedFacts(Protocol):
    """What the chain covers of a row; the values themselves only through their digest."""

    pk: Any
    happened_at: datetime
    operation: str
    noun: str
    ref_id: int
    actor_label: str
    user_id: int | None
    on_behalf_of: str
    via: str
    salt: str
    digest: str


def digest_of(salt: str, changes: Mapping[str, Any] | None) -> str:
    """SHA-256 over the salt and the canonical JSON of the changes."""
    text = json.dumps(changes, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()


def sealed_parts(row: SealedFacts) -> Sequence[str]:
    """Everything about a row but its payload and its place in the chain, as text."""
    return (
        str(row.pk), row.happened_at.isoformat(), row.operation, row.noun, str(row.ref_id),
        row.actor_label, str(row.user_id), row.on_behalf_of, row.via, row.salt, row.digest,
    )


def chain_link(previous: str, parts: Sequence[str]) -> str:
    """The hash of one sealed row, given the hash before it."""
    return hashlib.sha256("\x1f".join((previous, *parts)).encode()).hexdigest()
