"""One search over everything you see."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, ConfigDict, Field

from wonward.edges.api.v1.answers import answer
from wonward.edges.api.v1.inputs import QueryText
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.journeys.client_record.queries import searching
from wonward.kernel.errors import Refused

Sought = Literal[
    "clients.company", "clients.contact", "sales.lead", "sales.deal", "delivery.project", "delivery.task", "promises.promise", "handoff.handoff", "catalog.service",
    "staff.person", "comms.communication", "files.document",
]


class HitOut(msgspec.Struct, frozen=True):
    """A record found; `ref` names it, such as sales.deal:12."""

    ref: str
    title: str
    subtitle: str
    number: str
    happened_at: datetime | None


class FoundOut(msgspec.Struct, frozen=True):
    """Records that hold every word, best first. `is_partial`: so many fit that only the newest were ranked."""

    items: list[HitOut]
    is_partial: bool


class SearchQuery(BaseModel):
    """Words, a number such as D-1042 or #D-1042, or "words in quotes", narrowed by `client:north`, `owner:me` and `type:deal`; `noun` narrows to kinds of records."""

    model_config = ConfigDict(extra="forbid")
    q: Annotated[QueryText, Field(min_length=1)]
    noun: Annotated[list[Sought], Field(max_length=12)] = []
    limit: Annotated[int, Field(ge=1, le=100)] = 20


@route("GET", "/search", permission=None, answers={200: FoundOut})
def search_everything(request: ApiRequest, where: SearchQuery = Query(...)) -> HttpResponse:
    """What fits the words among everything you see."""
    found = searching.search_everything(actor=request.actor, text=where.q, nouns=where.noun, limit=where.limit)
    if found.unknown:
        raise Refused.field("q", found.unknown, "unknown")
    return answer(FoundOut([HitOut(str(hit.ref), hit.title, hit.subtitle, hit.number, hit.happened_at) for hit in found.hits], found.is_partial))
