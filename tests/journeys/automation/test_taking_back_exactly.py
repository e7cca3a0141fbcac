"""A bulk change taken back leaves every record as it stood, whoever it was given to and however long ago its days were."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.people import NOW, TODAY, Cast, Sale, make_cast, make_sale
from wonward.domains.clients.operations import change_company
from wonward.domains.clients.queries import client_team_company_ids, get_company
from wonward.domains.sales.models import Deal, StageVisit
from wonward.domains.sales.operations.deals import change_deal
from wonward.domains.sales.operations.discipline import escalate_overdue_next_actions
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.operations.next_actions import set_next_action
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.queries.leads import get_lead
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import NextAction
from wonward.domains.sales.types.leads import NewLead
from wonward.journeys.automation.operations import apply_bulk_change, start_bulk_change, undo_bulk_change
from wonward.journeys.automation.queries import list_bulk_rows
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import NotAllowed, NotFound

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=5)
HELD = (
    "owner_id", "stage_id", "pipeline_id", "status", "next_kind", "next_note", "next_due_date", "next_owner_id", "parked_reason", "next_escalation",
    "close_slips", "expected_close_date", "stage_entered_at", "lost_reason", "closed_date", "closed_at", "source",
)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def standing(deal_id: int) -> tuple[Any, ...]:
    visits = StageVisit.objects.filter(deal_id=deal_id).order_by("pk").values_list("stage_id", "entered_at", "left_at")
    return (*Deal.objects.filter(pk=deal_id).values_list(*HELD), tuple(visits))


def works_for(actor: Actor, sale: Sale) -> bool:
    return client_team_company_ids(person_id=actor.person_id or 0).filter(company_id=sale.company_id).exists()


def apply(actor: Actor, noun: str, key: int, asked: dict[str, Any]) -> int:
    bulk_id = start_bulk_change(actor=actor, noun=noun, ids=[key], asked=asked, now=LATER)
    apply_bulk_change(actor=actor, bulk_id=bulk_id, now=LATER)
    assert [row.status for row in list_bulk_rows(actor=actor, bulk_id=bulk_id)] == ["done"]
    return bulk_id


def take_back(actor: Actor, bulk_id: int) -> list[tuple[str, str]]:
    undo_bulk_change(actor=actor, bulk_id=bulk_id, now=LATER + timedelta(days=40))
    return [(row.status, row.code) for row in list_bulk_rows(actor=actor, bulk_id=bulk_id)]


def asked_of(cast: Cast, names: str) -> dict[str, Any]:
    stage_id = [stage.id for stage in list_pipelines()[0].stages if stage.kind == "open"][2]
    everything = {
        "owner_id": cast.teammate.person_id, "lost_reason": "Too dear", "expected_close_date": "2027-03-01", "stage_id": stage_id,
        "next_action": {"kind": "call", "due_date": "2026-12-01"}, "source": "Fair",
    }
    return {name: everything[name] for name in names.split()}


@pytest.mark.parametrize("names", [
    "owner_id", "lost_reason", "expected_close_date", "stage_id", "next_action", "source", "owner_id lost_reason",
    "owner_id stage_id next_action source expected_close_date", "stage_id lost_reason",
])
def test_a_parked_deal_whose_day_has_passed_stands_again_as_it_stood(cast: Cast, sale: Sale, names: str) -> None:
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"expected_close_date": date(2026, 12, 1)}, now=NOW)
    set_next_action(actor=cast.seller, deal_id=sale.deal_id, action=NextAction("parked", TODAY + timedelta(days=1), "Waits for the budget"), now=NOW)
    escalate_overdue_next_actions(now=LATER)
    before = standing(sale.deal_id)
    bulk_id = apply(cast.seller, "sales.deal", sale.deal_id, asked_of(cast, names))
    assert standing(sale.deal_id) != before
    assert take_back(cast.seller, bulk_id) == [("undone", "")]
    assert standing(sale.deal_id) == before


def test_who_gave_deals_away_takes_them_back_with_the_client_and_the_other_sees_why(cast: Cast, sale: Sale) -> None:
    bulk_id = apply(cast.seller, "sales.deal", sale.deal_id, asked_of(cast, "owner_id"))
    assert works_for(cast.teammate, sale)
    assert take_back(cast.seller, bulk_id) == [("undone", "")]
    assert get_deal(actor=cast.owner, deal_id=sale.deal_id).owner_id == cast.seller.person_id
    assert not works_for(cast.teammate, sale)


def test_what_the_new_owner_touched_since_is_theirs(cast: Cast, sale: Sale) -> None:
    bulk_id = apply(cast.seller, "sales.deal", sale.deal_id, asked_of(cast, "owner_id"))
    change_deal(actor=cast.teammate, deal_id=sale.deal_id, changes={"source": "Mine now"}, now=LATER)
    assert take_back(cast.seller, bulk_id) == [("kept", "touched")]
    assert get_deal(actor=cast.owner, deal_id=sale.deal_id).owner_id == cast.teammate.person_id


def test_who_may_not_change_deals_any_more_takes_nothing_back(cast: Cast, sale: Sale) -> None:
    bulk_id = apply(cast.seller, "sales.deal", sale.deal_id, asked_of(cast, "owner_id"))
    demoted = Actor(**{name: getattr(cast.seller, name) for name in cast.seller.__slots__} | {"grants": {**cast.seller.grants, "sales.deal.edit": Scope.NONE}})
    with pytest.raises(NotAllowed, match="access role"):
        undo_bulk_change(actor=demoted, bulk_id=bulk_id, now=LATER)
    assert get_deal(actor=cast.owner, deal_id=sale.deal_id).owner_id == cast.teammate.person_id


def test_companies_given_away_come_back_too(cast: Cast, sale: Sale) -> None:
    change_company(actor=cast.owner, company_id=sale.company_id, changes={"owner_id": cast.seller.person_id}, version=None, now=NOW)
    bulk_id = apply(cast.seller, "clients.company", sale.company_id, {"owner_id": cast.teammate.person_id, "tier": "A"})
    assert take_back(cast.seller, bulk_id) == [("undone", "")]
    assert (get_company(actor=cast.owner, company_id=sale.company_id).owner_id, get_company(actor=cast.owner, company_id=sale.company_id).tier) == (cast.seller.person_id, "")


def test_a_lead_put_away_by_mistake_is_as_late_as_it_was(cast: Cast) -> None:
    (lead_id,) = create_leads(actor=cast.seller, leads=[NewLead(name="Ada", owner_id=cast.seller.person_id)], now=NOW)
    due = get_lead(actor=cast.seller, lead_id=lead_id).response_due_at
    bulk_id = apply(cast.seller, "sales.lead", lead_id, {"closed_reason": "Spam"})
    assert take_back(cast.seller, bulk_id) == [("undone", "")]
    assert get_lead(actor=cast.seller, lead_id=lead_id).response_due_at == due


@pytest.mark.parametrize(("noun", "field"), [("sales.deal", "source"), ("sales.lead", "source"), ("clients.company", "industry"), ("clients.contact", "title")])
def test_words_that_do_not_fit_are_refused_row_by_row_on_both_databases(cast: Cast, sale: Sale, noun: str, field: str) -> None:
    (lead_id,) = create_leads(actor=cast.seller, leads=[NewLead(name="Ada", owner_id=cast.seller.person_id)], now=NOW)
    key = {"sales.deal": sale.deal_id, "sales.lead": lead_id, "clients.company": sale.company_id, "clients.contact": sale.contact_id}[noun]
    bulk_id = start_bulk_change(actor=cast.owner, noun=noun, ids=[key], asked={field: "x" * 161}, now=LATER)
    (row,) = list_bulk_rows(actor=cast.owner, bulk_id=bulk_id)
    assert (row.status, "characters" in row.message) == ("refused", True)


def test_what_goes_along_is_kept_for_the_way_back_and_not_shown(cast: Cast, sale: Sale) -> None:
    bulk_id = apply(cast.seller, "sales.deal", sale.deal_id, asked_of(cast, "stage_id"))
    (row,) = list_bulk_rows(actor=cast.seller, bulk_id=bulk_id)
    assert [change.field for change in row.changes] == ["stage_id"]


def test_a_record_hidden_since_does_not_show_its_new_name(cast: Cast, sale: Sale) -> None:
    bulk_id = apply(cast.seller, "sales.deal", sale.deal_id, {"source": "Fair"})
    changes = {"owner_id": cast.teammate.person_id, "is_restricted": True, "name": "Secret merger"}
    change_deal(actor=cast.owner, deal_id=sale.deal_id, changes=changes, now=LATER)
    with pytest.raises(NotFound):
        get_deal(actor=cast.seller, deal_id=sale.deal_id)
    (row,) = list_bulk_rows(actor=cast.seller, bulk_id=bulk_id)
    assert row.name == f"#{sale.deal_id}"
    assert take_back(cast.seller, bulk_id) == [("kept", "unknown")]
    assert "Secret" not in str(list_bulk_rows(actor=cast.seller, bulk_id=bulk_id))
