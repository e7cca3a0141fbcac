"""The measuring program; started by `wonward bench` in an installation of its own."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wonward.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from wonward.edges.commands.bench.data import CLOSED, EMAIL, PASSWORD, ensure_data  # noqa: E402
from wonward.edges.commands.bench.delivery import measure_delivery  # noqa: E402
from wonward.edges.commands.bench.engines import measure_engines  # noqa: E402
from wonward.edges.commands.bench.figures import floor_ms, median_ms, tell  # noqa: E402
from wonward.edges.commands.bench.logs import measure_log  # noqa: E402
from wonward.edges.commands.bench.memory import idle_memory  # noqa: E402
from wonward.edges.commands.bench.pages import measure_pages, tell_page  # noqa: E402
from wonward.edges.commands.bench.selling import measure_selling  # noqa: E402
from wonward.edges.commands.bench.wins import GOALS, measure_large_win, measure_win  # noqa: E402
from wonward.edges.commands.static_files import ensure_static_files  # noqa: E402


def main() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    ensure_static_files()
    now = datetime.now(UTC)
    actor, built = ensure_data(now)
    if built:
        started, cpu = time.perf_counter(), time.process_time()
        built["commit"]()
        spent, spent_cpu = time.perf_counter() - started, time.process_time() - cpu
        tell("import_deals", rows=CLOSED, rows_per_s=round(CLOSED / spent), rows_per_cpu_s=round(CLOSED / spent_cpu), goal=2000)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    tell("machine", million_additions_ms=median_ms(_add_a_million), note="compare figures of one run only")
    measure_engines()
    client = Client()
    client.post(reverse("sign_in"), {"email": EMAIL, "password": PASSWORD})
    measure_pages(client, actor, now)
    measure_selling(client, actor, now)
    measure_log(client, actor, now)
    for tasks, goal in GOALS:
        project_id = measure_win(actor, tasks, goal, now)
        if tasks > 20:
            tell_page(client, f"project_{tasks}", reverse("project", kwargs={"project_id": project_id}), floor_ms(
                "SELECT id, name, start_date, finish_date, status FROM delivery_task WHERE project_id = %s", [project_id]), 8)
            tell_page(client, f"plan_{tasks}", reverse("project_plan", kwargs={"project_id": project_id}), floor_ms(
                "SELECT id, name, start_date, finish_date, status FROM delivery_task WHERE project_id = %s", [project_id]), 12)
    measure_large_win(actor, now)
    measure_delivery(client, actor, now)
    tell("idle_memory_pss_mb", value=idle_memory(), goal=220)


def _add_a_million() -> None:
    total = 0
    for number in range(1_000_000):
        total += number


if __name__ == "__main__":
    main()
