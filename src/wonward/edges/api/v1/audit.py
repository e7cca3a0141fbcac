"""The audit log of the house."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import AfterValidator, Field

from wonward.edges.api.v1.answers import Page, page
from wonward.edges.api.v1.inputs import Instant, ListQuery, QueryText, RefText
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.foundation.audit.queries import AuditFilter, AuditRow, list_audit
from wonward.kernel.ref import Ref

Noun = Annotated[QueryText, AfterValidator(str.strip), Field(max_length=60)]


class AuditEntryOut(msgspec.Struct, frozen=True):
    """One change: `changes` maps a field to before and after. Without `ref` the record is one you do not see."""

    id: int
    happened_at: datetime
    noun: str
    ref: str | None
    operation: str
    actor: str
    on_behalf_of: str
    via: str
    changes: dict[str, Any]


class AuditQuery(ListQuery):
    """What the log is narrowed to; `since` belongs to it, `until` does not."""

    noun: Noun = ""
    ref: RefText | None = None
    who: QueryText = ""
    since: Instant | None = None
    until: Instant | None = None


def _show(row: tuple[Ref | None, str, AuditRow]) -> AuditEntryOut:
    ref, noun, entry = row
    return AuditEntryOut(
        entry.id, entry.happened_at, noun, str(ref) if ref else None, entry.operation, entry.actor_label, entry.on_behalf_of, entry.via, entry.changes
    )


@route("GET", "/audit", permission="audit.log.view", answers={200: Page[AuditEntryOut]})
def read_audit(request: ApiRequest, where: AuditQuery = Query(...)) -> HttpResponse:
    """Every change, the newest first."""
    wanted = AuditFilter(where.noun, Ref.parse(where.ref) if where.ref else None, where.who, where.since, where.until)
    return page(list_audit(actor=request.actor, where=wanted, offset=where.offset, limit=where.limit + 1), where, _show)
