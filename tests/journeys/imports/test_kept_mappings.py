"""Choices of an import are kept under a name and offered for the next file; what a file loses is told before it goes in."""

from __future__ import annotations

import io

import pytest

from tests.people import NOW, Cast, make_cast
from wonward.domains.clients.queries import list_companies
from wonward.journeys.imports.operations import (
    check_import,
    commit_import,
    delete_mapping,
    save_mapping,
    stage_import,
    use_mapping,
)
from wonward.journeys.imports.queries import get_batch, list_mappings
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, NotFound, Refused

pytestmark = pytest.mark.django_db
FILE = "Blurb,Land,Colour,Nothing\nAlder Works,Norway,green,\nBirch Mills,Sweden,blue,\n"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def stage(actor: Actor, text: str = FILE) -> int:
    return stage_import(actor=actor, kind="companies", file_name="old.csv", stream=io.BytesIO(text.encode()), now=NOW)


def kept(actor: Actor, name: str = "Old CRM") -> int:
    batch_id = stage(actor)
    check_import(actor=actor, batch_id=batch_id, choices={"mapping": {"Blurb": "name"}}, now=NOW)
    return save_mapping(actor=actor, batch_id=batch_id, name=name, now=NOW)


def test_a_kept_mapping_is_offered_for_the_next_file_and_maps_it(cast: Cast) -> None:
    mapping_id = kept(cast.seller)
    batch_id = stage(cast.teammate, "COLOUR,blurb,land\nred,Cedar,Norway\n")
    (offered,) = list_mappings(actor=cast.teammate, batch_id=batch_id)
    assert (offered.id, offered.name, offered.fits_whole, offered.may_change) == (mapping_id, "Old CRM", True, False)
    assert "name" not in {line.field for line in get_batch(actor=cast.teammate, batch_id=batch_id).mapping}
    use_mapping(actor=cast.teammate, batch_id=batch_id, mapping_id=mapping_id, now=NOW)
    assert {line.header: line.field for line in get_batch(actor=cast.teammate, batch_id=batch_id).mapping} == {"COLOUR": "", "blurb": "name", "land": "country"}
    commit_import(actor=cast.teammate, batch_id=batch_id, now=NOW, run_now=True)
    assert [row.name for row in list_companies(actor=cast.owner)] == ["Cedar"]


def test_a_mapping_is_not_offered_for_a_file_it_does_not_fit_nor_for_another_kind(cast: Cast) -> None:
    mapping_id = kept(cast.seller)
    other = stage(cast.seller, "Company name,Website\nCedar,cedar.test\n")
    assert list_mappings(actor=cast.seller, batch_id=other) == []
    people = stage_import(actor=cast.seller, kind="contacts", file_name="x.csv", stream=io.BytesIO(b"Blurb,Land\nA,B\n"), now=NOW)
    with pytest.raises(NotFound):
        use_mapping(actor=cast.seller, batch_id=people, mapping_id=mapping_id, now=NOW)


def test_its_owner_replaces_and_deletes_a_mapping_a_teammate_cannot_and_a_stranger_finds_none(cast: Cast) -> None:
    mapping_id = kept(cast.seller)
    assert kept(cast.seller) == mapping_id
    with pytest.raises(Refused, match="has a mapping called"):
        kept(cast.teammate, "OLD CRM")
    with pytest.raises(NotAllowed):
        delete_mapping(actor=cast.teammate, mapping_id=mapping_id, now=NOW)
    with pytest.raises(NotFound):
        delete_mapping(actor=cast.member, mapping_id=mapping_id, now=NOW)
    batch_id = stage(cast.seller)
    with pytest.raises(NotFound):
        save_mapping(actor=cast.teammate, batch_id=batch_id, name="Mine", now=NOW)
    with pytest.raises(Refused):
        save_mapping(actor=cast.seller, batch_id=batch_id, name="  ", now=NOW)
    delete_mapping(actor=cast.seller, mapping_id=mapping_id, now=NOW)
    assert list_mappings(actor=cast.seller, batch_id=batch_id) == []


def test_what_stays_behind_is_told_with_examples_and_empty_columns_are_not(cast: Cast) -> None:
    lost = get_batch(actor=cast.seller, batch_id=stage(cast.seller)).losses
    assert [(one.header, one.filled) for one in lost] == [("Blurb", 2), ("Colour", 2)]
    assert lost[1].examples == ("green", "blue")
