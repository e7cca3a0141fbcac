"""What a file says in ways of its own: amounts with a column for their currency, several records in a cell, one address for two people."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.journeys.imports.imported import apply, bring, field_of, messages, stage
from tests.people import NOW, make_cast
from wonward.domains.clients.queries import list_companies, list_contacts
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.types import DealFilter
from wonward.foundation.organisation.operations import set_rate
from wonward.journeys.imports.rules.mapping import propose_mapping
from wonward.journeys.imports.rules.namesakes import may_be_one
from wonward.journeys.imports.rules.shapes import columns_of
from wonward.kernel.money import Money

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


def names(cast):
    return sorted(row.name for row in list_contacts(actor=cast.seller))


def test_the_currency_of_an_amount_is_read_from_its_own_column(cast):
    text = "Opportunity Name,Account Name,Stage,Amount Currency,Amount,Close Date\nA,Acme,Closed Won,USD,1234.50,2026-01-25\n"
    staged = stage(cast.seller, "deals", text)
    assert field_of(staged, "Amount Currency") == "currency"
    assert [(problem.code, problem.stops_row) for problem in staged.problems] == [("no_rate", True)]
    set_rate(currency="USD", valid_from_date=date(2026, 1, 1), rate=Decimal("1.10"), now=NOW)
    bring(cast.seller, "deals", text)
    (deal,) = list_deals(actor=cast.seller, where=DealFilter(), now=NOW)
    assert deal.value == Money(123_450, "USD")


@pytest.mark.parametrize("header", ["Amount Currency", "Value currency code", "Currency of amount", "Opportunity Amount Currency"])
def test_headers_that_name_the_currency_of_an_amount(header):
    rows = [(2, ["A", "10", "USD"])]
    lines = propose_mapping("deals", columns_of(["Deal name", "Amount", header], rows))
    assert [line.field for line in lines] == ["name", "value", "currency"]


def test_a_column_of_currencies_that_stays_behind_is_a_problem_of_the_file(cast):
    staged = stage(cast.seller, "deals", "Deal name,Amount,Cur.\nA,10,USD\n")
    assert field_of(staged, "Cur.") == ""
    assert "“Cur.” holds currencies and is left out; amounts are taken in EUR" in messages(staged)
    chosen = stage(cast.seller, "deals", "Deal name,Amount,Cur.\nA,10,USD\n", mapping={"Cur.": None})
    assert "holds currencies" not in messages(chosen)
    assert "holds currencies" not in messages(stage(cast.seller, "deals", "Deal name,Amount,Cur.\nA,10,EUR\n"))


def test_somebody_elses_address_renames_nobody(cast):
    bring(cast.seller, "contacts", "Name,Email,Company\nJo Day,info@acme.test,Acme\n")
    text = "Name,Email,Company\nAnn Lee,info@acme.test,Acme\n"
    staged = stage(cast.seller, "contacts", text)
    assert "Row 2: info@acme.test is the address of Jo Day; Ann Lee is added beside them." in messages(staged)
    assert apply(cast.seller, staged).counts["created"] == 1
    assert names(cast) == ["Ann Lee", "Jo Day"]
    assert bring(cast.seller, "contacts", text).counts["unchanged"] == 1
    renamed = bring(cast.seller, "contacts", "Name,Email,Company\nJo Day-Miller,info@acme.test,Acme\n")
    assert renamed.counts["updated"] == 1
    assert names(cast) == ["Ann Lee", "Jo Day-Miller"]


def test_two_people_with_one_address_in_one_file_both_come_in(cast):
    text = "Name,Email,Company\nX One,team@beta.test,Beta\nY Two,team@beta.test,Beta\nX. One,team@beta.test,Beta\n"
    staged = stage(cast.seller, "contacts", text)
    assert "Row 3: team@beta.test is the address of X One in row 2, too; both people come in." in messages(staged)
    assert "Row 4 repeats “X One” (team@beta.test) of row 2." in messages(staged)
    assert apply(cast.seller, staged).counts["created"] == 2
    assert names(cast) == ["X One", "Y Two"]


def test_a_win_to_come_is_no_history_and_the_report_says_how_many_wins_are(cast):
    text = "Record ID,Deal name,Deal stage,Close date\n1,Past,Closed won,2026-02-03\n2,Today,Closed won,2026-11-19\n3,Later,Closed won,2027-11-23\n4,Gone,Closed lost,2026-03-01\n"
    staged = stage(cast.seller, "deals", text)
    assert [(problem.row, problem.code, problem.stops_row) for problem in staged.problems] == [(4, "closed_later", True)]
    assert "Row 4 is won on 2027-11-23, a day to come; only what is closed becomes history." in messages(staged)
    note = "2 won and 1 lost deals become history: they were closed elsewhere, so the five answers are not asked and no handoff or project is made."
    assert note in staged.notes
    done = apply(cast.seller, staged)
    assert (done.counts["history_won"], done.counts["history_lost"], done.counts["skipped"]) == (2, 1, 1)
    assert note in done.notes
    assert {deal.name: (deal.status, deal.is_history) for deal in list_deals(actor=cast.seller, where=DealFilter(), now=NOW)} == {
        "Past": ("won", True), "Today": ("won", True), "Gone": ("lost", True),
    }
    assert note not in bring(cast.seller, "deals", text).notes


@pytest.mark.parametrize(("one", "other", "may"), [
    ("Jo Day", "Day, Jo", True), ("Jo Day", "J. Day", True), ("Johann Day", "Johan Day", True), ("Ann Lee", "Ann Day", True), ("Jo", "Jo Day", True),
    ("jo@acme.test", "Jo Day", True), ("Jo Day", "Ann Lee", False), ("Jo Day", "Ann Day", False), ("Ann Lee", "Anna Berg", False),
])
def test_which_names_may_be_one_person(one, other, may):
    assert may_be_one(one, other) is may
    assert may_be_one(other, one) is may


def test_of_several_companies_in_a_cell_the_first_known_is_taken_and_the_row_says_so(cast):
    bring(cast.seller, "companies", "Record ID,Company name,Company Domain Name,Create Date\n9,Acme,acme.test,2024-01-02\n10,Beta,beta.test,2024-01-02\n")
    bring(cast.seller, "contacts", "Record ID,First Name,Last Name,Email,Associated Company IDs,Create Date\n3,Jo,Day,jo@acme.test,9;10,2024-01-02\n4,Al,Bee,al@beta.test,10,2024-01-02\n")
    text = (
        "Record ID,Deal Name,Deal Stage,Associated Company,Associated Company IDs,Associated Contact,Associated Contact IDs,Create Date\n"
        "51,Site,Discovery,Acme;Beta,9;10,Jo Day;Al Bee,3;4,2024-01-02\n52,Shop,Discovery,Beta;New One,,,,2024-01-02\n"
    )
    staged = stage(cast.seller, "deals", text)
    assert [value.value for value in staged.values if value.about == "company"] == []
    assert "Row 2 names several companies, Acme, Beta; the first that is known is taken, and only that one." in messages(staged)
    assert apply(cast.seller, staged).counts["created"] == 2
    assert {deal.name: deal.company_name for deal in list_deals(actor=cast.seller, where=DealFilter(), now=NOW)} == {"Site": "Acme", "Shop": "Beta"}
    assert sorted(row.name for row in list_companies(actor=cast.seller)) == ["Acme", "Beta"]
    assert {row.name: row.company_name for row in list_contacts(actor=cast.seller)} == {"Jo Day": "Acme", "Al Bee": "Beta"}
