"""The four Maven files fall out of the general rules: nothing here is known to the product."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from tests import owner_guard
from tests.journeys.imports.imported import bring
from tests.journeys.imports.shared import MAVEN, MAVEN_FILES
from tests.people import NOW, Cast, make_cast
from wonward.domains.catalog.queries import list_services
from wonward.domains.clients.queries import count_companies, get_company, list_companies
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.queries.sums import sum_deals
from wonward.domains.sales.types import DealFilter
from wonward.domains.staff.queries import find_people_by_name, list_people
from wonward.journeys.imports.types import BatchRow

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not MAVEN.is_dir(), reason=f"THE MAVEN FILES ARE MISSING, NOTHING WAS PROVED: no {MAVEN} (set WONWARD_SHARED)"),
]


@dataclass(frozen=True)
class Imported:
    """Who brought the files in, and how each of the four imports ended."""

    cast: Cast
    batches: dict[str, BatchRow]


@pytest.fixture
def _django_db_helper() -> None:
    """The mark `django_db` asks for the database to exist; this file keeps its own transaction across its tests."""


@pytest.fixture(scope="module")
def brought_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[Imported]:
    """The four files, brought in once for every test here and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        owner_guard.watch_all()
        cast = make_cast()
        yield Imported(cast, bring_all(cast))
        transaction.set_rollback(True)


@pytest.fixture
def imported(brought_once: Imported) -> Iterator[Imported]:
    """What was brought in; whatever a test adds is taken back after it."""
    with transaction.atomic():
        yield brought_once
        transaction.set_rollback(True)


def bring_all(cast: Cast) -> dict[str, BatchRow]:
    return {kind: bring(cast.owner, kind, (MAVEN / name).read_bytes(), name=name) for kind, name in MAVEN_FILES.items()}


def test_the_pipeline_comes_in_whole_and_a_second_run_adds_nothing(imported: Imported):
    cast, deals = imported.cast, imported.batches["deals"]
    assert deals.status == "done", deals.failure
    sums = {status: sum_deals(actor=cast.owner, where=DealFilter(status=status), now=NOW) for status in ("won", "lost", "open")}
    assert {status: row.count for status, row in sums.items()} == {"won": 4238, "lost": 2473, "open": 2089}
    assert sums["won"].value.amount == Decimal("10005534.00")
    assert (deals.counts["history_won"], deals.counts["history_lost"], deals.counts["next_actions_given"]) == (4238, 2473, 2089)
    assert sum_deals(actor=cast.owner, where=DealFilter(is_history=True), now=NOW).count == 4238 + 2473
    check_dates_and_owners(cast)
    check_reconciliation(deals)
    before = count_companies(actor=cast.owner), len(list_people(actor=cast.owner)), len(list_services(actor=cast.owner))
    again = bring_all(cast)
    assert {kind: (row.status, row.counts.get("created", 0), row.counts["unchanged"]) for kind, row in again.items()} == {
        "companies": ("done", 0, 85), "services": ("done", 0, 7), "users": ("done", 0, 35), "deals": ("done", 0, 8800),
    }
    assert before == (count_companies(actor=cast.owner), len(list_people(actor=cast.owner)), len(list_services(actor=cast.owner)))
    assert sum_deals(actor=cast.owner, where=DealFilter(), now=NOW).count == 8800


def check_dates_and_owners(cast: Cast) -> None:
    """A sample of closed deals: the day, the owner, the company and the service of the file."""
    with (MAVEN / "sales_pipeline.csv").open() as file:
        rows = {row["opportunity_id"]: row for row in csv.DictReader(file)}
    for external_id in list(rows)[::97]:
        (deal,) = list_deals(actor=cast.owner, where=DealFilter(external_id=external_id), now=NOW)
        row = rows[external_id]
        assert deal.owner_name == row["sales_agent"]
        assert deal.company_name == row["account"]
        assert deal.service_name == row["product"]
        if row["close_date"]:
            month, day, year = (int(part) for part in row["close_date"].split("/"))
            assert deal.closed_date == date(year, month, day)
            assert deal.value.amount == Decimal(row["close_value"])


def check_reconciliation(deals: BatchRow) -> None:
    lines = {line.status: line for line in deals.reconciliation}
    assert {status: (line.rows_in_file, line.rows_written) for status, line in lines.items()} == {
        "won": (4238, 4238), "lost": (2473, 2473), "open": (2089, 2089)
    }
    assert all(line.value_in_file == line.value_written for line in lines.values())
    assert lines["won"].value_in_file == Decimal("10005534.00")


def test_a_deal_without_company_may_be_open_and_an_unknown_product_waits_for_review(imported: Imported):
    cast = imported.cast
    homeless = [row for row in list_deals(actor=cast.owner, where=DealFilter(status="open"), now=NOW, limit=3000) if not row.company_id]
    assert len(homeless) == 1425
    assert {row.next_action.kind for row in homeless} == {"review"}
    assert [row.name for row in list_services(actor=cast.owner) if row.is_to_review] == ["GTXPro"]


def test_next_actions_are_spread_over_ten_working_days_for_each_owner(imported: Imported):
    cast = imported.cast
    owner_id = find_people_by_name(["Darcel Schlecht"])["Darcel Schlecht"]
    rows = list_deals(actor=cast.owner, where=DealFilter(status="open", owner_id=owner_id), now=NOW, limit=1000)
    per_day: dict[date, int] = {}
    for row in rows:
        per_day[row.next_action.due_date] = per_day.get(row.next_action.due_date, 0) + 1
    assert len(per_day) == 10
    assert max(per_day.values()) - min(per_day.values()) <= 1
    assert all(day.weekday() < 5 and day > NOW.date() for day in per_day)


def test_companies_keep_their_parents_and_people_their_managers_and_teams(imported: Imported):
    cast = imported.cast
    companies = {row.name: row for row in list_companies(actor=cast.owner, limit=200)}
    children = [row for row in companies.values() if row.parent_id]
    assert len(children) == 15
    with (MAVEN / "accounts.csv").open() as file:
        for row in csv.DictReader(file):
            company = companies[row["account"]]
            parent = get_company(actor=cast.owner, company_id=company.parent_id).name if company.parent_id else ""
            assert (parent, company.industry, company.country) == (row["subsidiary_of"], row["sector"], row["office_location"])
            assert company.employees == int(row["employees"])
    people = {row.name: row for row in list_people(actor=cast.owner)}
    assert people["Anna Snelling"].team == "Central"
    assert "Dustin Brinkmann" in people
    clients = [row for row in companies.values() if row.client_since_date]
    assert len(clients) == count_companies(actor=cast.owner, clients_only=True) == 85
