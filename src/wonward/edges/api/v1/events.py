"""What happened, for programs that follow along. The live stream is served beside this API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, BeforeValidator, Field

from wonward.edges.api.v1.answers import answer, refs
from wonward.edges.api.v1.inputs import LARGEST_ID, read_whole
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.foundation.realtime.queries import list_visible_events

Position = Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=LARGEST_ID)]


class EventOut(msgspec.Struct, frozen=True):
    """A fact: its name and the records it is about that you see; never content."""

    id: int
    name: str
    version: int
    refs: list[str]
    recorded_at: datetime


class EventsOut(msgspec.Struct, frozen=True):
    """Part of the log. Ask again `after` `last_id`; `next` is null when that would be empty by now."""

    items: list[EventOut]
    next: str | None
    last_id: int


class EventQuery(BaseModel):
    """Where to go on; `cursor` is another name of `after`."""

    after: Position = 0
    cursor: Position | None = None
    limit: Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=200)] = 50


@route("GET", "/events", permission=None, answers={200: EventsOut})
def read_events(request: ApiRequest, where: EventQuery = Query(...)) -> HttpResponse:
    """Events after one, oldest first."""
    after = where.after if where.cursor is None else where.cursor
    found = list_visible_events(actor=request.actor, after=after, limit=where.limit)
    items = [EventOut(one.id, one.name, one.version, refs(one.refs), one.recorded_at) for one in found.events]
    return answer(EventsOut(items, None if found.is_complete else str(found.last_id), found.last_id))
