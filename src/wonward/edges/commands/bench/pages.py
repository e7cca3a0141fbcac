"""What the pages of selling cost at size: tables, board, deal, reports.

`python -m wonward.edges.commands.bench.pages` measures nothing else, on the database of the environment, which it migrates
first. What is missing of a hundred thousand deals and two hundred thousand contacts is made beside what is there.
"""

from __future__ import annotations

import os
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
from wonward.edges.commands.bench.data import EMAIL, PASSWORD, ensure_data, ensure_history  # noqa: E402
from wonward.edges.commands.bench.figures import (  # noqa: E402
    after_a_write_ms,
    floor_ms,
    median_database_ms,
    median_ms,
    queries_of,
    tell,
    wall_ms,
)
from wonward.edges.commands.bench.selling import ensure_contacts, measure_selling  # noqa: E402
from wonward.edges.commands.static_files import ensure_static_files  # noqa: E402
from wonward.kernel.actor import Actor  # noqa: E402

_CARDS = "SELECT id, number, name, value_minor, next_due_date, stage_id FROM sales_deal WHERE status = 'open' ORDER BY next_due_date LIMIT {}"


def main() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    ensure_static_files()
    now = datetime.now(UTC)
    actor, built = ensure_data(now)
    if built:
        built["commit"]()
    ensure_history(actor, now)
    ensure_contacts(actor, now)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE sales_deal" if connection.vendor == "postgresql" else "ANALYZE")
        cursor.execute("ANALYZE")
    client = Client()
    client.post(reverse("sign_in"), {"email": EMAIL, "password": PASSWORD})
    measure_pages(client, actor, now)
    measure_selling(client, actor, now)


def measure_pages(client: Client, actor: Actor, now: datetime) -> None:
    """One line per page."""
    deal_id = list_deals(actor=actor, where=DealFilter(status="open"), now=now, limit=1)[0].id
    tell_page(client, "deals_table_50", reverse("deals_table") + "?status=open", floor_ms(_CARDS.format(50)), 6)
    unseen = (f"{reverse('deals_table')}?status=open&page={number}" for number in count(30))
    tell("deals_table_50_unseen_rows", cpu_ms=median_ms(lambda: client.get(next(unseen))), goal_ms=6)
    tell_page(client, "deals_board_6x50", reverse("deals_board"), floor_ms(_CARDS.format(300)), 12)
    tell_page(client, "deal_record", reverse("deal", kwargs={"deal_id": deal_id}), floor_ms(
        "SELECT * FROM sales_deal WHERE id = %s", [deal_id]), 6)


def tell_page(client: Client, name: str, url: str, floor: float, goal: float) -> None:
    """What a page costs seen again and right after somebody else wrote, and how much of it the database takes."""

    def fetch() -> None:
        response = client.get(url)
        if response.status_code != 200:
            raise SystemExit(f"{url} answered {response.status_code}")

    cpu = median_ms(fetch)
    tell(name, cpu_ms=cpu, database_ms=median_database_ms(fetch), wall_ms=wall_ms(fetch), after_a_write_ms=after_a_write_ms(fetch),
         floor_ms=floor, ratio=round(cpu / max(floor, 0.01), 1), goal_ms=goal, queries=queries_of(fetch),
         kilobytes=round(len(client.get(url).content) / 1024))


if __name__ == "__main__":
    main()
