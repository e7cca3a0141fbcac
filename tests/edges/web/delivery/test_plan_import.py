"""A plan of another program in the office and by the interface: look first, then one project."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.domains.delivery.plan import Plan, make_plan
from tests.domains.delivery.test_project_reading import file_of, link, task
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, Cast, make_cast, token_of
from wonward.domains.comms.queries import list_communications
from wonward.domains.delivery.models import Project, Task
from wonward.domains.delivery.queries.exchange import get_project_file
from wonward.foundation.access.models import User
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.notifications.models import Notification
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain_static(settings: Any) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: NOW)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def plan(cast: Cast) -> Plan:
    return make_plan(cast)


def sent(content: bytes, **values: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("plan.xml", content, "text/xml"), **values}


def test_the_office_shows_what_comes_and_makes_one_project(plan: Plan, cast: Cast) -> None:
    browser = sign_in(cast.manager)
    assert "Import a plan" in browser.get("/projects/").content.decode()
    refused = browser.post("/projects/import/", sent(b"name;start\nA;1"))
    assert (refused.status_code, "This is neither an XML file" in refused.content.decode()) == (422, True)
    looked = browser.post("/projects/import/", sent(file_of(task(1, "Dig") + task(2, "Fill", link(1, 50, 19)))))
    body = looked.content.decode()
    assert (looked.status_code, "Lags in percent" in body, Project.objects.count()) == (200, True, 1)
    values = {"do": "make", "token": looked.context["token"] if looked.context else body.split('name="token" value="')[1].split('"')[0], "name": "Garden"}
    missing = browser.post("/projects/import/", values)
    assert (missing.status_code, "Choose the client." in missing.content.decode()) == (422, True)
    for _ in range(2):
        made = browser.post("/projects/import/", {**values, "company_id": str(plan.company_id), "manager_id": str(cast.manager.person_id)})
        assert made.status_code == 302
    project = Project.objects.get(name="Garden")
    assert Task.objects.filter(project=project).count() == 2
    stolen = sign_in(cast.owner).post("/projects/import/", {**values, "company_id": str(plan.company_id)})
    assert (stolen.status_code, Project.objects.count()) == (422, 2), "a look belongs to whoever looked"
    full = browser.get(f"/projects/import/?project={project.pk}")
    assert full.status_code == 409


def test_the_interface_previews_makes_and_answers_a_repeat_with_the_same_project(plan: Plan, cast: Cast) -> None:
    content = get_project_file(actor=cast.manager, project_id=plan.project_id).content
    headers = {"Authorization": f"Bearer {token_of(cast.manager)}"}

    def ask(**values: str) -> Any:
        return Client().post("/api/v1/plan-files", sent(content, **values), headers=headers)

    seen = ask(is_preview="true")
    assert (seen.status_code, seen.json()["tasks"], seen.json()["losses"], seen.json()["project_id"]) == (200, 4, [], None)
    assert ask().status_code == 422
    assert ask(company_id="999999").status_code == 422
    made, again = ask(company_id=str(plan.company_id), name="Copy"), ask(company_id=str(plan.company_id), name="Copy")
    assert (made.status_code, again.status_code, again.json()["replayed"]) == (201, 200, True)
    assert made.json()["project_id"] == again.json()["project_id"]
    assert ask(project_id=str(plan.project_id)).status_code == 409


def test_comments_of_jira_stand_in_the_log_of_their_tasks_and_nobody_is_told_anew(plan: Plan, cast: Cast) -> None:
    content = b"Summary,Issue key,Created,Comment\nSketch,PT-1,2026-01-05,09/Jan/24 3:55 PM;701:6cf;Looks good\n"
    headers = {"Authorization": f"Bearer {token_of(cast.manager)}"}
    made = Client().post("/api/v1/plan-files", sent(content, company_id=str(plan.company_id)), headers=headers).json()
    assert made["losses"] == []
    (task,) = Task.objects.filter(project_id=made["project_id"])
    (said,) = list_communications(actor=cast.manager, refs=[Ref("delivery.task", task.pk)])
    assert (said.body, said.happened_at) == ("Looks good", datetime(2024, 1, 9, 15, 55, tzinfo=UTC))
    deliver_pending(now=NOW)
    assert not Notification.objects.filter(kind="delivery.task.commented").exists()


def test_a_reader_of_german_is_told_in_german_what_a_board_of_monday_loses(plan: Plan, cast: Cast) -> None:
    User.objects.filter(pk=cast.manager.user_id).update(language="de")
    board = b"Garden\nDesign\nName,Status,Due Date,Numbers\nSketch,Stuck,2026-01-09,7\n"
    body = sign_in(cast.manager).post("/projects/import/", sent(board)).content.decode()
    assert "Spalten, die hier keinen Platz haben, bleiben zurück." in body
    assert "Zustände, die hier nicht bekannt sind, werden zu „offen“." in body


def test_a_board_of_monday_becomes_a_project_whose_done_work_is_done(plan: Plan, cast: Cast) -> None:
    board = b"Garden\nDesign\nName,Owner,Status,Due Date,Dependent On\nSketch,,Done,2026-03-09,\nModel,,Stuck,2026-03-20,Sketch\n"
    made = Client().post(
        "/api/v1/plan-files", sent(board, company_id=str(plan.company_id)), headers={"Authorization": f"Bearer {token_of(cast.manager)}"}
    )
    assert (made.status_code, made.json()["phases"], made.json()["tasks"], made.json()["dependencies"]) == (201, 1, 2, 1)
    found = Task.objects.filter(project_id=made.json()["project_id"]).order_by("position").values_list("name", "status")
    assert list(found) == [("Design", "todo"), ("Sketch", "done"), ("Model", "todo")]
