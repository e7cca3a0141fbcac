"""Everything as people read it: one row per record, with names beside numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wonward.domains.catalog.queries import list_services, list_templates
from wonward.domains.clients.queries import list_companies, list_contacts
from wonward.domains.comms.queries import list_log
from wonward.domains.delivery.queries.projects import list_projects
from wonward.domains.delivery.queries.tasks import list_dependencies, list_tasks
from wonward.domains.sales.queries.deals import list_deals, list_lines_of_deals
from wonward.domains.sales.types import DealFilter
from wonward.domains.staff.queries import list_people
from wonward.foundation.files.queries import list_documents
from wonward.foundation.files.types import DocumentRow
from wonward.journeys.handoff.queries import list_handoffs
from wonward.journeys.promises.queries import list_promises
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

_AT_ONCE = 500


def readable_kinds(actor: Actor, *, now: datetime) -> dict[str, Iterator[Any]]:
    """Every kind of record that has a page, with its rows."""
    return {
        "people": iter(list_people(actor=actor, active_only=False, with_placeholders=True, limit=1_000_000)),
        "companies": _paged(list_companies, actor=actor, sort="created_at"),
        "contacts": _paged(list_contacts, actor=actor, sort="created_at"),
        "services": _paged(list_services, actor=actor, sort="created_at"),
        "templates": _paged(list_templates, actor=actor, sort="created_at"),
        "deals": _paged(list_deals, actor=actor, where=DealFilter(), now=now, sort="id"),
        "deal_lines": _lines(actor, now),
        "handoffs": _paged(list_handoffs, actor=actor, sort="id"),
        "projects": _paged(list_projects, actor=actor, sort="id"),
        "tasks": _of_projects(actor, lambda key: list_tasks(actor=actor, project_id=key)),
        "dependencies": _of_projects(actor, lambda key: list_dependencies(project_id=key)),
        "promises": _paged(list_promises, actor=actor, sort="id"),
        "communications": _paged(list_log, actor=actor),
    }


def readable_documents(actor: Actor) -> Iterator[DocumentRow]:
    """Every document, put away or not."""
    offset = 0
    while rows := list_documents(actor, limit=_AT_ONCE, offset=offset, sort="updated_at", with_archived=True):
        offset += len(rows)
        yield from rows


def _paged(query: Callable[..., list[Any]], **asked: Any) -> Iterator[Any]:
    offset = 0
    while rows := query(**asked, offset=offset, limit=_AT_ONCE):
        yield from rows
        offset += len(rows)


def _lines(actor: Actor, now: datetime) -> Iterator[Any]:
    offset = 0
    while rows := list_deals(actor=actor, where=DealFilter(), now=now, sort="id", offset=offset, limit=_AT_ONCE):
        yield from list_lines_of_deals(actor=actor, deal_ids=[row.id for row in rows])
        offset += len(rows)


def _of_projects(actor: Actor, query: Callable[[int], list[Any]]) -> Iterator[Any]:
    for project in _paged(list_projects, actor=actor, sort="id"):
        yield from query(project.id)


def record_of(row: Any) -> dict[str, Any]:
    """A frozen row as JSON knows it."""
    return {field.name: _plain(getattr(row, field.name)) for field in fields(row)}


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    if isinstance(value, Ref | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return record_of(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
