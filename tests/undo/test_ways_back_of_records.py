"""The ways back the table names for clients, the log, own fields and imports bring back what was, in the whole database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.journeys.imports.imported import apply, bring, stage
from tests.people import NOW, Cast, Sale, make_cast, make_sale
from tests.undo.table import UNDO, By
from tests.undo.ways import Way, Ways, walk
from wonward.domains.clients.operations import (
    add_stakeholder,
    archive_company,
    archive_contact,
    change_company,
    change_contact,
    create_companies,
    decide_duplicate,
    merge_records,
    put_affiliation,
    put_contact_points,
    restore_company,
    restore_contact,
    undo_merge,
)
from wonward.domains.clients.operations.filing import note_duplicates
from wonward.domains.clients.queries import list_duplicates
from wonward.domains.clients.types import NewCompany
from wonward.domains.comms.operations import log_communications, refile_communication
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.sales.operations.deals import change_deal
from wonward.foundation.custom_fields.operations import (
    add_field,
    change_field,
    delete_field,
    restore_field,
    set_many_values,
    set_values,
)
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.journeys.automation.operations import apply_bulk_change, start_bulk_change, undo_bulk_change
from wonward.journeys.imports.operations import (
    check_import,
    delete_mapping,
    save_mapping,
    undo_import,
    use_mapping,
)
from wonward.journeys.imports.queries import get_batch
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
WAYS = Ways()
PACKAGES = ("clients.", "comms.", "custom_fields.", "imports.", "automation.")
MERGES = ("clients.merge",)
IMPORTS = ("imports.",)
# What an import brought is archived without what it was known by outside, so that it can come again.
ARCHIVED = frozenset({"clients.company", "clients.contact", "clients.affiliation", "catalog.service"})
FILE = (
    "Deal ID,Deal Name,Company,Contact,Email,Product,Stage,Amount,Close Date\n"
    "1,One,Alder Works,Cy Dee,cy@alder.test,GTX,Won,10,2026-01-05\n2,Two,Birch Mills,Di Eff,di@birch.test,GTX,Discovery,20,2027-01-05\n"
)
LEADS = "Lead ID,Name,Company,Email,Status,Close Date\n1,Cy Dee,Alder,cy@alder.test,Converted,2026-01-05\n2,Di Eff,Birch,di@birch.test,Open,\n"


def _twin(cast: Cast) -> int:
    (key,) = create_companies(actor=cast.owner, companies=[NewCompany(name="Northwind Robotic GmbH", industry="Robots")], now=NOW)
    return key


def _field(cast: Cast, **more: Any) -> int:
    return add_field(actor=cast.owner, new=NewField(**{"noun": "sales.deal", "label": "Colour", "kind": FieldKind.CHOICE, "choices": ("Red", "Blue"), **more}), now=NOW)


@WAYS.of("clients.add_stakeholder")
def _(cast: Cast, sale: Sale) -> Way:
    ref = Ref("sales.deal", sale.deal_id)
    before = {"decision_role": "champions", "influence": "high", "stance": "for", "preference": "By phone"}
    part = {"actor": cast.seller, "ref": ref, "contact_id": sale.contact_id, "now": NOW}
    add_stakeholder(**part, **before)
    return Way(lambda: add_stakeholder(**part, decision_role="doubts", influence="low", stance="against"), lambda _: add_stakeholder(**part, **before))


@WAYS.of("clients.archive_company")
def _(cast: Cast, sale: Sale) -> Way:
    key = _twin(cast)
    return Way(
        lambda: archive_company(actor=cast.owner, company_id=key, reason="Closed down", now=NOW),
        lambda _: restore_company(actor=cast.owner, company_id=key, now=NOW),
    )


@WAYS.of("clients.restore_company")
def _(cast: Cast, sale: Sale) -> Way:
    key = _twin(cast)
    archive_company(actor=cast.owner, company_id=key, reason="Closed down", now=NOW)
    return Way(
        lambda: restore_company(actor=cast.owner, company_id=key, now=NOW),
        lambda _: archive_company(actor=cast.owner, company_id=key, reason="Closed down", now=NOW),
    )


@WAYS.of("clients.archive_contact")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(
        lambda: archive_contact(actor=cast.owner, contact_id=sale.contact_id, now=NOW), lambda _: restore_contact(actor=cast.owner, contact_id=sale.contact_id, now=NOW),
    )


@WAYS.of("clients.restore_contact")
def _(cast: Cast, sale: Sale) -> Way:
    archive_contact(actor=cast.owner, contact_id=sale.contact_id, now=NOW)
    return Way(
        lambda: restore_contact(actor=cast.owner, contact_id=sale.contact_id, now=NOW), lambda _: archive_contact(actor=cast.owner, contact_id=sale.contact_id, now=NOW),
    )


@WAYS.of("clients.change_company")
def _(cast: Cast, sale: Sale) -> Way:
    def change(**changes: Any) -> None:
        change_company(actor=cast.owner, company_id=sale.company_id, changes=changes, version=None, now=NOW)

    parent = _twin(cast)
    change(domain="northwind.test", pain_points="Slow pages", owner_id=cast.seller.person_id)
    return Way(
        lambda: change(name="Northwind AG", domain="nw.test", pain_points="", preferences="By phone", tier="A", parent_id=parent, owner_id=None, employees=40),
        lambda _: change(name="Northwind Robotics", domain="northwind.test", pain_points="Slow pages", preferences="", tier="", parent_id=None,
                         owner_id=cast.seller.person_id, employees=None),
    )


@WAYS.of("clients.change_contact")
def _(cast: Cast, sale: Sale) -> Way:
    def change(**changes: Any) -> None:
        change_contact(actor=cast.owner, contact_id=sale.contact_id, changes=changes, version=None, now=NOW)

    return Way(
        lambda: change(name="H. Dahl", title="CEO", preference="By mail", pain_points="Late"),
        lambda _: change(name="Hanne Dahl", title="Head of Digital", preference="", pain_points=""),
    )


@WAYS.of("clients.put_contact_points")
def _(cast: Cast, sale: Sale) -> Way:
    contact = {"actor": cast.owner, "contact_id": sale.contact_id, "now": NOW}
    before = [("email", "hanne@northwind.test"), ("email", "h@home.test"), ("phone", "+47 1")]
    put_contact_points(points=before, **contact)
    return Way(lambda: put_contact_points(points=[("phone", "+47 2")], **contact), lambda _: put_contact_points(points=before, **contact))


@WAYS.of("clients.put_affiliation")
def _(cast: Cast, sale: Sale) -> Way:
    link = {"actor": cast.owner, "contact_id": sale.contact_id, "company_id": sale.company_id, "now": NOW}
    put_affiliation(role="Buyer", is_main=True, start_date=date(2020, 1, 1), **link)
    return Way(
        lambda: put_affiliation(role="Adviser", finish_date=date(2026, 1, 1), **link),
        lambda _: put_affiliation(role="Buyer", is_main=True, start_date=date(2020, 1, 1), **link),
    )


@WAYS.of("clients.decide_duplicate")
def _(cast: Cast, sale: Sale) -> Way:
    note_duplicates(noun="clients.company", record_ids=[_twin(cast)], now=NOW)
    (pair,) = list_duplicates(actor=cast.owner, noun="clients.company")
    decide = {"actor": cast.owner, "duplicate_id": pair.id, "now": NOW}
    return Way(lambda: decide_duplicate(is_different=True, **decide), lambda _: decide_duplicate(is_different=False, **decide))


@WAYS.of("clients.merge_records")
def _(cast: Cast, sale: Sale) -> Way:
    _log(cast, Ref("clients.company", sale.company_id))
    twin = _twin(cast)
    return Way(
        lambda: merge_records(actor=cast.owner, noun="clients.company", source_id=sale.company_id, target_id=twin, take=["name"], now=NOW),
        lambda key: undo_merge(actor=cast.owner, merge_id=key, now=NOW), accounts=MERGES,
    )


@WAYS.of("clients.undo_merge")
def _(cast: Cast, sale: Sale) -> Way:
    twin = _twin(cast)
    merge = {"actor": cast.owner, "noun": "clients.company", "source_id": sale.company_id, "target_id": twin, "now": NOW}
    key = merge_records(**merge)
    return Way(lambda: undo_merge(actor=cast.owner, merge_id=key, now=NOW), lambda _: merge_records(**merge), accounts=MERGES)


def _log(cast: Cast, ref: Ref) -> int:
    entry = NewCommunication(kind=CommunicationKind.CALL, refs=(ref,), body="They want it by March.", happened_at=NOW)
    return log_communications(actor=cast.seller, entries=[entry], now=NOW)[0]


@WAYS.of("comms.refile_communication")
def _(cast: Cast, sale: Sale) -> Way:
    deal, company = Ref("sales.deal", sale.deal_id), Ref("clients.company", sale.company_id)
    entry = {"actor": cast.seller, "communication_id": _log(cast, deal), "now": NOW}
    return Way(
        lambda: refile_communication(refs=[company], privacy="restricted", **entry), lambda _: refile_communication(refs=[deal], privacy="internal", **entry),
    )


@WAYS.of("custom_fields.add_field")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(
        lambda: _field(cast), lambda key: delete_field(actor=cast.owner, field_id=key, now=NOW), frozenset({"custom_fields.fielddefinition"}),
    )


@WAYS.of("custom_fields.change_field")
def _(cast: Cast, sale: Sale) -> Way:
    key = _field(cast, hint="Of the logo")
    return Way(
        lambda: change_field(actor=cast.owner, field_id=key, label="Tone", choices=("Red",), hint="", now=NOW),
        lambda _: change_field(actor=cast.owner, field_id=key, label="Colour", choices=("Red", "Blue"), hint="Of the logo", now=NOW),
    )


@WAYS.of("custom_fields.delete_field")
def _(cast: Cast, sale: Sale) -> Way:
    key = _field(cast)
    set_values(actor=cast.seller, ref=Ref("sales.deal", sale.deal_id), values={"colour": "Red"}, now=NOW)
    return Way(lambda: delete_field(actor=cast.owner, field_id=key, now=NOW), lambda _: restore_field(actor=cast.owner, field_id=key, now=NOW))


@WAYS.of("custom_fields.restore_field")
def _(cast: Cast, sale: Sale) -> Way:
    key = _field(cast)
    delete_field(actor=cast.owner, field_id=key, now=NOW)
    return Way(lambda: restore_field(actor=cast.owner, field_id=key, now=NOW), lambda _: delete_field(actor=cast.owner, field_id=key, now=NOW))


@WAYS.of("custom_fields.set_values")
def _(cast: Cast, sale: Sale) -> Way:
    _field(cast)
    ref = Ref("sales.deal", sale.deal_id)
    set_values(actor=cast.seller, ref=ref, values={"colour": "Red", "tags": ["fair", "north"]}, now=NOW)
    return Way(
        lambda: set_values(actor=cast.seller, ref=ref, values={"colour": None, "tags": ["south"]}, now=NOW),
        lambda _: set_values(actor=cast.seller, ref=ref, values={"colour": "Red", "tags": ["fair", "north"]}, now=NOW),
    )


@WAYS.of("custom_fields.set_many_values")
def _(cast: Cast, sale: Sale) -> Way:
    _field(cast)
    values = {"actor": cast.seller, "noun": "sales.deal", "now": NOW}
    return Way(
        lambda: set_many_values(values={sale.deal_id: {"colour": "Blue"}}, **values), lambda _: set_many_values(values={sale.deal_id: {"colour": None}}, **values),
    )


@WAYS.of("automation.apply_bulk_change")
def _(cast: Cast, sale: Sale) -> Way:
    key = start_bulk_change(actor=cast.seller, noun="sales.deal", ids=[sale.deal_id], asked={"source": "Fair", "owner_id": cast.seller.person_id}, now=NOW)
    return Way(
        lambda: apply_bulk_change(actor=cast.seller, bulk_id=key, now=NOW), lambda _: undo_bulk_change(actor=cast.seller, bulk_id=key, now=NOW),
        accounts=("automation.bulk",),
    )


@WAYS.of("imports.commit_import")
def _(cast: Cast, sale: Sale) -> Way:
    batch = stage(cast.owner, "deals", FILE)
    return Way(
        lambda: apply(cast.owner, batch), lambda _: undo_import(actor=cast.owner, batch_id=batch.id, now=NOW),
        ARCHIVED, accounts=IMPORTS,
    )


@WAYS.of("imports.save_mapping")
def _(cast: Cast, sale: Sale) -> Way:
    batch = stage(cast.owner, "deals", FILE)
    return Way(
        lambda: save_mapping(actor=cast.owner, batch_id=batch.id, name="Old CRM", now=NOW), lambda key: delete_mapping(actor=cast.owner, mapping_id=key, now=NOW),
    )


@WAYS.of("imports.delete_mapping")
def _(cast: Cast, sale: Sale) -> Way:
    batch = stage(cast.owner, "deals", FILE)
    key = save_mapping(actor=cast.owner, batch_id=batch.id, name="Old CRM", now=NOW)
    return Way(
        lambda: delete_mapping(actor=cast.owner, mapping_id=key, now=NOW), lambda _: save_mapping(actor=cast.owner, batch_id=batch.id, name="Old CRM", now=NOW),
    )


@WAYS.of("imports.use_mapping")
def _(cast: Cast, sale: Sale) -> Way:
    batch = stage(cast.owner, "deals", FILE)
    check_import(actor=cast.owner, batch_id=batch.id, choices={"mapping": {"Product": None}}, now=NOW)
    key = save_mapping(actor=cast.owner, batch_id=batch.id, name="Old CRM", now=NOW)
    fresh = stage(cast.owner, "deals", FILE)
    check_import(actor=cast.owner, batch_id=fresh.id, choices={}, now=NOW)
    return Way(
        lambda: use_mapping(actor=cast.owner, batch_id=fresh.id, mapping_id=key, now=NOW),
        lambda _: check_import(actor=cast.owner, batch_id=fresh.id, choices={"mapping": {"Product": "service"}}, now=NOW),
        turns=frozenset({"imports.importbatch"}),
    )


ELSEWHERE = {
    "clients.create_companies", "clients.create_contacts", "imports.undo_import", "automation.undo_bulk_change",
}


def test_every_line_is_walked() -> None:
    named = {name for name, way in UNDO.items() if name.startswith(PACKAGES) and isinstance(way, By)}
    assert set(WAYS) | ELSEWHERE == named


@pytest.mark.parametrize("name", sorted(WAYS))
def test_the_way_back_that_is_named_brings_back_what_was(name: str) -> None:
    cast = make_cast()
    walk(name, WAYS[name](cast, make_sale(cast)))


@pytest.mark.parametrize(("kind", "leaves", "content"), [
    ("companies", {"clients.company"}, "Company,Website\nAlder Works,alder.test\n"),
    ("contacts", ARCHIVED - {"catalog.service"} | {"clients.contactpoint"}, "Name,Email,Company\nCy Dee,cy@alder.test,Alder Works\n"),
    ("deals", ARCHIVED, FILE), ("leads", set(), LEADS), ("users", {"staff.person"}, "Name,Manager\nJo Day,Al Boss\n"),
    ("projects", {"delivery.project", "delivery.projectmember", "clients.clientteammember"}, "Project,Client,Start\nMove,Northwind Robotics,2026-12-01\n"),
    ("services", {"catalog.service"}, "Name,Price\nGTX,100\n"),
    ("communications", set(), "Type,Subject,Notes,Date,Company\nCall,Hello,They asked for a date,2026-01-05,Northwind Robotics\n"),
])
def test_an_import_that_is_taken_back_is_gone_and_may_come_again(kind: str, leaves: set[str], content: str) -> None:
    cast = make_cast()
    make_sale(cast)
    batch = stage(cast.owner, kind, content)
    walk(f"import of {kind}", Way(
        lambda: apply(cast.owner, batch), lambda _: undo_import(actor=cast.owner, batch_id=batch.id, now=NOW), frozenset(leaves), accounts=IMPORTS))
    counts = get_batch(actor=cast.owner, batch_id=batch.id).counts
    assert bring(cast.owner, kind, content).counts == {name: count for name, count in counts.items() if name not in ("removed", "kept")}


def test_imported_tasks_leave_a_plan_as_empty_as_it_was() -> None:
    cast = make_cast()
    make_sale(cast)
    bring(cast.owner, "projects", "Project,Client,Start\nMove,Northwind Robotics,2026-12-01\n")
    batch = stage(cast.owner, "tasks", "Project,Task,Duration\nMove,Pack,2d\nMove,Drive,1d\n")
    walk("import of tasks", Way(
        lambda: apply(cast.owner, batch), lambda _: undo_import(actor=cast.owner, batch_id=batch.id, now=NOW), frozenset({"delivery.planchange"}), accounts=IMPORTS))


def test_a_bulk_change_that_was_taken_back_is_made_again() -> None:
    cast = make_cast()
    sale = make_sale(cast)
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"source": "Web"}, now=NOW)
    asked = {"actor": cast.seller, "noun": "sales.deal", "ids": [sale.deal_id], "asked": {"source": "Fair"}, "now": NOW}
    key = start_bulk_change(**asked)
    apply_bulk_change(actor=cast.seller, bulk_id=key, now=NOW)
    walk("automation.undo_bulk_change", Way(
        lambda: undo_bulk_change(actor=cast.seller, bulk_id=key, now=NOW),
        lambda _: apply_bulk_change(actor=cast.seller, bulk_id=start_bulk_change(**asked), now=NOW),
        accounts=("automation.bulk",)))
