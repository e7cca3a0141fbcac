"""Views of an owner, a teammate and a stranger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.people import NOW, Cast, make_cast, make_sale
from wonward.domains.clients.operations import create_companies
from wonward.domains.clients.types import NewCompany
from wonward.foundation.access.models import Team
from wonward.foundation.saved_views.operations import (
    change_view,
    delete_view,
    pin_record,
    pin_view,
    save_view,
)
from wonward.foundation.saved_views.queries import (
    MOST_PINS,
    list_pinned_records,
    list_pins,
    list_views,
)
from wonward.foundation.saved_views.types import Audience, ViewState
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref

LIST = "sales.deals"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def names(actor: Actor) -> list[str]:
    return [view.name for view in list_views(actor=actor, list_key=LIST)]


def keep(actor: Actor, name: str, audience: Audience = Audience.PRIVATE, **more: object) -> int:
    return save_view(actor=actor, list_key=LIST, name=name, state=ViewState(sort="-value"), audience=audience, now=NOW, **more)  # type: ignore[arg-type]


def test_a_private_view_is_found_by_its_owner_alone(cast: Cast):
    view_id = keep(cast.seller, "Mine")
    assert names(cast.seller) == ["Mine"]
    assert names(cast.teammate) == names(cast.owner) == []
    with pytest.raises(NotFound):
        change_view(actor=cast.owner, view_id=view_id, name="Yours", now=NOW)


def test_a_team_view_is_found_by_the_team_and_changed_by_its_owner(cast: Cast):
    team = Team.objects.create(name="North", created_at=NOW, updated_at=NOW)
    seller, teammate = replace(cast.seller, team_id=team.pk), replace(cast.teammate, team_id=team.pk)
    view_id = keep(seller, "North first", Audience.TEAM)
    assert names(teammate) == ["North first"]
    assert names(cast.leader) == []
    with pytest.raises(NotAllowed):
        change_view(actor=teammate, view_id=view_id, name="South first", now=NOW)
    change_view(actor=seller, view_id=view_id, audience=Audience.PRIVATE, now=NOW)
    assert names(teammate) == []


def test_without_a_team_there_is_no_team_to_show_a_view_to(cast: Cast):
    with pytest.raises(Refused) as refusal:
        keep(cast.seller, "Lonely", Audience.TEAM)
    assert [error.code for error in refusal.value.errors] == ["no_team"]


def test_an_admin_tidies_up_shared_views(cast: Cast):
    view_id = keep(cast.seller, "For all", Audience.EVERYONE)
    assert names(cast.member) == ["For all"]
    delete_view(actor=cast.owner, view_id=view_id, now=NOW)
    assert names(cast.seller) == []


def test_a_name_is_used_once_per_person_and_list(cast: Cast):
    keep(cast.seller, "Hot")
    with pytest.raises(Refused) as refusal:
        keep(cast.seller, " hot ")
    assert [error.code for error in refusal.value.errors] == ["taken"]
    keep(cast.teammate, "Hot")


def test_two_windows_do_not_overwrite_each_other(cast: Cast):
    view_id = keep(cast.seller, "Hot")
    change_view(actor=cast.seller, view_id=view_id, name="Hotter", version=1, now=NOW)
    with pytest.raises(Stale):
        change_view(actor=cast.seller, view_id=view_id, name="Hottest", version=1, now=NOW)
    assert names(cast.seller) == ["Hotter"]


def test_a_pin_goes_with_the_view_and_with_the_right_to_find_it(cast: Cast):
    view_id = keep(cast.seller, "For all", Audience.EVERYONE, is_pinned=True)
    pin_view(actor=cast.member, view_id=view_id, is_pinned=True, now=NOW)
    assert list_pins(actor=cast.member) == list_pins(actor=cast.seller) == [(view_id, LIST, "For all")]
    assert list_pins(actor=cast.owner) == []
    change_view(actor=cast.seller, view_id=view_id, audience=Audience.PRIVATE, now=NOW)
    assert list_pins(actor=cast.member) == []
    delete_view(actor=cast.seller, view_id=view_id, now=NOW)
    assert list_pins(actor=cast.seller) == []


def test_a_record_is_pinned_by_who_sees_it_and_leaves_the_pins_with_the_right(cast: Cast):
    sale = make_sale(cast)
    deal, company = Ref("sales.deal", sale.deal_id), Ref("clients.company", sale.company_id)
    for ref in (deal, company, deal):
        pin_record(actor=cast.seller, ref=ref, is_pinned=True, now=NOW)
    assert list_pinned_records(actor=cast.seller) == [deal, company]
    assert list_pinned_records(actor=cast.teammate) == []
    with pytest.raises(NotFound):
        pin_record(actor=cast.member, ref=deal, is_pinned=True, now=NOW)
    blind = replace(cast.seller, grants={})
    assert list_pinned_records(actor=blind) == []
    pin_record(actor=cast.seller, ref=deal, is_pinned=False, now=NOW)
    assert list_pinned_records(actor=cast.seller) == [company]


def test_one_pin_too_many_is_refused_with_the_way_out(cast: Cast):
    companies = create_companies(actor=cast.owner, companies=[NewCompany(name=f"Client {n}") for n in range(MOST_PINS + 1)], now=NOW)
    for key in companies[:-1]:
        pin_record(actor=cast.owner, ref=Ref("clients.company", key), is_pinned=True, now=NOW)
    with pytest.raises(Refused, match="Take another pin away"):
        pin_record(actor=cast.owner, ref=Ref("clients.company", companies[-1]), is_pinned=True, now=NOW)
