"""The work of a project as an outline: rows edited where they stand, added by Enter, pasted, moved in and out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.baselines import find_variances
from wonward.domains.delivery.queries.details import find_labels_of
from wonward.domains.delivery.queries.projects import get_project, list_project_members
from wonward.domains.delivery.queries.tasks import get_task
from wonward.domains.delivery.queries.work import find_last_child, list_siblings, list_work
from wonward.domains.delivery.types import (
    TASK_STATUSES,
    NewTask,
    PlacedTask,
    PlanEdit,
    ProjectRow,
    TaskChange,
    TaskRow,
)
from wonward.edges.web.delivery.baseline_views import variance_words
from wonward.edges.web.delivery.pasted_lines import read_lines
from wonward.edges.web.delivery.plan_presenting import MINUTES_PER_DAY, minutes_of_days
from wonward.edges.web.delivery.plan_views import ask_why, header_context
from wonward.edges.web.delivery.task_presenting import status_words
from wonward.edges.web.delivery.timeline_presenting import unkept_words
from wonward.edges.web.delivery.work_filters import NAMES, filter_context, read_filter
from wonward.edges.web.delivery.work_presenting import drawn_row, row_cells, row_view
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.custom_facts import cells_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_short
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to, with_toast
from wonward.edges.web.shell.saved_lists import (
    ListColumn,
    ListLook,
    SavedList,
    list_in,
    look_at,
    register_list,
)
from wonward.journeys.promises.operations import ReasonRequired, change_plan
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused, Stale

ROWS_PER_PAGE = 60
PLACES = ("in", "out", "up", "down")
TASKS = register_list(SavedList(
    "delivery.tasks", "project_list", gettext_lazy("Work"), gettext_lazy("All work"), "delivery.project.view", NAMES,
    (
        ListColumn("name", gettext_lazy("What"), is_fixed=True), ListColumn("status", gettext_lazy("State"), is_sortable=False),
        ListColumn("person", gettext_lazy("Who"), is_sortable=False), ListColumn("start_date", gettext_lazy("Start")),
        ListColumn("days", gettext_lazy("Days"), is_sortable=False), ListColumn("finish_date", gettext_lazy("Finish")),
        ListColumn("role", gettext_lazy("Role"), is_sortable=False, is_usual=False),
        ListColumn("effort", gettext_lazy("Effort"), is_number=True, is_sortable=False, is_usual=False),
        ListColumn("baseline", gettext_lazy("First planned finish"), is_sortable=False, is_usual=False),
        ListColumn("variance", gettext_lazy("Against the first plan"), is_sortable=False, is_usual=False),
        ListColumn("priority", gettext_lazy("Priority"), is_sortable=False, is_usual=False),
        ListColumn("done", gettext_lazy("Done"), is_number=True, is_sortable=False, is_usual=False),
        ListColumn("updated_at", gettext_lazy("Changed"), is_usual=False),
    ),
    noun="delivery.task", place=("project_id", "delivery.project"),
))


def list_context(request: SignedInRequest, project_id: int) -> dict[str, Any]:
    """A stretch of the outline; a fixed number of queries whatever its length."""
    actor = request.actor
    row = get_project(actor=actor, project_id=project_id)
    look = look_at(request, list_in(TASKS, project_id))
    query = QueryDict(urlencode(look.query))
    where, sort = read_filter(request, query), look.state.sort
    place = query.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    found = list_work(
        actor=actor, project_id=project_id, where=where, sort=sort, offset=(number - 1) * ROWS_PER_PAGE, limit=ROWS_PER_PAGE
    )
    ids = [task.id for task in found.rows]
    labels = find_labels_of(ids)
    header = header_context(request, row)
    facts, unkept = _facts(actor, row, look, ids), _unkept(row, found.rows)
    columns, language = tuple((column.key, column.is_number) for column in look.columns[1:]), get_language() or ""
    may_change = header["may_change"]
    rows = [
        drawn_row(
            task, found.levels[task.id], tuple(labels.get(task.id, ())), columns, tuple(facts.get(task.id, {}).items()), unkept.get(task.id, ""),
            where.today, task.id in found.parents, may_change, may_change and not sort, language,
        )
        for task in found.rows
    ]
    return {
        **header, "tab": "list", "total": found.total, "page_number": number, "pages": -(-found.total // ROWS_PER_PAGE),
        "look": look, "sort": sort, "sort_href": look.without("sort", "page"), "base_href": look.without("page"),
        "heads": [*look.heads, {"key": "more", "label": _("More"), "is_sortable": False, "is_hidden_label": True}],
        "export_href": look.without("page").replace(look.base, address_of("tasks_export", project_id=project_id), 1),
        "rows": rows, "cell_options": _options(project_id) if may_change else {}, "line_errors": {}, "line_text": "", **filter_context(request, project_id, "project_list", where, query),
    }


def _facts(actor: Actor, project: ProjectRow, look: ListLook, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """What the columns say that few lists show: those of the first baseline and of custom fields."""
    found = _variances(project, {column.key for column in look.columns}, ids)
    for key, cells in cells_of(actor, "delivery.task", look.custom_keys, ids).items():
        found.setdefault(key, {}).update(cells)
    return found


def _variances(project: ProjectRow, columns: Collection[str], ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """What the columns of the first baseline say, where they are shown."""
    if not {"baseline", "variance"} & set(columns):
        return {}
    found = find_variances(project_id=project.id, calendar_id=project.calendar_id, number=1, task_ids=ids)
    return {key: {"baseline": date_short(day), "variance": variance_words(days)} for key, (day, days) in found.items()}


def _unkept(project: ProjectRow, rows: Sequence[TaskRow]) -> dict[int, str]:
    """What the rows with dates set by hand do not wait for."""
    by_hand = [row.id for row in rows if row.is_manual]
    return dict(unkept_words(project, by_hand)) if by_hand else {}


@page(permission="delivery.project.view")
def project_list(request: SignedInRequest, project_id: int) -> HttpResponse:
    """The outline."""
    return render(request, "delivery/list.html", list_context(request, project_id), block="rows")


def _again(request: SignedInRequest, project_id: int, words: str, plan_version: int | None = None) -> HttpResponse:
    """The rows as they are now, with what was done and its undo."""
    if not is_fragment(request):
        return go_to(request, address_of("project_list", project_id=project_id))
    response = render_block(request, "delivery/list.html", "rows", list_context(request, project_id))
    undo: dict[str, Any] = {}
    if plan_version is not None:
        undo = {"undo_url": address_of("plan_undo", project_id=project_id), "undo_values": {"plan_version": plan_version}}
    return with_toast(response, words, closes_drawer=True, **undo)


@page(permission="delivery.plan.change", methods=("POST",))
def task_cell(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Change one value of a row where it stands."""
    task = get_task(actor=request.actor, task_id=task_id)
    reader = FormReader(request.POST)
    changes = _changes(reader, request, task)
    version, reason = reader.version(), reader.text("reason", limit=2000)
    reader.finish()
    edits: list[PlanEdit] = [TaskChange(task_id, changes, version)]
    try:
        changed = change_plan(actor=request.actor, project_id=task.project_id, changes=edits, reason=reason, now=request.now)
    except ReasonRequired as refusal:
        return ask_why(request, task.project_id, edits, refusal)
    except Stale:
        return _cell(request, task_id, next(iter(changes)), status=412)
    others = len(changed.outcome.others)
    words = _("Saved.") if not others else ngettext("Saved, and %(n)s other task moved.", "Saved, and %(n)s other tasks moved.", others) % {"n": others}
    if not is_fragment(request):
        return go_to(request, address_of("project_list", project_id=task.project_id))
    undo = {"plan_version": changed.outcome.plan_version}
    return with_toast(
        _cell(request, task_id, next(iter(changes))), words, closes_drawer=True, undo_url=address_of("plan_undo", project_id=task.project_id),
        undo_values=undo,
    )


