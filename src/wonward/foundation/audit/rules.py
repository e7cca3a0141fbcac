"""The arithmetic of the audit chain: salted digests linked by SHA-256."""

from __future__ import annotations

import hashlib
import json
import re
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
    """Everything about a row but its payload and its place in the chain, as text; names only by their digests, so that they may go."""
    return (
        str(row.pk), row.happened_at.isoformat(), row.operation, row.noun, str(row.ref_id), without_name(row.salt, row.actor_label),
        str(row.user_id), without_name(row.salt, row.on_behalf_of), row.via, row.salt, row.digest,
    )


def parts_with_names(row: SealedFacts) -> Sequence[str]:
    """As `sealed_parts`, for rows that were sealed with the names themselves."""
    return (
        str(row.pk), row.happened_at.isoformat(), row.operation, row.noun, str(row.ref_id),
        row.actor_label, str(row.user_id), row.on_behalf_of, row.via, row.salt, row.digest,
    )


_NAME_GONE = "erased:"
ERASED_NAME = "[erased]"


def without_name(salt: str, name: str) -> str:
    """What stands for a name in the seal, and in the row once the name was erased."""
    if not name or name.startswith(_NAME_GONE):
        return name
    return _NAME_GONE + hashlib.sha256(f"{salt}:{name}".encode()).hexdigest()


def shown_name(name: str) -> str:
    """A name of a row as people read it."""
    return ERASED_NAME if name.startswith(_NAME_GONE) else name


def chain_link(previous: str, parts: Sequence[str]) -> str:
    """The hash of one sealed row, given the hash before it."""
    return hashlib.sha256("\x1f".join((previous, *parts)).encode()).hexdigest()


_AMOUNT = re.compile(r"-?\d+([.,]\d+)? [A-Z]{3}")
HIDDEN = "…"
"""Stands for an amount in a history whose reader may not see it."""


def without_amounts(changes: Mapping[str, Any], *, sees_prices: bool, sees_costs: bool, sees_fields: bool) -> dict[str, Any]:
    """The changes of a record with the amounts hidden that a reader may not see, however deep they lie.

    What a field with "cost" or "rate" in its name holds is a cost; every other amount, and every `_minor`, is a price. Amounts in custom
    fields, which an amount and a currency make, are a matter of their own.
    """
    return {
        key: _without_field(value, sees_fields) if key.startswith("custom.") else _without(key, value, sees_prices, sees_costs)
        for key, value in changes.items()
    }


def _without_field(value: Any, sees_fields: bool) -> Any:
    if sees_fields:
        return value
    if isinstance(value, list | tuple):
        return [_without_field(part, sees_fields) for part in value]
    return HIDDEN if isinstance(value, Mapping) else value


def _without(key: str, value: Any, sees_prices: bool, sees_costs: bool) -> Any:
    is_cost = "cost" in key or "rate" in key.split("_") or "margin" in key
    if is_cost and not sees_costs:
        return _hidden(value)
    if isinstance(value, Mapping):
        return {name: _without(f"{key}.{name}", part, sees_prices, sees_costs) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without(key, part, sees_prices, sees_costs) for part in value]
    if sees_prices or value is None:
        return value
    return HIDDEN if key.endswith("_minor") or (isinstance(value, str) and _AMOUNT.search(value)) else value


def _hidden(value: Any) -> Any:
    """The same pair of before and after, without what stood there."""
    if isinstance(value, list | tuple):
        return [_hidden(part) for part in value]
    return value if value is None else HIDDEN
