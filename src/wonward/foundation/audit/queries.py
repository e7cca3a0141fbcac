"""Reading the audit of records the viewer may see, and verifying the chain."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from wonward.foundation.access.policy import can_see, host_nouns
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.audit.rules import GENESIS, chain_link, digest_of, sealed_parts, without_amounts
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

# Whoever sees all of these sees every price, and every cost, that a history names.
AMOUNT_RIGHTS = (("sales.value.view", "catalog.price.view"), ("finance.cost.view", "catalog.cost.view"))


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One change as shown in a record's history."""

    id: int
    happened_at: datetime
    operation: str
    actor_label: str
    on_behalf_of: str
    via: str
    changes: dict[str, Any]


def list_history(*, actor: Actor, ref: Ref, before_id: int | None = None, limit: int = 50) -> list[AuditRow]:
    """The newest changes of a record the viewer sees, those before an entry; without amounts they may not see. NotFound.

    Told of records that things hang on. Whoever sees a colleague's name must not read in a history why they were away.
    """
    if ref.noun not in host_nouns() or not can_see(actor, ref):
        raise NotFound(ref.noun, ref.id)
    rows = AuditEntry.objects.filter(noun=ref.noun, ref_id=ref.id).order_by("-id")
    return [row for _, row in _readable(actor, (rows.filter(pk__lt=before_id) if before_id else rows)[:limit])]


def list_changes_since(*, actor: Actor, refs: Collection[Ref], since: datetime, limit: int = 50) -> list[tuple[Ref, AuditRow]]:
    """The newest changes after an instant of records whose visibility has been settled, without amounts the viewer may not see."""
    named = Q(pk__in=())
    for noun in sorted({ref.noun for ref in refs}):
        named |= Q(noun=noun, ref_id__in=[ref.id for ref in refs if ref.noun == noun])
    return _readable(actor, AuditEntry.objects.filter(named, happened_at__gt=since).order_by("-id")[:limit])


def _readable(actor: Actor, rows: QuerySet[AuditEntry]) -> list[tuple[Ref, AuditRow]]:
    sees_prices, sees_costs = (all(actor.scope_of(right) is Scope.ALL for right in rights) for rights in AMOUNT_RIGHTS)
    return [
        (Ref(row.noun, row.ref_id), AuditRow(
            row.pk, row.happened_at, row.operation, row.actor_label, row.on_behalf_of, row.via,
            without_amounts(row.changes or {}, sees_prices=sees_prices, sees_costs=sees_costs),
        ))
        for row in rows
    ]


def find_changes(*, noun: str, ref_ids: Collection[int], since: datetime) -> dict[int, list[AuditRow]]:
    """The changes since an instant by record, oldest first, of records whose visibility has been settled; one query."""
    found: dict[int, list[AuditRow]] = {}
    rows = AuditEntry.objects.filter(noun=noun, ref_id__in=set(ref_ids), happened_at__gte=since).order_by("id")
    for row in rows:
        found.setdefault(row.ref_id, []).append(
            AuditRow(row.pk, row.happened_at, row.operation, row.actor_label, row.on_behalf_of, row.via, row.changes or {})
        )
    return found


def last_change_id() -> int:
    """The number of the latest change; 0 before the first."""
    return AuditEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def list_touched(*, after_id: int) -> set[tuple[str, int]]:
    """The records, as noun and id, that people (not the product) changed after a change."""
    return set(AuditEntry.objects.filter(id__gt=after_id, user_id__isnull=False).values_list("noun", "ref_id"))


def find_chain_faults(limit: int = 20) -> list[str]:
    """Changed, removed or reordered sealed rows, each as a sentence; empty when the chain holds."""
    return list(_faults(limit))


def _faults(limit: int) -> Iterator[str]:
    link, expected, found = GENESIS, 1, 0
    for row in AuditEntry.objects.filter(chain_position__isnull=False).order_by("chain_position").iterator(2000):
        position = row.chain_position or 0
        problem = ""
        if position != expected:
            problem = f"audit rows {expected} to {position - 1} of the chain are missing"
        elif row.chain_hash != chain_link(link, sealed_parts(row)):
            problem = f"audit row {row.pk} (position {position}) was changed or reordered"
        elif row.changes is not None and row.digest != digest_of(row.salt, row.changes):
            problem = f"the values of audit row {row.pk} (position {position}) were changed"
        if problem:
            found += 1
            yield problem
            if found >= limit:
                return
        link, expected = row.chain_hash, position + 1
