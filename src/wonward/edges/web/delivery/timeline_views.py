"""What the timeline's script asks for: the plan in columns, and changes that show what they would move before they are made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.work import find_matching_ids
from wonward.domains.delivery.types import MovedTasks, PlanEdit
from wonward.edges.web.delivery.plan_presenting import MINUTES_PER_DAY, moved_words
from wonward.edges.web.delivery.timeline_presenting import (
    changed_document,
    encode,
    look_context,
    look_document,
    state_of,
    timeline_document,
)
from wonward.edges.web.delivery.work_filters import read_filter
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render_block
from wonward.journeys.promises.operations import (
    ChangedPlan,
    LookFirst,
    ReasonRequired,
    change_plan,
    preview_plan,
)
from wonward.kernel.errors import Refused
from wonward.kernel.wording import heard

MOST_TASKS = 5000
LONGEST_DAYS = 4000


@page(permission="delivery.project.view")
def plan_data(request: SignedInRequest, project_id: int) -> HttpResponse:
    """The whole plan in columns; `baseline` chooses the frozen plan beside it, 0 none; `matching` are the tasks that pass a filter. 204 when `state` is still the one."""
    row = get_project(actor=request.actor, project_id=project_id)
    if request.GET.get("state") == state_of(row):
        return HttpResponse(status=204)
    asked = request.GET.get("baseline", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else None
    document, where = timeline_document(request, row, number), read_filter(request)
    if where.is_on:
        document["matching"] = sorted(find_matching_ids(actor=request.actor, project_id=project_id, where=where))
    return _json(document)


@page(permission="delivery.plan.change", methods=("POST",))
def plan_move(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Move or stretch tasks by working days. With `look` what else would move is shown first, and nothing written."""
    reader = FormReader(request.POST)
    ids = _numbers(request, "task_id")
    days, longer = reader.number("days") or 0, reader.number("duration_days") or 0
    reader.finish()
    if not ids:
        raise Refused.field("task_id", _("Choose a task."), "required")
    if abs(longer) > LONGEST_DAYS:
        raise Refused.field("duration_days", _("A task grows by at most %(n)s working days at once.") % {"n": LONGEST_DAYS})
    seen = [_day(text) for text in request.POST.getlist("seen_start")]
    lengths = [int(text) for text in request.POST.getlist("seen_minutes") if text.isdecimal() and len(text) < 12]
    edit = MovedTasks(
        tuple(ids), days, longer * MINUTES_PER_DAY, {key: day for key, day in zip(ids, seen, strict=False) if day is not None},
        dict(zip(ids, lengths, strict=True)) if len(lengths) == len(ids) else {},
    )
    return save_change(request, project_id, [edit])


def is_program(request: SignedInRequest) -> bool:
    """Whether the page's script asks, and not a form."""
    return "application/json" in request.headers.get("Accept", "")


def save_change(request: SignedInRequest, project_id: int, edits: Sequence[PlanEdit]) -> HttpResponse:
    """One plan change for the timeline: saved, or shown first when it moves or breaks more than was asked for."""
    actor, posted = request.actor, request.POST
    reader = FormReader(posted)
    reason, version, shift = reader.text("reason", limit=2000), reader.number("plan_version"), reader.text("rule", limit=12) or "use_gap"
    reader.finish()
    try:
        changed = change_plan(
            actor=actor, project_id=project_id, changes=edits, reason=reason, plan_version=version, shift=shift,
            is_look_first=reader.flag("look"), now=request.now,
        )
    except LookFirst as found:
        return _look(request, project_id, found.preview, shift)
    except ReasonRequired:
        preview = preview_plan(actor=actor, project_id=project_id, changes=edits, shift=shift, now=request.now)
        return _look(request, project_id, preview, shift, is_reason_missing=True)
    asked = [one.name for one in changed.outcome.moved if one.id in changed.outcome.asked_ids]
    words = moved_words(asked[0], changed.outcome) if asked else _("Saved.")
    words = " ".join([words, *(heard(one.released) for one in changed.outcome.moved if one.released), *map(heard, changed.outcome.unkept)])
    return answer_saved(request, project_id, changed, words, undo_url=address_of("plan_undo", project_id=project_id))


def answer_saved(request: SignedInRequest, project_id: int, changed: ChangedPlan, words: str, *, undo_url: str = "") -> HttpResponse:
    """What a saved change made of the plan, in columns."""
    row = get_project(actor=request.actor, project_id=project_id)
    return _json(changed_document(request, row, changed, words, undo_url))


def _look(
    request: SignedInRequest, project_id: int, preview: ChangedPlan, shift: str, *, is_reason_missing: bool = False
) -> HttpResponse:
    context = {
        **look_context(preview), "rule": shift, "reason": request.POST.get("reason", ""), "is_reason_missing": is_reason_missing,
        "plan_version": preview.outcome.plan_version - 1, "project_id": project_id,
    }
    html = render_block(request, "delivery/plan.html", "look", context).content.decode()
    return _json(look_document(preview, html), status=422)


def _numbers(request: SignedInRequest, name: str) -> list[int]:
    texts = request.POST.getlist(name)
    if len(texts) > MOST_TASKS:
        raise Refused.field(name, _("At most %(n)s tasks move at once.") % {"n": MOST_TASKS})
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) < 16]
    if len(numbers) != len(texts):
        raise Refused.field(name, _("Choose a task."), "required")
    return numbers


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _json(document: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return HttpResponse(encode(document), content_type="application/json", status=status)
