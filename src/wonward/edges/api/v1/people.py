"""One contact in full: how they are reached, where they work, what they agreed to, whom they brought."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from django.http import HttpResponse
from pydantic import Field

from wonward.domains.clients.operations import note_consent, put_affiliation, put_contact_points
from wonward.domains.clients.queries import get_contact_card
from wonward.edges.api.v1.answers import answer
from wonward.edges.api.v1.inputs import Body, Day, Flag, Id, Label, Line, Name
from wonward.edges.api.v1.routes import ApiRequest, route

_VIEW, _EDIT = "clients.company.view", "clients.company.edit"


class PointOut(msgspec.Struct, frozen=True):
    """One way to reach a contact."""

    kind: str
    value: str
    is_primary: bool


class AffiliationOut(msgspec.Struct, frozen=True):
    """A contact's time at a company."""

    company_id: int
    company_name: str
    role: str
    is_main: bool
    start_date: date | None
    finish_date: date | None


class ConsentOut(msgspec.Struct, frozen=True):
    """The newest word of a contact on a purpose."""

    purpose: str
    state: str
    basis: str
    source: str
    noted_at: datetime
    noted_by: str


class ReferralOut(msgspec.Struct, frozen=True):
    """Somebody who was brought, or who brought somebody."""

    noun: str
    id: int
    name: str


class StakeOut(msgspec.Struct, frozen=True):
    """A record a contact plays a part in."""

    ref: str
    decision_role: str
    influence: str
    stance: str
    is_main: bool


class ContactCardOut(msgspec.Struct, frozen=True):
    """One contact in full."""

    id: int
    name: str
    title: str
    points: list[PointOut]
    companies: list[AffiliationOut]
    consents: list[ConsentOut]
    stakes: list[StakeOut]
    brought_by: ReferralOut | None
    brought: list[ReferralOut]
    version: int


class PointIn(Body):
    """One way to reach a contact."""

    kind: Literal["email", "phone", "website", "linkedin", "other"]
    value: Line


class PointsIn(Body):
    """All the ways a contact is reached; the first of each kind is the main one."""

    points: Annotated[list[PointIn], Field(max_length=30)]


class AffiliationIn(Body):
    """Where a contact works, or worked, as what and since or until when."""

    company_id: Id
    role: Label = ""
    is_main: Flag = False
    start_date: Day | None = None
    finish_date: Day | None = None


class ConsentIn(Body):
    """What a contact said about being written to."""

    purpose: Literal["newsletter", "email", "phone", "events"]
    state: Literal["given", "refused", "withdrawn"]
    basis: Literal["", "consent", "contract", "legitimate_interest"] = ""
    source: Name = ""


@route("GET", "/contacts/{record:contact_id}/card", permission=_VIEW, answers={200: ContactCardOut})
def read_contact_card(request: ApiRequest, contact_id: int) -> HttpResponse:
    """Everything about one contact, as far as you see it. What they play a part in is named only where you see the record."""
    card = get_contact_card(actor=request.actor, contact_id=contact_id)
    row = card.contact
    return answer(
        ContactCardOut(
            row.id, row.name, row.title, [PointOut(one.kind, one.value, one.is_primary) for one in card.points],
            [AffiliationOut(one.company_id, one.company_name, one.role, one.is_main, one.start_date, one.finish_date) for one in card.affiliations],
            [ConsentOut(one.purpose, one.state, one.basis, one.source, one.noted_at, one.noted_by) for one in card.consents],
            [StakeOut(str(one.ref), one.decision_role, one.influence, one.stance, one.is_main) for one in card.stakes],
            ReferralOut(card.brought_by.noun, card.brought_by.id, card.brought_by.name) if card.brought_by else None,
            [ReferralOut(one.noun, one.id, one.name) for one in card.brought], row.version,
        ),
        version=row.version,
    )


@route(
    "PUT", "/contacts/{record:contact_id}/points", permission=_EDIT, answers={200: ContactCardOut},
    example={"points": [{"kind": "email", "value": "hanne@northwind.example"}]},
)
def put_points(request: ApiRequest, contact_id: int, body: PointsIn) -> HttpResponse:
    """Say all the ways a contact is reached."""
    points = [(one.kind, one.value) for one in body.points]
    put_contact_points(actor=request.actor, contact_id=contact_id, points=points, now=request.now)
    return read_contact_card(request, contact_id)


@route(
    "PUT", "/contacts/{record:contact_id}/companies", permission=_EDIT, answers={200: ContactCardOut},
    example={"company_id": 1, "role": "Buyer"},
)
def put_contact_company(request: ApiRequest, contact_id: int, body: AffiliationIn) -> HttpResponse:
    """Say where a contact works, or until when they worked there."""
    put_affiliation(
        actor=request.actor, contact_id=contact_id, company_id=body.company_id, role=body.role, is_main=body.is_main,
        start_date=body.start_date, finish_date=body.finish_date, now=request.now,
    )
    return read_contact_card(request, contact_id)


@route(
    "POST", "/contacts/{record:contact_id}/consents", permission=_EDIT, answers={201: ContactCardOut},
    example={"purpose": "newsletter", "state": "given", "basis": "consent", "source": "Form on the website"},
)
def add_consent(request: ApiRequest, contact_id: int, body: ConsentIn) -> HttpResponse:
    """Note what a contact said about being written to; earlier words stay on record."""
    note_consent(
        actor=request.actor, contact_id=contact_id, purpose=body.purpose, state=body.state, basis=body.basis, source=body.source,
        now=request.now,
    )
    response = read_contact_card(request, contact_id)
    response.status_code = 201
    return response
