"""The sample company goes in one click, and takes nothing along that people made or touched."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from tests.people import NOW, TODAY, Cast, Sale, actor_of, make_cast, make_sale
from tests.tables import read_tables
from wonward.domains.clients.operations import create_companies
from wonward.domains.clients.types import NewCompany
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.operations.next_actions import set_next_action
from wonward.domains.sales.types import NewDeal, NextAction
from wonward.domains.staff.operations import NewPerson, change_house, create_people
from wonward.edges.commands.check import find_checks, find_violations
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.database.queries import list_tables, read_rows
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.jobs.runner import run_due_jobs
from wonward.foundation.organisation.operations import set_up_organisation
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.house.operations import (
    ask_to_load_sample,
    ask_to_remove_sample,
    ask_what_would_go,
    remembering_sample,
    serve_sample_load,
)
from wonward.journeys.house.queries.errands import list_errands
from wonward.journeys.house.queries.sample import find_sample
from wonward.journeys.house.types import ErrandKind, ErrandRow
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import Conflict, NotAllowed
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
# What tells of the past, and what is worked out, is not compared.
_TELLING = ("audit.auditentry", "events.", "search.", "house.", "organisation.", "notifications.")


def _rows() -> dict[str, list[dict[str, Any]]]:
    return read_tables(table.name for table in list_tables() if not table.name.startswith(_TELLING))


@pytest.fixture
def newcomer() -> Actor:
    create_people(
        actor=system_actor(), now=NOW, people=[NewPerson(name="Nina New", email="nina@own.test", access_role="owner", password="her own words")]
    )
    return actor_of("nina@own.test")


@pytest.fixture
def sample(newcomer: Actor) -> tuple[Cast, Sale, Sale]:
    """Two deals of a sample company, one of them won; its facts were delivered later, as the worker does."""
    with transaction.atomic(), remembering_sample(now=NOW):
        cast = make_cast()
        won, open_one = make_sale(cast), make_sale(cast, company="Contoso Marine")
        close_deal_as_won(actor=cast.seller, deal_id=won.deal_id, brief=won.brief(), now=NOW)
    deliver_pending(now=NOW)
    return cast, won, open_one


def _remove(actor: Actor) -> ErrandRow:
    ask_to_remove_sample(actor=actor, now=NOW)
    run_due_jobs(now=NOW)
    (errand,) = list_errands(actor=actor, kind=ErrandKind.SAMPLE)
    assert errand.state == "done", errand.failure
    return errand


def test_an_untouched_sample_goes_without_a_trace_in_any_table(newcomer: Actor) -> None:
    before = _rows()
    with transaction.atomic(), remembering_sample(now=NOW):
        cast = make_cast()
        sale = make_sale(cast)
        close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    deliver_pending(now=NOW)
    sample = find_sample(actor=newcomer)
    assert sample
    assert (sample.counts["sales.deal"], sample.counts["staff.person"]) == (1, 8)
    errand = _remove(newcomer)
    after = _rows()
    for name, rows in before.items():
        assert after[name] == rows, name
    assert errand.report["kept_count"] == 0
    assert errand.report["removed"]["delivery.project"] == 1
    assert find_sample(actor=newcomer) is None
    assert [one for one in find_violations(dict(find_checks())) if "outbox" not in one] == []


def test_what_people_touched_or_built_upon_stays_whole_and_is_listed_with_why(newcomer: Actor, sample: tuple[Cast, Sale, Sale]) -> None:
    _cast, won, open_one = sample
    set_next_action(actor=newcomer, deal_id=open_one.deal_id, action=NextAction("call", TODAY, "I ring them"), now=NOW)
    (own,) = create_companies(actor=newcomer, companies=[NewCompany(name="Own client")], now=NOW)
    deals = {row["id"]: row for row in read_rows("sales.deal")}
    lines = [row for row in read_rows("sales.dealline") if row["deal_id"] == open_one.deal_id]
    before = {name: {row["id"]: row for row in _rows()[name]} for name in ("clients.company", "sales.deal", "sales.stagevisit")}
    ask_what_would_go(actor=newcomer, now=NOW)
    run_due_jobs(now=NOW)
    (told,) = list_errands(actor=newcomer, kind=ErrandKind.SAMPLE_PLAN)
    errand = _remove(newcomer)
    assert told.report == errand.report
    left = {row["id"]: row for row in read_rows("sales.deal")}
    assert left == {open_one.deal_id: deals[open_one.deal_id]}
    assert list(read_rows("sales.dealline")) == lines
    assert {row["id"] for row in read_rows("clients.company")} == {own, deals[open_one.deal_id]["company_id"]}
    assert all(row == before["clients.company"][row["id"]] for row in read_rows("clients.company"))
    assert list(read_rows("sales.stagevisit")) == [
        row for row in before["sales.stagevisit"].values() if row["deal_id"] == open_one.deal_id
    ]
    assert list(read_rows("delivery.project")) == []
    why = {ref: reason for ref, _, reason in errand.report["kept"]}
    assert why[str(Ref("sales.deal", open_one.deal_id))] == "touched"
    assert why[str(Ref("clients.company", deals[open_one.deal_id]["company_id"]))] == "needed"
    assert str(Ref("sales.deal", won.deal_id)) not in why
    assert [row["email"] for row in read_rows("access.user")] == ["nina@own.test"]
    assert [one for one in find_violations(dict(find_checks())) if "outbox" not in one] == []


def test_a_word_logged_on_a_sample_project_keeps_the_project_its_plan_and_its_deal(newcomer: Actor, sample: tuple[Cast, Sale, Sale]) -> None:
    _cast, won, _open = sample
    (project,) = read_rows("delivery.project")
    tasks = list(read_rows("delivery.task"))
    log_communications(
        actor=newcomer, now=NOW,
        entries=[NewCommunication(kind=CommunicationKind.NOTE, body="We go on with this one.", refs=(Ref("delivery.project", project["id"]),), happened_at=NOW)],
    )
    report = _remove(newcomer).report
    assert list(read_rows("delivery.project")) == [project]
    assert list(read_rows("delivery.task")) == tasks
    why = {ref: reason for ref, _, reason in report["kept"]}
    assert why[str(Ref("delivery.project", project["id"]))] == "built_upon"
    assert [row["body"] for row in read_rows("comms.communication") if not row["is_automatic"]][-1] == "We go on with this one."
    assert [one for one in find_violations(dict(find_checks())) if "outbox" not in one] == []
    assert won.deal_id


def test_an_own_deal_for_a_sample_client_keeps_the_client_and_nothing_else_of_it(newcomer: Actor, sample: tuple[Cast, Sale, Sale]) -> None:
    _cast, won, _open = sample
    company_id = next(row["company_id"] for row in read_rows("sales.deal") if row["id"] == won.deal_id)
    (own,) = create_deals(
        actor=newcomer, now=NOW,
        deals=[NewDeal(name="My own", company_id=company_id, next_action=NextAction("call", TODAY, "Ring"))],
    )
    report = _remove(newcomer).report
    assert [row["id"] for row in read_rows("sales.deal")] == [own]
    assert [row["id"] for row in read_rows("clients.company")] == [company_id]
    assert [(ref, why) for ref, _, why in report["kept"] if why == "built_upon"] == [(f"clients.company:{company_id}", "built_upon")]


def test_who_removes_the_sample_as_one_of_its_people_goes_on_working(sample: tuple[Cast, Sale, Sale]) -> None:
    cast, _won, _open = sample
    _remove(cast.owner)
    assert {row["email"] for row in read_rows("access.user")} == {"nina@own.test", "owner@studio.test"}
    assert actor_of("owner@studio.test").person_id == cast.owner.person_id


def test_it_is_asked_for_once_by_those_who_may_and_audited(newcomer: Actor, sample: tuple[Cast, Sale, Sale]) -> None:
    cast, _won, _open = sample
    with pytest.raises(NotAllowed):
        ask_to_remove_sample(actor=cast.leader, now=NOW)
    assert find_sample(actor=cast.leader) is None
    ask_to_remove_sample(actor=newcomer, now=NOW)
    with pytest.raises(Conflict):
        ask_to_remove_sample(actor=newcomer, now=NOW)
    run_due_jobs(now=NOW)
    with pytest.raises(Conflict, match="no sample company"):
        ask_to_remove_sample(actor=newcomer, now=NOW)
    entry = AuditEntry.objects.get(operation="house.sample.remove")
    assert entry.user_id == newcomer.user_id
    assert entry.changes["removed"][0]["sales.deal"] == 2


def test_currency_and_zone_are_the_houses_own_again_unless_amounts_are_left_in_the_other(newcomer: Actor) -> None:
    change_house(actor=newcomer, changes={"name": "Own", "currency": "USD", "time_zone": "America/New_York"}, now=NOW)
    with transaction.atomic(), remembering_sample(now=NOW):
        set_up_organisation(name="Halden Studio", currency="EUR", time_zone="Europe/Berlin", now=NOW)
        make_sale(make_cast())
    _remove(newcomer)
    house = get_organisation()
    assert (house.name, house.currency, house.time_zone) == ("Own", "USD", "America/New_York")


def _bring(newcomer: Actor, errand_id: int) -> None:
    """A small sample company comes in, as the job brings the large one."""
    def load() -> bool:
        with remembering_sample(now=NOW):
            make_sale(make_cast())
        return True

    serve_sample_load(errand_id=errand_id, load=load, now=NOW)


def test_the_sample_company_comes_when_asked_for_once_and_leaves_the_house_as_it_was(newcomer: Actor) -> None:
    change_house(actor=newcomer, changes={"name": "Own house"}, now=NOW)
    before = _rows()
    errand_id = ask_to_load_sample(actor=newcomer, now=NOW)
    with pytest.raises(Conflict, match="being done already"):
        ask_to_load_sample(actor=newcomer, now=NOW)
    _bring(newcomer, errand_id)
    found = find_sample(actor=newcomer)
    assert found
    assert found.counts["sales.deal"] == 1
    with pytest.raises(Conflict, match="here already"):
        ask_to_load_sample(actor=newcomer, now=NOW)
    _bring(newcomer, errand_id)
    assert find_sample(actor=newcomer) == found
    ask_to_remove_sample(actor=newcomer, now=NOW)
    run_due_jobs(now=NOW)
    assert find_sample(actor=newcomer) is None
    assert (get_organisation().name, get_organisation().currency) == ("Own house", "EUR")
    after = _rows()
    assert {name: rows for name, rows in after.items() if rows != before[name] and name != "jobs.jobrun"} == {}


def test_a_sample_company_that_does_not_fit_leaves_nothing_and_says_why(newcomer: Actor) -> None:
    before, errand_id = _rows(), ask_to_load_sample(actor=newcomer, now=NOW)

    def load() -> bool:
        make_cast()
        raise Conflict("The gate asks for more.")

    serve_sample_load(errand_id=errand_id, load=load, now=NOW)
    (row,) = list_errands(actor=newcomer, kind=ErrandKind.SAMPLE_LOAD)
    assert (row.state, row.failure) == ("failed", "The gate asks for more.")
    assert _rows()["staff.person"] == before["staff.person"]
    ask_to_load_sample(actor=newcomer, now=NOW)


def test_only_who_may_remove_the_sample_company_asks_for_it_and_only_where_it_can_play(newcomer: Actor) -> None:
    cast = make_cast()
    for actor in (cast.seller, cast.leader, cast.member):
        with pytest.raises(NotAllowed):
            ask_to_load_sample(actor=actor, now=NOW)
    change_house(actor=newcomer, changes={"areas": {"delivery": False}}, now=NOW)
    with pytest.raises(Conflict, match="Switch Sales and Delivery on"):
        ask_to_load_sample(actor=newcomer, now=NOW)


@pytest.mark.long
def test_the_whole_sample_company_comes_into_a_house_of_its_own_currency_and_leaves_no_trace(newcomer: Actor) -> None:
    change_house(actor=newcomer, changes={"name": "Own house", "currency": "USD"}, now=NOW)
    before = _rows()
    ask_to_load_sample(actor=newcomer, now=NOW)
    run_due_jobs(now=NOW)
    found = find_sample(actor=newcomer)
    assert found
    assert found.counts["delivery.project"] == 30
    ask_to_remove_sample(actor=newcomer, now=NOW)
    run_due_jobs(now=NOW)
    after = _rows()
    assert {name: rows for name, rows in after.items() if rows != before[name] and not name.startswith("jobs.")} == {}
