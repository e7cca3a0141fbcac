"""One plan of a thousand tasks: a move that shifts half of them, and the pages that show the same work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import cycle

from django.test import Client
from django.urls import reverse

from wonward.domains.catalog.types import BlueprintItem, Waits
from wonward.domains.clients.operations import create_companies
from wonward.domains.clients.types import NewCompany
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import MovedTasks, NewProject
from wonward.edges.commands.bench.figures import after_a_write_ms, floor_ms, median_ms, queries_of, tell
from wonward.journeys.promises.operations import change_plan, open_project
from wonward.kernel.actor import Actor

TASKS, CHAIN, PER_PHASE = 1000, 500, 20
_ROWS = "SELECT id, name, start_date, finish_date, status FROM delivery_task WHERE project_id = %s ORDER BY position LIMIT {}"
_PAGES = (("overview_1000", "project", 60), ("plan_1000", "project_plan", 60), ("list_1000", "project_list", 60), ("board_1000", "project_board", 200), ("calendar_1000", "project_calendar", 1000),
          ("status_1000", "project_status", 1000))


def measure_delivery(client: Client, actor: Actor, now: datetime) -> None:
    """The figures of the plan; goals are those of the reference machine."""
    (company_id,) = create_companies(actor=actor, companies=[NewCompany(name="Client of a thousand tasks")], now=now)
    project_id = open_project(actor=actor, now=now, new=NewProject(
        name="A thousand tasks", company_id=company_id, manager_id=actor.person_id, start_date=now.date(), promised_finish_date=None,
        items=_items(), status="active",
    ))
    first = next(row for row in list_tasks(actor=actor, project_id=project_id) if row.key == "t0")
    move = partial(_move, actor, project_id, first.id, cycle((1, -1)), now)
    _measure_move(move)
    for name, route, rows in _PAGES:
        url = reverse(route, args=[project_id])
        fetch = partial(_fetch, client, url)
        cpu, floor = median_ms(fetch), floor_ms(_ROWS.format(rows), [project_id])
        own = after_a_write_ms(fetch, write=move)
        tell(name, cpu_ms=cpu, after_a_write_ms=after_a_write_ms(fetch), after_a_move_of_500_ms=own, floor_ms=floor, ratio=round(cpu / max(floor, 0.01), 1), goal_ms=12,
             queries=queries_of(fetch), kilobytes=round(_fetch(client, url) / 1024))


def _measure_move(move: Callable[[], int]) -> None:
    move()
    moved = move()
    tell("move_500", cpu_ms=median_ms(move, runs=10), moved=moved, goal_ms=150, queries=queries_of(move))


def _move(actor: Actor, project_id: int, task_id: int, days: Iterator[int], now: datetime) -> int:
    """The head of the chain goes a day further, and back the next time: half of the plan is dated anew."""
    changed = change_plan(
        actor=actor, project_id=project_id, changes=[MovedTasks((task_id,), next(days))], reason="The client asked for it.", now=now
    )
    return len(changed.outcome.moved)


def _fetch(client: Client, url: str) -> int:
    response = client.get(url)
    if response.status_code != 200:
        raise SystemExit(f"{url} answered {response.status_code}")
    return len(response.content)


def _items() -> tuple[BlueprintItem, ...]:
    """Phases of twenty; the first five hundred tasks wait for one another, the others for nobody."""
    made: list[BlueprintItem] = []
    phase = ""
    for number in range(TASKS):
        if number % PER_PHASE == 0:
            phase = f"p{number}"
            made.append(BlueprintItem(phase, "phase", f"Phase {number // PER_PHASE + 1}", None, 0, 0, "", (), "", ()))
        after = (Waits(f"t{number - 1}", "FS", 0),) if 0 < number < CHAIN else ()
        made.append(BlueprintItem(f"t{number}", "task", f"Task {number}", phase, 480, 480, f"Role {number % 5}", after, "", ()))
    return tuple(made)