FIELD_OF = {"duration_minutes": "duration_days"}


def _cell(request: SignedInRequest, task_id: int, name: str, *, status: int = 200) -> HttpResponse:
    """One value as it is now; what else moved comes with the page's own refresh."""
    task = get_task(actor=request.actor, task_id=task_id)
    field = FIELD_OF.get(name, name)
    row = row_view(task, 0, is_parent=False, labels=[], today=read_filter(request).today)
    row["cells"] = row_cells(row, may_change=True, fields=[field])
    return render_block(request, "delivery/list.html", "cell", {"row": row, "field": field}, status=status)


def _options(project_id: int) -> dict[str, tuple[tuple[Any, str], ...]]:
    return {
        "assignee_id": (("", _("Nobody yet")), *list_project_members(project_id=project_id)),
        "status": tuple((key, status_words(key)) for key in TASK_STATUSES),
    }


def _changes(reader: FormReader, request: SignedInRequest, task: TaskRow) -> dict[str, Any]:
    if "name" in request.POST:
        return {"name": reader.text("name", limit=300)}
    if "assignee_id" in request.POST:
        return {"assignee_id": reader.number("assignee_id")}
    if "status" in request.POST:
        return {"status": reader.text("status", limit=12)}
    if "start_date" in request.POST:
        return {"start_date": reader.day("start_date")}
    if "duration_days" in request.POST:
        text = reader.text("duration_days", limit=20)
        minutes = minutes_of_days(text) if text else None
        if minutes is None:
            raise Refused.field("duration_days", _("“%(value)s” is not a number of days.") % {"value": text})
        return {"duration_minutes": minutes}
    raise Refused.field("name", _("Nothing to change in “%(task)s”.") % {"task": task.name})


