"""The communication log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import BeforeValidator, Field

from wonward.domains.comms.operations import log_communications, refile_communication
from wonward.domains.comms.queries import get_communication, list_communications
from wonward.domains.comms.types import CommunicationKind, CommunicationRow, NewCommunication, NewParticipant
from wonward.edges.api.v1.answers import Page, after_write, answer, page
from wonward.edges.api.v1.answers import refs as shown_refs
from wonward.edges.api.v1.inputs import Body, Id, Instant, Line, ListQuery, Name, Prose, RefText
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.kernel.ref import Ref

_PLACES = {"clients.contact": "contact_id", "staff.person": "person_id"}


class CommunicationOut(msgspec.Struct, frozen=True):
    """An entry of the log; `refs` names only records you see."""

    id: int
    kind: str
    subject: str
    body: str
    direction: str
    privacy: str
    happened_at: datetime
    author: str
    is_automatic: bool
    refs: list[str]
    participants: list[str]
    contact_ids: list[int]
    version: int
    created_at: datetime
    updated_at: datetime


def _read_participant(value: Any) -> Any:
    """A bare text is a reference to a contact or colleague, an address, or a name."""
    if not isinstance(value, str):
        return value
    try:
        ref = Ref.parse(value)
    except ValueError:
        return {"address" if "@" in value else "name": value}
    return {_PLACES[ref.noun]: ref.id} if ref.noun in _PLACES else {"name": value}


class ParticipantIn(Body):
    """A contact, a colleague, or a bare name and address."""

    contact_id: Id | None = None
    person_id: Id | None = None
    name: Name = ""
    address: Name = ""


class CommunicationIn(Body):
    """An entry to add to the log of at least one record."""

    kind: CommunicationKind
    refs: Annotated[list[RefText], Field(max_length=100)]
    body: Prose
    happened_at: Instant | None = None
    participants: Annotated[
        list[Annotated[ParticipantIn, BeforeValidator(_read_participant)]], Field(max_length=500)
    ] = []
    subject: Line = ""
    direction: Literal["", "in", "out"] = ""
    privacy: Literal["internal", "client", "restricted"] = "internal"

    def read(self, now: datetime) -> NewCommunication:
        """As the operations take it."""
        return NewCommunication(
            kind=self.kind, refs=tuple(Ref.parse(ref) for ref in self.refs), body=self.body,
            happened_at=self.happened_at or now, subject=self.subject, direction=self.direction, privacy=self.privacy,
            participants=tuple(
                NewParticipant(one.contact_id, one.person_id, one.name, one.address) for one in self.participants
            ),
        )


class PlaceIn(Body):
    """The records an entry belongs to, and perhaps who may read it."""

    refs: Annotated[list[RefText], Field(min_length=1, max_length=100)]
    privacy: Literal["internal", "client", "restricted"] | None = None


class CommunicationQuery(ListQuery):
    """Whose log, and what it is narrowed to: `since` and `until` bound when it happened, `q` finds words by their stems."""

    ref: Annotated[list[RefText], Field(min_length=1, max_length=50)]
    kind: Literal["", "call", "email", "chat", "meeting", "note"] = ""
    since: Instant | None = None
    until: Instant | None = None
    sort: Literal["-happened_at", "happened_at", "updated_at", "-updated_at"] = "-happened_at"


def show_communication(row: CommunicationRow) -> CommunicationOut:
    """An entry in the words of the API."""
    return CommunicationOut(
        row.id, row.kind, row.subject, row.body, row.direction, row.privacy, row.happened_at, row.author, row.is_automatic,
        shown_refs(row.refs), list(row.participants), list(row.contact_ids), row.version, row.created_at, row.updated_at,
    )


@route("GET", "/communications", permission="comms.communication.view", answers={200: Page[CommunicationOut]})
def read_communications(request: ApiRequest, where: CommunicationQuery = Query(...)) -> HttpResponse:
    """The log of one record or several, newest first; of a contact also what they took part in elsewhere."""
    rows = list_communications(
        actor=request.actor, refs=[Ref.parse(ref) for ref in where.ref], kinds=[where.kind] if where.kind else [],
        text=where.q, since=where.since, until=where.until, updated_since=where.updated_since, sort=where.sort, offset=where.offset, limit=where.limit + 1,
    )
    return page(rows, where, show_communication)


@route(
    "GET", "/communications/{record:communication_id}", permission="comms.communication.view",
    answers={200: CommunicationOut},
)
def read_communication(request: ApiRequest, communication_id: int) -> HttpResponse:
    """One entry."""
    row = get_communication(actor=request.actor, communication_id=communication_id)
    return answer(show_communication(row), version=row.version)


@route(
    "POST", "/communications", permission="comms.communication.log", answers={201: CommunicationOut},
    example={"kind": "call", "refs": ["sales.deal:1"], "body": "They want 42 templates.", "happened_at": "2026-11-19T09:30:00Z"},
)
def add_communication(request: ApiRequest, body: CommunicationIn) -> HttpResponse:
    """Log a call, e-mail, chat, meeting or note."""
    (key,) = log_communications(actor=request.actor, entries=[body.read(request.now)], now=request.now)
    return after_write(lambda: _show_new(request, key), status=201, location=f"/communications/{key}")


@route(
    "PUT", "/communications/{record:communication_id}/place", permission="comms.communication.refile", answers={200: CommunicationOut},
    example={"refs": ["sales.deal:1"], "privacy": "internal"},
)
def place_communication(request: ApiRequest, communication_id: int, body: PlaceIn) -> HttpResponse:
    """Hang an entry on these records instead of those it hung on; its words stay, its files go along."""
    refile_communication(
        actor=request.actor, communication_id=communication_id, refs=[Ref.parse(ref) for ref in body.refs], privacy=body.privacy,
        version=version_asked(request), now=request.now,
    )
    return after_write(lambda: read_communication(request, communication_id))


def _show_new(request: ApiRequest, key: int) -> HttpResponse:
    row = get_communication(actor=request.actor, communication_id=key)
    return answer(show_communication(row), status=201, version=row.version, location=f"/communications/{key}")
