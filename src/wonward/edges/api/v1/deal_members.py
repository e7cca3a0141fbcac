"""Colleagues on a deal besides its owner."""

from __future__ import annotations

from typing import Literal

import msgspec
from django.http import HttpResponse

from wonward.domains.sales.operations.members import put_deal_member, remove_deal_member
from wonward.domains.sales.queries.deals import get_deal, list_members
from wonward.edges.api.v1.answers import after_write, answer
from wonward.edges.api.v1.inputs import Body
from wonward.edges.api.v1.routes import ApiRequest, route


class MemberOut(msgspec.Struct, frozen=True):
    """A colleague on a deal: co_owner, presales, delivery or helps."""

    person_id: int
    name: str
    part: str


class MemberList(msgspec.Struct, frozen=True):
    """Everybody on a deal besides its owner."""

    items: list[MemberOut]


class MemberIn(Body):
    """What a colleague does on the deal."""

    part: Literal["co_owner", "presales", "delivery", "helps"] = "helps"


def _members(request: ApiRequest, deal_id: int) -> HttpResponse:
    deal = get_deal(actor=request.actor, deal_id=deal_id)
    return answer(MemberList([MemberOut(row.person_id, row.name, row.part) for row in list_members(deal_id=deal.id)]))


@route("GET", "/deals/{record:deal_id}/members", permission="sales.deal.view", answers={200: MemberList})
def read_deal_members(request: ApiRequest, deal_id: int) -> HttpResponse:
    """The colleagues on a deal besides its owner, in the order they came."""
    return _members(request, deal_id)


@route(
    "PUT", "/deals/{record:deal_id}/members/{record:person_id}", permission="sales.deal.edit", answers={200: MemberList},
    example={"part": "presales"},
)
def put_member_on_deal(request: ApiRequest, deal_id: int, person_id: int, body: MemberIn) -> HttpResponse:
    """Put a colleague on a deal, or say anew what they do; they see and change it like its owner."""
    put_deal_member(actor=request.actor, deal_id=deal_id, person_id=person_id, part=body.part, now=request.now)
    return after_write(lambda: _members(request, deal_id), status=200)


@route("DELETE", "/deals/{record:deal_id}/members/{record:person_id}", permission="sales.deal.edit", answers={200: MemberList})
def take_member_off_deal(request: ApiRequest, deal_id: int, person_id: int) -> HttpResponse:
    """Take a colleague off a deal."""
    remove_deal_member(actor=request.actor, deal_id=deal_id, person_id=person_id, now=request.now)
    return after_write(lambda: _members(request, deal_id), status=200)
