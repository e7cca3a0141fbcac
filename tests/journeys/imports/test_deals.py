"""Deals from elsewhere go through the same gates as those of the screens."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.journeys.imports.imported import apply, bring, field_of, messages, stage
from tests.people import NOW, make_cast, make_sale
from wonward.domains.catalog.queries import list_services
from wonward.domains.clients.operations import create_companies
from wonward.domains.clients.queries import list_companies, list_stakeholders
from wonward.domains.clients.types import NewCompany
from wonward.domains.sales.operations.deals import change_deal
from wonward.domains.sales.queries.deals import get_deal, list_deals, list_lines
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import DealFilter
from wonward.domains.staff.operations import NewPerson, create_people
from wonward.journeys.handoff.queries import list_handoffs
from wonward.kernel.actor import system_actor
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
HEAD = "Deal ID,Deal Name,Company,Owner,Stage,Amount,Close Date,Lost Reason\n"


def deals(actor, **where):
    return {row.external_id: row for row in list_deals(actor=actor, where=DealFilter(**where), now=NOW, sort="id", limit=200)}


def test_a_rerun_adds_nothing_and_a_changed_row_changes_its_deal():
    cast = make_cast()
    text = HEAD + "7,Site,Acme,Mara Klein,Proposal,1000,2027-02-01,\n8,Shop,Acme,Mara Klein,Discovery,500,2027-03-01,\n"
    first = bring(cast.seller, "deals", text)
    assert (first.counts["created"], first.counts["companies_created"]) == (2, 1)
    assert bring(cast.seller, "deals", text).counts["unchanged"] == 2
    again = bring(cast.seller, "deals", text.replace("1000", "1250").replace("Proposal", "Negotiation"))
    assert (again.counts["updated"], again.counts["unchanged"]) == (1, 1)
    row = deals(cast.seller)["7"]
    assert (row.value.amount, row.stage_name, row.company_name) == (Decimal("1250.00"), "Negotiation", "Acme")
    assert len(deals(cast.seller)) == 2


def test_what_was_changed_here_is_not_turned_back_by_a_file_that_says_nothing_new_about_it():
    cast = make_cast()
    text = HEAD + "7,Site,Acme,Mara Klein,Proposal,1000,2027-02-01,\n"
    bring(cast.seller, "deals", text)
    change_deal(actor=cast.seller, deal_id=deals(cast.seller)["7"].id, changes={"name": "Our own name"}, now=NOW)
    bring(cast.seller, "deals", text)
    bring(cast.seller, "deals", text.replace("1000", "1100"))
    row = deals(cast.seller)["7"]
    assert (row.name, row.value.amount) == ("Our own name", Decimal("1100.00"))


def test_rows_without_id_are_recognised_by_what_they_say_and_twins_stay_two():
    cast = make_cast()
    text = "Deal Name,Amount\nSite,100\nSite,100\nShop,200\n"
    assert bring(cast.seller, "deals", text).counts["created"] == 3
    assert bring(cast.seller, "deals", text).counts.get("created", 0) == 0
    assert len(deals(cast.seller)) == 3


def test_an_open_deal_is_never_won_by_an_import():
    cast = make_cast()
    text = HEAD + "7,Site,Acme,Mara Klein,Proposal,1000,2027-02-01,\n"
    bring(cast.seller, "deals", text)
    staged = stage(cast.seller, "deals", text.replace("Proposal", "Closed Won"))
    assert "five answers; close it in Wonward" in messages(staged)
    done = apply(cast.seller, staged)
    assert (done.status, done.counts["skipped"]) == ("done", 1)
    assert deals(cast.seller)["7"].status == "open"
    assert list_handoffs(actor=cast.owner) == []


def test_a_deal_opened_between_staging_and_commit_is_not_won_either():
    cast = make_cast()
    text = HEAD + "7,Site,Acme,Mara Klein,Proposal,1000,2027-02-01,\n"
    staged = stage(cast.seller, "deals", text.replace("Proposal", "Won").replace("2027-02-01", "2026-02-01"))
    bring(cast.seller, "deals", text)
    done = apply(cast.seller, staged)
    assert done.counts["skipped"] == 1
    assert "five answers" in messages(done)
    assert deals(cast.seller)["7"].status == "open"


def test_an_open_deal_that_the_file_lost_is_lost_with_its_reason():
    cast = make_cast()
    text = HEAD + "7,Site,Acme,Mara Klein,Proposal,1000,2027-02-01,\n8,Shop,Acme,Mara Klein,Proposal,1000,2027-02-01,\n"
    bring(cast.seller, "deals", text)
    lost = text.replace("Proposal", "Closed Lost").replace("2027-02-01,\n8", "2026-10-01,Too dear\n8")
    assert bring(cast.seller, "deals", lost).counts["updated"] == 2
    assert {key: (row.status, row.lost_reason, row.is_history) for key, row in deals(cast.seller).items()} == {
        "7": ("lost", "Too dear", False), "8": ("lost", "Imported as lost", False)
    }


def test_deals_closed_before_are_history_with_their_day_and_no_handoff():
    cast = make_cast()
    bring(cast.seller, "deals", HEAD + "1,A,Acme,Mara Klein,Closed Won,9,12/31/2025,\n2,B,Acme,Mara Klein,Closed Lost,5,11/30/2025,Price\n")
    rows = deals(cast.seller)
    assert (rows["1"].status, rows["1"].closed_date, rows["1"].is_history) == ("won", date(2025, 12, 31), True)
    assert (rows["2"].status, rows["2"].lost_reason) == ("lost", "Price")
    assert list_handoffs(actor=cast.owner) == []
    (company,) = list_companies(actor=cast.seller)
    assert company.client_since_date == date(2025, 12, 31)


def test_near_names_are_offered_and_never_merged_without_a_choice():
    cast = make_cast()
    create_companies(actor=cast.seller, companies=[NewCompany(name="Acme GmbH")], now=NOW)
    text = "Deal ID,Deal Name,Company,Product\n1,A,ACME Gmbh,Web site\n2,B,Acme,Web-Site\n"
    make_sale(cast)
    bring(cast.owner, "services", "Name,Price\nWeb Site,10\n")
    staged = stage(cast.owner, "deals", text)
    choices = {(choice.about, choice.value): choice for choice in staged.values}
    assert set(choices) == {("company", "Acme"), ("service", "Web-Site")}
    (near,) = choices["company", "Acme"].near
    assert near[1] == "Acme GmbH"
    done = apply(cast.owner, staged, {"companies": {"Acme": near[0]}, "services": {"Web-Site": choices["service", "Web-Site"].near[0][0]}})
    assert done.counts["created"] == 2
    assert {row.company_name for row in deals(cast.owner).values() if row.external_id in ("1", "2")} == {"Acme GmbH"}
    assert [row.name for row in list_services(actor=cast.owner) if row.is_to_review] == []


def test_stages_are_mapped_by_name_and_meaning_and_unknown_ones_are_listed():
    cast = make_cast()
    rows = "".join(f"{number},D{number},Acme,Mara Klein,{name},,,\n" for number, name in
                   enumerate(("negotiation", "Proposal/Price Quote", "Prospecting", "Blue phase", "Discovery call"), start=1))
    staged = stage(cast.seller, "deals", HEAD + rows)
    assert {choice.value: choice.label for choice in staged.values if choice.about == "stage"} == {
        "negotiation": "Negotiation", "Proposal/Price Quote": "Proposal", "Prospecting": "Qualified", "Blue phase": "Qualified",
        "Discovery call": "Qualified",
    }
    stages = {row.name: row.id for row in list_pipelines()[0].stages}
    done = apply(cast.seller, staged, {"stages": {"Blue phase": stages["Verbal yes"], "Discovery call": "lost"}})
    assert done.status == "done"
    found = deals(cast.seller)
    assert (found["4"].stage_name, found["5"].status) == ("Verbal yes", "lost")


def test_missing_stages_are_made_only_when_asked_and_allowed():
    cast = make_cast()
    text = HEAD + "1,A,Acme,Lena Lead,Blue phase,,,\n"
    bring(cast.leader, "deals", text, {"create_stages": True})
    (row,) = deals(cast.leader).values()
    assert row.stage_name == "Blue phase"
    assert [stage.kind for stage in list_pipelines()[0].stages][-2:] == ["won", "lost"]
    refused = bring(cast.seller, "deals", text.replace("1,A", "2,B").replace("Blue", "Red"), {"create_stages": True})
    assert refused.status == "failed"
    assert "Change pipelines" in refused.failure


def test_open_deals_get_an_owner_and_a_next_action_and_the_report_counts_them():
    cast = make_cast()
    text = "Deal ID,Deal Name,Owner,Next Step,Next Activity Date\n1,A,,Send offer,2026-12-24\n2,B,Nobody Known,,\n3,C,Sam Peer,Call,2020-01-01\n"
    done = bring(cast.seller, "deals", text)
    assert (done.counts["created"], done.counts["owners_defaulted"], done.counts["next_actions_given"]) == (3, 2, 2)
    rows = deals(cast.seller)
    assert {key: row.owner_name for key, row in rows.items()} == {"1": "Mara Klein", "2": "Mara Klein", "3": "Sam Peer"}
    assert (rows["1"].next_action.kind, rows["1"].next_action.note, rows["1"].next_action.due_date) == ("task", "Send offer", date(2026, 12, 24))
    assert (rows["3"].next_action.kind, rows["3"].next_action.note) == ("review", "Call")
    assert rows["2"].next_action.due_date > NOW.date()


def test_owners_who_left_keep_their_past_and_hand_over_what_is_open():
    cast = make_cast()
    create_people(actor=system_actor(), people=[NewPerson(name="Old Hand")], now=NOW)
    from wonward.domains.staff.models import Person

    Person.objects.filter(name="Old Hand").update(is_active=False)
    bring(cast.seller, "deals", HEAD + "1,A,Acme,Old Hand,Won,1,2020-01-01,\n2,B,Acme,Old Hand,Proposal,1,2027-01-01,\n")
    assert {key: row.owner_name for key, row in deals(cast.seller).items()} == {"1": "Old Hand", "2": "Mara Klein"}


def test_a_deal_is_named_by_what_it_sells_to_whom_when_the_file_has_no_name():
    cast = make_cast()
    bring(cast.owner, "deals", "Deal ID,Product,Account\n1,GTX,Acme\n2,,Acme\n3,GTX,\n")
    assert [row.name for row in deals(cast.owner).values()] == ["GTX for Acme", "Deal with Acme", "GTX"]


def test_contacts_of_deals_become_stakeholders():
    cast = make_cast()
    text = "Deal - ID,Deal - Title,Organization - Name,Person - Name,Person - Email\n1,A,Acme,Jo Day,jo@acme.test\n2,B,Acme,Jo Day,jo@acme.test\n"
    done = bring(cast.seller, "deals", text)
    assert (done.source, done.counts["contacts_created"], done.counts["stakeholders_linked"]) == ("import.pipedrive", 1, 2)
    row = deals(cast.seller)["2"]
    assert [one.name for one in list_stakeholders(ref=Ref("sales.deal", row.id))] == ["Jo Day"]


def test_a_sold_service_carries_the_price_of_the_deal():
    cast = make_cast()
    bring(cast.owner, "services", "Product,Sales price\nGTX,550\n")
    done = bring(cast.owner, "deals", "Deal ID,Product,Stage,Amount,Close Date\n1,GTX,Won,480,2026-01-05\n2,GTX,Discovery,,\n")
    rows = deals(cast.owner)
    (line,) = list_lines(deal=get_deal(actor=cast.owner, deal_id=rows["1"].id))
    assert (line.unit_price.amount, rows["2"].value.amount) == (Decimal("480.00"), Decimal("550.00"))
    assert done.counts["valued_from_prices"] == 1


def test_rows_that_cannot_come_in_are_named_before_anything_is_written():
    cast = make_cast()
    text = HEAD + "1,A,,,Won,-5,2026-01-01,\n2,B,,,Open,5 USD,,\n3,C,,,Open,five,,\n3,D,,,Open,5,,\n4,E,,,Won,5,13/32/2026,\n"
    staged = stage(cast.seller, "deals", text)
    stopped = {problem.row: problem.code for problem in staged.problems if problem.stops_row}
    assert stopped == {2: "negative", 3: "no_rate", 4: "bad_money"} | {5: "repeated"}
    assert any(problem.row == 6 and problem.column == "Close Date" and "13/32/2026" in problem.message for problem in staged.problems)
    assert field_of(staged, "Amount") == "value"
    done = apply(cast.seller, staged)
    assert (done.status, done.counts["created"], done.counts["skipped"]) == ("done", 1, 4)


def test_choices_are_checked_by_name_and_value():
    cast = make_cast()
    staged = stage(cast.seller, "deals", HEAD + "1,A,,,Open,5,,\n")
    with pytest.raises(Refused) as refusal:
        apply(cast.seller, staged, {"stage": {}, "owners": {"X": "somebody"}, "date_order": "abc", "currency": "XXQ", "owner_id": "7"})
    assert {error.field for error in refusal.value.errors} == {"stage", "owners.X", "date_order", "currency", "owner_id"}
    assert apply(cast.seller, staged, {"mapping": {"Deal Name": None}}).status == "done"
    assert deals(cast.seller)["1"].name == "Deal 1"


def test_the_order_of_dates_can_be_chosen():
    cast = make_cast()
    staged = stage(cast.seller, "deals", HEAD + "1,A,,,Won,5,3/1/2026,\n")
    assert any("no value proves it" in note for note in staged.notes)
    apply(cast.seller, staged, {"date_order": "mdy"})
    assert deals(cast.seller)["1"].closed_date == date(2026, 3, 1)
