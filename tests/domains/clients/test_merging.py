"""Two records become one: nothing points to the one that went, and an undo puts every row back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.edges.api.client import Api
from tests.people import NOW, TODAY, Cast, Sale, make_cast, make_sale
from wonward.domains.clients.models import (
    Affiliation,
    Company,
    CompanyMatchKey,
    Contact,
    DuplicatePair,
    Merge,
    Stakeholder,
)
from wonward.domains.clients.operations import (
    add_stakeholder,
    change_company,
    create_companies,
    create_contacts,
    merge_records,
    put_main_stakeholder,
    undo_merge,
)
from wonward.domains.clients.queries import find_merged_into, get_company
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.comms.operations import log_communications, refile_communication
from wonward.domains.comms.queries import list_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication, NewParticipant
from wonward.domains.sales.models import Deal
from wonward.domains.sales.operations.stakeholders import name_deal_contacts, put_deal_stakeholder
from wonward.foundation.audit.queries import list_history
from wonward.foundation.database.registry import LinkMove, move_links
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db

# Facts about what was, and what is worked out anew: they keep the record they were about.
LASTING = {
    "audit.AuditEntry": "the history of each record stays its own",
    "audit.Opening": "who opened what, opened that record",
    "events.EventSubject": "what happened, happened to that record",
    "search.Entry": "the index is rebuilt from the records by a handler",
    "clients.DuplicatePair": "decided by the merge itself",
    "clients.Merge": "the memory of the merge",
    "clients.CompanyMatchKey": "filed anew", "clients.ContactMatchKey": "filed anew",
    "organisation.NumberSeries": "names a series, not a record",
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def _all_models() -> Any:
    from django.apps import apps  # noqa: TID251 (the law itself has to know every table)

    return apps.get_models()


def _pointing_columns() -> set[tuple[str, str]]:
    """Every foreign key to a company or contact, and the id column of every Ref, of the whole product."""
    found = set()
    for model in _all_models():
        columns = {one.attname: one for one in model._meta.concrete_fields}
        for name, one in columns.items():
            if one.remote_field and one.remote_field.model in (Company, Contact):
                found.add((model._meta.label, name))
            if name == "ref_id":
                found.add((model._meta.label, name))
            if name.endswith("noun"):
                stem = name.removesuffix("noun")
                found |= {(model._meta.label, key) for key in (f"{stem}id", "ref_id") if key in columns and key != "id"}
    return {one for one in found if one[0] not in LASTING}


def test_every_column_that_can_point_to_a_company_or_contact_is_moved_by_its_package() -> None:
    covered = set()
    for noun in ("clients.company", "clients.contact"):
        move = LinkMove(noun, 10**9, 10**9 + 1, NOW)
        move_links(move)
        covered |= move.covered
    missing = _pointing_columns() - covered
    assert not missing, f"Register these in the nouns room of their package (moves_links): {sorted(missing)}"


def _second(cast: Cast, **values: Any) -> int:
    (key,) = create_companies(actor=cast.seller, companies=[NewCompany(**{"name": "Northwind Robotic GmbH", **values})], now=NOW)
    return key


def _merge(cast: Cast, source: int, target: int, **more: Any) -> int:
    return merge_records(actor=cast.seller, noun="clients.company", source_id=source, target_id=target, now=NOW, **more)


def _snapshot() -> dict[str, list[dict[str, Any]]]:
    """All rows but those that only ever grow or are worked out anew, without versions and times of change."""
    kept = {}
    for model in _all_models():
        label = model._meta.label
        if label in LASTING or label.split(".")[0] in ("events", "audit", "jobs", "django_tasks_database", "sessions"):
            continue
        rows = model._default_manager.order_by("pk").values()
        kept[label] = [{name: value for name, value in row.items() if name not in ("version", "updated_at")} for row in rows]
    return kept


def _log(cast: Cast, company_id: int) -> None:
    entry = NewCommunication(kind=CommunicationKind.CALL, refs=(Ref("clients.company", company_id),), body="They want it by March.", happened_at=NOW)
    log_communications(actor=cast.seller, entries=[entry], now=NOW)


def test_what_pointed_to_the_one_points_to_the_other(cast: Cast, sale: Sale) -> None:
    target = _second(cast, domain="northwind.test", country="Norway")
    _log(cast, sale.company_id)
    _merge(cast, sale.company_id, target)
    assert Deal.objects.get(pk=sale.deal_id).company_id == target
    assert Affiliation.objects.get(contact_id=sale.contact_id).company_id == target
    assert [row.body for row in list_communications(actor=cast.seller, refs=[Ref("clients.company", target)])] == ["They want it by March."]
    for model in _all_models():
        for label, name in _pointing_columns():
            if model._meta.label == label and model._meta.get_field(name).remote_field:
                related = model._meta.get_field(name).remote_field.model
                assert related is not Company or not model._default_manager.filter(**{name: sale.company_id}).exists(), (label, name)
    assert find_merged_into(noun="clients.company", record_id=sale.company_id) == target
    assert not CompanyMatchKey.objects.filter(company_id=sale.company_id).exists()


def test_an_undo_puts_every_row_back(cast: Cast, sale: Sale) -> None:
    target = _second(cast, domain="northwind.test", tags=("VIP", "Robots"))
    child = _second(cast, name="Child of it", parent_id=sale.company_id)
    _log(cast, sale.company_id)
    before = _snapshot()
    merge_id = _merge(cast, sale.company_id, target)
    assert Company.objects.get(pk=child).parent_id == target
    assert _snapshot() != before
    left = undo_merge(actor=cast.seller, merge_id=merge_id, now=NOW)
    assert left == ()
    assert _snapshot() == before
    with pytest.raises(Conflict, match="undone already"):
        undo_merge(actor=cast.seller, merge_id=merge_id, now=NOW)


def test_edits_after_the_merge_win_over_its_undo_and_are_listed(cast: Cast, sale: Sale) -> None:
    target, third = _second(cast, country=""), _second(cast, name="Third Party")
    Company.objects.filter(pk=sale.company_id).update(country="Norway")
    merge_id = _merge(cast, sale.company_id, target)
    assert get_company(actor=cast.seller, company_id=target).country == "Norway"
    change_company(actor=cast.seller, company_id=target, changes={"country": "Sweden"}, version=None, now=NOW)
    Deal.objects.filter(pk=sale.deal_id).update(company_id=third)
    left = undo_merge(actor=cast.seller, merge_id=merge_id, now=NOW)
    assert set(left) == {("clients.Company", target), ("sales.Deal", sale.deal_id)}
    assert get_company(actor=cast.seller, company_id=target).country == "Sweden"
    assert Deal.objects.get(pk=sale.deal_id).company_id == third
    assert Merge.objects.get(pk=merge_id).left


def test_empty_fields_are_filled_and_chosen_ones_taken(cast: Cast) -> None:
    source = _second(cast, name="North Wind", country="Norway", industry="Robots", tags=("A", "B"), phone="+47 22 33 44 55")
    target = _second(cast, industry="Machines", tags=("B", "C"))
    _merge(cast, source, target, take=["name"])
    row = get_company(actor=cast.seller, company_id=target)
    assert (row.name, row.country, row.industry, row.phone) == ("North Wind", "Norway", "Machines", "+47 22 33 44 55")
    assert set(row.tags) == {"A", "B", "C"}
    assert {entry.operation for entry in list_history(actor=cast.owner, ref=Ref("clients.company", target))} >= {"clients.record.merge"}


def test_a_record_is_not_merged_with_itself(cast: Cast, sale: Sale) -> None:
    with pytest.raises(Refused, match="with itself"):
        _merge(cast, sale.company_id, sale.company_id)


def test_the_second_of_two_people_who_merge_at_once_is_told_who_was_first(cast: Cast, sale: Sale) -> None:
    target, third = _second(cast), _second(cast, name="Third Party")
    _merge(cast, sale.company_id, target)
    for one, other in ((sale.company_id, target), (target, sale.company_id), (sale.company_id, third)):
        with pytest.raises(Conflict, match="has been merged into “Northwind Robotic GmbH” by"):
            _merge(cast, one, other)


def test_a_company_below_the_one_that_goes_moves_up(cast: Cast) -> None:
    grandparent = _second(cast, name="Grandparent")
    source = _second(cast, name="Parent", parent_id=grandparent)
    target = _second(cast, name="Child", parent_id=source)
    _merge(cast, source, target)
    assert Company.objects.get(pk=target).parent_id == grandparent


def test_a_chain_of_merges_is_undone_from_its_end(cast: Cast, sale: Sale) -> None:
    second, third = _second(cast), _second(cast, name="Third Party")
    first_merge = _merge(cast, sale.company_id, second)
    last_merge = _merge(cast, second, third)
    assert find_merged_into(noun="clients.company", record_id=sale.company_id) == third
    with pytest.raises(Conflict, match="Undo that first"):
        undo_merge(actor=cast.seller, merge_id=first_merge, now=NOW)
    undo_merge(actor=cast.seller, merge_id=last_merge, now=NOW)
    assert undo_merge(actor=cast.seller, merge_id=first_merge, now=NOW) == ()
    assert Deal.objects.get(pk=sale.deal_id).company_id == sale.company_id


def test_two_entries_of_one_person_keep_every_way_to_reach_them(cast: Cast, sale: Sale) -> None:
    (other,) = create_contacts(
        actor=cast.seller, now=NOW,
        contacts=[NewContact(name="Dahl, Hanne", company_id=sale.company_id, email="hanne@northwind.test", phone="+47 22 33 44 55")],
    )
    deal = Ref("sales.deal", sale.deal_id)
    put_main_stakeholder(ref=deal, contact_id=other, now=NOW)
    add_stakeholder(actor=cast.seller, ref=deal, contact_id=sale.contact_id, decision_role="champion", now=NOW)
    before = _snapshot()
    merge_id = merge_records(actor=cast.seller, noun="clients.contact", source_id=other, target_id=sale.contact_id, now=NOW)
    kept = Contact.objects.get(pk=sale.contact_id)
    assert sorted(kept.points.values_list("kind", "is_primary")) == [("email", True), ("phone", True)]
    stake = Stakeholder.objects.get(noun=deal.noun, ref_id=deal.id)
    assert (stake.contact_id, stake.is_main, stake.decision_role) == (sale.contact_id, True, "champion")
    assert undo_merge(actor=cast.seller, merge_id=merge_id, now=NOW) == ()
    assert _snapshot() == before


def test_whoever_may_not_merge_is_refused_and_a_hidden_record_looks_missing(cast: Cast, sale: Sale) -> None:
    target = _second(cast)
    before = _snapshot()
    with pytest.raises(NotAllowed):
        merge_records(actor=cast.manager, noun="clients.company", source_id=sale.company_id, target_id=target, now=NOW)
    Company.objects.filter(pk=sale.company_id).update(is_restricted=True)
    with pytest.raises(NotFound):
        merge_records(actor=cast.teammate, noun="clients.company", source_id=sale.company_id, target_id=target, now=NOW)
    Company.objects.filter(pk=sale.company_id).update(is_restricted=False)
    assert _snapshot() == before


def test_open_questions_about_the_one_that_went_are_asked_about_the_one_that_stays(cast: Cast, sale: Sale) -> None:
    target, third = _second(cast), _second(cast, name="Northwind Robotix")
    DuplicatePair.objects.create(
        noun="clients.company", first_id=sale.company_id, second_id=third, score=88, because="nearly the same name", found_at=NOW
    )
    _merge(cast, sale.company_id, target)
    pair = DuplicatePair.objects.get(state="open")
    assert (pair.first_id, pair.second_id) == (min(target, third), max(target, third))


def test_the_earlier_win_makes_the_client(cast: Cast, sale: Sale) -> None:
    target = _second(cast)
    Company.objects.filter(pk=sale.company_id).update(client_since_date=date(2020, 1, 2))
    Company.objects.filter(pk=target).update(client_since_date=TODAY)
    _merge(cast, sale.company_id, target)
    assert Company.objects.get(pk=target).client_since_date == date(2020, 1, 2)


def test_custom_values_of_both_come_together_and_part_again(cast: Cast, sale: Sale) -> None:
    from wonward.foundation.custom_fields.models import FieldDefinition, FieldValue

    target = _second(cast)
    fields = [
        FieldDefinition.objects.create(noun="clients.company", key=key, label=key, kind=kind, created_at=NOW, updated_at=NOW)
        for key, kind in (("region", "text"), ("sector", "text"), ("badges", "tags"))
    ]
    for place, ref_id, text in ((0, sale.company_id, "North"), (0, target, "South"), (1, sale.company_id, "Robots"),
                                (2, sale.company_id, "A"), (2, target, "A"), (2, sale.company_id, "B")):
        FieldValue.objects.create(field=fields[place], ref_id=ref_id, text_value=text)
    before = _snapshot()
    merge_id = _merge(cast, sale.company_id, target)
    assert sorted(FieldValue.objects.values_list("field__key", "ref_id", "text_value")) == [
        ("badges", target, "A"), ("badges", target, "B"), ("region", target, "South"), ("sector", target, "Robots"),
    ]
    assert undo_merge(actor=cast.seller, merge_id=merge_id, now=NOW) == ()
    assert _snapshot() == before


def test_nothing_is_hung_on_a_record_that_was_merged_since_somebody_chose_it(cast: Cast, sale: Sale):
    (gone_company,) = create_companies(actor=cast.owner, companies=[NewCompany(name="Northwind Robots")], now=NOW)
    (gone,) = create_contacts(actor=cast.owner, contacts=[NewContact(name="H. Dahl", company_id=sale.company_id)], now=NOW)
    deal = Ref("sales.deal", sale.deal_id)
    note = NewCommunication(CommunicationKind("note"), (deal,), "Said at the fair", NOW)
    (filed,) = log_communications(actor=cast.owner, entries=[note], now=NOW)
    merge_records(actor=cast.owner, noun="clients.company", source_id=gone_company, target_id=sale.company_id, now=NOW)
    merge_records(actor=cast.owner, noun="clients.contact", source_id=gone, target_id=sale.contact_id, now=NOW)
    company, contact = Ref("clients.company", gone_company), Ref("clients.contact", gone)
    ways: dict[str, Any] = {
        "company_id": lambda: create_contacts(actor=cast.owner, contacts=[NewContact(name="New", company_id=gone_company)], now=NOW),
        "referred_by_id": lambda: create_contacts(actor=cast.owner, contacts=[NewContact(name="New", referred_by_id=gone)], now=NOW),
        "parent_id": lambda: create_companies(actor=cast.owner, companies=[NewCompany(name="New", parent_id=gone_company)], now=NOW),
        "contact_id": lambda: put_deal_stakeholder(actor=cast.owner, deal_id=sale.deal_id, contact_id=gone, now=NOW),
        "refs[1]": lambda: log_communications(actor=cast.owner, entries=[replace(note, refs=(deal, company))], now=NOW),
        "participants[0].contact_id": lambda: log_communications(
            actor=cast.owner, entries=[replace(note, participants=(NewParticipant(contact_id=gone),))], now=NOW
        ),
        "refs[0]": lambda: refile_communication(actor=cast.owner, communication_id=filed, refs=[contact], now=NOW),
    }
    ways |= {
        "parent_id ": lambda: change_company(actor=cast.owner, company_id=sale.company_id, changes={"parent_id": gone_company}, version=None, now=NOW),
        "referred_by_id ": lambda: change_company(actor=cast.owner, company_id=sale.company_id, changes={"referred_by_id": gone}, version=None, now=NOW),
        "contact_id ": lambda: name_deal_contacts(actor=cast.owner, deal_id=sale.deal_id, contact_ids=[gone], now=NOW),
    }
    for field, way in ways.items():
        with pytest.raises(Refused) as refusal:
            way()
        (error,) = refusal.value.errors
        assert (error.field, error.code) == (field.strip(), "merged")
        assert "has been merged in the meantime" in error.words


def test_programs_hear_which_record_was_merged_meanwhile(cast: Cast, sale: Sale):
    (gone,) = create_contacts(actor=cast.owner, contacts=[NewContact(name="H. Dahl", company_id=sale.company_id)], now=NOW)
    merge_records(actor=cast.owner, noun="clients.contact", source_id=gone, target_id=sale.contact_id, now=NOW)
    status, problem = Api(cast.owner).put(f"/deals/{sale.deal_id}/stakeholders/{gone}", {"decision_role": "decides"})
    assert (status, problem["detail"], problem["errors"][0]["code"]) == (422, "“H. Dahl” has been merged in the meantime.", "merged")
    assert not Stakeholder.objects.filter(contact_id=gone).exists()