@page(permission="delivery.plan.change", methods=("POST",))
def task_placing(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Move a row in, out, up or down; what lies in it comes along."""
    task = get_task(actor=request.actor, task_id=task_id)
    reader = FormReader(request.POST)
    way, reason = reader.text("way", limit=4), reader.text("reason", limit=2000)
    reader.finish()
    if way not in PLACES:
        raise Refused.field("way", _("Choose in, out, up or down."), "unknown")
    edits: list[PlanEdit] = [_placed(task, way)]
    try:
        changed = change_plan(actor=request.actor, project_id=task.project_id, changes=edits, reason=reason, now=request.now)
    except ReasonRequired as refusal:
        return ask_why(request, task.project_id, edits, refusal)
    words = {"in": _("“%(task)s” moved in."), "out": _("“%(task)s” moved out."), "up": _("“%(task)s” moved up."),
             "down": _("“%(task)s” moved down.")}[way]
    return _again(request, task.project_id, words % {"task": task.name}, changed.outcome.plan_version)


def _placed(task: TaskRow, way: str) -> PlacedTask:
    parent_id, siblings, above = list_siblings(project_id=task.project_id, task_id=task.id)
    at = siblings.index(task.id)
    if way == "in":
        if at == 0:
            raise Refused.field("way", _("“%(task)s” is the first here; there is nothing above it to lie in.") % {"task": task.name}, "held")
        home = siblings[at - 1]
        return PlacedTask(task.id, home, find_last_child(project_id=task.project_id, parent_id=home))
    if way == "out":
        if parent_id is None:
            raise Refused.field("way", _("“%(task)s” lies at the top already.") % {"task": task.name}, "held")
        return PlacedTask(task.id, above, parent_id)
    if way == "up":
        if at == 0:
            raise Refused.field("way", _("“%(task)s” is the first here already.") % {"task": task.name}, "held")
        return PlacedTask(task.id, parent_id, siblings[at - 2] if at > 1 else None)
    if at == len(siblings) - 1:
        raise Refused.field("way", _("“%(task)s” is the last here already.") % {"task": task.name}, "held")
    return PlacedTask(task.id, parent_id, siblings[at + 1])


@page(permission="delivery.plan.change", methods=("POST",))
def new_lines(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Add one row, or as many as lines were pasted; leading spaces or tabs make a line lie in the one above."""
    get_project(actor=request.actor, project_id=project_id)
    text, behind = request.POST.get("lines", ""), request.POST.get("behind_id", "")
    reader = FormReader(request.POST)
    reason = reader.text("reason", limit=2000)
    try:
        lines = read_lines(text)
        edits = _new_tasks(request, project_id, lines, int(behind) if behind.isdecimal() and len(behind) < 16 else None)
        changed = change_plan(actor=request.actor, project_id=project_id, changes=edits, reason=reason, now=request.now)
    except ReasonRequired as refusal:
        return ask_why(request, project_id, list(edits), refusal)
    except Refused as refusal:
        if not refusal.errors:
            raise
        context = list_context(request, project_id) | {"line_errors": errors_by_field(refusal.errors), "line_text": text[:20_000]}
        return render(request, "delivery/list.html", context, block="add_row", status=422)
    count = len(lines)
    words = ngettext("%(n)s row added.", "%(n)s rows added.", count) % {"n": count}
    return _again(request, project_id, words, changed.outcome.plan_version)


def _new_tasks(request: SignedInRequest, project_id: int, lines: Sequence[tuple[int, str]], behind_id: int | None) -> list[PlanEdit]:
    """New tasks in order; a line that others lie in becomes a phase. Negative ids name the lines above."""
    parent_id: int | None = None
    if behind_id is not None:
        behind = get_task(actor=request.actor, task_id=behind_id)
        if behind.project_id != project_id:
            raise NotFound("task", behind_id)
        parent_id = behind.parent_id
    edits: list[PlanEdit] = []
    above: list[tuple[int, int]] = []
    for place, (level, name) in enumerate(lines):
        while above and above[-1][0] >= level:
            above.pop()
        holds = place + 1 < len(lines) and lines[place + 1][0] > level
        home = above[-1][1] if above else parent_id
        edits.append(NewTask(
            name=name, kind="phase" if holds else "task", parent_id=home, duration_minutes=MINUTES_PER_DAY,
            behind_id=behind_id if not above and len(lines) == 1 else None,
        ))
        above.append((level, -1 - place))
    return edits


