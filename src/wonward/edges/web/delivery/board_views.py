"""The work of a project as a board: by state, by phase or by person; a card moves by hand, by menu and by key."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.details import count_checks_of, find_labels_of
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import get_task
from wonward.domains.delivery.queries.work import GROUPINGS, BoardColumn, list_board
from wonward.domains.delivery.types import PlacedTask, PlanEdit, TaskChange, TaskRow, WorkFilter
from wonward.edges.web.delivery.plan_views import ask_why, header_context
from wonward.edges.web.delivery.task_presenting import status_words
from wonward.edges.web.delivery.work_filters import NAMES, filter_context, kept_query, read_filter
from wonward.edges.web.delivery.work_presenting import card_view, drawn_card
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.shell.saved_lists import SavedList, list_in, look_at, register_list
from wonward.journeys.promises.operations import ReasonRequired, change_plan
from wonward.kernel.errors import NotFound, Refused

CARDS_AT_ONCE = 50
BOARD = register_list(SavedList(
    "delivery.board", "project_board", gettext_lazy("Board of work"), gettext_lazy("All work"), "delivery.project.view", (*NAMES, "by"),
    noun="delivery.task", place=("project_id", "delivery.project"),
))


def _grouping(query: QueryDict) -> str:
    by = query.get("by", "status")
    return by if by in GROUPINGS else "status"


@page(permission="delivery.project.view")
def project_board(request: SignedInRequest, project_id: int) -> HttpResponse:
    """The columns, or the following cards of one."""
    row = get_project(actor=request.actor, project_id=project_id)
    look = look_at(request, list_in(BOARD, project_id))
    query = QueryDict(urlencode(look.query))
    by, where = _grouping(query), read_filter(request, query)
    only = request.GET.get("column", "")[:20]
    start = request.GET.get("from", "")
    offset = int(start) if only and start.isdecimal() and len(start) < 7 else 0
    found = list_board(
        actor=request.actor, project_id=project_id, by=by, where=where, limit=CARDS_AT_ONCE, only=only, offset=offset
    )
    header = header_context(request, row)
    columns = _columns(query, where, found, by, project_id, offset, may_change=header["may_change"])
    if only and is_fragment(request):
        return render_block(request, "delivery/board.html", "cards", {"column": columns[0]})
    home = address_of("project_board", project_id=project_id)
    shared = kept_query(query)
    context = {
        **header, "tab": "board", "look": look, "by": by, "columns": columns, "is_empty": not any(column["total"] for column in columns),
        "groupings": [
            {"label": words, "href": f"{home}?by={key}{'&' if shared else ''}{shared}", "is_current": key == by}
            for key, words in (("status", _("State")), ("phase", _("Phase")), ("person", _("Person")))
        ],
        "move_url": f"{home}{{id}}/?by={by}", **filter_context(request, project_id, "project_board", where, query),
    }
    return render(request, "delivery/board.html", context, block="board")


def _columns(query: QueryDict, where: WorkFilter, found: list[BoardColumn], by: str, project_id: int, offset: int, *, may_change: bool) -> list[dict[str, Any]]:
    ids = [task.id for column in found for task in column.tasks]
    labels, checks = find_labels_of(ids), count_checks_of(ids)
    shared, language = kept_query(query), get_language() or ""
    columns = []
    for column in found:
        left = column.total - offset - len(column.tasks)
        more = f"{address_of('project_board', project_id=project_id)}?by={by}&column={column.key}&from={offset + len(column.tasks)}"
        columns.append({
            "id": column.key, "name": column_words(by, column), "total": column.total,
            "cards": [
                drawn_card(task, column.key, tuple(labels.get(task.id, ())), checks.get(task.id), where.today, by, may_change, language)
                for task in column.tasks
            ],
            "more_url": (more + (f"&{shared}" if shared else "")) if left > 0 else "",
            "more_words": ngettext("Show %(n)s more", "Show %(n)s more", min(left, CARDS_AT_ONCE)) % {"n": min(left, CARDS_AT_ONCE)},
        })
    return columns


def column_words(by: str, column: BoardColumn) -> str:
    """The name of a column."""
    if by == "status":
        return status_words(column.key)
    if column.key == "0":
        return _("Nobody yet") if by == "person" else _("In no phase")
    return column.name


@page(permission="delivery.plan.change", methods=("POST",))
def board_move(request: SignedInRequest, project_id: int, task_id: int) -> HttpResponse:
    """Put a card into another column; a promise that breaks asks for the reason first."""
    actor, by = request.actor, _grouping(request.GET)
    task = get_task(actor=actor, task_id=task_id)
    if task.project_id != project_id:
        raise NotFound("task", task_id)
    reader = FormReader(request.POST)
    target, version, reason = reader.text("stage_id", limit=20), reader.version(), reader.text("reason", limit=2000)
    reader.finish()
    edits = [_edit(task, by, target, version)]
    try:
        change_plan(actor=actor, project_id=project_id, changes=edits, reason=reason, now=request.now)
    except ReasonRequired as refusal:
        return ask_why(request, project_id, edits, refusal)
    if "reason" in request.POST:
        return go_to(request, f"{address_of('project_board', project_id=project_id)}?by={by}")
    return _moved(request, project_id, task_id, by)


def _edit(task: TaskRow, by: str, target: str, version: int | None) -> PlanEdit:
    if by == "status":
        return TaskChange(task.id, {"status": target}, version)
    if not target.isdecimal():
        raise Refused.field("stage_id", _("There is no such column."), "unknown")
    if by == "person":
        return TaskChange(task.id, {"assignee_id": int(target) or None}, version)
    return PlacedTask(task.id, int(target) or None, None)


def _moved(request: SignedInRequest, project_id: int, task_id: int, by: str) -> HttpResponse:
    """The card as it is now, and what stands above each column."""
    where = read_filter(request)
    found = list_board(actor=request.actor, project_id=project_id, by=by, where=where, limit=CARDS_AT_ONCE)
    home = next((column.key for column in found if any(task.id == task_id for task in column.tasks)), "")
    task = get_task(actor=request.actor, task_id=task_id)
    card = card_view(task, home or _home_of(task, by), find_labels_of([task_id]).get(task_id, []), count_checks_of([task_id]).get(task_id), where.today, by)
    heads = [{"id": column.key, "name": column_words(by, column), "total": column.total} for column in found]
    return render_block(request, "delivery/board.html", "moved", {"card": card, "heads": heads, "may_change": True})


def _home_of(task: TaskRow, by: str) -> str:
    return {"status": task.status, "person": str(task.assignee_id or 0), "phase": str(task.parent_id or 0)}[by]
