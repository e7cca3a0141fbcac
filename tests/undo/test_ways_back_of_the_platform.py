"""What a line of the table names as the way back brings back what was: told for what people set up for themselves and for the house."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.people import NOW, Cast, Sale, make_cast, make_sale
from tests.tables import read_tables
from tests.undo.table import UNDO, By
from wonward.domains.clients.operations import (
    archive_contact,
    change_company,
    create_contacts,
    merge_records,
    put_contact_points,
    restore_contact,
    undo_merge,
)
from wonward.domains.clients.types import NewContact
from wonward.domains.staff.operations import change_own_preferences, put_roles, put_skills, set_employment
from wonward.foundation.access.operations import change_preferences
from wonward.foundation.database.queries import list_tables
from wonward.foundation.files.operations import add_document, archive_document
from wonward.foundation.files.storage import put_stream
from wonward.foundation.notifications.operations import (
    add_reminder,
    change_notice_settings,
    remove_reminder,
)
from wonward.foundation.saved_views.operations import (
    change_view,
    delete_view,
    pin_record,
    pin_view,
    save_view,
)
from wonward.foundation.saved_views.types import ViewState
from wonward.journeys.house.operations import bring_back, release_hold, set_hold, trash_record
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
_TELLING = ("audit.", "events.", "search.", "access.session", "sessions.")
_TRACES = ("version", "updated_at", "created_at", "id", "released_at", "released_by")
Steps = tuple[Callable[[], Any], Callable[[Any], Any]]


def _state() -> dict[str, list[str]]:
    return {
        name: sorted(repr(sorted((column, value) for column, value in row.items() if column not in _TRACES)) for row in rows)
        for name, rows in read_tables(table.name for table in list_tables(with_passing=True) if not table.name.startswith(_TELLING)).items()
    }


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def _of_views(cast: Cast, sale: Sale) -> dict[str, Steps]:
    owner, look = cast.owner, ViewState(sort="-value")
    view_id = save_view(actor=owner, list_key="sales.deals", name="Mine", state=look, now=NOW)
    deal = Ref("sales.deal", sale.deal_id)
    return {
        "saved_views.save_view": (
            lambda: save_view(actor=owner, list_key="sales.deals", name="More", state=look, now=NOW),
            lambda key: delete_view(actor=owner, view_id=key, now=NOW),
        ),
        "saved_views.change_view": (
            lambda: change_view(actor=owner, view_id=view_id, name="Ours", now=NOW), lambda _: change_view(actor=owner, view_id=view_id, name="Mine", now=NOW),
        ),
        "saved_views.pin_view": (
            lambda: pin_view(actor=owner, view_id=view_id, is_pinned=True, now=NOW), lambda _: pin_view(actor=owner, view_id=view_id, is_pinned=False, now=NOW),
        ),
        "saved_views.pin_record": (
            lambda: pin_record(actor=owner, ref=deal, is_pinned=True, now=NOW), lambda _: pin_record(actor=owner, ref=deal, is_pinned=False, now=NOW),
        ),
        "notifications.add_reminder": (
            lambda: add_reminder(actor=owner, ref=deal, due_at=NOW + timedelta(days=2), now=NOW), lambda key: remove_reminder(actor=owner, reminder_id=key),
        ),
    }


def _of_people(cast: Cast, sale: Sale) -> dict[str, Steps]:
    owner, member = cast.owner, cast.member.person_id or 0
    employed: dict[str, Any] = {"actor": owner, "person_id": member, "target_percent": 75, "employed_from_date": None, "employed_until_date": None, "now": NOW}
    put_roles(actor=owner, roles={member: ["Designer", "Editor"]}, now=NOW)
    put_skills(actor=owner, person_id=member, skills={"French": 4, "Copy": 2}, now=NOW)
    change_notice_settings(actor=owner, digest_hour=8)
    change_preferences(actor=owner, theme="light", now=NOW)
    return {
        "staff.put_roles": (
            lambda: put_roles(actor=owner, roles={member: ["Editor"]}, now=NOW), lambda _: put_roles(actor=owner, roles={member: ["Designer", "Editor"]}, now=NOW),
        ),
        "staff.put_skills": (
            lambda: put_skills(actor=owner, person_id=member, skills={"French": 5}, now=NOW),
            lambda _: put_skills(actor=owner, person_id=member, skills={"French": 4, "Copy": 2}, now=NOW),
        ),
        "staff.set_employment": (lambda: set_employment(week_percent=50, **employed), lambda _: set_employment(week_percent=100, **employed)),
        "staff.change_own_preferences": (
            lambda: change_own_preferences(actor=owner, preferences={"theme": "dark"}, now=NOW),
            lambda _: change_own_preferences(actor=owner, preferences={"theme": "light"}, now=NOW),
        ),
        "notifications.change_notice_settings": (
            lambda: change_notice_settings(actor=owner, digest_hour=17), lambda _: change_notice_settings(actor=owner, digest_hour=8),
        ),
    }


def _of_records(cast: Cast, sale: Sale) -> dict[str, Steps]:
    owner, company = cast.owner, Ref("clients.company", sale.company_id)
    twin_id, spare_id = create_contacts(
        actor=owner, now=NOW, contacts=[NewContact(name="Hanne Dahl", email="hd@home.test"), NewContact(name="Spare Person", email="spare@home.test")],
    )
    put_contact_points(actor=owner, contact_id=spare_id, points=[("email", "spare@home.test"), ("phone", "+47 1")], now=NOW)
    document_id = add_document(actor=owner, name="offer.txt", stored=put_stream(io.BytesIO(b"offer")), refs=[company], now=NOW)
    return {
        "files.archive_document": (
            lambda: archive_document(actor=owner, document_id=document_id, now=NOW),
            lambda _: archive_document(actor=owner, document_id=document_id, is_archived=False, now=NOW),
        ),
        "clients.archive_contact": (
            lambda: archive_contact(actor=owner, contact_id=spare_id, now=NOW), lambda _: restore_contact(actor=owner, contact_id=spare_id, now=NOW),
        ),
        "clients.change_company": (
            lambda: change_company(actor=owner, company_id=company.id, changes={"industry": "Shoes"}, version=None, now=NOW),
            lambda _: change_company(actor=owner, company_id=company.id, changes={"industry": ""}, version=None, now=NOW),
        ),
        "clients.put_contact_points": (
            lambda: put_contact_points(actor=owner, contact_id=spare_id, points=[("email", "spare@home.test")], now=NOW),
            lambda _: put_contact_points(actor=owner, contact_id=spare_id, points=[("email", "spare@home.test"), ("phone", "+47 1")], now=NOW),
        ),
        "house.trash_record": (
            lambda: trash_record(actor=owner, ref=Ref("clients.contact", spare_id), now=NOW), lambda key: bring_back(actor=owner, item_id=key, now=NOW),
        ),
        "clients.merge_records": (
            lambda: merge_records(actor=owner, noun="clients.contact", source_id=twin_id, target_id=sale.contact_id, now=NOW),
            lambda key: undo_merge(actor=owner, merge_id=key, now=NOW),
        ),
    }


@pytest.mark.parametrize("group", [_of_views, _of_people, _of_records])
def test_the_way_back_that_is_named_brings_back_what_was(cast: Cast, sale: Sale, group: Callable[[Cast, Sale], dict[str, Steps]]) -> None:
    for name, (do, undo) in group(cast, sale).items():
        assert isinstance(UNDO[name], By), name
        before = _state()
        made = do()
        assert _state() != before, f"{name} changed nothing."
        undo(made)
        after = _state()
        left = {table for table, rows in after.items() if rows != before[table]} - {"clients.merge"}
        assert not left, f"{name} left {', '.join(sorted(left))}."


def test_a_hold_is_released_and_set_again(cast: Cast, sale: Sale) -> None:
    ref = Ref("clients.company", sale.company_id)
    hold_id = set_hold(actor=cast.owner, ref=ref, reason="A dispute", now=NOW)
    before = _state()
    assert release_hold(actor=cast.owner, hold_id=hold_id, now=NOW) == ref
    set_hold(actor=cast.owner, ref=ref, reason="A dispute", now=NOW)
    assert [row for row in _state()["house.legalhold"] if row in before["house.legalhold"]]
