"""What a win costs: from the five answers to dated projects, with the bare inserts and the bare commit beside it.

`python -m wonward.edges.commands.bench.wins` measures nothing else, on the database of the environment, which it migrates first.
"""

from __future__ import annotations

import os
import statistics
import time
from datetime import UTC, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wonward.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from wonward.domains.sales.types import ClosingBrief  # noqa: E402
from wonward.domains.staff.operations import NewPerson, create_people  # noqa: E402
from wonward.edges.commands.bench.data import EMAIL, PASSWORD, owner, win_ready  # noqa: E402
from wonward.edges.commands.bench.figures import tell  # noqa: E402
from wonward.journeys.handoff.operations import close_deal_as_won  # noqa: E402
from wonward.kernel.actor import Actor, system_actor  # noqa: E402

GOALS = ((20, 40), (200, 120), (1000, 400))
"""Tasks of the templates, and the most milliseconds their win may take."""


def main() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    now = datetime.now(UTC)
    if owner() is None:
        create_people(actor=system_actor(), now=now, people=[NewPerson(name="Owner Bench", email=EMAIL, access_role="owner", password=PASSWORD)])
    actor = owner()
    assert actor is not None
    for tasks, goal in GOALS:
        measure_win(actor, tasks, goal, now)
    measure_large_win(actor, now)


def measure_large_win(actor: Actor, now: datetime) -> None:
    """Three services, 1,000 tasks, 1,500 dependencies, and 200 entries in the log that become links."""
    measure_win(actor, 1000, 400, now, services=3, entries=200)


def measure_win(actor: Actor, tasks: int, goal: int, now: datetime, *, services: int = 1, entries: int = 0) -> int:
    """Seven wins of deals whose templates have this many tasks together. Returns a project of the last."""
    deals, contact_id = win_ready(actor, tasks, 7, now, services=services, entries=entries)
    brief = ClosingBrief("Everything as offered.", now.date() + timedelta(days=900), "", True, contact_id, now.date() + timedelta(days=7))
    spent, cpu = [], []
    project_ids: tuple[int, ...] = ()
    for deal_id in deals:
        started, cpu_started = time.perf_counter(), time.process_time()
        project_ids = close_deal_as_won(actor=actor, deal_id=deal_id, brief=brief, now=now).project_ids
        spent.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - cpu_started) * 1000)
    floor, commit = round(sum(_bare_inserts(project_id) for project_id in project_ids), 2), _bare_commit()
    tell(
        f"win_{tasks}_tasks" + (f"_{services}_services" if services > 1 else ""), ms=round(statistics.median(spent), 1),
        cpu_ms=round(statistics.median(cpu), 1), floor_ms=floor, commit_ms=commit, ratio=round(statistics.median(spent) / max(floor, 0.01), 1), goal_ms=goal,
    )
    return project_ids[0]


def _bare_inserts(project_id: int) -> float:
    """The same task and dependency rows written by the bare driver into copies of the tables."""
    spent = []
    for _ in range(5):
        with transaction.atomic(), connection.cursor() as cursor:
            started = time.perf_counter()
            for table in ("delivery_task", "delivery_dependency"):
                cursor.execute(f"SELECT * FROM {table} WHERE project_id = %s", [project_id])
                rows = cursor.fetchall()
                marks = ", ".join(["%s"] * len(cursor.description))
                cursor.execute(f"CREATE TEMPORARY TABLE bench_copy AS SELECT * FROM {table} WHERE 1 = 0")
                cursor.executemany(f"INSERT INTO bench_copy VALUES ({marks})", rows)
                cursor.execute("DROP TABLE bench_copy")
            spent.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(spent), 2)


def _bare_commit() -> float:
    """One row written and kept: what this disk asks of every win, however little it writes."""
    spent = []
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_commit (n integer)")
        for number in range(9):
            started = time.perf_counter()
            with transaction.atomic():
                cursor.execute("INSERT INTO bench_commit VALUES (%s)", [number])
            spent.append((time.perf_counter() - started) * 1000)
        cursor.execute("DROP TABLE bench_commit")
    return round(statistics.median(spent), 2)


if __name__ == "__main__":
    main()
