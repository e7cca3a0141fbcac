"""Proposals, leads, people, the log, the trash, services, duplicates, the audit log and the board are lists like the others."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.people import NOW, make_sale
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.operations.proposals import create_proposal
from wonward.domains.sales.types.leads import NewLead
from wonward.domains.staff.operations import change_person
from wonward.journeys.house.operations import trash_record
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


def _kept(client: Any, state: str, name: str = "Kept") -> str:
    kept = client.post("/views/new/", {"state": state, "name": name, "is_pinned": "on"})
    assert kept.status_code == 302, kept.content.decode()[:300]
    page = str(client.get(kept["Location"]).content.decode())
    assert page.count(name) >= 2, "the bar and the left rail name the view"
    return page[page.index("<main"):]


def _groups(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>.*", "", one).strip() for one in re.findall(r'class="table__group"><th[^>]*>(.*?)</th>', page)]


def _shown(page: str, *names: str) -> list[str]:
    return sorted((name for name in names if name in page), key=page.index)


@pytest.fixture
def two(cast: Any, sale: Any) -> Any:
    other = make_sale(cast, name="Aardvark shop", company="Vossberg")
    for deal_id in (sale.deal_id, other.deal_id):
        create_proposal(actor=cast.seller, deal_id=deal_id, now=NOW)
    return other


def test_proposals_are_found_ordered_grouped_and_kept(two: Any, cast: Any, sign_in: Any) -> None:
    seller, names = sign_in(cast.seller), ("Website replatform</a>", "Aardvark shop</a>")
    assert _shown(seller.get("/proposals/?sort=deal").content.decode(), *names) == [names[1], names[0]]
    assert _shown(seller.get("/proposals/?q=vossberg").content.decode(), *names) == [names[1]]
    page = _kept(seller, "list=sales.proposals&group=company&columns=number,deal&sort=-deal")
    assert _groups(page) == ["Northwind Robotics", "Vossberg"]
    assert "Price" not in page


def test_leads_stand_in_groups(cast: Any, sign_in: Any) -> None:
    create_leads(actor=cast.seller, now=NOW, leads=[NewLead(name=name, source=source) for name, source in (("Ada", "Web"), ("Bea", "Fair"), ("Cid", "Web"))])
    page = sign_in(cast.seller).get("/leads/?group=source&sort=name").content.decode()
    assert re.findall(r'<h3 class="small strong">([^<]+)', page) == ["Fair", "Web"]
    assert _shown(page[page.index("leads__lines"):], ">Bea<", ">Ada<", ">Cid<") == [">Bea<", ">Ada<", ">Cid<"]


def test_people_stand_in_groups_of_their_team(cast: Any, sign_in: Any) -> None:
    for actor, team in ((cast.seller, "North"), (cast.member, "East")):
        assert actor.person_id
        change_person(actor=cast.owner, person_id=actor.person_id, changes={"team": team}, version=None, now=NOW)
    owner = sign_in(cast.owner)
    page = _kept(owner, "list=staff.people&group=team&columns=name,team")
    assert _groups(page) == ["East", "North", "None"]
    assert "Sign-in" not in page[page.index("<table"):]
    backwards = owner.get("/settings/people/?sort=-name").content.decode()
    assert _shown(backwards, ">Tom Brandt</b>", ">Mara Klein</b>") == [">Tom Brandt</b>", ">Mara Klein</b>"]
    team = re.search(r'<option value="(\d+)"[^>]*>East', backwards)
    assert team
    one = owner.get(f"/settings/people/?team={team[1]}").content.decode()
    assert _shown(one, ">Noor Haddad</b>", ">Mara Klein</b>") == [">Noor Haddad</b>"]


def test_the_trash_is_narrowed_ordered_and_kept(two: Any, cast: Any, sale: Any, sign_in: Any) -> None:
    (lead_id,) = create_leads(actor=cast.seller, now=NOW, leads=[NewLead(name="Zed")])
    trash_record(actor=cast.owner, ref=Ref("sales.lead", lead_id), now=NOW)
    trash_record(actor=cast.owner, ref=Ref("sales.deal", two.deal_id), now=NOW)
    owner, names = sign_in(cast.owner), (">Zed", ">Aardvark shop")
    assert _shown(owner.get("/trash/?sort=name").content.decode(), *names) == [names[1], names[0]]
    assert _shown(owner.get("/trash/?q=zed").content.decode(), *names) == [names[0]]
    assert _shown(_kept(owner, "list=house.trash&kind=sales.deal&columns=name,kind"), *names) == [names[1]]
    assert "view-bar" not in sign_in(cast.member).get("/trash/").content.decode()


def test_the_log_services_duplicates_the_audit_log_and_the_board_keep_their_filters(two: Any, cast: Any, sale: Any, sign_in: Any) -> None:
    for kind, words in ((CommunicationKind.CALL, "A call about kites"), (CommunicationKind.NOTE, "A note about kites")):
        log_communications(actor=cast.seller, now=NOW, entries=[NewCommunication(kind=kind, refs=(Ref("sales.deal", sale.deal_id),), body=words, happened_at=NOW)])
    owner = sign_in(cast.owner)
    assert _shown(_kept(owner, "list=comms.log&kind=call", "Calls"), "A call about kites", "A note about kites") == ["A call about kites"]
    services = ("Website Northwind Robotics", "Website Vossberg")
    page = _kept(owner, "list=catalog.services&q=vossberg", "Of Vossberg")
    assert _shown(page[page.index('id="services-title"'):], *services) == [services[1]]
    assert 'aria-current="page"' in _kept(owner, "list=clients.duplicates&of=contacts", "Twins")
    audit, entry = _kept(owner, "list=audit.log&noun=clients.company", "Of companies"), 'class="history__entry"'
    assert 0 < audit.count(entry) == owner.get("/settings/audit/?noun=clients.company").content.decode().count(entry)
    assert audit.count(entry) < owner.get("/settings/audit/").content.decode().count(entry)
    board = _kept(owner, "list=sales.board&q=aardvark", "Shops")
    assert _shown(board, "Aardvark shop", "Website replatform") == ["Aardvark shop"]
