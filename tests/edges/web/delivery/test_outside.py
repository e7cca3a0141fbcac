"""Waiting for another project, as it is done and seen in the browser and by the API."""

from __future__ import annotations

import html
import json
import re
from datetime import date

import pytest
from django.urls import reverse

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.delivery.queries.tasks import get_task, list_tasks
from wonward.domains.delivery.types import NewProject, NewTask
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.promises.operations import change_plan, open_project

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def plans(cast: Cast, sale: Sale) -> tuple[int, int, int]:
    """The won project, a task at its end, and a task of the brochure for the same client."""
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    (project_id,) = closed.project_ids
    last = next(row.id for row in reversed(list_tasks(actor=cast.owner, project_id=project_id)) if row.kind == "task")
    new = NewProject("Brochure", sale.company_id, cast.manager.person_id, date(2026, 11, 2), None, (), status="active")
    other_id = open_project(actor=cast.owner, new=new, now=NOW)
    changed = change_plan(actor=cast.owner, project_id=other_id, changes=[NewTask("Print the covers", duration_minutes=4800)], now=NOW)
    return project_id, last, changed.outcome.touched_ids[0]


def test_a_task_is_let_wait_for_another_project_and_both_plans_say_so(plans: tuple[int, int, int], cast: Cast, sign_in: SignIn) -> None:
    project_id, last, covers = plans
    client = sign_in(cast.manager)
    url = reverse("task_outside", args=[last])
    assert url in client.get(reverse("task", args=[last])).content.decode()
    assert "Print the covers" in client.get(url, {"q": "covers"}).content.decode()
    assert "is called that" in client.get(url, {"q": "curtains"}).content.decode()
    assert client.post(url, {}).status_code == 422
    client.post(url, {"from_id": covers, "type": "FS", "lag_days": "400", "reason": "They print first."})
    moved, source = get_task(actor=cast.owner, task_id=last), get_task(actor=cast.owner, task_id=covers)
    assert moved.start_date > source.finish_date  # type: ignore[operator]
    drawer = client.get(reverse("task", args=[last])).content.decode()
    assert "Print the covers" in drawer
    assert "Other projects wait for it" in client.get(reverse("task", args=[covers])).content.decode()
    plan = client.get(reverse("project_plan", args=[project_id])).content.decode()
    assert "One link to another project" in plan
    marks = json.loads(client.get(reverse("plan_data", args=[project_id])).content)["outside"]
    assert [key for key, words in marks if "Print the covers" in words] == [last]
    client.post(reverse("task", args=[last]), {"remove_after": covers, "reason": "No more."})
    assert "Print the covers" not in client.get(reverse("task", args=[last])).content.decode()


def test_a_move_shows_what_follows_in_the_other_project_before_it_is_saved(plans: tuple[int, int, int], cast: Cast, sign_in: SignIn) -> None:
    project_id, last, covers = plans
    client = sign_in(cast.manager)
    client.post(reverse("task_outside", args=[last]), {"from_id": covers, "reason": "They print first."})
    other_id = get_task(actor=cast.owner, task_id=covers).project_id
    before = get_task(actor=cast.owner, task_id=last).start_date
    move = {"task_id": covers, "days": "300", "look": "1"}
    answer = client.post(reverse("plan_move", args=[other_id]), move, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    look = json.loads(answer.content)["html"]
    assert get_task(actor=cast.owner, task_id=last).name in look
    assert "follow" in look
    assert get_task(actor=cast.owner, task_id=last).start_date == before
    saved = client.post(
        reverse("plan_move", args=[other_id]), {**move, "look": "", "reason": "Paper is short."}, headers={"Accept": "application/json"}
    )
    assert saved.status_code == 200
    assert get_task(actor=cast.owner, task_id=last).start_date > before  # type: ignore[operator]
    for page in (reverse("project_plan", args=[project_id]), reverse("project", args=[project_id])):
        shown = client.get(page).content.decode()
        assert "Paper is short." in shown
        assert "Print the covers" in shown


def test_a_stranger_cannot_tie_plans_together(plans: tuple[int, int, int], cast: Cast, sign_in: SignIn) -> None:
    _, last, covers = plans
    assert sign_in(cast.member).get(reverse("task_outside", args=[last])).status_code == 404
    assert sign_in(cast.seller).post(reverse("task_outside", args=[last]), {"from_id": covers}).status_code == 403


def test_a_way_of_looking_at_the_portfolio_is_kept(plans: tuple[int, int, int], cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    page = client.get(reverse("portfolio"), {"group": "client", "columns": "forecast,blocked", "holds": "overdue,weather"}).content.decode()
    assert "Something overdue" in page
    drawer = client.get("/views/new/?list=delivery.portfolio&columns=forecast,blocked&group=client").content.decode()
    state = html.unescape(re.search(r'name="state" value="([^"]*)"', drawer)[1])  # type: ignore[index]
    saved = client.post("/views/new/", {"state": state, "name": "Blocked by client", "is_pinned": "on"})
    assert saved.status_code == 302
    shown = client.get(saved.headers["Location"]).content.decode()
    assert "Blocked by client" in shown
    assert "rowgroup" in shown
    assert "Next milestone" not in shown.split("<thead>")[1].split("</thead>")[0]
