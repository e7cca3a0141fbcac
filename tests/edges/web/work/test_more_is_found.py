"""Tasks, promises, handoffs, services, colleagues, files and the log are found as well, by those alone who see them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.edges.api.client import Api
from tests.edges.web.work.test_searching import _titles, deliver_all
from tests.people import NOW
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.operations import archive_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import TaskChange
from wonward.domains.sales.operations.deals import change_deal
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import put_stream
from wonward.foundation.jobs.models import JobRun
from wonward.foundation.search.models import Entry, Renewal
from wonward.foundation.search.operations import remove_records
from wonward.foundation.search.queries import count_entries
from wonward.journeys.client_record.jobs import fill_in_index
from wonward.journeys.client_record.operations import renew_old_index
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.promises.operations import change_plan, make_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def won(cast: Any, sale: Any) -> Any:
    """A won deal whose project has five pieces of work, with a file, a promise about money and a call."""
    make_promises(actor=cast.seller, promises=[
        NewPromise(PromiseKind.PRICE, "Not above 84,000 EUR for the kaleidoscope", deal_id=sale.deal_id),
    ], now=NOW)
    won = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    stored = put_stream(io.BytesIO(b"A plan in words."))
    add_document(actor=cast.seller, name="Sitemap kaleidoscope.txt", stored=stored, refs=[Ref("sales.deal", sale.deal_id)], now=NOW)
    log_communications(actor=cast.seller, now=NOW, entries=[NewCommunication(
        kind=CommunicationKind.CALL, refs=(Ref("sales.deal", sale.deal_id),), body="They mentioned a kaleidoscope twice.", happened_at=NOW, subject="About colours",
    )])
    deliver_all()
    return won


def test_a_task_is_found_by_its_name_and_by_its_new_name_and_with_its_project_put_away_no_more(won: Any, cast: Any, sign_in: Any) -> None:
    manager, project_id = sign_in(cast.manager), won.project_ids[0]
    assert _titles(manager, "wireframes") == ["Wireframes"]
    assert _titles(manager, "tasks wireframes client:northwind") == ["Wireframes"]
    assert _titles(sign_in(cast.member), "wireframes") == []
    task = next(row for row in list_tasks(actor=cast.manager, project_id=project_id) if row.name == "Wireframes")
    change_plan(actor=cast.manager, project_id=project_id, changes=[TaskChange(task.id, {"name": "Clickable sketches"})], now=NOW)
    deliver_all()
    assert (_titles(manager, "wireframes"), _titles(manager, "clickable")) == ([], ["Clickable sketches"])
    archive_project(actor=cast.owner, project_id=project_id, reason="Over.", now=NOW)
    deliver_all()
    assert _titles(manager, "clickable") == []


def test_promises_handoffs_services_colleagues_files_and_the_log_are_found_where_one_sees_them(won: Any, cast: Any, sign_in: Any) -> None:
    seller, owner = sign_in(cast.seller), sign_in(cast.owner)
    assert set(_titles(seller, "kaleidoscope")) == {"Not above 84,000 EUR for the kaleidoscope", "Sitemap kaleidoscope.txt", "About colours"}
    assert _titles(seller, "log kaleidoscope") == ["About colours"]
    assert _titles(seller, "documents kaleidoscope") == ["Sitemap kaleidoscope.txt"]
    assert _titles(seller, "type:promise #PR-1") == ["Not above 84,000 EUR for the kaleidoscope"]
    assert _titles(seller, "handoffs website") == ["Website replatform"]
    assert _titles(seller, "type:handoff H-101") == ["Website replatform"]
    assert _titles(owner, "services website") == ["Website Northwind Robotics"]
    assert _titles(owner, "colleagues brandt") == ["Tom Brandt"]


def test_what_is_hidden_or_costs_money_is_not_found_by_a_stranger(won: Any, cast: Any, sale: Any, sign_in: Any) -> None:
    change_deal(actor=cast.owner, deal_id=sale.deal_id, changes={"is_restricted": True}, now=NOW)
    deliver_all()
    for stranger in (cast.member, cast.marketer, cast.teammate):
        for query in ("kaleidoscope", "type:promise 84,000", "handoffs website", "H-101"):
            page = sign_in(stranger).get("/search/", {"q": query}).content.decode()
            assert "kaleidoscope." not in page, (stranger.label, query)
            assert "Not above" not in page, (stranger.label, query)
            assert "Website replatform" not in page, (stranger.label, query)
        assert Api(stranger).get("/search?q=kaleidoscope")[1]["items"] == []


def test_a_program_narrows_its_search_as_people_do(won: Any, cast: Any) -> None:
    api = Api(cast.seller)
    assert [one["title"] for one in api.get("/search?q=client:northwind%20type:deal")[1]["items"]] == ["Website replatform"]
    assert [one["ref"].partition(":")[0] for one in api.get("/search?q=kaleidoscope&noun=promises.promise")[1]["items"]] == ["promises.promise"]
    status, problem = api.get("/search?q=client:nobody%20site")
    assert (status, problem["errors"][0]["message"]) == (422, "No client “nobody”.")


def test_an_index_from_before_is_filled_with_what_it_did_not_look_for(won: Any, cast: Any, sign_in: Any) -> None:
    refs = [Ref(noun, key) for noun, key in Entry.objects.filter(ref_noun__in=("delivery.task", "files.document")).values_list("ref_noun", "ref_id")]
    assert len(refs) == 7
    remove_records(refs)
    Renewal.objects.update(version=0, after=0)
    assert _titles(sign_in(cast.manager), "wireframes") == []
    renew_old_index(now=NOW)
    assert JobRun.objects.filter(name="client_record.index.fill").count() == 2
    for noun in ("delivery.task", "files.document"):
        fill_in_index(now=NOW, noun=noun, after=0)
    assert (count_entries("delivery.task"), count_entries("files.document")) == (6, 1)
    assert _titles(sign_in(cast.manager), "wireframes") == ["Wireframes"]
