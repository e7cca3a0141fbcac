"""Whatever sales and delivery do to one deal, every page tells the same promised finish and the same of every promise."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
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
from wonward.domains.delivery.operations import archive_project, restore_project
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import RemovedTask, TaskChange
from wonward.domains.sales.operations.lines import change_lines
from wonward.domains.sales.types import NewLine, NextAction
from wonward.journeys.client_record.queries.deal_page import get_deal_page
from wonward.journeys.client_record.queries.handoff_page import get_handoff_page
from wonward.journeys.client_record.queries.project_page import get_project_page
from wonward.journeys.handoff.operations import amend_scope, close_deal_as_won, reopen_won_deal, undo_win
from wonward.journeys.handoff.queries import get_brief_of_project, get_sale_side
from wonward.journeys.handoff.types import Amendment
from wonward.journeys.promises.operations import (
    change_plan,
    change_promise,
    make_promises,
    replace_promise,
    settle_promise,
)
from wonward.journeys.promises.queries import get_ledger, get_promise, list_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind, PromiseRow
from wonward.kernel.errors import Conflict, Refused

pytestmark = pytest.mark.django_db
NEXT = NextAction("call", date(2026, 11, 24), "More")
FINISHES = tuple(date(2027, 1, 15) + timedelta(days=days) for days in (0, 30, 63, 120))
picks, days = st.integers(0, 10_000), st.sampled_from(FINISHES)
keys = st.sampled_from(("", "templates", "training", "finish"))


class TruthMachine(RuleBasedStateMachine):
    """One deal of one or two services, with everything that can happen to what was promised on it."""

    cast: Cast
    sale: Sale
    services: tuple[int, int]
    deal_id: int

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.handoff_id = 0
        self.project_ids: tuple[int, ...] = ()
        self.is_won, self.agreed = False, FINISHES[0]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def rows(self) -> list[PromiseRow]:
        return list_promises(actor=self.cast.owner, deal_id=self.deal_id, limit=5000)

    def any_row(self, pick: int) -> PromiseRow | None:
        rows = self.rows()
        return rows[pick % len(rows)] if rows else None

    def try_it(self, happen: Callable[[], object]) -> None:
        """What is refused is refused as a whole."""
        with suppress(Refused, Conflict), transaction.atomic():
            happen()

    @rule(kind=st.sampled_from([PromiseKind.DATE, PromiseKind.PRICE, PromiseKind.EXCLUSION]), key=keys, day=days, is_draft=st.booleans(), pick=picks)
    def something_is_promised(self, kind: PromiseKind, key: str, day: date, is_draft: bool, pick: int) -> None:
        on_project = self.project_ids and self.is_won and pick % 3 == 0
        new = NewPromise(
            kind, f"Said {pick}", deal_id=None if on_project else self.deal_id, due_date=day, key=key, state="draft" if is_draft else "confirmed",
            project_id=self.project_ids[pick % len(self.project_ids)] if on_project else None,
        )
        self.try_it(lambda: make_promises(actor=self.cast.owner, promises=[new], now=NOW))

    @rule(pick=picks, state=st.sampled_from(["confirmed", "kept", "broken", "waived"]))
    def one_is_settled(self, pick: int, state: str) -> None:
        if row := self.any_row(pick):
            self.try_it(lambda: settle_promise(actor=self.cast.seller, promise_id=row.id, state=state, reason="So it is.", now=NOW))

    @rule(pick=picks, day=days, key=keys)
    def one_is_replaced(self, pick: int, day: date, key: str) -> None:
        if row := self.any_row(pick):
            by = NewPromise(PromiseKind.DATE, f"Instead {pick}", due_date=day, key=key)
            self.try_it(lambda: replace_promise(actor=self.cast.seller, promise_id=row.id, by=by, reason="They asked.", now=NOW))

    @rule(pick=picks, day=days, key=keys)
    def one_is_dated_or_keyed_anew(self, pick: int, day: date, key: str) -> None:
        if row := self.any_row(pick):
            changes = {"due_date": day} if pick % 2 else {"key": key}
            self.try_it(lambda: change_promise(actor=self.cast.seller, promise_id=row.id, changes=changes, now=NOW))

    @precondition(lambda self: not self.is_won)
    @rule(day=days, both=st.booleans())
    def the_deal_is_won(self, day: date, both: bool) -> None:
        lines = [NewLine(key, Decimal(1)) for key in self.services[: 2 if both else 1]]
        change_lines(actor=self.cast.seller, deal_id=self.deal_id, lines=lines, now=NOW)
        closed = close_deal_as_won(actor=self.cast.seller, deal_id=self.deal_id, brief=self.sale.brief(promised_finish_date=day), now=NOW)
        assert closed.handoff_id
        self.handoff_id, self.project_ids, self.is_won, self.agreed = closed.handoff_id, closed.project_ids, True, day

    @precondition(lambda self: self.is_won)
    @rule(is_undone=st.booleans())
    def the_win_is_taken_back(self, is_undone: bool) -> None:
        if not is_undone:
            reopen_won_deal(actor=self.cast.seller, deal_id=self.deal_id, next_action=NEXT, reason="More", now=NOW)
            self.is_won = False
            return
        with suppress(Conflict), transaction.atomic():  # A win after a reopening is not undone.
            undo_win(actor=self.cast.seller, deal_id=self.deal_id, now=NOW)
            self.is_won = False

    @precondition(lambda self: self.is_won)
    @rule(day=days)
    def another_finish_is_agreed(self, day: date) -> None:
        if day != self.agreed:
            amendment = Amendment("They asked.", promised_finish_date=day, key_constraints=f"Agreed for {day}")
            amend_scope(actor=self.cast.seller, handoff_id=self.handoff_id, amendment=amendment, now=NOW)
            self.agreed = day

    @precondition(lambda self: self.project_ids)
    @rule(pick=picks, restore=st.booleans())
    def a_project_is_put_away_or_brought_back(self, pick: int, restore: bool) -> None:
        key = self.project_ids[pick % len(self.project_ids)]
        if restore:
            self.try_it(lambda: restore_project(actor=self.cast.owner, project_id=key, now=NOW))
        else:
            self.try_it(lambda: archive_project(actor=self.cast.owner, project_id=key, reason="Not now.", now=NOW))

    @precondition(lambda self: self.project_ids)
    @rule(pick=picks, length=st.integers(1, 90), is_removed=st.booleans())
    def work_takes_longer_or_goes(self, pick: int, length: int, is_removed: bool) -> None:
        key = self.project_ids[pick % len(self.project_ids)]
        tasks = list_tasks(actor=self.cast.owner, project_id=key)
        if len(tasks) > 2:
            task = tasks[pick % len(tasks)]
            edit = RemovedTask(task.id) if is_removed else TaskChange(task.id, {"duration_minutes": length * 480})
            self.try_it(lambda: change_plan(actor=self.cast.owner, project_id=key, changes=[edit], reason="So it is.", now=NOW))

    @precondition(lambda self: self.is_won)
    @invariant()
    def every_page_tells_the_same_finish(self) -> None:
        page = get_handoff_page(actor=self.cast.owner, handoff_id=self.handoff_id, now=NOW)
        assert page.handoff.promised_finish_date == self.agreed
        deal = get_deal_page(actor=self.cast.seller, deal_id=self.deal_id, now=NOW)
        assert deal.handoff
        assert deal.brief.promised_finish_date == deal.handoff.promised_finish_date == self.agreed
        assert {drift.project.promised_finish_date for drift in (*page.drifts, *deal.drifts)} <= {self.agreed}
        for key in self.project_ids:
            assert get_project(actor=self.cast.owner, project_id=key).promised_finish_date == self.agreed
            told = get_brief_of_project(actor=self.cast.owner, project_id=key).brief
            assert {one.field: one.text for one in told.answers}["promised_finish_date"] == self.agreed.isoformat()
            named = [
                row for row in list_promises(actor=self.cast.owner, project_id=key, limit=5000)
                if row.key == "finish" and row.due_date == self.agreed and row.state not in ("waived", "replaced")
            ]
            assert named, f"No promise of project {key} names the agreed finish {self.agreed}."

    @invariant()
    def every_page_tells_the_same_of_a_promise(self) -> None:
        rows = {row.id: row for row in self.rows()}
        deal = get_deal_page(actor=self.cast.owner, deal_id=self.deal_id, now=NOW)
        assert {row.id: row for row in deal.promises} == rows
        assert all(get_promise(actor=self.cast.owner, promise_id=key) == row for key, row in rows.items())
        assert deal.coverage == get_ledger(actor=self.cast.owner, deal_id=self.deal_id).coverage
        for key in self.project_ids:
            mine = {row.id: row for row in list_promises(actor=self.cast.owner, project_id=key, limit=5000)}
            assert {one: row for one, row in mine.items() if one in rows} == {one: row for one, row in rows.items() if key in row.project_ids}
            project = get_project_page(actor=self.cast.owner, project_id=key, now=NOW)
            assert {row.id: row for row in project.promises} == mine
            assert project.coverage == get_ledger(actor=self.cast.owner, project_id=key).coverage
            side = get_sale_side(actor=self.cast.owner, project_id=key)
            assert {row.id: row for row in side.promises} == {one: row for one, row in mine.items() if row.state != "draft"}
            for item in get_brief_of_project(actor=self.cast.owner, project_id=key).brief.items:
                if item.key.startswith("promise:"):
                    row = mine[int(item.key.partition(":")[2])]
                    assert row.state in ("draft", "confirmed", "kept")
                    assert row.kind in ("exclusion", "assumption") or item.rule == ("heavy" if row.coverage == "planned" else row.coverage)
        if self.is_won:
            page = get_handoff_page(actor=self.cast.owner, handoff_id=self.handoff_id, now=NOW)
            assert {row.id: row for row in page.promises} == rows
            assert all(row.project_ids for row in rows.values() if row.state not in ("waived", "replaced"))


def go_on(*, games: int, moves: int) -> None:
    cast = make_cast()
    TruthMachine.cast, TruthMachine.sale = cast, make_sale(cast)
    TruthMachine.services = (TruthMachine.sale.service_id, training_service(cast))
    TruthMachine.deal_id = open_deal(cast, TruthMachine.sale, [TruthMachine.sale.service_id])
    play(TruthMachine, games=games, moves=moves)


def test_fifty_random_events_leave_one_truth() -> None:
    go_on(games=5, moves=10)


@pytest.mark.long
def test_many_random_events_leave_one_truth() -> None:
    go_on(games=games_of(15, in_full=100), moves=30)
