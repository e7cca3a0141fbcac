"""Nothing promised is lost while a deal is offered, won, opened again, won with more on it, and its plans move: against an oracle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from tests.journeys.handoff.two_projects import open_deal, training_service
from tests.machines import games_of, play
from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import NewTask, TaskChange, TaskRow
from wonward.domains.sales.operations.lines import change_lines
from wonward.domains.sales.types import NewLine, NextAction
from wonward.domains.sales.types.proposals import Offer, ProposalContent, ProposalLine
from wonward.journeys.handoff.operations import amend_scope, close_deal_as_won, reopen_won_deal
from wonward.journeys.handoff.types import Amendment
from wonward.journeys.promises.invariants import (
    check_covers_are_where_the_promise_holds,
    check_further_projects_are_further,
    check_replaced_promises_lead_to_one_that_stands,
)
from wonward.journeys.promises.operations import (
    change_plan,
    change_promise,
    confirm_what_was_signed,
    cover_promise,
    make_promises,
    propose_promises,
    settle_promise,
)
from wonward.journeys.promises.queries import get_ledger, list_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind, PromiseRow
from wonward.kernel.errors import Refused

pytestmark = pytest.mark.django_db
NEXT = NextAction("call", date(2026, 11, 24), "More")
KEYS = ("", "templates", "training", "nobody's", "finish")
picks = st.integers(0, 10_000)
finishes = st.integers(0, 200).map(lambda days: date(2027, 1, 15) + timedelta(days=days))


@dataclass
class Known:
    """What the oracle remembers of one promise: who it was, and the projects it was ever seen to hold in."""

    number: str
    text: str
    places: tuple[int, ...] = ()
    settled: str = ""


@dataclass
class Won:
    handoff_id: int = 0
    project_ids: tuple[int, ...] = ()
    is_won: bool = False
    finish: date = date(2027, 3, 19)
    known: dict[int, Known] = field(default_factory=dict)


class DealMachine(RuleBasedStateMachine):
    """Sales and delivery at once on one deal of two services, with a third to sell."""

    cast: Cast
    sale: Sale
    services: tuple[int, int, int]
    deal_id: int

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.so_far = Won()
        self.offers = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def rows(self) -> list[PromiseRow]:
        return list_promises(actor=self.cast.owner, deal_id=self.deal_id, limit=5000)

    def any_row(self, pick: int) -> PromiseRow | None:
        rows = [row for row in self.rows() if row.state != "replaced"]
        return rows[pick % len(rows)] if rows else None

    def tasks(self) -> dict[int, TaskRow]:
        return {row.id: row for key in self.so_far.project_ids for row in list_tasks(actor=self.cast.owner, project_id=key)}

    @contextmanager
    def everything_kept(self) -> Iterator[None]:
        """No operation takes a promise away or out of a project in which it held."""
        yield
        rows = {row.id: row for row in self.rows()}
        for key, known in self.so_far.known.items():
            assert (rows[key].number, rows[key].text) == (known.number, known.text)
            assert set(known.places) <= set(rows[key].project_ids)
        self.so_far.known = {key: Known(row.number, row.text, row.project_ids) for key, row in rows.items()}

    @rule(kind=st.sampled_from(list(PromiseKind)), key=st.sampled_from(KEYS), is_draft=st.booleans())
    def something_is_promised_on_the_deal(self, kind: PromiseKind, key: str, is_draft: bool) -> None:
        with self.everything_kept():
            new = NewPromise(kind, f"Promise {len(self.so_far.known)}", deal_id=self.deal_id, key=key, state="draft" if is_draft else "confirmed")
            (promise_id,) = make_promises(actor=self.cast.seller, promises=[new], now=NOW)
        assert bool(self.so_far.known[promise_id].places) == bool(self.so_far.project_ids)

    @rule(pick=picks, state=st.sampled_from(["confirmed", "kept", "broken", "waived"]))
    def one_is_settled(self, pick: int, state: str) -> None:
        if (row := self.any_row(pick)) is not None:
            with self.everything_kept():
                try:
                    settle_promise(actor=self.cast.seller, promise_id=row.id, state=state, reason="So it is.", now=NOW)
                except Refused as refusal:
                    is_agreed = [one.code for one in refusal.errors] == ["amend"] and row.key == "finish"
                    assert is_agreed or state not in row.steps

    @rule(pick=picks, key=st.sampled_from(KEYS))
    def one_gets_another_key(self, pick: int, key: str) -> None:
        if (row := self.any_row(pick)) is not None and row.text.startswith("Promise"):
            with self.everything_kept():
                change_promise(actor=self.cast.seller, promise_id=row.id, changes={"key": key}, now=NOW)

    @precondition(lambda self: self.so_far.project_ids)
    @rule(pick=picks, other=picks)
    def one_is_covered(self, pick: int, other: int) -> None:
        row, tasks = self.any_row(pick), list(self.tasks().values())
        if row is not None:
            task = tasks[other % len(tasks)]
            with self.everything_kept():
                try:
                    cover_promise(actor=self.cast.owner, promise_id=row.id, task_id=task.id, now=NOW)
                except Refused:
                    assert task.project_id not in row.project_ids

    @rule(words=st.lists(st.sampled_from(["Fast", "Two languages", "A manual"]), max_size=3, unique=True), is_signed=st.booleans())
    def an_offer_goes_out_or_is_signed(self, words: list[str], is_signed: bool) -> None:
        lines = tuple(ProposalLine("Website", promise=one) for one in words)
        offer = Offer(1, self.deal_id, "O-1", 1, NOW, ProposalContent("Offer", lines))
        with self.everything_kept():
            if is_signed:
                confirm_what_was_signed(actor=self.cast.seller, offer=offer, signer="Hanne Dahl", now=NOW)
            else:
                propose_promises(actor=self.cast.seller, offer=offer, now=NOW)

    @precondition(lambda self: not self.so_far.is_won)
    @rule(finish=finishes, sold=st.sampled_from([(0,), (0, 1), (0, 2), (0, 1, 2)]))
    def the_deal_is_won(self, finish: date, sold: tuple[int, ...]) -> None:
        with self.everything_kept():
            change_lines(
                actor=self.cast.seller, deal_id=self.deal_id, lines=[NewLine(self.services[place], Decimal(1)) for place in sold], now=NOW
            )
            before = self.tasks()
            closed = close_deal_as_won(
                actor=self.cast.seller, deal_id=self.deal_id, brief=self.sale.brief(promised_finish_date=finish), now=NOW
            )
            assert closed.project_ids[: len(self.so_far.project_ids)] == self.so_far.project_ids
            assert closed.handoff_id
            self.so_far.handoff_id, self.so_far.project_ids, self.so_far.is_won = closed.handoff_id, closed.project_ids, True
            self.so_far.finish = finish
            assert set(before) <= set(self.tasks())
        assert not [row for row in self.rows() if row.state == "draft"]

    @precondition(lambda self: self.so_far.is_won)
    @rule()
    def it_is_opened_again(self) -> None:
        with self.everything_kept():
            reopen_won_deal(actor=self.cast.seller, deal_id=self.deal_id, next_action=NEXT, reason="More", now=NOW)
        self.so_far.is_won = False

    @precondition(lambda self: self.so_far.is_won)
    @rule(finish=finishes)
    def another_finish_is_agreed(self, finish: date) -> None:
        if finish != self.so_far.finish:
            with self.everything_kept():
                amend_scope(
                    actor=self.cast.seller, handoff_id=self.so_far.handoff_id, now=NOW,
                    amendment=Amendment("They asked.", promised_finish_date=finish),
                )
            self.so_far.finish = finish

    @precondition(lambda self: self.so_far.project_ids)
    @rule(pick=picks, days=st.integers(1, 90), key=st.sampled_from(["", "templates", "training"]))
    def a_plan_moves(self, pick: int, days: int, key: str) -> None:
        tasks = list(self.tasks().values())
        task = tasks[pick % len(tasks)]
        edits = [TaskChange(task.id, {"duration_minutes": days * 480})] if task.kind == "task" else [NewTask("More", promise_key=key)]
        with self.everything_kept():
            change_plan(actor=self.cast.owner, project_id=task.project_id, changes=edits, reason="So it is.", now=NOW)

    @invariant()
    def every_promise_stands_once_where_it_holds_as_its_work_says(self) -> None:
        rows = {row.id: row for row in self.rows()}
        assert check_covers_are_where_the_promise_holds() == check_further_projects_are_further() == []
        assert check_replaced_promises_lead_to_one_that_stands() == []
        tasks = self.tasks()
        for row in rows.values():
            ends = [end for cover in row.covers if (end := tasks[cover.task_id].finish_date)]
            assert {tasks[cover.task_id].project_id for cover in row.covers} <= set(row.project_ids)
            assert set(row.project_ids) <= set(self.so_far.project_ids)
            if row.state == "confirmed":
                late = bool(ends and row.due_date and max(ends) > row.due_date)
                assert row.coverage == ("at_risk" if late else "planned" if ends else "uncovered")
                assert row.forecast_date == max(ends, default=None)
        for project_id in self.so_far.project_ids:
            ledger = get_ledger(actor=self.cast.owner, project_id=project_id, limit=5000)
            placed = [row.id for column in ledger.columns.values() for row in column]
            assert sorted(placed) == sorted(key for key, row in rows.items() if project_id in row.project_ids)
            assert get_project(actor=self.cast.owner, project_id=project_id).promised_finish_date == self.so_far.finish


def go_on(*, games: int, moves: int) -> None:
    cast = make_cast()
    DealMachine.cast, DealMachine.sale = cast, make_sale(cast)
    training = training_service(cast)
    template_id = DealMachine.sale.template_id
    DealMachine.services = (DealMachine.sale.service_id, training, training_service(cast, name="Second site", template_id=template_id))
    DealMachine.deal_id = open_deal(cast, DealMachine.sale, [DealMachine.sale.service_id])
    play(DealMachine, games=games, moves=moves)


def test_a_hundred_random_steps_of_a_deal_lose_no_promise() -> None:
    go_on(games=5, moves=20)


@pytest.mark.long
def test_many_random_steps_of_a_deal_lose_no_promise() -> None:
    go_on(games=games_of(20, in_full=100), moves=50)
