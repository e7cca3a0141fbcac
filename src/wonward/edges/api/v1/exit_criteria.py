"""What the stage of a deal wants confirmed before the deal goes on."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.http import HttpResponse

from wonward.domains.sales.operations.exit_criteria import confirm_exit_criterion
from wonward.domains.sales.queries.deals import get_deal, list_criteria, list_visits
from wonward.domains.sales.queries.pipelines import find_pipeline, list_pipelines, stage_of
from wonward.edges.api.v1.answers import after_write, answer
from wonward.edges.api.v1.inputs import Body, Flag, Short
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked


class ExitCriterionOut(msgspec.Struct, frozen=True):
    """An exit criterion of the stage a deal stands in; who confirmed it, and when."""

    key: str
    text: str
    is_met: bool
    confirmed_by: str
    confirmed_at: datetime | None


class ExitCriteria(msgspec.Struct, frozen=True):
    """All of them, in the order of the stage; none for a closed deal."""

    items: list[ExitCriterionOut]


class ExitCriterionIn(Body):
    """Which one, by its key, and whether it is met."""

    key: Short
    is_met: Flag = True


def _criteria(request: ApiRequest, deal_id: int) -> HttpResponse:
    deal = get_deal(actor=request.actor, deal_id=deal_id)
    if deal.status != "open":
        return answer(ExitCriteria([]), version=deal.version)
    stage = stage_of(find_pipeline(list_pipelines(), deal.pipeline_id), deal.stage_id)
    rows = list_criteria(stage=stage, visits=list_visits(deal_id=deal_id))
    shown = [ExitCriterionOut(row.key, row.text, row.is_met, row.confirmed_by, row.confirmed_at) for row in rows]
    return answer(ExitCriteria(shown), version=deal.version)


@route("GET", "/deals/{record:deal_id}/exit-criteria", permission="sales.deal.view", answers={200: ExitCriteria})
def read_exit_criteria(request: ApiRequest, deal_id: int) -> HttpResponse:
    """What is confirmed before a deal goes on from its stage."""
    return _criteria(request, deal_id)


@route(
    "PUT", "/deals/{record:deal_id}/exit-criteria", permission="sales.deal.edit", answers={200: ExitCriteria},
    example={"key": "0a1b2c3d", "is_met": True},
)
def put_exit_criterion(request: ApiRequest, deal_id: int, body: ExitCriterionIn) -> HttpResponse:
    """Confirm one exit criterion, or take the confirmation back."""
    confirm_exit_criterion(
        actor=request.actor, deal_id=deal_id, key=body.key, is_met=body.is_met, version=version_asked(request), now=request.now
    )
    return after_write(lambda: _criteria(request, deal_id), status=200)
