"""Nothing promised is ever lost: thousands of random changes against an oracle that knows nothing of the ledger's code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from tests.journeys.promises.world import DUE, World, audit_counts, make_world
from tests.machines import games_of, play
from tests.people import NOW
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import NewTask, RemovedTask, TaskChange
from wonward.journeys.promises.operations import (
    change_plan,
    change_promise,
    cover_promise,
    make_promises,
    replace_promise,
    settle_promise,
    uncover_promise,
)
from wonward.journeys.promises.queries import get_ledger, list_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind
from wonward.kernel.errors import Conflict, NotFound, Refused

pytestmark = pytest.mark.django_db
ALLOWED = {
    ("draft", "confirmed"), ("draft", "waived"), ("confirmed", "kept"), ("confirmed", "broken"), ("confirmed", "waived"),
    ("kept", "confirmed"), ("kept", "broken"), ("broken", "confirmed"), ("broken", "kept"), ("broken", "waived"),
    ("waived", "confirmed"),
}
PLACES = {"kept": "kept", "broken": "at_risk", "waived": "waived", "replaced": "waived", "draft": "draft"}
picks = st.integers(0, 10_000)
dues = st.none() | st.integers(-30, 60).map(lambda days: DUE + timedelta(days=days))
weights = st.integers(1, 5)
kinds = st.sampled_from(list(PromiseKind))


@dataclass
class Known:
    """What the oracle remembers of one promise."""

    kind: str
    state: str
    weight: int
    due: date | None
    work: set[int] = field(default_factory=set)
    rows: int = 0
    is_finish: bool = False


class LedgerMachine(RuleBasedStateMachine):
    """Everybody at once on one project."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.actor = self.world.cast.owner
        self.known: dict[int, Known] = {}
        noted = audit_counts()
        for row in list_promises(actor=self.actor, project_id=self.world.project_id):
            work = {cover.task_id for cover in row.covers}
            self.known[row.id] = Known(row.kind, row.state, row.weight, row.due_date, work, noted[row.id], row.key == "finish")

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def any_promise(self, pick: int) -> tuple[int, Known]:
        return list(self.known.items())[pick % len(self.known)]

    def any_task(self, pick: int) -> Any:
        rows = list_tasks(actor=self.actor, project_id=self.world.project_id)
        return rows[pick % len(rows)]

    def change(self, *edits: Any) -> Any:
        return change_plan(actor=self.actor, project_id=self.world.project_id, changes=edits, reason="So it is.", now=NOW)

    @rule(kind=kinds, weight=weights, due=dues, is_draft=st.booleans())
    def somebody_makes_a_promise(self, kind: PromiseKind, weight: int, due: date | None, is_draft: bool) -> None:
        state = "draft" if is_draft else "confirmed"
        new = NewPromise(kind=kind, text="More", project_id=self.world.project_id, due_date=due, weight=weight, state=state)
        (key,) = make_promises(actor=self.actor, promises=[new], now=NOW)
        self.known[key] = Known(kind.value, state, weight, due, rows=1)

    @rule(pick=picks, state=st.sampled_from(["confirmed", "kept", "broken", "waived"]), reason=st.sampled_from(["", "Agreed."]))
    def somebody_settles_one(self, pick: int, state: str, reason: str) -> None:
        key, known = self.any_promise(pick)
        may = (known.state, state) in ALLOWED or (known.state == state)
        try:
            settle_promise(actor=self.actor, promise_id=key, state=state, reason=reason, now=NOW)
        except Conflict:
            assert known.state == "replaced"
        except Refused:
            assert not may or (not reason and state in ("broken", "waived")) or (known.is_finish and state == "waived")
        else:
            assert may
            known.rows += known.state != state
            known.state = state

    @rule(pick=picks, other=picks)
    def somebody_covers_one(self, pick: int, other: int) -> None:
        (key, known), task = self.any_promise(pick), self.any_task(other)
        try:
            cover_promise(actor=self.actor, promise_id=key, task_id=task.id, now=NOW)
        except Conflict:
            assert known.state == "replaced"
        else:
            known.rows += task.id not in known.work
            known.work.add(task.id)

    @rule(pick=picks, other=picks)
    def somebody_uncovers_one(self, pick: int, other: int) -> None:
        (key, known), task = self.any_promise(pick), self.any_task(other)
        try:
            uncover_promise(actor=self.actor, promise_id=key, task_id=task.id, now=NOW)
        except NotFound:
            assert task.id not in known.work
        else:
            known.work.remove(task.id)
            known.rows += 1

    @rule(pick=picks, weight=weights, due=dues)
    def somebody_replaces_one(self, pick: int, weight: int, due: date | None) -> None:
        key, known = self.any_promise(pick)
        by = NewPromise(kind=PromiseKind(known.kind), text="Instead", due_date=due, weight=weight)
        try:
            new = replace_promise(actor=self.actor, promise_id=key, by=by, reason="They asked.", now=NOW)
        except Conflict:
            assert known.state == "replaced"
        except Refused:
            assert known.is_finish
            assert due != known.due
        else:
            known.state, known.rows = "replaced", known.rows + 1
            self.known[new] = Known(known.kind, "confirmed", weight, due, set(known.work), 1, known.is_finish)

    @rule(pick=picks, weight=weights)
    def somebody_weighs_one_again(self, pick: int, weight: int) -> None:
        key, known = self.any_promise(pick)
        try:
            change_promise(actor=self.actor, promise_id=key, changes={"weight": weight}, now=NOW)
        except Conflict:
            assert known.state == "replaced"
        else:
            known.rows += known.weight != weight
            known.weight = weight

    @rule(pick=picks, days=st.integers(1, 40))
    def a_task_takes_longer_or_less_long(self, pick: int, days: int) -> None:
        task = self.any_task(pick)
        if task.kind == "task":
            self.change(TaskChange(task.id, {"duration_minutes": days * 480}))

    @rule(name=st.sampled_from(["Tune", "Test"]))
    def a_task_is_added(self, name: str) -> None:
        self.change(NewTask(name))

    @precondition(lambda self: len(list_tasks(actor=self.actor, project_id=self.world.project_id)) > 3)
    @rule(pick=picks)
    def a_task_is_deleted(self, pick: int) -> None:
        task = self.any_task(pick)
        self.change(RemovedTask(task.id))
        left = {row.id for row in list_tasks(actor=self.actor, project_id=self.world.project_id)}
        for known in self.known.values():
            known.work &= left

    @invariant()
    def the_ledger_is_what_the_oracle_says(self) -> None:
        finishes = {row.id: row.finish_date for row in list_tasks(actor=self.actor, project_id=self.world.project_id)}
        rows = {row.id: row for row in list_promises(actor=self.actor, project_id=self.world.project_id, limit=5000)}
        assert set(rows) == set(self.known)
        expected: dict[str, list[int]] = {}
        noted = audit_counts()
        for key, known in self.known.items():
            row = rows[key]
            assert (row.state, row.weight, {cover.task_id for cover in row.covers}) == (known.state, known.weight, known.work)
            expected.setdefault(_place(known, finishes), []).append(key)
            assert row.because
            assert noted[key] == known.rows
        ledger = get_ledger(actor=self.actor, project_id=self.world.project_id, limit=5000)
        placed = {name: sorted(row.id for row in column) for name, column in ledger.columns.items() if column}
        assert placed == {name: sorted(keys) for name, keys in expected.items()}
        live = [known for known in self.known.values() if known.state != "draft"]
        assert sum(ledger.coverage.weights.values()) == sum(known.weight for known in live)
        assert {name: tally.weight for name, tally in ledger.tallies.items() if tally.count} == {
            name: sum(self.known[key].weight for key in keys) for name, keys in expected.items()
        }


def _place(known: Known, finishes: dict[int, date | None]) -> str:
    if known.state == "draft":
        return "draft"
    if known.kind in ("exclusion", "assumption"):
        return "apart"
    if known.state != "confirmed":
        return PLACES[known.state]
    ends = [end for key in known.work if (end := finishes[key])]
    if not ends:
        return "uncovered"
    return "at_risk" if known.due and max(ends) > known.due else "planned"


def go_on(*, games: int, moves: int) -> None:
    LedgerMachine.world = make_world()
    play(LedgerMachine, games=games, moves=moves)


def test_a_hundred_and_fifty_random_changes_lose_no_promise() -> None:
    go_on(games=6, moves=25)


@pytest.mark.long
def test_many_random_changes_lose_no_promise() -> None:
    go_on(games=games_of(20, in_full=200), moves=50)
