"""Writing the audit in the transaction of the change, and sealing it afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from wonward.foundation.audit.models import AuditEntry, Opening
from wonward.foundation.audit.rules import (
    ERASED_NAME,
    GENESIS,
    chain_link,
    digest_of,
    sealed_parts,
    without_name,
)
from wonward.foundation.database import insert_rows
from wonward.foundation.database.gathering import put_off
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

Changes = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Change:
    """One record's change: field → [before, after]."""

    ref: Ref
    changes: Changes


def record_change(*, actor: Actor, operation: str, ref: Ref, changes: Changes, now: datetime) -> None:
    """Note one change. Call it in the transaction of the change."""
    record_changes(actor=actor, operation=operation, changes=[Change(ref, changes)], now=now)


def record_changes(*, actor: Actor, operation: str, changes: Iterable[Change], now: datetime) -> None:
    """Note many changes of one operation with one insert."""
    rows = [_entry(actor, operation, change, now) for change in changes]
    if not put_off(_write, rows):
        _write(rows)


def _write(rows: Sequence[tuple[Any, ...]]) -> None:
    insert_rows(AuditEntry, _COLUMNS, rows)


_COLUMNS = ("happened_at", "operation", "noun", "ref_id", "actor_label", "user_id", "on_behalf_of", "via", "salt", "digest",
            "changes", "chain_hash")


def _entry(actor: Actor, operation: str, change: Change, now: datetime) -> tuple[Any, ...]:
    """One row in the order of `_COLUMNS`."""
    plain = {field: [_plain(value) for value in pair] for field, pair in change.changes.items()}
    salt = secrets.token_hex(8)
    return (
        now, operation, change.ref.noun, change.ref.id, actor.label, actor.user_id, actor.on_behalf_of, actor.via, salt,
        digest_of(salt, plain), plain, "",
    )


def seal_entries(*, limit: int = 2000) -> int:
    """Append committed, unsealed rows to the hash chain; returns how many were sealed."""
    with transaction.atomic():
        last = AuditEntry.objects.select_for_update().filter(chain_position__isnull=False).order_by("-chain_position").first()
        position = (last.chain_position or 0) if last else 0
        link = last.chain_hash if last else GENESIS
        rows = list(AuditEntry.objects.filter(chain_position__isnull=True).order_by("id")[:limit])
        for row in rows:
            position += 1
            link = chain_link(link, sealed_parts(row))
            row.chain_position, row.chain_hash = position, link
        AuditEntry.objects.bulk_update(rows, ["chain_position", "chain_hash"], batch_size=200)
    return len(rows)


def erase_names(*, user_id: int | None, names: Collection[str]) -> tuple[int, int]:
    """Take out who acted where it was this user, and these names where no user is told; how many rows, and how many stay.

    What stays was sealed with the names themselves. Call it in a transaction.
    """
    link, erased, kept = GENESIS, 0, 0
    changed = []
    for row in AuditEntry.objects.order_by(F("chain_position").asc(nulls_last=True), "pk").iterator(2000):
        is_theirs = row.user_id == user_id if row.user_id else row.actor_label in names
        label = without_name(row.salt, row.actor_label) if is_theirs else row.actor_label
        behalf = without_name(row.salt, row.on_behalf_of) if row.on_behalf_of in names else row.on_behalf_of
        if (label, behalf) != (row.actor_label, row.on_behalf_of):
            if row.chain_position is not None and row.chain_hash != chain_link(link, sealed_parts(row)):
                kept += 1
            else:
                row.actor_label, row.on_behalf_of = label, behalf
                changed.append(row)
                erased += 1
        link = row.chain_hash or link
    AuditEntry.objects.bulk_update(changed, ["actor_label", "on_behalf_of"], batch_size=200)
    if user_id:
        Opening.objects.filter(user_id=user_id).update(user_label=ERASED_NAME)
    return erased, kept


MOST_OPENINGS = 100_000


def note_opening(*, actor: Actor, what: str, ref: Ref | None = None, detail: str = "", now: datetime) -> None:
    """Note that somebody opened a restricted record or took personal data out; the same on one day is counted in one row."""
    if actor.user_id is None:
        return
    key = {
        "user_id": actor.user_id, "what": what, "noun": ref.noun if ref else "", "ref_id": ref.id if ref else 0,
        "detail": detail[:60], "via": actor.via, "on_date": now.date(),
    }
    with transaction.atomic():
        if Opening.objects.filter(**key).update(times=F("times") + 1, last_at=now):
            return
        try:
            with transaction.atomic():
                Opening.objects.create(**key, user_label=actor.label[:160], first_at=now, last_at=now)
        except IntegrityError:
            Opening.objects.filter(**key).update(times=F("times") + 1, last_at=now)


def prune_openings() -> int:
    """Keep the latest hundred thousand rows of who opened what, whatever the rules say; how many went."""
    last = Opening.objects.order_by("-last_at", "-pk").values_list("last_at", flat=True)[MOST_OPENINGS : MOST_OPENINGS + 1]
    return Opening.objects.filter(last_at__lte=last[0]).delete()[0] if last else 0


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, bool, list, dict, type(None))) else str(value)
