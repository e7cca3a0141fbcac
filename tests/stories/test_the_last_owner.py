"""There is always an owner: by no path does the only one lose the right to manage the house."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.people import NOW, Cast, make_cast
from wonward.domains.staff.operations import (
    change_person,
    change_sign_in,
    deactivate_people,
    set_employment,
    set_role_rights,
    set_team_rights,
)
from wonward.domains.staff.queries import find_actor
from wonward.foundation.access.operations import ensure_team
from wonward.foundation.access.policy import PERMISSIONS
from wonward.journeys.house.operations import ask_to_erase_colleague
from wonward.kernel.actor import Scope
from wonward.kernel.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def _still_owns(cast: Cast) -> bool:
    owner = find_actor(user_id=cast.owner.user_id or 0)
    return owner is not None and owner.role == "owner" and all(owner.scope_of(name) is Scope.ALL for name in PERMISSIONS)


def test_neither_another_role_nor_the_end_of_the_sign_in(cast: Cast) -> None:
    for changes in ({"role": "admin"}, {"role": "member"}, {"is_active": False}):
        with pytest.raises(Refused, match="is the only owner"):
            change_sign_in(actor=cast.owner, person_id=cast.owner.person_id or 0, changes=changes, now=NOW)
    assert _still_owns(cast)


def test_neither_the_rights_of_the_role_nor_those_of_the_team(cast: Cast) -> None:
    with pytest.raises(Refused, match="An owner may do everything"):
        set_role_rights(actor=cast.owner, role="owner", reaches={"access.user.manage": "none"}, now=NOW)
    team_id = ensure_team(name="North", now=NOW)
    change_person(actor=cast.owner, person_id=cast.owner.person_id or 0, changes={"team_id": team_id}, now=NOW)
    set_team_rights(actor=cast.owner, team_id=team_id, reaches=dict.fromkeys(PERMISSIONS, "none"), now=NOW)
    assert _still_owns(cast)


def test_neither_the_end_of_the_work_nor_an_undone_import_nor_being_erased(cast: Cast) -> None:
    person_id = cast.owner.person_id or 0
    set_employment(
        actor=cast.owner, person_id=person_id, week_percent=100, target_percent=75, employed_from_date=None,
        employed_until_date=NOW.date() - timedelta(days=1), now=NOW,
    )
    assert deactivate_people(actor=cast.owner, versions={person_id: 2}, now=NOW) == set()
    with pytest.raises(Refused, match="still works here"):
        ask_to_erase_colleague(actor=cast.owner, person_id=person_id, reason="I leave.", now=NOW)
    assert _still_owns(cast)
