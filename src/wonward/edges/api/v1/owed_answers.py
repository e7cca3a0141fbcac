"""A client who wrote about a deal and waits for an answer."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.http import HttpResponse

from wonward.domains.sales.operations.answers import settle_answer
from wonward.domains.sales.queries.answers import find_owed_answer
from wonward.domains.sales.queries.deals import get_deal
from wonward.edges.api.v1.answers import after_write, answer
from wonward.edges.api.v1.inputs import Body, Flag
from wonward.edges.api.v1.routes import ApiRequest, route


class OwedAnswerOut(msgspec.Struct, frozen=True):
    """Since when the client has the last word, and until when they should have an answer; both null while nobody waits."""

    asked_at: datetime | None
    due_at: datetime | None
    is_late: bool


class OwedAnswerIn(Body):
    """`is_settled`: what the client wrote until now needs no answer. False takes that back."""

    is_settled: Flag = True


def _owed(request: ApiRequest, deal_id: int) -> HttpResponse:
    get_deal(actor=request.actor, deal_id=deal_id)
    row = find_owed_answer(deal_id=deal_id)
    return answer(OwedAnswerOut(row.asked_at, row.due_at, row.due_at < request.now) if row else OwedAnswerOut(None, None, is_late=False))


@route("GET", "/deals/{record:deal_id}/owed-answer", permission="sales.deal.view", answers={200: OwedAnswerOut})
def read_owed_answer(request: ApiRequest, deal_id: int) -> HttpResponse:
    """Whether the client of an open deal waits for an answer."""
    return _owed(request, deal_id)


@route("PUT", "/deals/{record:deal_id}/owed-answer", permission="sales.deal.edit", answers={200: OwedAnswerOut}, example={"is_settled": True})
def put_owed_answer(request: ApiRequest, deal_id: int, body: OwedAnswerIn) -> HttpResponse:
    """Say that no answer is needed, or take that back; 409 when nobody waits."""
    settle_answer(actor=request.actor, deal_id=deal_id, is_settled=body.is_settled, now=request.now)
    return after_write(lambda: _owed(request, deal_id), status=200)
