"""A promise that is late asks for words each time it becomes later, and the sales card keeps the last words that were said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.edges.api.client import Api
from tests.edges.web.sales.desk import sign_in
from tests.journeys.promises.world import World, make_world
from tests.people import NOW
from wonward.domains.delivery.types import TaskChange
from wonward.journeys.promises.operations import ReasonRequired, change_plan

pytestmark = pytest.mark.django_db
WHY = "The fair moved."


@pytest.fixture
def world() -> World:
    return make_world()


def lasts(world: World, key: str, days: int, reason: str = "", after_days: int = 0) -> None:
    edit = TaskChange(world.task(key).id, {"duration_minutes": days * 480})
    change_plan(
        actor=world.cast.manager, project_id=world.project_id, changes=[edit], reason=reason, now=NOW + timedelta(days=after_days)
    )


def drift(world: World) -> dict[str, object]:
    status, document = Api(world.cast.seller).get(f"/projects/{world.project_id}/drift")
    assert status == 200
    return dict(document)


def card(world: World) -> str:
    return sign_in(world.cast.seller).get(reverse("deal", args=[world.sale.deal_id])).content.decode()


def test_a_late_promise_that_becomes_later_asks_why_again_and_one_that_gains_days_does_not(world: World) -> None:
    lasts(world, "build", 30, WHY)
    assert world.promise("templates").coverage == "at_risk"
    task = world.task("build")
    with pytest.raises(ReasonRequired) as refusal:
        lasts(world, "build", 31)
    assert "templates" in refusal.value.message
    assert world.task("build").finish_date == task.finish_date
    lasts(world, "build", 28)
    lasts(world, "build", 28)
    assert world.promise("templates").coverage == "at_risk"
    with pytest.raises(ReasonRequired):
        lasts(world, "build", 29)


def test_a_program_is_asked_why_for_every_day_more(world: World) -> None:
    lasts(world, "build", 30, WHY)
    api, build = Api(world.cast.manager), world.task("build").id
    body = {"changes": [{"task_id": build, "duration_days": 45}]}
    status, problem = api.patch(f"/tasks/{build}", {"duration_days": 45})
    assert (status, problem["errors"][0]["field"]) == (422, "reason"), body
    assert api.patch(f"/tasks/{build}", {"duration_days": 45, "reason": "Illness."})[0] == 200
    assert drift(world)["last_reason"] == "Illness."


def test_the_words_stay_on_the_card_until_there_are_newer_ones(world: World) -> None:
    lasts(world, "build", 30, WHY)
    told = drift(world)
    assert (told["last_reason"], told["moved_again_at"]) == (WHY, None)
    assert "Moved again" not in card(world)
    lasts(world, "build", 26, after_days=1)
    told = drift(world)
    assert (told["last_reason"], told["moved_again_at"]) == (WHY, "2026-11-20T09:30:00Z")
    html = card(world)
    assert WHY in html
    assert "Moved again" in html
    lasts(world, "build", 40, "Illness.", after_days=2)
    told = drift(world)
    assert (told["last_reason"], told["moved_again_at"]) == ("Illness.", None)
    assert WHY not in card(world).partition("deal-drift")[2].partition("</section>")[0]
