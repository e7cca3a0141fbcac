"""Bulk changes for their author, and what records hold now in the words of a bulk change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from wonward.domains.clients.queries import find_companies, list_contacts
from wonward.domains.sales.queries.deals import find_deal_rows, get_standings
from wonward.domains.sales.queries.leads import find_leads
from wonward.foundation.access.policy import names_of, visible_refs
from wonward.foundation.custom_fields.queries import PREFIX, list_fields, values_by_record
from wonward.foundation.custom_fields.rules import plain
from wonward.foundation.custom_fields.types import TAGS, FieldKind
from wonward.foundation.database.registry import find_trash
from wonward.journeys.automation.models import BulkChange, BulkRow
from wonward.journeys.automation.types import (
    ADD_TAGS,
    BEHIND,
    REMOVE_TAGS,
    STANDING,
    TRASHED,
    BulkChangeRow,
    BulkField,
    BulkKind,
    BulkRowView,
    BulkStatus,
    FieldChange,
    RowStatus,
)
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

_ID_PORTION = 500
_TAG_FIELDS = (BulkField(ADD_TAGS, BulkKind.TAGS), BulkField(REMOVE_TAGS, BulkKind.TAGS))
_FIELDS: Mapping[str, tuple[BulkField, ...]] = {
    "sales.deal": (
        BulkField("owner_id", BulkKind.PERSON), BulkField("stage_id", BulkKind.STAGE), BulkField("next_action", BulkKind.ACTION),
        BulkField("expected_close_date", BulkKind.DATE, may_be_empty=True), BulkField("source", BulkKind.TEXT, may_be_empty=True),
        BulkField("lost_reason", BulkKind.REASON), *_TAG_FIELDS,
    ),
    "sales.lead": (
        BulkField("owner_id", BulkKind.PERSON, may_be_empty=True), BulkField("source", BulkKind.TEXT, may_be_empty=True),
        BulkField("campaign_id", BulkKind.CAMPAIGN, may_be_empty=True), BulkField("service_id", BulkKind.SERVICE, may_be_empty=True),
        BulkField("closed_reason", BulkKind.REASON), *_TAG_FIELDS,
    ),
    "clients.company": (
        BulkField("owner_id", BulkKind.PERSON, may_be_empty=True), BulkField("tier", BulkKind.CHOICE, may_be_empty=True, choices=("A", "B", "C")),
        BulkField("industry", BulkKind.TEXT, may_be_empty=True), BulkField("country", BulkKind.TEXT, may_be_empty=True),
        BulkField("source", BulkKind.TEXT, may_be_empty=True), *_TAG_FIELDS,
    ),
    "clients.contact": (
        BulkField("title", BulkKind.TEXT, may_be_empty=True), BulkField("preference", BulkKind.TEXT, may_be_empty=True),
        BulkField("source", BulkKind.TEXT, may_be_empty=True), *_TAG_FIELDS,
    ),
}
EDIT_RIGHTS: Mapping[str, str] = {
    "sales.deal": "sales.deal.edit", "sales.lead": "sales.lead.edit", "clients.company": "clients.company.edit", "clients.contact": "clients.company.edit",
}


@dataclass(frozen=True, slots=True)
class Held:
    """What a record holds now, as plain JSON values by field."""

    version: int
    values: dict[str, Any] = field(default_factory=dict)


def list_bulk_fields(noun: str, *, actor: Actor) -> tuple[BulkField, ...]:
    """What can be asked of many records of a noun, custom fields and the trash last; NotFound for a noun without bulk changes."""
    if noun not in _FIELDS:
        raise NotFound("list", noun[:60])
    custom = [
        BulkField(f"{PREFIX}{row.key}", BulkKind.CUSTOM, True, row.choices, row.label, row.kind.value)
        for row in list_fields(actor=actor, noun=noun) if row.kind is not FieldKind.TAGS
    ]
    away = (BulkField(TRASHED, BulkKind.TRASH),) if find_trash(noun) else ()
    return (*_FIELDS[noun], *custom, *away)


def visible_bulk_changes(actor: Actor) -> QuerySet[BulkChange]:
    """One's own."""
    if actor.is_system:
        return BulkChange.objects.all()
    return BulkChange.objects.filter(author_id=actor.user_id) if actor.user_id else BulkChange.objects.none()


def get_bulk_change(*, actor: Actor, bulk_id: int) -> BulkChangeRow:
    """One bulk change with its counts, or NotFound."""
    bulk = visible_bulk_changes(actor).filter(pk=bulk_id).first()
    if bulk is None:
        raise NotFound("bulk change", bulk_id)
    return _rows([bulk])[0]


def list_bulk_changes(*, actor: Actor, offset: int = 0, limit: int = 50) -> list[BulkChangeRow]:
    """One's own bulk changes, newest first; two queries."""
    return _rows(list(visible_bulk_changes(actor).order_by("-pk")[offset : offset + limit]))


