"""A studio with two designers, a developer and a pipeline."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.people import NOW, Cast, Sale, make_cast, make_sale
from tests.remembered import remembered
from wonward.domains.staff.operations import NewPerson, create_people, put_roles
from wonward.kernel.actor import system_actor


@dataclass(frozen=True)
class Studio:
    cast: Cast
    sale: Sale
    ida: int
    emil: int
    dev: int


@pytest.fixture
def studio(db) -> Studio:
    return make_studio()


@remembered
def make_studio() -> Studio:
    cast = make_cast()
    sale = make_sale(cast)
    ida, emil, dev = create_people(
        actor=system_actor(), now=NOW, people=[NewPerson(name="Ida Moreau"), NewPerson(name="Emil Rask"), NewPerson(name="Peer Olsen")]
    )
    put_roles(actor=system_actor(), roles={ida: ["Designer"], emil: ["Designer"], dev: ["Developer"]}, now=NOW)
    return Studio(cast, sale, ida, emil, dev)


@pytest.fixture
def staffed(studio):
    people = create_people(actor=system_actor(), people=[NewPerson(name="Yara Costa"), NewPerson(name="Oskar Blum")], now=NOW)
    put_roles(actor=system_actor(), roles=dict(zip(people, (["Strategist"], ["Editor"]), strict=True)), now=NOW)
    return studio
