"""What five hundred projects on one page cost; started by `wonward bench portfolio` in an installation of its own, filled once."""

from __future__ import annotations

import os
import random
from datetime import UTC, date, datetime, timedelta
from itertools import cycle

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wonward.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from wonward.domains.catalog.types import BlueprintItem, Waits  # noqa: E402
from wonward.domains.clients.operations import create_companies  # noqa: E402
from wonward.domains.clients.types import NewCompany  # noqa: E402
from wonward.domains.delivery.queries.projects import list_projects  # noqa: E402
from wonward.domains.delivery.queries.tasks import list_tasks  # noqa: E402
from wonward.domains.delivery.types import NewDependency, NewProject, TaskChange  # noqa: E402
from wonward.domains.staff.operations import NewPerson, create_people  # noqa: E402
from wonward.edges.commands.bench.data import EMAIL, PASSWORD, owner  # noqa: E402
from wonward.edges.commands.bench.figures import after_a_write_ms, floor_ms, median_ms, queries_of, tell  # noqa: E402
from wonward.edges.commands.static_files import ensure_static_files  # noqa: E402
from wonward.journeys.promises.operations import change_plan, open_project  # noqa: E402
from wonward.kernel.actor import Actor, system_actor  # noqa: E402

PROJECTS, TASKS, PEOPLE, CLIENTS = 500, 24, 24, 60
_WAITING, _BUSY = 20, 120
_FLOOR = (
    "SELECT p.id, p.number, p.name, p.promised_finish_date, p.forecast_finish_date, SUM(t.finish_date < CURRENT_DATE), "
    "SUM(t.blocked_reason <> ''), MIN(t.finish_date) FROM delivery_project p JOIN delivery_task t ON t.project_id = p.id "
    "WHERE t.status <> 'done' GROUP BY p.id, p.number, p.name, p.promised_finish_date, p.forecast_finish_date"
)


def main() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    ensure_static_files()
    now = datetime.now(UTC)
    actor = owner() or _fill(now)
    client = Client()
    client.post(reverse("sign_in"), {"email": EMAIL, "password": PASSWORD})
    address = reverse("portfolio")

    def fetch() -> None:
        response = client.get(address)
        if response.status_code != 200:
            raise SystemExit(f"{address} answered {response.status_code}")

    project_id = list_projects(actor=actor, limit=1)[0].id
    task = next(row for row in list_tasks(actor=actor, project_id=project_id) if row.kind == "task")
    names = cycle((f"{task.name} again", task.name))

    def rename() -> None:
        change_plan(actor=actor, project_id=project_id, changes=[TaskChange(task.id, {"name": next(names)})], now=now)

    shown = len(list_projects(actor=actor, limit=PROJECTS + 1))
    cpu, floor = median_ms(fetch), floor_ms(_FLOOR)
    tell("portfolio_500", cpu_ms=cpu, after_a_write_ms=after_a_write_ms(fetch),
         after_a_change_of_one_ms=after_a_write_ms(fetch, write=rename), floor_ms=floor, ratio=round(cpu / max(floor, 0.01), 1), goal_ms=40, queries=queries_of(fetch),
         projects=shown, tasks=PROJECTS * TASKS, kilobytes=round(len(client.get(address).content) / 1024))


def _fill(now: datetime) -> Actor:
    """Projects that began over the last two hundred days: some late, some blocked, some waiting for each other."""
    people = create_people(
        actor=system_actor(), now=now,
        people=[NewPerson(name="Owner Bench", email=EMAIL, access_role="owner", password=PASSWORD)]
        + [NewPerson(name=f"Person {n}", email=f"p{n}@bench.example", access_role="member") for n in range(PEOPLE)],
    )
    actor = owner()
    assert actor is not None
    dice = random.Random(5)  # noqa: S311
    companies = create_companies(actor=actor, companies=[NewCompany(name=f"Client {n:03}") for n in range(CLIENTS)], now=now)
    today = now.date()
    ids = [open_project(actor=actor, new=_new(n, companies[n % CLIENTS], people, today, dice), now=now) for n in range(PROJECTS)]
    for place in range(_BUSY):
        tasks = [row for row in list_tasks(actor=actor, project_id=ids[place]) if row.kind == "task"]
        edits: list[TaskChange | NewDependency] = [
            TaskChange(row.id, {"assignee_id": dice.choice(people), "blocked_reason": "No answer" if number == 3 else ""})
            for number, row in enumerate(tasks[:6])
        ]
        if CLIENTS <= place < CLIENTS + _WAITING:
            before = [row for row in list_tasks(actor=actor, project_id=ids[place - CLIENTS]) if row.kind == "task"]
            edits.append(NewDependency(before[-1].id, tasks[-1].id))
        change_plan(actor=actor, project_id=ids[place], changes=edits, reason="As agreed.", now=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return actor


def _new(n: int, company_id: int, people: list[int], today: date, dice: random.Random) -> NewProject:
    start = today - timedelta(days=dice.randrange(200))
    return NewProject(
        name=f"Project {n:03}", company_id=company_id, manager_id=people[n % len(people)], start_date=start,
        promised_finish_date=start + timedelta(days=40 + dice.randrange(40)), items=_items(dice), status="active",
    )


def _items(dice: random.Random) -> tuple[BlueprintItem, ...]:
    found = []
    for n in range(TASKS):
        after = (Waits(f"t{n - 1}", "FS", 0),) if n % 6 else ()
        kind = "milestone" if n % 6 == 5 else "task"
        minutes = 0 if kind == "milestone" else 480 * dice.randrange(1, 8)
        found.append(BlueprintItem(f"t{n}", kind, f"Task {n}", None, minutes, minutes, f"Role {n % 5}" if minutes else "", after, "", ()))
    return tuple(found)


if __name__ == "__main__":
    main()
