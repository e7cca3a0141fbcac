"""The sales card keeps the last words that were said about a slip, however often the plan moves after them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.edges.api.client import Api
from tests.edges.web.sales.desk import sign_in
from tests.journeys.promises.world import World, make_world
from tests.people import NOW
from wonward.domains.delivery.types import TaskChange
from wonward.journeys.promises.operations import change_plan

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


def test_the_words_stay_on_the_card_until_there_are_newer_ones(world: World) -> None:
    lasts(world, "build", 30, WHY)
    told = drift(world)
    assert (told["last_reason"], told["moved_again_at"]) == (WHY, None)
    assert "moved again" not in card(world)
    lasts(world, "build", 45, after_days=1)
    told = drift(world)
    assert (told["last_reason"], told["moved_again_at"]) == (WHY, "2026-11-20T09:30:00Z")
    html = card(world)
    assert WHY in html
    assert "moved again" in html
    lasts(world, "build", 40, "Illness.", after_days=2)
    told = drift(world)
    assert (told["last_reason"], told["moved_again_at"]) == ("Illness.", None)
    assert WHY not in card(world).partition("deal-drift")[2].partition("</section>")[0]
