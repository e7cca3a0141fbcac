"""The chain of work through several projects that decides when the last of them ends."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.domains.delivery.plan import Plan
from tests.domains.delivery.test_outside_dependencies import Other
from tests.people import NOW
from wonward.domains.delivery.rules.chains import ChainTask, ChainWait, trace_chain
from wonward.domains.delivery.types import MovedTasks, NewDependency
from wonward.journeys.client_record.queries.standing import get_portfolio
from wonward.kernel.work_calendar import STANDARD_CALENDAR


def task(key: int, start: int, finish: int, *, project: int = 1, parent: int | None = None, is_done: bool = False) -> ChainTask:
    return ChainTask(key, project, f"Task {key}", parent, date(2026, 11, start), date(2026, 11, finish), is_done)


def trace(end: int, tasks: list[ChainTask], *waits: ChainWait) -> list[int]:
    found = trace_chain(end, {one.id: one for one in tasks}, waits, STANDARD_CALENDAR.working_days_between)
    return [one.id for one in found]


def test_the_chain_follows_what_leaves_no_room() -> None:
    tasks = [task(1, 2, 3), task(2, 2, 5, project=2), task(3, 6, 9)]
    assert trace(3, tasks, ChainWait(1, 3, "FS", 0), ChainWait(2, 3, "FS", 0)) == [2, 3]


def test_a_task_with_room_before_it_begins_the_chain() -> None:
    tasks = [task(1, 2, 3, project=2), task(2, 10, 11)]
    assert trace(2, tasks, ChainWait(1, 2, "FS", 0)) == [2]
    assert trace(2, tasks, ChainWait(1, 2, "FS", 4 * 480)) == [1, 2]


def test_a_wait_of_a_phase_holds_for_what_lies_in_it_and_a_phase_ends_with_its_last() -> None:
    tasks = [task(1, 2, 5, project=2), task(2, 2, 3, project=2, parent=1), task(3, 4, 5, project=2, parent=1),
             task(4, 6, 9), task(5, 6, 9, parent=4)]
    assert trace(4, tasks, ChainWait(1, 4, "FS", 0)) == [3, 5]


def test_work_that_is_done_holds_nobody_up() -> None:
    tasks = [task(1, 2, 5, project=2, is_done=True), task(2, 6, 9)]
    assert trace(2, tasks, ChainWait(1, 2, "FS", 0)) == [2]


def test_a_circle_ends_where_it_began() -> None:
    tasks = [task(1, 2, 3), task(2, 4, 5)]
    assert trace(2, tasks, ChainWait(1, 2, "FS", 0), ChainWait(2, 1, "FF", 0)) == [1, 2]


@pytest.mark.django_db
def test_the_portfolio_shows_the_chain_and_the_roles_that_hold_it_up(plan: Plan) -> None:
    cast = plan.cast
    with CaptureQueriesContext(connection) as alone:
        assert get_portfolio(actor=cast.manager, now=NOW).chains == ()
    first, second = Other(plan, "Brochure"), Other(plan, "Fair")
    first.change(MovedTasks((first.task("Copy").id,), days=60))
    second.change(NewDependency(first.task("Print").id, second.task("Copy").id))
    found = get_portfolio(actor=cast.manager, now=NOW)
    (chain,) = found.chains
    assert [(one.project_number, one.task_name) for one in chain.links] == [
        (first.number(), "Copy"), (first.number(), "Print"), (second.number(), "Copy"), (second.number(), "Print"),
    ]
    assert chain.finish_date == second.task("Print").finish_date
    roles: dict[str, Any] = {one.name: one for one in found.bottlenecks.roles}
    assert roles
    assert all(one.critical <= one.tasks for one in roles.values())
    assert len(alone) <= 25
    assert get_portfolio(actor=cast.marketer, now=NOW).chains == ()


@pytest.mark.django_db
def test_the_portfolio_is_narrowed_to_what_is_blocked_or_overdue(plan: Plan) -> None:
    other = Other(plan)
    other.change(MovedTasks((other.task("Copy").id,), days=60))
    late = [row.drift.project.id for row in get_portfolio(actor=plan.cast.manager, now=NOW, holds=["overdue"]).rows]
    assert other.project_id not in late
    assert get_portfolio(actor=plan.cast.manager, now=NOW, holds=["blocked"]).total == 0
