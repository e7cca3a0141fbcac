"""Trees and files of Salesforce come in whole, with their relations, and a second time they add nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.imports.imported import apply, bring, stage
from tests.journeys.imports.shared import shared_folder
from tests.people import NOW, make_cast
from wonward.domains.clients.queries import list_companies, list_contacts, list_stakeholders
from wonward.domains.comms.queries import list_communications
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.types import DealFilter
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
CRM = shared_folder() / "data/crm"
TREES = CRM / "salesforce-sfdx-trees"
needs_trees = pytest.mark.skipif(not TREES.is_dir(), reason=f"THE TREES ARE MISSING, NOTHING WAS PROVED: no {TREES} (set WONWARD_SHARED)")
# Kind, file, rows, and the columns that have no place and are told as lost.
FILES = (
    ("companies", "ebikes-lwc/data/Accounts.json", 3), ("contacts", "dreamhouse-lwc/data/contacts-data.json", 5),
    ("contacts", "dreamhouse-lwc/data/brokers-data.json", 8), ("services", "ebikes-lwc/data/Product__cs.json", 16),
    ("services", "ebikes-lwc/data/Product_Family__cs.json", 4),
)


def tree(sobject: str, *rows: dict[str, Any]) -> bytes:
    """Records as the tree export of Salesforce writes them; `_` is the reference others name."""
    return json.dumps({"records": [
        {"attributes": {"type": sobject, "referenceId": row["_"]}, **{key: value for key, value in row.items() if key != "_"}} for row in rows
    ]}).encode()


@needs_trees
@pytest.mark.parametrize(("kind", "name", "rows"), FILES, ids=lambda value: Path(str(value)).stem)
def test_a_tree_comes_in_whole_and_a_second_time_adds_nothing(kind: str, name: str, rows: int) -> None:
    cast = make_cast()
    data = (TREES / name).read_bytes()
    assert len(json.loads(data)["records"]) == rows
    staged = stage(cast.owner, kind, data, name=Path(name).name)
    assert (staged.source, staged.problems) == ("import.salesforce", ())
    assert apply(cast.owner, staged).counts["created"] == rows
    again = bring(cast.owner, kind, data)
    assert (again.counts.get("created", 0), again.counts["unchanged"]) == (0, rows)


@needs_trees
def test_three_thousand_opportunities_come_in_and_a_second_time_add_nothing() -> None:
    cast = make_cast()
    data = (CRM / "salesforce-fixtures/opportunities-bulk.csv").read_bytes()
    assert bring(cast.owner, "deals", data).counts["created"] == 3000
    assert bring(cast.owner, "deals", data).counts["unchanged"] == 3000


def test_accounts_contacts_opportunities_and_tasks_keep_hold_of_each_other() -> None:
    cast = make_cast()
    bring(cast.seller, "companies", tree("Account", {"_": "AccountRef1", "Name": "Acme"}, {"_": "AccountRef2", "Name": "Acme East", "ParentId": "@AccountRef1"}))
    people = tree("Contact", {"_": "ContactRef1", "LastName": "Day", "FirstName": "Jo", "Email": "jo@acme.test", "AccountId": "@AccountRef1"},
                  {"_": "ContactRef2", "LastName": "Bee", "FirstName": "Al", "AccountId": "@AccountRef2"})
    bring(cast.seller, "contacts", people)
    bring(cast.seller, "deals", tree(
        "Opportunity", {"_": "OppRef1", "Name": "Relaunch", "StageName": "Prospecting", "Amount": 12500.5, "CloseDate": "2027-02-01",
                        "AccountId": "@AccountRef1", "ContactId": "@ContactRef1"}))
    bring(cast.seller, "communications", tree(
        "Task", {"_": "TaskRef1", "Subject": "Call about hosting", "Description": "They want it here.", "ActivityDate": "2026-05-06",
                 "WhatId": "@OppRef1", "WhoId": "@ContactRef1", "Type": "Call"}))
    companies = {row.name: row for row in list_companies(actor=cast.seller)}
    assert companies["Acme East"].parent_id == companies["Acme"].id
    assert {row.name: row.company_name for row in list_contacts(actor=cast.seller)} == {"Jo Day": "Acme", "Al Bee": "Acme East"}
    (deal,) = list_deals(actor=cast.seller, where=DealFilter(), now=NOW)
    assert deal.value is not None
    assert (deal.company_name, deal.value.minor) == ("Acme", 1_250_050)
    ref = Ref("sales.deal", deal.id)
    assert [row.name for row in list_stakeholders(ref=ref)] == ["Jo Day"]
    (entry,) = list_communications(actor=cast.seller, refs=[ref])
    assert (entry.kind, entry.subject, entry.participants) == ("call", "Call about hosting", ("Jo Day",))
