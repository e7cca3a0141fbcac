"""Reading the audit of records the viewer may see, and verifying the chain."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from wonward.foundation.access.policy import can_see, known_nouns, require, tells_history, visible_refs
from wonward.foundation.audit.models import AuditEntry, Opening
from wonward.foundation.audit.rules import (
    GENESIS,
    chain_link,
    digest_of,
    parts_with_names,
    sealed_parts,
    shown_name,
    without_amounts,
)
from wonward.foundation.database.reading import put, recall
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
    if not tells_history(ref.noun) or not can_see(actor, ref):
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
    sees_fields = actor.may("custom_fields.money.view")
    return [
        (Ref(row.noun, row.ref_id), AuditRow(
            row.pk, row.happened_at, row.operation, shown_name(row.actor_label), shown_name(row.on_behalf_of), row.via,
            without_amounts(row.changes or {}, sees_prices=sees_prices, sees_costs=sees_costs, sees_fields=sees_fields),
        ))
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the audit log is narrowed to; days are civil dates of the viewer, given as instants."""

    noun: str = ""
    ref: Ref | None = None
    who: str = ""
    since: datetime | None = None
    until: datetime | None = None


def list_audit(
    *, actor: Actor, where: AuditFilter, before_id: int | None = None, offset: int = 0, limit: int = 50
) -> list[tuple[Ref | None, str, AuditRow]]:
    """The newest changes of everything, as (record, noun, change), those before an entry.

    A record the viewer does not see is told without its name and its fields; why a colleague was away stands in no line.
    """
    require(actor, "audit.log.view")
    rows = AuditEntry.objects.exclude(operation__startswith="staff.time_off.").order_by("-id")
    if where.ref is not None:
        rows = rows.filter(noun=where.ref.noun, ref_id=where.ref.id)
    if where.noun:
        rows = rows.filter(noun=where.noun)
    if where.who:
        rows = rows.filter(actor_label__icontains=where.who)
    if where.since is not None:
        rows = rows.filter(happened_at__gte=where.since)
    if where.until is not None:
        rows = rows.filter(happened_at__lt=where.until)
    found = _readable(actor, (rows.filter(pk__lt=before_id) if before_id else rows)[offset : offset + limit])
    judged = {ref for ref, _ in found if ref.noun in known_nouns()}
    hidden = judged - visible_refs(actor, judged)
    return [
        (None, ref.noun, replace(row, changes={})) if ref in hidden else (ref, ref.noun, row) for ref, row in found
    ]


def find_changes(*, noun: str, ref_ids: Collection[int], since: datetime) -> dict[int, list[AuditRow]]:
    """The changes since an instant by record, oldest first, of records whose visibility has been settled; one query."""
    found: dict[int, list[AuditRow]] = {}
    rows = AuditEntry.objects.filter(noun=noun, ref_id__in=set(ref_ids), happened_at__gte=since).order_by("id")
    for row in rows:
        found.setdefault(row.ref_id, []).append(
            AuditRow(
                row.pk, row.happened_at, row.operation, shown_name(row.actor_label), shown_name(row.on_behalf_of), row.via, row.changes or {},
            )
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
        elif row.chain_hash not in (chain_link(link, sealed_parts(row)), chain_link(link, parts_with_names(row))):
            problem = f"audit row {row.pk} (position {position}) was changed or reordered"
        elif row.changes is not None and row.digest != digest_of(row.salt, row.changes):
            problem = f"the values of audit row {row.pk} (position {position}) were changed"
        if problem:
            found += 1
            yield problem
            if found >= limit:
                return
        link, expected = row.chain_hash, position + 1


OPENED, EXPORTED = "opened", "exported"
_OPENINGS = "openings"


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """Who opened or exported what, how often on one day. `ref` is None for a list, which `detail` names."""

    id: int
    user_label: str
    what: str
    ref: Ref | None
    detail: str
    via: str
    times: int
    first_at: datetime
    last_at: datetime


def remember_opening(*, what: str, ref: Ref | None = None, detail: str = "") -> None:
    """Let this reading remember that something sensitive was opened or taken out; its edge writes it down afterwards."""
    known: tuple[tuple[str, Ref | None, str], ...] = recall(_OPENINGS) or ()
    if (what, ref, detail) not in known:
        put(_OPENINGS, (*known, (what, ref, detail)))


def openings_of_this_reading() -> tuple[tuple[str, Ref | None, str], ...]:
    """What was remembered, as (what, ref, detail)."""
    return recall(_OPENINGS) or ()


def list_openings(*, actor: Actor, ref: Ref | None = None, offset: int = 0, limit: int = 50) -> list[OpeningRow]:
    """A page of who opened what, the latest first, of all records or one; records the viewer does not see are told without a name.

    NotFound for a record the viewer does not see.
    """
    require(actor, "audit.openings.view")
    rows = Opening.objects.order_by("-last_at", "-pk")
    if ref is not None:
        if not can_see(actor, ref):
            raise NotFound(ref.noun, ref.id)
        rows = rows.filter(noun=ref.noun, ref_id=ref.id)
    found = list(rows[offset : offset + limit])
    seen = visible_refs(actor, {Ref(one.noun, one.ref_id) for one in found if one.noun})
    return [
        OpeningRow(
            one.pk, one.user_label, one.what, named if (named := Ref(one.noun, one.ref_id) if one.noun else None) in seen else None,
            one.detail or ("" if named in seen else "hidden"), one.via, one.times, one.first_at, one.last_at,
        )
        for one in found
    ]
