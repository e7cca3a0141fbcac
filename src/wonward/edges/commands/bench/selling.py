"""What selling costs at size: who may be the same among 200,000 contacts, and the reports."""

from __future__ import annotations

import random
from datetime import date, datetime
from itertools import count

from django.test import Client
from django.urls import reverse

from wonward.domains.clients.operations import create_contacts
from wonward.domains.clients.queries import count_contacts, find_duplicate_contacts
from wonward.domains.clients.types import NewContact
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.queries.reports import get_sales_report
from wonward.domains.sales.types.reports import Period
from wonward.edges.commands.bench.data import OPEN
from wonward.edges.commands.bench.figures import after_a_write_ms, floor_ms, median_ms, queries_of, tell
from wonward.kernel.actor import Actor

CONTACTS = 200_000
_AT_ONCE = 5_000
# The made-up history closes its deals between 2020 and the summer of 2025.
A_YEAR, ALL_YEARS = Period(date(2024, 1, 1), date(2024, 12, 31)), Period(date(2020, 1, 1), date(2025, 12, 31))
_SOUNDS = ("ba", "ler", "mo", "sten", "ki", "ro", "han", "vel", "do", "ris", "ne", "tal", "berg", "so", "wick", "ma")
_GIVEN = ("Anna", "Jan", "Mara", "Lukas", "Sofia", "Peter", "Katharina", "Thomas", "Ingrid", "Matteo", "Olivia", "Daniel", "Silke",
          "Robert", "Noor", "Emil", "Giulia", "Stefan", "Heike", "Christian")


def person(dice: random.Random) -> str:
    """A name as they are spread in a country: few given names, many family names."""
    return f"{dice.choice(_GIVEN)} {''.join(dice.choice(_SOUNDS) for _ in range(3)).title()}"


def ensure_contacts(actor: Actor, now: datetime) -> None:
    """Two hundred thousand contacts; those that are there stay."""
    dice = random.Random(11)  # noqa: S311
    for start in range(count_contacts(actor=actor), CONTACTS, _AT_ONCE):
        new = []
        for place in range(start, min(start + _AT_ONCE, CONTACTS)):
            name = person(dice)
            new.append(NewContact(name=name, email=f"{name.split()[0].lower()}.{place}@firm{place % 40_000}.example", phone=f"+49 {30_000_000 + place * 37}"))
        create_contacts(actor=actor, contacts=new, now=now)


def measure_selling(client: Client, actor: Actor, now: datetime) -> None:
    """One line per figure."""
    ensure_contacts(actor, now)
    dice = random.Random(12)  # noqa: S311
    asked = (person(dice) for _ in count())
    tell("duplicates_at_200k_contacts", cpu_ms=median_ms(
        lambda: find_duplicate_contacts(actor=actor, name=next(asked), email="somebody@firm77.example", phone="030 31234567")
    ), floor_ms=floor_ms("SELECT id FROM clients_contactmatchkey WHERE key IN (1, 2, 3, 4, 5, 6, 7)"), goal_ms=20)
    floor = floor_ms("SELECT status, COUNT(*), SUM(reporting_minor) FROM sales_deal GROUP BY status")
    for name, period, goal in (("sales_report_of_a_year", A_YEAR, 80), ("sales_report_of_all_years", ALL_YEARS, 0)):
        outcome = get_sales_report(actor=actor, period=period, now=now).outcome
        tell(name, cpu_ms=median_ms(lambda period=period: get_sales_report(actor=actor, period=period, now=now), runs=5, warm=1),  # type: ignore[misc]
             closed_deals=outcome.won + outcome.lost, open_deals=OPEN, floor_ms=floor,
             queries=queries_of(lambda period=period: get_sales_report(actor=actor, period=period, now=now)),  # type: ignore[misc]
             **({"goal_ms": goal} if goal else {}))
    first = next(stage for stage in list_pipelines()[0].stages if stage.kind == "open")
    filtered = f"{reverse('deals_table')}?status=open&urgency=overdue&stage={first.id}"
    tell("deals_table_three_filters", cpu_ms=median_ms(lambda: client.get(filtered)),
         after_a_write_ms=after_a_write_ms(lambda: client.get(filtered)), queries=queries_of(lambda: client.get(filtered)),
         floor_ms=floor, goal_ms=10)
    tell("sales_report_page", cpu_ms=median_ms(lambda: client.get(reverse("sales_reports")), runs=5, warm=1), floor_ms=floor, goal_ms=80,
         note="its first view: the last 365 days, in which the made-up history closes little")
