"""Fifty people close one deal at the same moment: one handoff, one set of projects, the same answer for all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.people import NOW, make_cast, make_sale
from wonward.domains.delivery.queries.projects import list_projects
from wonward.domains.sales.operations.deals import lose_deal
from wonward.domains.sales.queries.deals import get_deal
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.handoff.queries import list_handoffs
from wonward.kernel.actor import system_actor
from wonward.kernel.errors import Refused

CLOSERS = 50


def _close_together(work, count=CLOSERS):
    start = threading.Barrier(count)

    def run(place):
        start.wait()
        try:
            return work(place)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_fifty_parallel_wins_make_one_handoff_and_answer_with_the_same_ids():
    cast = make_cast()
    sale = make_sale(cast)
    answers = _close_together(
        lambda _: close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    )
    assert len({(answer.handoff_id, answer.project_ids) for answer in answers}) == 1
    assert sorted(answer.is_replayed for answer in answers) == [False] + [True] * (CLOSERS - 1)
    assert len(list_handoffs(actor=system_actor())) == 1
    assert len(list_projects(actor=system_actor())) == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_winning_and_losing_at_once_ends_in_exactly_one_of_the_two():
    cast = make_cast()
    sale = make_sale(cast)

    def close(place):
        try:
            if place % 2:
                lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Too dear", now=NOW)
                return "lost"
            close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
        except Refused:
            return "refused"
        return "won"

    outcomes = set(_close_together(close)) - {"refused"}
    status = get_deal(actor=cast.seller, deal_id=sale.deal_id).status
    assert outcomes == {status}
    assert len(list_handoffs(actor=system_actor())) == (1 if status == "won" else 0)
