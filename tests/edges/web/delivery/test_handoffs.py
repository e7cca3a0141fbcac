"""The queue of handoffs and the page of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jinja2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale, make_sale
from tests.remembered import remembered
from wonward.journeys.handoff.operations import close_deal_as_won, return_handoff
from wonward.journeys.handoff.queries import get_handoff, list_questions
from wonward.journeys.handoff.types import ClosedDeal, Question

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@remembered
def win(cast: Cast, sale: Sale) -> ClosedDeal:
    return close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)


@pytest.fixture
def won(cast: Cast, sale: Sale) -> ClosedDeal:
    return win(cast, sale)


def count_queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def refuse(*_: Any) -> Any:
    raise AssertionError("a template asked the database")


@pytest.fixture
def templates_without_database(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: Callable[..., str] = jinja2.Template.render

    def render(self: jinja2.Template, *args: Any, **kwargs: Any) -> str:
        with connection.execute_wrapper(refuse):
            return drawn(self, *args, **kwargs)

    monkeypatch.setattr(jinja2.Template, "render", render)


def test_the_queue_shows_both_sides_and_what_is_promised(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.manager).get(reverse("handoffs")).content.decode()
    assert "Website replatform" in page
    assert "Mara Klein" in page
    assert "19 Mar" in page
    assert "decide by 27 Nov" in page
    assert ">Review<" in page


def test_an_empty_queue_says_so_and_offers_one_way_on(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.manager).get(reverse("handoffs")).content.decode()
    assert "Nothing waits for delivery" in page


def test_the_queue_asks_as_often_for_six_handoffs_as_for_two(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    win(cast, sale)
    win(cast, make_sale(cast, name="Deal b", company="Beta Works"))
    count_queries(client, reverse("handoffs"))
    few = count_queries(client, reverse("handoffs"))
    for name in ("Gamma Labs", "Delta Mills", "Echo House", "Foxtrot Inn"):
        win(cast, make_sale(cast, name=f"Deal {name}", company=name))
    assert count_queries(client, reverse("handoffs")) == few
    assert few <= 25


@pytest.mark.usefixtures("templates_without_database")
def test_no_page_of_delivery_asks_the_database_while_it_is_drawn(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    project_id = won.project_ids[0]
    for url in (
        reverse("handoffs"), reverse("handoff", args=[won.handoff_id]), reverse("projects"), reverse("project", args=[project_id]),
        reverse("project_plan", args=[project_id]),
    ):
        assert client.get(url).status_code == 200


def test_the_seller_reads_the_handoff_but_cannot_accept_it(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    page = client.get(reverse("handoff", args=[won.handoff_id])).content.decode()
    assert "Move 42 templates" in page
    assert "Accept handoff" not in page
    assert client.post(reverse("handoff_acceptance", args=[won.handoff_id]), {"decision": "accept"}).status_code == 403


def test_another_seller_does_not_know_of_the_handoff(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.marketer).get(reverse("handoff", args=[won.handoff_id])).status_code in (403, 404)
    assert sign_in(cast.manager).get(reverse("handoff", args=[won.handoff_id + 1000])).status_code == 404


def test_delivery_accepts_with_one_click(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.manager).post(
        reverse("handoff_acceptance", args=[won.handoff_id]), {"decision": "accept"}, headers=HTMX
    )
    assert answer.headers["HX-Redirect"] == reverse("handoff", args=[won.handoff_id])
    assert get_handoff(actor=cast.seller, handoff_id=won.handoff_id).status == "accepted"


def test_a_return_without_a_question_says_so_beside_the_answer(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.manager).post(
        reverse("handoff_acceptance", args=[won.handoff_id]),
        {"decision": "return", "decision_kickoff_date": "return", "question_kickoff_date": " "}, headers=HTMX,
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write what you need to know." in page
    assert '<div id="handoff"' in page
    assert "<html" not in page
    assert 'href="#field-kickoff_date"' in page


def test_a_return_of_nothing_asks_for_an_answer_to_return(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.manager).post(reverse("handoff_acceptance", args=[won.handoff_id]), {"decision": "return"}, headers=HTMX)
    assert answer.status_code == 422
    assert "Name at least one answer to return" in answer.content.decode()


def test_sales_answers_what_delivery_asked(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    return_handoff(
        actor=cast.manager, handoff_id=won.handoff_id, questions=[Question("key_constraints", "Which pages?")], now=NOW
    )
    client = sign_in(cast.seller)
    page = client.get(reverse("handoff", args=[won.handoff_id])).content.decode()
    assert "Delivery asks" in page
    (question,) = list_questions(handoff_id=won.handoff_id)
    url = reverse("handoff_answers", args=[won.handoff_id])
    refused = client.post(url, {f"answer_{question.id}": ""}, headers=HTMX)
    assert refused.status_code == 422
    assert f'id="field-answer_{question.id}-error"' in refused.content.decode()
    client.post(url, {f"answer_{question.id}": "All public ones."}, headers=HTMX)
    assert get_handoff(actor=cast.seller, handoff_id=won.handoff_id).status == "awaiting_acceptance"
    queue = sign_in(cast.manager).get(reverse("handoffs")).content.decode()
    assert "Sales answered your questions" in queue


def test_the_page_names_what_makes_it_stale_and_where_to_fetch_it(won: ClosedDeal, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    url = reverse("handoff", args=[won.handoff_id])
    page = client.get(url).content.decode()
    assert f'data-live="handoff.handoff:{won.handoff_id} ' in page
    part = client.get(f"{url}?part=body", headers=HTMX).content.decode()
    assert part.lstrip().startswith('<div id="handoff"')
