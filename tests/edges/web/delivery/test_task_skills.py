"""The drawer of a task: the skills it asks for, who lacks them, who is offered first."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.edges.web.delivery.test_handoffs import HTMX, win
from tests.edges.web.delivery.test_work_views import tasks_of, undo_of
from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.delivery.queries.skills import find_asked_skills
from wonward.domains.delivery.types import TaskChange
from wonward.domains.staff.operations import put_skills
from wonward.journeys.handoff.operations import accept_handoff
from wonward.journeys.promises.operations import change_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def task_id(cast: Cast, sale: Sale) -> int:
    closed = win(cast, sale)
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, now=NOW)
    change_plan(
        actor=cast.manager, project_id=closed.project_ids[0], now=NOW,
        changes=[TaskChange(tasks_of(cast, closed.project_ids[0])["Build the templates"].id, {"assignee_id": cast.manager.person_id})],
    )
    put_skills(actor=cast.owner, person_id=cast.member.person_id, skills={"French": 3}, now=NOW)
    return tasks_of(cast, closed.project_ids[0])["Build the templates"].id


def ask(client, task_id: int, **values: str):
    return client.post(reverse("task_skills", args=[task_id]), values, headers=HTMX)


def asked(task_id: int) -> dict[str, int]:
    return {one.name: one.level for one in find_asked_skills([task_id]).get(task_id, ())}


def test_a_skill_is_asked_for_and_whoever_lacks_it_is_named(task_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    text = ask(client, task_id, skill="French", level="3").content.decode()
    assert asked(task_id) == {"French": 3}
    assert "Tom Brandt lacks French 3." in text
    assert f"Can do it: {cast.member.label}" in text
    drawer = client.get(reverse("task", args=[task_id])).content.decode()
    (select,) = re.findall(r'<select[^>]*name="assignee_id".*?</select>', drawer, re.DOTALL)
    options = re.findall(r"<option[^>]*>([^<]+)<", select)
    assert options[:2] == ["Nobody yet", cast.member.label]
    assert "Tom Brandt – lacks French 3" in options


def test_taking_a_skill_off_can_be_undone_from_the_toast(task_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    ask(client, task_id, skill="French", level="4")
    url, values = undo_of(ask(client, task_id, remove="French"))
    assert asked(task_id) == {}
    client.post(url, values, headers=HTMX)
    assert asked(task_id) == {"French": 4}


def test_a_task_nobody_can_do_says_so(task_id: int, cast: Cast, sign_in: SignIn) -> None:
    text = ask(sign_in(cast.manager), task_id, skill="Welsh", level="1").content.decode()
    assert "Nobody has it: nobody can do this task." in text


def test_what_is_wrong_stands_in_the_section_and_writes_nothing(task_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    for values, words in (({"skill": "French", "level": "9"}, "a level is 1"), ({}, "Write a skill")):
        answer = ask(client, task_id, **values)
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert asked(task_id) == {}


def test_who_only_reads_sees_what_is_asked_for_without_a_form(task_id: int, cast: Cast, sign_in: SignIn) -> None:
    ask(sign_in(cast.manager), task_id, skill="French", level="3")
    reader = sign_in(cast.seller)
    text = reader.get(reverse("task", args=[task_id])).content.decode()
    assert "Skills it asks for" in text
    assert reverse("task_skills", args=[task_id]) not in text
    assert ask(reader, task_id, skill="Vue", level="1").status_code == 403
