"""The board and the table of deals."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.operations.pipelines import create_pipeline
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import NewDeal, NextAction
from wonward.kernel.money import Money

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def open_deals(cast: Cast, count: int, *, company_id: int | None = None, due: date = date(2026, 11, 25)) -> list[int]:
    deals = [
        NewDeal(f"Deal {number}", company_id, NextAction("call", due, "Call them"), value=Money(100_000, "EUR"))
        for number in range(count)
    ]
    return create_deals(actor=cast.seller, deals=deals, now=NOW)


def count_queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["deals_board", "deals_table"])
def test_a_list_shows_the_deal_with_its_next_action(name: str, sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.seller).get(reverse(name)).content.decode()
    assert "Website replatform" in page
    assert "Northwind Robotics" in page
    assert "Call Hanne" in page
    assert "€84,000" in page


@pytest.mark.parametrize("name", ["deals_board", "deals_table"])
def test_a_list_asks_as_often_for_twenty_five_deals_as_for_five(name: str, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    open_deals(cast, 5)
    count_queries(client, reverse(name))
    few = count_queries(client, reverse(name))
    open_deals(cast, 20)
    assert count_queries(client, reverse(name)) == few
    assert few <= 25


@pytest.mark.parametrize("name", ["deals_board", "deals_table"])
def test_an_empty_list_says_what_to_do(name: str, cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.seller).get(reverse(name)).content.decode()
    assert "Your first deal starts here" in page
    assert reverse("new_deal") in page


def test_filters_that_fit_nothing_offer_to_take_them_away(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.seller).get(reverse("deals_board"), {"urgency": "overdue"}).content.decode()
    assert "No deal fits these filters" in page
    assert "Show all deals" in page


def test_the_chips_count_what_they_would_show_whichever_is_on(cast: Cast, sign_in: SignIn) -> None:
    open_deals(cast, 2, due=date(2026, 11, 10))
    open_deals(cast, 3, due=date(2026, 11, 19))
    page = sign_in(cast.seller).get(reverse("deals_board"), {"urgency": "overdue"}).content.decode()
    assert "Overdue<b>2</b>" in page
    assert "Due today<b>3</b>" in page


def test_the_chips_of_a_board_count_its_own_pipeline_alone(cast: Cast, sign_in: SignIn) -> None:
    other = create_pipeline(actor=cast.owner, name="Renewals", now=NOW)
    action = NextAction("call", date(2026, 11, 10), "Call them")
    create_deals(actor=cast.seller, deals=[NewDeal("Again", None, action, pipeline_id=other)], now=NOW)
    open_deals(cast, 2, due=date(2026, 11, 10))
    client = sign_in(cast.seller)
    assert "Overdue<b>2</b>" in client.get(reverse("deals_board"), {"pipeline": list_pipelines()[0].id}).content.decode()
    assert "Overdue<b>1</b>" in client.get(reverse("deals_board"), {"pipeline": other}).content.decode()
    assert "Overdue<b>3</b>" in client.get(reverse("deals_table")).content.decode()


def test_somebody_without_the_right_to_change_gets_a_board_that_does_not_move(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.finance).get(reverse("deals_board")).content.decode()
    assert "data-fixed" in page
    assert "data-move-to" not in page
    assert reverse("new_deal") not in page


def test_a_stranger_to_deals_is_refused_the_board(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.marketer).get(reverse("deals_board")).status_code == 403


def test_the_fifty_first_card_comes_with_the_next_page_of_its_column(cast: Cast, sign_in: SignIn) -> None:
    ids = open_deals(cast, 53)
    client = sign_in(cast.seller)
    stage = list_pipelines()[0].stages[0]
    page = client.get(reverse("deals_board")).content.decode()
    assert "Show 3 more" in page
    assert f'id="deal-{ids[52]}"' not in page
    more = client.get(reverse("deals_column", kwargs={"stage_id": stage.id}), {"offset": 50}, headers=HTMX).content.decode()
    assert more.count("data-deal=") == 3
    assert "board__more" not in more


def test_a_move_answers_the_card_and_every_header_of_the_board(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    first, second = list_pipelines()[0].stages[:2]
    answer = sign_in(cast.seller).post(
        reverse("deal_stage", kwargs={"deal_id": sale.deal_id}), {"stage_id": second.id, "version": 1},
        headers={**HTMX, "HX-Current-URL": "http://testserver/deals/?owner=me"},
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'id="deal-{sale.deal_id}"' in page
    assert f'data-stage-id="{second.id}"' in page
    for stage in (first, second):
        assert f'id="stage-{stage.id}-header" data-total=' in page
    assert 'id="deal-filters"' in page
    assert "HX-Trigger" not in answer.headers


def test_a_move_from_the_deals_own_page_says_so_and_can_be_undone(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    second = list_pipelines()[0].stages[1]
    url = reverse("deal_stage", kwargs={"deal_id": sale.deal_id})
    here = {**HTMX, "HX-Current-URL": f"http://testserver/deals/{sale.deal_id}/"}
    answer = sign_in(cast.seller).post(url, {"stage_id": second.id, "version": 1}, headers=here)
    assert "undo_url" in answer.headers["HX-Trigger"]
    assert 'id="deal-header"' in answer.content.decode()


def test_moving_into_won_is_refused_in_favour_of_the_gate(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    won = next(stage for stage in list_pipelines()[0].stages if stage.kind == "won")
    answer = sign_in(cast.seller).post(
        reverse("deal_stage", kwargs={"deal_id": sale.deal_id}), {"stage_id": won.id, "version": 1}, headers=HTMX
    )
    assert answer.status_code == 422
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"


def test_a_stale_move_is_a_conflict_and_moves_nothing(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    second = list_pipelines()[0].stages[1]
    url = reverse("deal_stage", kwargs={"deal_id": sale.deal_id})
    assert sign_in(cast.seller).post(url, {"stage_id": second.id, "version": 99}, headers=HTMX).status_code == 412


def test_the_new_deal_form_answers_every_missing_thing_beside_its_field(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.seller).post(reverse("new_deal"), {"name": "", "value": "many"}, headers=HTMX)
    assert answer.status_code == 422
    assert "is not an amount of money" in answer.content.decode()
    answer = sign_in(cast.seller).post(reverse("new_deal"), {"name": ""}, headers=HTMX)
    page = answer.content.decode()
    assert "A deal needs a name." in page
    assert "An open deal needs a next action with a date." in page


def test_a_new_deal_opens_with_a_chosen_day_as_its_next_action(cast: Cast, sign_in: SignIn) -> None:
    values: dict[str, Any] = {"name": "Rebrand 2027", "next_kind": "call", "next_note": "Call Ines", "next_day": "2026-11-20"}
    answer = sign_in(cast.seller).post(reverse("new_deal"), values, headers=HTMX)
    assert answer.status_code == 204
    deal_id = int(answer.headers["HX-Redirect"].rstrip("/").rpartition("/")[2])
    action = get_deal(actor=cast.seller, deal_id=deal_id).next_action
    assert action is not None
    assert (action.kind, action.note, action.due_date) == ("call", "Call Ines", date(2026, 11, 20))
