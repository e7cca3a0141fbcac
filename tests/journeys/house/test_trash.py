"""A record goes into the trash with everything of it, comes back with everything, or is let go after 30 days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile

from tests.people import NOW, Cast, make_cast, make_sale
from tests.tables import read_tables
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.queries.projects import get_project
from wonward.edges.commands.check import find_checks, find_violations
from wonward.foundation.access.policy import can_see
from wonward.foundation.database.queries import list_tables, read_rows
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import current_storage, put_stream
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.house.operations import bring_back, empty_trash, trash_record
from wonward.journeys.house.queries.trash import list_trash
from wonward.kernel.errors import Conflict, NotAllowed, NotFound
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
_TELLING = ("audit.", "events.", "house.")


def _rows() -> dict[str, list[dict[str, Any]]]:
    return read_tables(table.name for table in list_tables() if not table.name.startswith(_TELLING))


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_a_deal_comes_back_with_its_lines_words_and_files_as_it_was(cast: Cast) -> None:
    sale = make_sale(cast)
    ref = Ref("sales.deal", sale.deal_id)
    log_communications(
        actor=cast.seller, now=NOW, entries=[NewCommunication(kind=CommunicationKind.CALL, body="They like it.", refs=(ref,), happened_at=NOW)]
    )
    add_document(actor=cast.seller, name="offer.txt", stored=put_stream(ContentFile(b"offer")), refs=[ref], now=NOW)
    deliver_pending(now=NOW)
    before = _rows()
    item_id = trash_record(actor=cast.seller, ref=ref, now=NOW)
    assert not can_see(cast.owner, ref)
    assert list(read_rows("sales.dealline")) == []
    assert [row for row in read_rows("comms.communication") if row["body"] == "They like it."] == []
    assert list(read_rows("search.entry", where={"ref_noun": "sales.deal"})) == []
    assert [one for one in find_violations(dict(find_checks())) if "outbox" not in one] == []
    assert bring_back(actor=cast.seller, item_id=item_id, now=NOW) == ref
    after = _rows()
    for name, rows in before.items():
        assert after[name] == rows, name


def test_what_others_stand_on_stays_and_they_are_named(cast: Cast) -> None:
    sale = make_sale(cast)
    with pytest.raises(Conflict, match="1 × deal"):
        trash_record(actor=cast.seller, ref=Ref("clients.company", sale.company_id), now=NOW)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    with pytest.raises(Conflict, match="1 × handoff"):
        trash_record(actor=cast.owner, ref=Ref("clients.contact", sale.contact_id), now=NOW)
    assert list_trash(actor=cast.owner) == []


def test_only_who_may_change_a_record_trashes_it_and_only_they_and_admins_bring_it_back(cast: Cast) -> None:
    sale = make_sale(cast)
    ref = Ref("sales.deal", sale.deal_id)
    for actor in (cast.teammate, cast.leader):
        with pytest.raises(NotAllowed):
            trash_record(actor=actor, ref=ref, now=NOW)
    with pytest.raises(NotFound):
        trash_record(actor=cast.member, ref=ref, now=NOW)
    with pytest.raises(NotFound):
        trash_record(actor=cast.owner, ref=Ref("sales.stage", 1), now=NOW)
    item_id = trash_record(actor=cast.seller, ref=ref, now=NOW)
    assert [row.name for row in list_trash(actor=cast.seller)] == ["Website replatform, Northwind Robotics"]
    assert list_trash(actor=cast.teammate) == []
    with pytest.raises(NotFound):
        bring_back(actor=cast.teammate, item_id=item_id, now=NOW)
    assert bring_back(actor=cast.owner, item_id=item_id, now=NOW) == ref


def test_after_thirty_days_it_is_gone_with_the_files_only_it_had(cast: Cast) -> None:
    sale = make_sale(cast)
    ref = Ref("sales.deal", sale.deal_id)
    stored = put_stream(ContentFile(b"only here"))
    add_document(actor=cast.seller, name="offer.txt", stored=stored, refs=[ref], now=NOW)
    trash_record(actor=cast.seller, ref=ref, now=NOW)
    assert empty_trash(now=NOW + timedelta(days=29)) == 0
    assert current_storage().find_size(stored.sha256)
    assert empty_trash(now=NOW + timedelta(days=30)) == 1
    assert list_trash(actor=cast.owner) == []
    assert current_storage().find_size(stored.sha256) is None


def test_what_belongs_to_a_trashed_company_waits_until_it_is_back(cast: Cast) -> None:
    sale = make_sale(cast)
    deal, company = Ref("sales.deal", sale.deal_id), Ref("clients.company", sale.company_id)
    deal_item = trash_record(actor=cast.owner, ref=deal, now=NOW)
    company_item = trash_record(actor=cast.owner, ref=company, now=NOW)
    with pytest.raises(Conflict, match="what it belongs to is gone"):
        bring_back(actor=cast.owner, item_id=deal_item, now=NOW)
    bring_back(actor=cast.owner, item_id=company_item, now=NOW)
    bring_back(actor=cast.owner, item_id=deal_item, now=NOW)
    assert can_see(cast.owner, deal)


def test_a_task_leaves_its_plan_with_its_links_and_comes_back_with_them(cast: Cast) -> None:
    sale = make_sale(cast)
    project_id = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW).project_ids[0]
    deliver_pending(now=NOW)
    links = list(read_rows("delivery.dependency", where={"project_id": project_id}))
    task_id = links[0]["predecessor_id"]
    ref, before = Ref("delivery.task", task_id), {row["id"]: row for row in read_rows("delivery.task", where={"project_id": project_id})}
    version = get_project(actor=cast.owner, project_id=project_id).plan_version
    with pytest.raises(NotFound):
        trash_record(actor=cast.member, ref=ref, now=NOW)
    with pytest.raises(NotAllowed):
        trash_record(actor=cast.seller, ref=ref, now=NOW)
    item_id = trash_record(actor=cast.owner, ref=ref, reason="Not needed", now=NOW)
    assert task_id not in {row["id"] for row in read_rows("delivery.task")}
    assert len(list(read_rows("delivery.dependency", where={"project_id": project_id}))) < len(links)
    assert list_trash(actor=cast.owner)[0].name.startswith(before[task_id]["name"])
    assert get_project(actor=cast.owner, project_id=project_id).plan_version > version
    assert [one for one in find_violations(dict(find_checks())) if "outbox" not in one] == []
    assert bring_back(actor=cast.owner, item_id=item_id, now=NOW) == ref
    after = {row["id"]: row for row in read_rows("delivery.task", where={"project_id": project_id})}
    assert list(read_rows("delivery.dependency", where={"project_id": project_id})) == links
    assert {key: row["name"] for key, row in after.items()} == {key: row["name"] for key, row in before.items()}
    assert {key: (row["start_date"], row["finish_date"]) for key, row in after.items()} == {
        key: (row["start_date"], row["finish_date"]) for key, row in before.items()
    }
    assert [one for one in find_violations(dict(find_checks())) if "outbox" not in one] == []
