"""What people do, can and cost: who may say it, who sees it, and from which day it counts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.people import NOW, TODAY
from wonward.domains.staff.operations import (
    NewPerson,
    create_people,
    create_placeholder,
    put_roles,
    put_skills,
    set_employment,
    set_rate,
)
from wonward.domains.staff.queries import (
    get_working_life,
    list_people,
    list_rates_of,
    list_working_lives,
)
from wonward.foundation.audit.queries import find_changes
from wonward.kernel.actor import system_actor
from wonward.kernel.errors import NotAllowed, NotFound, Refused, Stale
from wonward.kernel.money import Money


@pytest.fixture
def ida(cast):
    (person_id,) = create_people(actor=system_actor(), people=[NewPerson(name="Ida Moreau")], now=NOW)
    put_roles(actor=cast.owner, roles={person_id: ["Designer", "Editor"]}, now=NOW)
    return person_id


def life(actor, person_id, on=TODAY):
    return get_working_life(actor=actor, person_id=person_id, on=on)


def euros(amount):
    return Money.parse(amount, "EUR")


def test_the_first_role_stays_first_and_roles_named_twice_count_once(cast, ida):
    put_roles(actor=cast.owner, roles={ida: ["Editor", " designer ", "Designer"]}, now=NOW)
    assert life(cast.owner, ida).roles == ("Editor", "Designer")
    with pytest.raises(NotFound):
        put_roles(actor=cast.owner, roles={10**9: ["Editor"]}, now=NOW)
    with pytest.raises(Refused, match="120 characters"):
        put_roles(actor=cast.owner, roles={ida: ["x" * 121]}, now=NOW)
    with pytest.raises(NotAllowed):
        put_roles(actor=cast.manager, roles={ida: ["Editor"]}, now=NOW)


def test_a_change_of_roles_is_on_record(cast, ida):
    put_roles(actor=cast.owner, roles={ida: ["Editor"]}, now=NOW)
    (newest, *_) = find_changes(noun="staff.person", ref_ids=[ida], since=NOW)[ida][::-1]
    assert newest.operation == "staff.person.put_roles"


def test_everybody_says_what_they_can_do_and_nobody_else_for_them(cast, ida):
    put_skills(actor=cast.member, person_id=cast.member.person_id, skills={"French": 4, "Figma": 5}, now=NOW)
    assert life(cast.member, cast.member.person_id).skills == (("Figma", 5), ("French", 4))
    with pytest.raises(NotAllowed):
        put_skills(actor=cast.member, person_id=ida, skills={"French": 4}, now=NOW)
    with pytest.raises(Refused, match="1 .learning. to 5"):
        put_skills(actor=cast.owner, person_id=ida, skills={"French": 6}, now=NOW)


def test_the_rate_of_a_person_goes_before_that_of_the_role_from_its_day_on(cast, ida):
    set_rate(actor=cast.finance, role="Designer", valid_from_date=TODAY, cost=euros("58"), bill=euros("112"), now=NOW)
    assert life(cast.finance, ida).rate.cost == euros("58")
    assert not life(cast.finance, ida).is_own_rate
    later = TODAY + timedelta(days=30)
    set_rate(actor=cast.finance, person_id=ida, valid_from_date=later, cost=euros("64"), bill=None, now=NOW)
    assert life(cast.finance, ida).rate.cost == euros("58")
    assert life(cast.finance, ida, later).rate.cost == euros("64")
    assert [row.valid_from_date for row in list_rates_of(actor=cast.finance, person_id=ida)] == [later]


def test_rates_are_hidden_from_whoever_may_not_see_money(cast, ida):
    set_rate(actor=cast.finance, person_id=ida, valid_from_date=TODAY, cost=euros("64"), bill=euros("120"), now=NOW)
    for viewer in (cast.manager, cast.seller):
        assert life(viewer, ida).rate is None
        with pytest.raises(NotAllowed):
            list_rates_of(actor=viewer, person_id=ida)
        with pytest.raises(NotAllowed):
            set_rate(actor=viewer, person_id=ida, valid_from_date=TODAY, cost=None, bill=None, now=NOW)


def test_a_member_finds_only_themselves(cast, ida):
    assert [row.id for row in list_working_lives(actor=cast.member, on=TODAY)] == [cast.member.person_id]
    with pytest.raises(NotFound):
        life(cast.member, ida)


def test_somebody_still_to_be_hired_is_planned_for_and_never_asked_to_own_a_deal_or_come_to_a_kickoff(cast):
    create_placeholder(actor=cast.manager, name="Designer, spring", role="Designer", from_date=date(2027, 3, 1), now=NOW)
    everybody = {row.name for row in list_people(actor=cast.owner)}
    assert "Designer, spring" not in everybody
    assert {row.name for row in list_people(actor=cast.owner, with_placeholders=True)} == {*everybody, "Designer, spring"}
    assert list_people(actor=cast.owner, text="Designer, spring") == []


def test_people_are_found_by_name_role_and_skill_and_placeholders_come_last(cast, ida):
    put_skills(actor=cast.owner, person_id=ida, skills={"Typography": 3}, now=NOW)
    hired = create_placeholder(actor=cast.manager, name="Designer, spring", role="Designer", from_date=date(2027, 3, 1), week_percent=50, now=NOW)
    for words in ("moreau", "edit", "typo"):
        assert [row.id for row in list_working_lives(actor=cast.manager, on=TODAY, text=words)] == [ida]
    found = list_working_lives(actor=cast.manager, on=TODAY, text="design")
    assert [row.id for row in found] == [ida, hired]
    assert (found[1].is_placeholder, found[1].week_percent, found[1].roles) == (True, 50, ("Designer",))
    with pytest.raises(Refused, match="role"):
        create_placeholder(actor=cast.manager, name="Somebody", role=" ", from_date=TODAY, now=NOW)


def test_employment_that_was_changed_meanwhile_is_not_overwritten(cast, ida):
    version = life(cast.owner, ida).version
    times = {"week_percent": 80, "target_percent": 60, "employed_from_date": None, "employed_until_date": None}
    set_employment(actor=cast.owner, person_id=ida, version=version, now=NOW, **times)
    with pytest.raises(Stale):
        set_employment(actor=cast.owner, person_id=ida, version=version, now=NOW, **{**times, "week_percent": 50})
    assert (life(cast.owner, ida).week_percent, life(cast.owner, ida).target_percent) == (80, 60)


def test_the_page_of_a_person_saves_each_part_and_names_what_is_wrong(cast, ida, sign_in):
    owner = sign_in(cast.owner)
    page = reverse("team_person", args=[ida])
    assert "Ida Moreau" in owner.get(reverse("capacity_team")).content.decode()
    owner.post(reverse("team_employment", args=[ida]), {"week_percent": "60", "target_percent": "80"})
    owner.post(reverse("team_roles", args=[ida]), {"roles": "Editor, Designer"})
    owner.post(reverse("team_skills", args=[ida]), {"skill": ["French", ""], "level": ["4", "3"]})
    owner.post(reverse("new_rate"), {"person_id": ida, "valid_from_date": "2026-01-01", "cost": "61,50"})
    one = life(cast.owner, ida)
    assert (one.week_percent, one.roles, one.skills) == (60, ("Editor", "Designer"), (("French", 4),))
    assert one.rate is not None
    assert one.rate.cost == euros("61.50")
    assert "€61.50" in owner.get(page).content.decode()
    wrong = owner.post(reverse("team_employment", args=[ida]), {"week_percent": "160", "target_percent": "80"})
    assert wrong.status_code == 422
    assert "0 to 100 percent" in wrong.content.decode()


def test_a_stranger_to_money_sees_the_person_without_rates(cast, ida, sign_in):
    set_rate(actor=cast.finance, person_id=ida, valid_from_date=TODAY, cost=euros("61.50"), bill=None, now=NOW)
    page = sign_in(cast.manager).get(reverse("team_person", args=[ida])).content.decode()
    assert "61.50" not in page
    assert "Rates" not in page
