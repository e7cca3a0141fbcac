"""Two people undo one win, or one undoes it while another works on it: it happens once, and nothing is half back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.people import NOW, make_cast, make_sale
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.sales.queries.deals import get_deal
from wonward.edges.commands.check import find_checks, find_violations
from wonward.journeys.handoff.operations import close_deal_as_won, undo_win
from wonward.kernel.actor import system_actor

LATER = NOW + timedelta(hours=1)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_ten_people_undo_a_win_once() -> None:
    cast = make_cast()
    sale = make_sale(cast)
    won = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    answers = at_once(*[lambda: undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER)] * 10)
    assert sorted(answer.is_replayed for answer in answers) == [False] + [True] * 9
    assert {answer.project_ids for answer in answers} == {won.project_ids}
    assert [said for said in find_violations(dict(find_checks())) if "outbox" not in said] == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_undoing_and_winning_again_at_once_ends_as_one_of_the_two() -> None:
    cast = make_cast()
    sale = make_sale(cast)
    won = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    undone, again = at_once(
        lambda: undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER),
        lambda: close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=LATER),
    )
    assert (undone.project_ids, again.project_ids) == (won.project_ids, won.project_ids)
    is_won = get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "won"
    assert is_won != again.is_replayed
    assert (get_project(actor=system_actor(), project_id=won.project_ids[0]).archived_at is None) == is_won
    assert [said for said in find_violations(dict(find_checks())) if "outbox" not in said] == []
