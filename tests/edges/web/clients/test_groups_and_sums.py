"""Companies and contacts in groups with their counts, in the order of any column, with what is added up at the foot."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.people import NOW
from wonward.domains.clients.operations import change_company, create_companies, create_contacts
from wonward.domains.clients.types import NewCompany, NewContact

pytestmark = pytest.mark.django_db
NAMES = ("Aster", "Birch", "Cedar", "Dogwood")


@pytest.fixture
def four(cast: Any) -> list[int]:
    facts = (("Software", "Norway", "B", 40), ("", "Norway", "A", 7), ("Food", "Austria", "", None), ("Software", "", "A", 12))
    keys = create_companies(actor=cast.owner, now=NOW, companies=[
        NewCompany(name=name, industry=industry, country=country, owner_id=cast.seller.person_id if name != "Cedar" else None)
        for name, (industry, country, _tier, _size) in zip(NAMES, facts, strict=True)
    ])
    for key, (_industry, _country, tier, size) in zip(keys, facts, strict=True):
        change_company(actor=cast.owner, company_id=key, changes={"tier": tier, "employees": size}, version=None, now=NOW)
    create_contacts(actor=cast.owner, now=NOW, contacts=[
        NewContact(name="Zoe", company_id=keys[0], source="Fair"), NewContact(name="Yan", company_id=keys[3]),
        NewContact(name="Xia", company_id=keys[0], source="Fair"), NewContact(name="Wes", source="Web"),
    ])
    return list(keys)


def _order(page: str, names: tuple[str, ...]) -> list[str]:
    body = page[page.index("<tbody"):page.index("</tbody")]
    return sorted((name for name in names if f">{name}</a>" in body), key=lambda name: body.index(f">{name}</a>"))


def _groups(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'class="table__group"><th[^>]*>(.*?)</th>', page)
    return [(re.sub(r"\s*<span.*", "", one), re.sub(r".*?<span[^>]*>|</span>", "", one)) for one in found]


@pytest.mark.parametrize(("sort", "expected"), [
    ("industry", "CADB"), ("-industry", "ADCB"), ("country", "CABD"), ("tier", "BDAC"), ("-tier", "ABDC"), ("owner", "ABDC"),
    ("employees", "BDAC"), ("-employees", "ADBC"), ("number", "ABCD"), ("-number", "DCBA"),
])
def test_companies_are_in_the_order_of_every_column_and_empty_ones_come_last(four: list[int], cast: Any, sign_in: Any, sort: str, expected: str) -> None:
    page = sign_in(cast.owner).get(f"/companies/?sort={sort}").content.decode()
    assert "".join(name[0] for name in _order(page, NAMES)) == expected


def test_companies_stand_in_groups_with_their_counts_and_are_added_up(four: list[int], cast: Any, sign_in: Any) -> None:
    owner = sign_in(cast.owner)
    page = owner.get("/companies/?group=country&sort=-name&columns=name,employees").content.decode()
    assert _groups(page) == [("Austria", "1 record"), ("Norway", "2 records"), ("None", "1 record")]
    assert _order(page, NAMES) == ["Cedar", "Birch", "Aster", "Dogwood"]
    foot = page[page.index("<tfoot"):page.index("</tfoot")]
    assert ">59<" in foot
    assert ">47<" in owner.get("/companies/?country=Norway&columns=name,employees").content.decode()
    assert [name for name, _ in _groups(owner.get("/companies/?group=owner").content.decode())] == ["Mara Klein", "None"]
    assert owner.get("/companies/?group=nonsense").content.decode().count('class="table__group"') == 0
    kept = owner.post("/views/new/", {"state": "list=clients.companies&group=tier&sort=-employees", "name": "By tier"})
    assert _groups(owner.get(kept["Location"]).content.decode()) == [("A", "2 records"), ("B", "1 record"), ("None", "1 record")]


def test_contacts_stand_in_groups_of_their_company_which_hides_what_one_may_not_see(four: list[int], cast: Any, sign_in: Any) -> None:
    page = sign_in(cast.owner).get("/contacts/?group=company&sort=-name").content.decode()
    assert _groups(page) == [("Aster", "2 records"), ("Dogwood", "1 record"), ("None", "1 record")]
    assert _order(page, ("Zoe", "Yan", "Xia", "Wes")) == ["Zoe", "Xia", "Yan", "Wes"]
    assert _order(sign_in(cast.owner).get("/contacts/?sort=company").content.decode(), ("Zoe", "Yan", "Xia", "Wes"))[:2] == ["Xia", "Zoe"]
    change_company(actor=cast.owner, company_id=four[3], changes={"is_restricted": True}, version=None, now=NOW)
    seen = sign_in(cast.marketer).get("/contacts/?group=company").content.decode()
    assert "Dogwood" not in seen
    assert [name for name, _ in _groups(sign_in(cast.owner).get("/contacts/?group=source").content.decode())] == ["Fair", "Web", "None"]


def test_tags_of_the_house_have_another_name_where_a_record_has_tags_itself(four: list[int], cast: Any, sign_in: Any) -> None:
    owner = sign_in(cast.owner)
    page = owner.get(f"/companies/{four[0]}/").content.decode()
    assert (page.count(">Tags<"), page.count(">Further tags<")) == (1, 0)
    assert owner.post(f"/records/clients.company/{four[0]}/fields/tags/", {"value": "Fair 2027"}).status_code in (200, 204, 302)
    page = owner.get(f"/companies/{four[0]}/").content.decode()
    assert (page.count(">Tags<"), page.count(">Further tags<")) == (1, 1)
