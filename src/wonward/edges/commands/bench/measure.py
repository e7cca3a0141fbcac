"""The measuring program; started by `wonward bench` in an installation of its own."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from itertools import count

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wonward.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from wonward.domains.sales.queries.deals import list_deals  # noqa: E402
from wonward.domains.sales.types import DealFilter  # noqa: E402
from wonward.edges.commands.bench.data import CLOSED, EMAIL, PASSWORD, ensure_data  # noqa: E402
from wonward.edges.commands.bench.delivery import measure_delivery  # noqa: E402
from wonward.edges.commands.bench.engines import measure_engines  # noqa: E402
from wonward.edges.commands.bench.figures import after_a_write_ms, floor_ms, median_ms, queries_of, tell  # noqa: E402
from wonward.edges.commands.bench.logs import measure_log  # noqa: E402
from wonward.edges.commands.bench.memory import idle_memory  # noqa: E402
from wonward.edges.commands.bench.selling import measure_selling  # noqa: E402
from wonward.edges.commands.bench.wins import GOALS, measure_large_win, measure_win  # noqa: E402
from wonward.edges.commands.static_files import ensure_static_files  # noqa: E402
from wonward.kernel.actor import Actor  # noqa: E402

_CARDS = "SELECT id, number, name, value_minor, next_due_date, stage_id FROM sales_deal WHERE status = 'open' ORDER BY next_due_date LIMIT {}"


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
    _pages(client, actor, now)
    measure_selling(client, actor, now)
    measure_log(client, actor, now)
    for tasks, goal in GOALS:
        project_id = measure_win(actor, tasks, goal, now)
        if tasks > 20:
            _page(client, f"project_{tasks}", reverse("project", kwargs={"project_id": project_id}), floor_ms(
                "SELECT id, name, start_date, finish_date, status FROM delivery_task WHERE project_id = %s", [project_id]), 8)
            _page(client, f"plan_{tasks}", reverse("project_plan", kwargs={"project_id": project_id}), floor_ms(
                "SELECT id, name, start_date, finish_date, status FROM delivery_task WHERE project_id = %s", [project_id]), 12)
    measure_large_win(actor, now)
    measure_delivery(client, actor, now)
    tell("idle_memory_pss_mb", value=idle_memory(), goal=220)


def _add_a_million() -> None:
    total = 0
    for number in range(1_000_000):
        total += number


def _pages(client: Client, actor: Actor, now: datetime) -> None:
    deal_id = list_deals(actor=actor, where=DealFilter(status="open"), now=now, limit=1)[0].id
    _page(client, "deals_table_50", reverse("deals_table") + "?status=open", floor_ms(_CARDS.format(50)), 6)
    unseen = (f"{reverse('deals_table')}?status=open&page={number}" for number in count(30))
    tell("deals_table_50_unseen_rows", cpu_ms=median_ms(lambda: client.get(next(unseen))), goal_ms=6)
    _page(client, "deals_board_6x50", reverse("deals_board"), floor_ms(_CARDS.format(300)), 12)
    _page(client, "deal_record", reverse("deal", kwargs={"deal_id": deal_id}), floor_ms(
        "SELECT * FROM sales_deal WHERE id = %s", [deal_id]), 6)


def _page(client: Client, name: str, url: str, floor: float, goal: float) -> None:
    def fetch() -> None:
        response = client.get(url)
        if response.status_code != 200:
            raise SystemExit(f"{url} answered {response.status_code}")

    cpu = median_ms(fetch)
    tell(name, cpu_ms=cpu, after_a_write_ms=after_a_write_ms(fetch), floor_ms=floor, ratio=round(cpu / max(floor, 0.01), 1), goal_ms=goal,
         queries=queries_of(fetch),
         kilobytes=round(len(client.get(url).content) / 1024))


if __name__ == "__main__":
    main()
