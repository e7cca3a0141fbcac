"""Of the Maven files only some are brought in: before the last is applied, and when the deals come alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.journeys.imports.imported import bring, messages, stage
from tests.journeys.imports.shared import MAVEN, MAVEN_FILES
from tests.people import NOW, make_cast
from wonward.domains.sales.queries.sums import sum_deals
from wonward.domains.sales.types import DealFilter

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not MAVEN.is_dir(), reason=f"THE MAVEN FILES ARE MISSING, NOTHING WAS PROVED: no {MAVEN} (set WONWARD_SHARED)"),
]


def test_what_the_report_says_before_anything_is_written():
    cast = make_cast()
    for kind in ("companies", "services", "users"):
        bring(cast.owner, kind, (MAVEN / MAVEN_FILES[kind]).read_bytes())
    batch = stage(cast.owner, "deals", (MAVEN / "sales_pipeline.csv").read_bytes())
    assert {line.header: line.field for line in batch.mapping} == {
        "opportunity_id": "external_id", "sales_agent": "owner", "product": "service", "account": "company", "deal_stage": "stage",
        "engage_date": "opened_date", "close_date": "close_date", "close_value": "value",
    }
    (unknown,) = [choice for choice in batch.values if choice.about == "service"]
    assert (unknown.value, unknown.rows, unknown.target) == ("GTXPro", 1480, "create")
    assert [name for _, name in unknown.near] == ["GTX Pro"]
    assert {choice.value: choice.label for choice in batch.values if choice.about == "stage"} == {
        "Won": "Won", "Lost": "Lost", "Engaging": "Discovery", "Prospecting": "Qualified"
    }
    assert any("month first" in note and "close_date" in note for note in batch.notes)
    assert batch.problems == ()
    assert sum_deals(actor=cast.owner, where=DealFilter(), now=NOW).count == 0


def test_the_pipeline_alone_brings_its_companies_services_and_people_along():
    cast = make_cast()
    batch = bring(cast.owner, "deals", (MAVEN / "sales_pipeline.csv").read_bytes())
    assert batch.status == "done", messages(batch)
    assert (batch.counts["companies_created"], batch.counts["services_to_review"], batch.counts["people_created"]) == (85, 7, 30)
    assert sum_deals(actor=cast.owner, where=DealFilter(status="won"), now=NOW).value.amount == Decimal("10005534.00")