def _rows(bulks: Sequence[BulkChange]) -> list[BulkChangeRow]:
    counts: dict[int, Counter[str]] = {bulk.pk: Counter() for bulk in bulks}
    found = BulkRow.objects.filter(bulk_id__in=counts).order_by().values_list("bulk_id", "status").annotate(rows=Count("pk"))
    for bulk_id, status, rows in found:
        counts[bulk_id][status] = rows
    return [
        BulkChangeRow(
            bulk.pk, bulk.noun, BulkStatus(bulk.status), bulk.asked, bulk.row_count, dict(counts[bulk.pk]), bulk.failure,
            bulk.author_label, bulk.created_at, bulk.finished_at,
        )
        for bulk in bulks
    ]


def list_bulk_rows(*, actor: Actor, bulk_id: int, status: str = "", offset: int = 0, limit: int = 50) -> list[BulkRowView]:
    """The records of a bulk change in the order they were chosen; one that is hidden by now has no name any more."""
    if not visible_bulk_changes(actor).filter(pk=bulk_id).exists():
        raise NotFound("bulk change", bulk_id)
    rows = BulkRow.objects.filter(bulk_id=bulk_id)
    found = list((rows.filter(status=status) if status else rows).order_by("pk")[offset : offset + limit])
    names = names_of(visible_refs(actor, [Ref(row.noun, row.ref_id) for row in found]))
    away = _names_in_trash(actor, found)
    return [
        BulkRowView(
            row.ref_id, names.get(Ref(row.noun, row.ref_id)) or away.get(trash_place(row.changes), f"#{row.ref_id}"), RowStatus(row.status),
            row.code, row.message, tuple(_shown(key, pair) for key, pair in row.changes.items() if not key.startswith(BEHIND)),
        )
        for row in found
    ]


def trash_place(changes: Mapping[str, Sequence[Any]]) -> int:
    """The place in the trash of a record that a bulk change put there, 0 for none."""
    place = changes.get(TRASHED, (None, None))[1]
    return place if isinstance(place, int) and place is not True else 0


def _shown(key: str, pair: Sequence[Any]) -> FieldChange:
    return FieldChange(key, False, True) if key == TRASHED else FieldChange(key, pair[0], pair[1])


def _names_in_trash(actor: Actor, rows: Sequence[BulkRow]) -> dict[int, str]:
    places = {place for row in rows if row.status == RowStatus.DONE and (place := trash_place(row.changes))}
    trash = find_trash(rows[0].noun) if places else None
    return trash.names_of(actor, places) if trash else {}


def read_held(noun: str, *, actor: Actor, ids: Collection[int]) -> dict[int, Held]:
    """What the visible ones among some records hold now; a fixed number of queries per 500."""
    wanted = sorted(set(ids))
    found: dict[int, Held] = {}
    for start in range(0, len(wanted), _ID_PORTION):
        part = _READERS[noun](actor, wanted[start : start + _ID_PORTION])
        custom = values_by_record(actor=actor, noun=noun, ids=list(part))
        for key, held in part.items():
            values = {name: plain(value) for name, value in custom.get(key, {}).items()}
            if noun.startswith("sales."):
                held.values["tags"] = values.get(TAGS) or []
            held.values.update({f"{PREFIX}{row.key}": values.get(row.key) for row in list_fields(actor=actor, noun=noun) if row.kind is not FieldKind.TAGS})
        found |= part
    return found


def _deals(actor: Actor, ids: Sequence[int]) -> dict[int, Held]:
    standings = get_standings(ids)
    return {
        key: Held(row.version, {
            "owner_id": row.owner_id, "stage_id": row.stage_id, "source": row.source, "status": row.status, "lost_reason": row.lost_reason,
            "expected_close_date": row.expected_close_date.isoformat() if row.expected_close_date else None,
            "next_action": {
                "kind": row.next_action.kind, "due_date": row.next_action.due_date.isoformat(), "note": row.next_action.note,
                "owner_id": row.next_action.owner_id if row.next_action.owner_id != row.owner_id else None,
            } if row.next_action else None,
            **dict(zip(STANDING, (standings[key][0].isoformat(), *standings[key][1:]), strict=True)),
        })
        for key, row in find_deal_rows(actor=actor, deal_ids=list(ids)).items()
    }


def _leads(actor: Actor, ids: Sequence[int]) -> dict[int, Held]:
    return {
        row.id: Held(row.version, {
            "owner_id": row.owner_id, "source": row.source, "campaign_id": row.campaign_id, "service_id": row.service_id,
            "status": row.status, "closed_reason": row.closed_reason,
        })
        for row in find_leads(actor=actor, lead_ids=ids)
    }


def _companies(actor: Actor, ids: Sequence[int]) -> dict[int, Held]:
    return {
        row.id: Held(row.version, {
            "owner_id": row.owner_id, "tier": row.tier, "industry": row.industry, "country": row.country, "source": row.source, "tags": list(row.tags),
        })
        for row in find_companies(actor=actor, company_ids=ids)
    }


def _contacts(actor: Actor, ids: Sequence[int]) -> dict[int, Held]:
    return {
        row.id: Held(row.version, {"title": row.title, "preference": row.preference, "source": row.source, "tags": list(row.tags)})
        for row in list_contacts(actor=actor, contact_ids=list(ids), limit=len(ids))
    }


_READERS: Mapping[str, Callable[[Actor, Sequence[int]], dict[int, Held]]] = {
    "sales.deal": _deals, "sales.lead": _leads, "clients.company": _companies, "clients.contact": _contacts,
}
