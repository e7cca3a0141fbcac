"""Projects, and the work of one, as files for spreadsheets, narrowed as their lists are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.details import find_labels_of
from wonward.domains.delivery.queries.projects import get_project, list_projects
from wonward.domains.delivery.queries.work import list_work
from wonward.edges.web.delivery.list_views import TASKS
from wonward.edges.web.delivery.plan_presenting import days_words
from wonward.edges.web.delivery.project_presenting import project_status
from wonward.edges.web.delivery.project_views import PROJECTS, STATES, asked_projects
from wonward.edges.web.delivery.task_presenting import status_words
from wonward.edges.web.delivery.work_filters import read_filter
from wonward.edges.web.shell.custom_facts import sheet_cells, sheet_fields
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.saved_lists import ListLook, list_in, look_at
from wonward.edges.web.shell.sheets import Cell, answer_sheet

_AT_ONCE = 500


@page(permission="delivery.project.view")
def projects_export(request: SignedInRequest) -> HttpResponse:
    """All projects of the list as it is looked at."""
    heads = [_("Number"), _("Project"), _("Company"), _("Lead"), _("State"), _("Start"), _("Promised"), _("Forecast"), _("Finished"), _("Tasks"),
             _("Done")]
    keys, labels = sheet_fields(request.actor, "delivery.project")
    return answer_sheet("projects", request.GET.get("as", "csv"), [*heads, *labels], _projects(request, look_at(request, PROJECTS), keys))


def _projects(request: SignedInRequest, look: ListLook, keys: Sequence[str]) -> Iterator[list[Cell]]:
    state, text, sort = asked_projects(look.query)
    offset = 0
    while rows := list_projects(
        actor=request.actor, statuses=STATES[state], text=text, custom=look.custom_filters, is_archived=state == "archived", sort=sort,
        offset=offset, limit=_AT_ONCE,
    ):
        cells = sheet_cells(request.actor, "delivery.project", keys, [row.id for row in rows])
        for row in rows:
            yield [
                row.number, row.name, row.company_name, row.manager_name, project_status(row.status)[0], row.start_date, row.promised_finish_date,
                row.forecast_finish_date, row.finished_date, row.task_count, row.done_count, *cells[row.id],
            ]
        offset += len(rows)


@page(permission="delivery.project.view")
def tasks_export(request: SignedInRequest, project_id: int) -> HttpResponse:
    """All work of a project as its list is looked at; `Level` says how deep a row lies in the outline."""
    project = get_project(actor=request.actor, project_id=project_id)
    heads = [_("Level"), _("What"), _("State"), _("Who"), _("Role"), _("Start"), _("Days"), _("Finish"), _("Done"), _("Labels"), _("Blocked because")]
    keys, labels = sheet_fields(request.actor, "delivery.task")
    look = look_at(request, list_in(TASKS, project_id))
    return answer_sheet(f"{project.number}-work", request.GET.get("as", "csv"), [*heads, *labels], _tasks(request, project_id, look, keys))


def _tasks(request: SignedInRequest, project_id: int, look: ListLook, keys: Sequence[str]) -> Iterator[list[Cell]]:
    where, offset = read_filter(request, QueryDict(urlencode(look.query))), 0
    while (found := list_work(
        actor=request.actor, project_id=project_id, where=where, sort=look.state.sort, offset=offset, limit=_AT_ONCE
    )).rows:
        ids = [row.id for row in found.rows]
        cells, labels = sheet_cells(request.actor, "delivery.task", keys, ids), find_labels_of(ids)
        for row in found.rows:
            is_parent = row.id in found.parents
            yield [
                found.levels[row.id] + 1, row.name, "" if is_parent else status_words(row.status), row.assignee_name, row.role, row.start_date,
                "" if row.is_moment or is_parent else days_words(row.duration_minutes), row.finish_date, row.percent_complete,
                ", ".join(label.name for label in labels.get(row.id, [])), row.blocked_reason, *cells[row.id],
            ]
        offset += len(ids)
