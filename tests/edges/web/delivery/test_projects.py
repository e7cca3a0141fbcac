"""The overview of a project, its plan and its tasks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.edges.web.delivery.test_handoffs import HTMX, count_queries, win
from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import NewTask, TaskChange, TaskRow
from wonward.edges.web.delivery.drawing import draw_plan
from wonward.edges.web.delivery.plan_presenting import minutes_of_days
from wonward.journeys.handoff.operations import accept_handoff
from wonward.journeys.promises.operations import change_plan
from wonward.kernel.work_calendar import STANDARD_CALENDAR

pytestmark = pytest.mark.django_db


@pytest.fixture
def project_id(cast: Cast, sale: Sale) -> int:
    closed = win(cast, sale)
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, now=NOW)
    return closed.project_ids[0]


def task_of(cast: Cast, project_id: int, key: str) -> TaskRow:
    return next(task for task in list_tasks(actor=cast.manager, project_id=project_id) if task.key == key)


def on_plan(project_id: int) -> dict[str, str]:
    return {**HTMX, "HX-Current-URL": f"http://testserver{reverse('project_plan', args=[project_id])}"}


def test_the_list_sets_promise_against_forecast(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    page = client.get(reverse("projects")).content.decode()
    assert "Website replatform" in page
    assert "working days early" in page
    assert "No project matches" in client.get(f"{reverse('projects')}?q=zzz").content.decode()


@pytest.mark.parametrize("name", ["project", "project_plan", "project_list", "project_board", "project_calendar", "project_status", "plan_baseline", "project_editing", "project_export"])
def test_a_project_asks_as_often_for_forty_tasks_as_for_six(name: str, project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    url = reverse(name, args=[project_id])
    count_queries(client, url)
    few = count_queries(client, url)
    change_plan(actor=cast.manager, project_id=project_id, changes=[NewTask(f"Task {n}") for n in range(34)], reason="more", now=NOW)
    assert count_queries(client, url) == few
    assert few <= 25, few


def test_a_task_asks_as_often_with_forty_tasks_beside_it_as_with_six(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    url = reverse("task", args=[task_of(cast, project_id, "build").id])
    count_queries(client, url)
    few = count_queries(client, url)
    change_plan(actor=cast.manager, project_id=project_id, changes=[NewTask(f"Task {n}") for n in range(34)], reason="more", now=NOW)
    assert count_queries(client, url) == few
    assert few <= 25, few


def test_without_a_script_a_long_plan_comes_in_stretches(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    change_plan(actor=cast.manager, project_id=project_id, changes=[NewTask(f"Task {n}") for n in range(150)], reason="more", now=NOW)
    client = sign_in(cast.manager)
    url = reverse("project_plan", args=[project_id])
    first = client.get(url).content.decode()
    assert first.count('class="plan__row"') == 60
    assert f'href="{url}?from=60"' in first
    last = client.get(f"{url}?from=120").content.decode()
    assert last.count('class="plan__row"') == 36
    assert "plan__more" not in last


def test_without_a_script_a_folded_phase_hides_what_lies_inside(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    phase = task_of(cast, project_id, "concept")
    url = reverse("project_plan", args=[project_id])
    client = sign_in(cast.manager)
    assert f'href="?collapsed={phase.id}"' in client.get(url).content.decode()
    page = client.get(f"{url}?collapsed={phase.id}").content.decode()
    assert "Wireframes" not in page
    assert 'href="?collapsed="' in page


def test_the_drawer_tells_why_a_task_exists(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.manager).get(reverse("task", args=[task_of(cast, project_id, "live").id]), headers=on_plan(project_id))
    text = page.content.decode()
    assert "Why this work exists" in text
    assert "Promised by" in text
    assert 'hx-target="#plan-header"' in text
    assert "<html" not in text


def test_the_drawer_saves_only_what_was_changed(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    task = task_of(cast, project_id, "build")
    url = reverse("task", args=[task.id])
    form = {"version": task.version, "name": "Build all templates", "duration_days": "10", "percent_complete": "0", "assignee_id": "",
            "start_date": "", "after_id": ""}
    assert client.post(url, form, headers=on_plan(project_id)).status_code == 200
    after = task_of(cast, project_id, "build")
    assert (after.name, after.constraint_date, after.start_date) == ("Build all templates", None, task.start_date)
    refused = client.post(url, {**form, "version": after.version, "duration_days": "some", "name": ""}, headers=on_plan(project_id))
    assert refused.status_code == 422
    assert "“some” is not a number of days." in refused.content.decode()


def test_a_dependency_is_added_and_removed_in_the_drawer(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    build, workshop = task_of(cast, project_id, "build"), task_of(cast, project_id, "workshop")
    url = reverse("task", args=[build.id])
    client.post(url, {"after_id": workshop.id}, headers=on_plan(project_id))
    assert f'value="{workshop.id}"><span>Remove' in client.get(url, headers=on_plan(project_id)).content.decode()
    client.post(url, {"remove_after": [workshop.id]}, headers=on_plan(project_id))
    assert f'value="{workshop.id}"><span>Remove' not in client.get(url, headers=on_plan(project_id)).content.decode()


def test_a_task_is_added_in_a_phase(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    url = reverse("new_task", args=[project_id])
    assert "What is to be done" in client.get(url, headers=on_plan(project_id)).content.decode()
    refused = client.post(url, {"name": "", "kind": "task", "duration_days": "1"}, headers=on_plan(project_id))
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.content.decode()
    phase = task_of(cast, project_id, "concept")
    client.post(url, {"name": "Sketches", "kind": "task", "duration_days": "1,5", "parent_id": phase.id}, headers=on_plan(project_id))
    added = next(task for task in list_tasks(actor=cast.manager, project_id=project_id) if task.name == "Sketches")
    assert (added.parent_id, added.duration_minutes) == (phase.id, 720)


def test_the_seller_sees_the_plan_and_changes_nothing(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    page = client.get(reverse("project_plan", args=[project_id])).content.decode()
    assert "Wireframes" in page
    assert 'id="add-task"' not in page
    assert "data-rule" not in page
    assert client.post(reverse("plan_move", args=[project_id]), {"task_id": 1, "days": 1}).status_code == 403


def test_a_note_is_logged_and_an_empty_one_is_refused_beside_the_field(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    url = reverse("project_log", args=[project_id])
    assert "Spoke with Hanne" in client.post(url, {"kind": "note", "text": "Spoke with Hanne"}, headers=HTMX).content.decode()
    refused = client.post(url, {"kind": "note", "text": " "}, headers=HTMX)
    assert refused.status_code == 422
    assert "Write what happened first." in refused.content.decode()


def test_a_stranger_finds_no_project(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    for name in ("project", "project_plan", "task"):
        assert client.get(reverse(name, args=[424242])).status_code == 404


def test_days_off_are_drawn_by_the_calendar_and_not_by_habit() -> None:
    today = date(2026, 11, 19)
    drawing = draw_plan(tasks=[], rows=[], details={}, links=[], baseline={}, promised=None, forecast=today + timedelta(days=10), today=today,
                        calendar=STANDARD_CALENDAR)
    assert all(width == 2 * drawing.day_width for _, width in drawing.off_spans[1:-1])
    assert drawing.rows_left == 0


@pytest.mark.parametrize(("text", "minutes"), [("1", 480), ("0,5", 240), ("1.25", 600), ("-1", None), ("x", None), ("nan", None)])
def test_days_are_read_with_comma_or_dot(text: str, minutes: int | None) -> None:
    assert minutes_of_days(text) == minutes


def test_a_task_with_dates_by_hand_asks_no_more_than_a_page_may(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, build = sign_in(cast.manager), task_of(cast, project_id, "build")
    change_plan(actor=cast.manager, project_id=project_id, changes=[TaskChange(build.id, {"manual": (NOW.date(), None)})], reason="So.", now=NOW)
    url = reverse("task", args=[build.id])
    count_queries(client, url)
    assert "“Build the templates” lies sooner behind “Wireframes” than it should." in client.get(url).content.decode()
    assert count_queries(client, url) <= 25
