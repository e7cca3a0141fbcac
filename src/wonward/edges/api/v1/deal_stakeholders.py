"""The client's people on a deal and the parts they play."""

from __future__ import annotations

from contextlib import suppress

import msgspec
from django.http import HttpResponse

from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.sales.operations.stakeholders import put_deal_stakeholder, remove_deal_stakeholder
from wonward.domains.sales.queries.deals import get_deal
from wonward.edges.api.v1.answers import after_write, answer
from wonward.edges.api.v1.inputs import Body, Flag, Name, Short
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref


class StakeholderOut(msgspec.Struct, frozen=True):
    """A contact on a deal: what they decide, how much they weigh, how they stand to us."""

    contact_id: int
    name: str
    title: str
    decision_role: str
    influence: str
    stance: str
    preference: str
    is_main: bool


class StakeholderList(msgspec.Struct, frozen=True):
    """Everybody at the client who plays a part."""

    items: list[StakeholderOut]


class StakeholderIn(Body):
    """The part of a contact; what is left out is not known. A main one replaces the former main one."""

    decision_role: Short = ""
    influence: Short = ""
    stance: Short = ""
    preference: Name = ""
    is_main: Flag = False


def _people(request: ApiRequest, deal_id: int) -> HttpResponse:
    deal = get_deal(actor=request.actor, deal_id=deal_id)
    rows = list_stakeholders(ref=Ref("sales.deal", deal.id))
    return answer(StakeholderList([
        StakeholderOut(row.contact_id, row.name, row.title, row.decision_role, row.influence, row.stance, row.preference, row.is_main) for row in rows
    ]))


@route("GET", "/deals/{record:deal_id}/stakeholders", permission="sales.deal.view", answers={200: StakeholderList})
def read_deal_stakeholders(request: ApiRequest, deal_id: int) -> HttpResponse:
    """The client's people on a deal."""
    return _people(request, deal_id)


@route(
    "PUT", "/deals/{record:deal_id}/stakeholders/{record:contact_id}", permission="sales.deal.edit", answers={200: StakeholderList},
    example={"decision_role": "decides", "influence": "high", "stance": "for", "is_main": True},
)
def put_stakeholder_on_deal(request: ApiRequest, deal_id: int, contact_id: int, body: StakeholderIn) -> HttpResponse:
    """Name a contact on a deal, or say anew what part they play; delivery sees the same people once it is won."""
    put_deal_stakeholder(actor=request.actor, deal_id=deal_id, contact_id=contact_id, **body.model_dump(), now=request.now)
    return after_write(lambda: _people(request, deal_id), status=200)


@route("DELETE", "/deals/{record:deal_id}/stakeholders/{record:contact_id}", permission="sales.deal.edit", answers={200: StakeholderList})
def take_stakeholder_off_deal(request: ApiRequest, deal_id: int, contact_id: int) -> HttpResponse:
    """Take a contact off a deal; whoever is not on it stays off it."""
    get_deal(actor=request.actor, deal_id=deal_id)
    with suppress(NotFound):
        remove_deal_stakeholder(actor=request.actor, deal_id=deal_id, contact_id=contact_id, now=request.now)
    return after_write(lambda: _people(request, deal_id), status=200)
