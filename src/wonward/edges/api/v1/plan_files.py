"""Plans of other programs: what a file holds and would lose, and the project it makes."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import msgspec
from django.http import HttpResponse

from wonward.domains.delivery.queries.exchange import read_plan
from wonward.domains.delivery.types.exchange import Loss, ReadPlan
from wonward.edges.api.v1.answers import answer
from wonward.edges.api.v1.documents import check_form, file_of, text_field
from wonward.edges.api.v1.routes import MULTIPART, ApiRequest, once, route
from wonward.foundation.access.policy import require
from wonward.foundation.files.storage import put_stream
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.promises.operations import (
    TakenOver,
    fill_project_from_plan,
    open_project_from_plan,
    preview_plan_file,
)
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

_NUMBERS = ("company_id", "project_id", "manager_id")
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "XML of MS Project, or a list of Jira, Asana or monday as CSV or XLSX."},
                        "company_id": {"type": "string", "pattern": "^[0-9]{1,15}$", "description": "The client of a new project."},
                        "project_id": {"type": "string", "pattern": "^[0-9]{1,15}$", "description": "A project without tasks instead."},
                        "manager_id": {"type": "string", "pattern": "^[0-9]{1,15}$", "description": "Who leads the new project."},
                        "name": {"type": "string", "maxLength": 200, "description": "The name of the new project; the file's without one."},
                        "is_preview": {"type": "string", "enum": ["true", "false"], "description": "true only reads the file."},
                    },
                }
            }
        },
    }
}


class LossOut(msgspec.Struct, frozen=True):
    """Something that stays behind, of how many things, with the names of some."""

    what: str
    count: int
    examples: list[str]


class PlanFileOut(msgspec.Struct, frozen=True):
    """What a file holds; `project_id` is null in a preview, `replayed` true when the file made the project before."""

    title: str
    start_date: date
    tasks: int
    phases: int
    milestones: int
    dependencies: int
    baselines: int
    losses: list[LossOut]
    project_id: int | None
    forecast_finish_date: date | None
    replayed: bool


@route(
    "POST", "/plan-files", permission="delivery.project.edit", answers={200: PlanFileOut, 201: PlanFileOut}, takes=MULTIPART,
    keeps_own_replies=True, openapi=_FORM, example={"is_preview": "true"},
)
def add_plan_file(request: ApiRequest) -> HttpResponse:
    """Make a project of another program's plan, or with `is_preview` only say what would come and what would stay behind."""
    require(request.actor, "delivery.project.edit")
    check_form(request, {*_NUMBERS, "name", "is_preview"})
    content = file_of(request).read()
    plan = read_plan(content, civil_date(request.now, request.actor.time_zone))
    if text_field(request, "is_preview") == "true":
        into = _number(request, "project_id")
        return answer(_show(plan, preview_plan_file(actor=request.actor, plan=plan, project_id=into, now=request.now), None))
    given = {name: _number(request, name) for name in _NUMBERS}
    stored = put_stream(io.BytesIO(content))
    body = json.dumps([stored.sha256, given, text_field(request, "name")]).encode()
    response: Any = once(request, body, lambda: _make(request, plan, stored.sha256, given))
    assert isinstance(response, HttpResponse)
    return response


def _number(request: ApiRequest, name: str) -> int | None:
    text = text_field(request, name)
    if text and not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise Refused.field(name, worded("{name} is the number of a record.", name=name), "type")
    return int(text) if text else None


def _make(request: ApiRequest, plan: ReadPlan, sha256: str, given: dict[str, int | None]) -> HttpResponse:
    project_id, company_id = given["project_id"], given["company_id"]
    if (project_id is None) == (company_id is None):
        raise Refused.field("company_id", "Name either the client of a new project or a project without tasks.", "required")
    if project_id is not None:
        made = fill_project_from_plan(actor=request.actor, project_id=project_id, plan=plan, now=request.now)
    else:
        assert company_id is not None
        made = open_project_from_plan(
            actor=request.actor, plan=plan, company_id=company_id, manager_id=given["manager_id"], name=text_field(request, "name"),
            external_id=f"{company_id}-{sha256}", now=request.now,
        )
    status = 200 if made.is_replayed else 201
    return answer(_show(plan, made.losses, made), status=status, location=f"/projects/{made.project_id}")


def _show(plan: ReadPlan, losses: tuple[Loss, ...], made: TakenOver | None) -> PlanFileOut:
    return PlanFileOut(
        plan.title, plan.start_date, sum(task.kind == "task" for task in plan.tasks), plan.phase_count, plan.moment_count, len(plan.links),
        len(plan.baselines), [LossOut(loss.what, loss.count, list(loss.examples)) for loss in losses], made.project_id if made else None,
        made.finish_date if made else None, made.is_replayed if made else False,
    )
