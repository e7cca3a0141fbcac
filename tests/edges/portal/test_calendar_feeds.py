"""Calendars behind secret links: made by a person, read by a program, as far as that person may look at that moment."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.domains.delivery.plan import Plan, make_plan
from tests.domains.delivery.test_calendar_file import unfolded
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, Cast, make_cast
from wonward.domains.delivery.models import CalendarLink, Project, ProjectMember, Task
from wonward.domains.staff.models import TimeOff
from wonward.foundation.access.models import User
from wonward.kernel.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain_static(settings: Any) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.BASE_URL = "https://house.example"


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: NOW)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def plan(cast: Cast) -> Plan:
    return make_plan(cast)


def link_of(actor: Actor, page: str) -> str:
    """The path of a new link, read off the page that shows it once."""
    drawn = sign_in(actor).post(page, {"do": "make"})
    assert drawn.status_code == 200
    found = re.search(r"https://house\.example(/calendar/[^\"<\s]+\.ics)", html.unescape(drawn.content.decode()))
    assert found is not None
    return found[1]


def read(path: str) -> list[str]:
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return unfolded(answer.content)


def titles(lines: list[str]) -> set[str]:
    return {line.removeprefix("SUMMARY:") for line in lines if line.startswith("SUMMARY:")}


def test_a_person_reads_their_tasks_milestones_and_time_off_without_signing_in(cast: Cast, plan: Plan) -> None:
    ProjectMember.objects.create(project_id=plan.project_id, person_id=cast.member.person_id, added_at=NOW)
    Task.objects.filter(pk=plan.ids["workshop"]).update(assignee_id=cast.member.person_id)
    TimeOff.objects.create(
        person_id=cast.member.person_id, kind="vacation", start_date="2026-12-21", finish_date="2026-12-23", status="approved",
        created_at=NOW, updated_at=NOW,
    )
    lines = read(link_of(cast.member, "/profile/calendar/"))
    assert titles(lines) == {"Discovery workshop · Website replatform", "Go live · Website replatform", "Vacation"}
    assert f"UID:task-{plan.ids['workshop']}@wonward" in lines
    assert f"URL:https://house.example/tasks/{plan.ids['workshop']}/" in lines
    assert lines[lines.index("DTSTART;VALUE=DATE:20261221") + 1] == "DTEND;VALUE=DATE:20261224"


def test_a_project_is_read_with_its_promised_finish(cast: Cast, plan: Plan) -> None:
    lines = read(link_of(cast.seller, f"/projects/{plan.project_id}/export/"))
    assert "X-WR-CALNAME:Website replatform" in lines
    assert {"Promised finish: Website replatform", "Go live", "Wireframes"} <= titles(lines)
    assert "Concept" not in titles(lines)


def test_a_new_link_ends_the_old_one_and_revoking_ends_it_for_good(cast: Cast, plan: Plan) -> None:
    page = f"/projects/{plan.project_id}/export/"
    first = link_of(cast.manager, page)
    second = link_of(cast.manager, page)
    assert Client().get(first).status_code == 404
    read(second)
    desk = sign_in(cast.manager)
    assert second.split("/")[2] not in desk.get(page).content.decode()
    assert desk.post(page, {"do": "end"}).status_code in (204, 302, 303)
    assert Client().get(second).status_code == 404
    assert Client().get(second.replace("project.ics", "person.ics")).status_code == 404
    assert Client().get("/calendar/nobody/person.ics").status_code == 404


def test_only_a_digest_is_kept(cast: Cast) -> None:
    token = link_of(cast.member, "/profile/calendar/").split("/")[2]
    assert token not in str(list(CalendarLink.objects.values()))


def test_who_loses_the_right_reads_nothing_more(cast: Cast, plan: Plan) -> None:
    mine = link_of(cast.manager, "/profile/calendar/")
    project = link_of(cast.seller, f"/projects/{plan.project_id}/export/")
    assert "Go live · Website replatform" in titles(read(mine))
    ProjectMember.objects.filter(project_id=plan.project_id).delete()
    Project.objects.filter(pk=plan.project_id).update(is_restricted=True, manager_id=cast.owner.person_id)
    assert titles(read(mine)) == set()
    assert Client().get(project).status_code == 404
    User.objects.filter(pk=cast.manager.user_id).update(is_active=False)
    assert Client().get(mine).status_code == 404


def test_a_stranger_to_the_project_makes_no_link_to_it(cast: Cast, plan: Plan) -> None:
    assert sign_in(cast.marketer).post(f"/projects/{plan.project_id}/export/", {"do": "make"}).status_code in (403, 404)
    assert sign_in(cast.member).post(f"/projects/{plan.project_id}/export/", {"do": "make"}).status_code == 404
    assert not CalendarLink.objects.exists()


def test_a_feed_costs_the_same_whatever_it_holds(cast: Cast, plan: Plan) -> None:
    path = link_of(cast.manager, "/profile/calendar/")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            read(path)
        return len(queries)

    read(path)
    before = cost()
    Task.objects.filter(project_id=plan.project_id).update(assignee_id=cast.manager.person_id)
    assert (cost(), before <= 8) == (before, True)
