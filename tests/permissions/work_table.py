"""The lines of the work inside projects: tasks in depth, its views, risks."""

from __future__ import annotations

from tests.permissions.lines import ALL_PROJECTS, Line, api, web

_PROJECT, _PLAN, _LOG = "delivery.project.view", "delivery.plan.change", "comms.communication.log"
_WHERE = {"limit": "200"}
_PAPERS = ("open", "north", "south", "secret", "private")

WORK_API: tuple[Line, ...] = (
    api("GET", "/tasks/{task}/details", "read_task_details", _PROJECT, target="task", families=ALL_PROJECTS),
    api("GET", "/tasks/{task}/similar", "read_similar_tasks", _PROJECT, target="task", families=ALL_PROJECTS),
    api("POST", "/tasks/{task}/checks", "add_task_checks", _PLAN, target="task", families=ALL_PROJECTS, changes="project",
        body={"texts": ["On a phone"]}),
    api("PATCH", "/tasks/{other_task}/checks/{check}", "edit_task_check", _PLAN, target="task", families=ALL_PROJECTS, changes="project",
        body={"is_done": True}),
    api("DELETE", "/tasks/{other_task}/checks/{spare_check}", "remove_task_check", _PLAN, target="task", families=ALL_PROJECTS, changes="project"),
    api("POST", "/tasks/{task}/labels", "put_task_labels", _PLAN, target="task", families=ALL_PROJECTS, changes="project",
        body={"add": ["Content"]}),
    api("GET", "/labels", "read_labels", _PROJECT),
    api("PUT", "/tasks/{other_task}/helpers/{person.member}", "put_task_helper", _PLAN, target="task", families=ALL_PROJECTS, changes="project",
        body={"part": "reviews"}),
    api("DELETE", "/tasks/{other_task}/helpers/{person.helper}", "remove_task_helper", _PLAN, target="task", families=ALL_PROJECTS,
        changes="project"),
    api("POST", "/tasks/{other_task}/criteria", "put_task_criterion", _PLAN, target="task", families=ALL_PROJECTS, changes="project",
        body={"text": "It works", "is_met": True}),
    api("GET", "/tasks/{task}/comments", "read_task_comments", _PROJECT, target="task", families=ALL_PROJECTS, query=_WHERE),
    api("POST", "/tasks/{task}/comments", "add_task_comment", _LOG, target="task", families=ALL_PROJECTS, body={"text": "Later."}),
    api("GET", "/projects/{project}/risks", "read_risks", _PROJECT, target="project", families=ALL_PROJECTS, query=_WHERE),
    api("GET", "/risks/{risk}", "read_risk", _PROJECT, target="task", families=ALL_PROJECTS),
    api("POST", "/projects/{project}/risks", "add_risk", _PLAN, target="project", families=ALL_PROJECTS, changes="project",
        body={"title": "It may rain"}),
    api("PATCH", "/risks/{risk}", "edit_risk", _PLAN, target="task", families=ALL_PROJECTS, changes="project", body={"impact": 4}),
)

WORK_WEB: tuple[Line, ...] = (
    web("GET", "/projects/{project}/board/", "project_board", _PROJECT, target="project", families=ALL_PROJECTS),
    web("POST", "/projects/{project}/board/{task}/", "board_move", _PLAN, target="project", families=ALL_PROJECTS, changes="project",
        body={"stage_id": "doing", "reason": "On it."}),
    web("GET", "/projects/{project}/list/", "project_list", _PROJECT, target="project", families=ALL_PROJECTS),
    web("POST", "/projects/{project}/list/lines/", "new_lines", _PLAN, target="project", families=ALL_PROJECTS, changes="project",
        body={"lines": "Write\nPublish", "reason": "More."}),
    web("POST", "/projects/{project}/list/bulk/", "bulk_edit", _PLAN, target="project", families=ALL_PROJECTS, changes="project",
        body={"task_id": "@task", "step": "apply", "what": "label", "label": "Content"}),
    web("POST", "/projects/{project}/list/labels/", "bulk_labels", _PLAN, target="project", families=ALL_PROJECTS, changes="project",
        body={"task_ids": "@task", "add": "Content"}),
    web("GET", "/projects/{project}/calendar/", "project_calendar", _PROJECT, target="project", families=ALL_PROJECTS),
    web("GET", "/projects/{project}/risks/", "project_risks", _PROJECT, target="project", families=ALL_PROJECTS),
    web("GET", "/projects/{project}/risks/new/", "new_risk", _PLAN, target="project", families=ALL_PROJECTS),
    web("POST", "/projects/{project}/risks/new/", "new_risk", _PLAN, target="project", families=ALL_PROJECTS, changes="project",
        body={"title": "It may rain", "probability": "3", "impact": "2"}),
    web("GET", "/risks/{risk}/", "risk", _PROJECT, target="task", families=ALL_PROJECTS),
    web("POST", "/risks/{risk}/", "risk", _PROJECT, right=_PLAN, target="task", families=ALL_PROJECTS, changes="project",
        body={"turn": "close"}),
    web("GET", "/projects/{project}/tasks/alike/", "similar_tasks", _PLAN, target="project", families=ALL_PROJECTS),
    web("POST", "/tasks/{task}/done/", "task_done", _PLAN, target="task", families=ALL_PROJECTS, changes="project", body={"reason": "Done."}),
    web("POST", "/tasks/{task}/cell/", "task_cell", _PLAN, target="task", families=ALL_PROJECTS, changes="project",
        body={"name": "Talk", "reason": "Short."}),
    web("POST", "/tasks/{other_task}/placing/", "task_placing", _PLAN, target="task", families=ALL_PROJECTS, changes="project",
        body={"way": "up", "reason": "First."}),
    web("POST", "/tasks/{task}/checks/", "task_checks", _PLAN, target="task", families=ALL_PROJECTS, changes="project", body={"text": "On a phone"}),
    web("POST", "/tasks/{other_task}/checks/{check}/", "task_check", _PLAN, target="task", families=ALL_PROJECTS, changes="project", body={"is_done": "1"}),
    web("POST", "/tasks/{other_task}/checks/{spare_check}/removal/", "task_check_removal", _PLAN, target="task", families=ALL_PROJECTS, changes="project",
        body={}),
    web("POST", "/tasks/{task}/labels/", "task_labels", _PLAN, target="task", families=ALL_PROJECTS, changes="project", body={"add": "Content"}),
    web("POST", "/tasks/{other_task}/helpers/", "task_helpers", _PLAN, target="task", families=ALL_PROJECTS, changes="project",
        body={"person_id": "@person.member"}),
    web("POST", "/tasks/{other_task}/helpers/{person.helper}/removal/", "task_helper_removal", _PLAN, target="task", families=ALL_PROJECTS,
        changes="project", body={}),
    web("POST", "/tasks/{other_task}/criteria/", "task_criteria", _PLAN, target="task", families=ALL_PROJECTS, changes="project",
        body={"text": "It works", "is_met": "1"}),
    web("POST", "/tasks/{task}/comments/", "task_comments", _LOG, target="task", families=ALL_PROJECTS, body={"text": "Later."}),
    web("POST", "/tasks/{task}/files/", "task_files", "files.document.add", target="task", families=ALL_PROJECTS, refuses=ALL_PROJECTS, body={}),
    web("GET", "/documents/{document}/", "document", None, target="document", families=_PAPERS),
)
