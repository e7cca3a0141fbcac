"""A list is in one order on either database, page after page, and its sheet holds the same rows in the same order."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, TODAY, Cast, Sale
from wonward.domains.clients.operations import create_companies, create_contacts
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.sales.operations.deals import change_deal, create_deals, lose_deal
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.types import NewDeal, NextAction
from wonward.domains.sales.types.leads import NewLead
from wonward.foundation.access.operations import change_preferences
from wonward.kernel.money import Money

pytestmark = pytest.mark.django_db
ORDERS = ("name", "value", "expected_close_date", "next_action", "created_at", "updated_at")
PLACES = {
    "deals": ("/deals/table/", "/deals/export/", 1, "&status=all"), "companies": ("/companies/", "/companies/export/", 1, ""),
    "contacts": ("/contacts/", "/contacts/export/", 0, ""), "leads": ("/leads/", "/leads/export/", 1, "&view=open"),
}


def fill(cast: Cast) -> None:
    """More than a page of everything, with equal keys and empty cells among them."""
    homes = create_companies(actor=cast.owner, now=NOW, companies=[
        NewCompany(name=f"Company {place:03}" if place % 10 else "Twin", industry=("", "IT", "it")[place % 3], country=("", "DK")[place % 2], tier=("", "A", "B")[place % 3],
                   owner_id=(None, cast.seller.person_id)[place % 2]) for place in range(70)
    ])
    create_contacts(actor=cast.owner, now=NOW, contacts=[
        NewContact(name=f"Contact {place:03}", company_id=(None, homes[0], homes[10])[place % 3], source=("", "Fair")[place % 2]) for place in range(70)
    ])
    ids = create_deals(actor=cast.owner, now=NOW, deals=[
        NewDeal(name=f"Deal {place:03}", company_id=(None, homes[0], homes[10])[place % 3], owner_id=(cast.seller, cast.teammate)[place % 2].person_id,
                next_action=NextAction("call", TODAY + timedelta(days=place % 4)), value=(None, Money(100 * (place % 5), "EUR"))[place % 2],
                expected_close_date=(None, TODAY, TODAY + timedelta(days=40))[place % 3], opened_date=TODAY - timedelta(days=place * 7 % 50)) for place in range(70)
    ])
    for key in ids[::6]:
        lose_deal(actor=cast.owner, deal_id=key, reason="Price", now=NOW)
    create_leads(actor=cast.owner, now=NOW, leads=[
        NewLead(name=f"Lead {place:03}", company_name=("", "Alder")[place % 2], source=("", "Fair")[place % 2], owner_id=(None, cast.seller.person_id)[place % 2]) for place in range(70)
    ])


def names_on(desk: Client, address: str, word: str) -> list[str]:
    """The names of every row, page after page."""
    found: list[str] = []
    for page in range(1, 9):
        text = html.unescape(desk.get(f"{address}&page={page}").content.decode())
        more = list(dict.fromkeys(re.findall(rf"({word} \d{{3}}|Twin)\b(?=</a>|</b>|<)", text)))
        if not more or (found and more[-1] == found[-1]):
            break
        found += more
    return found


def names_in_sheet(desk: Client, address: str, column: int) -> list[str]:
    text = b"".join(desk.get(address).streaming_content).decode("utf-8-sig") if desk.get(address).streaming else desk.get(address).content.decode("utf-8-sig")
    return [row[column] for row in csv.reader(io.StringIO(text))][1:]


@pytest.mark.parametrize(("what", "group", "sort"), [
    ("deals", "", "-value"), ("deals", "owner", "-expected_close_date"), ("deals", "company", "created_at"), ("deals", "stage", "name"),
    ("companies", "", "-tier"), ("companies", "industry", "-name"), ("companies", "owner", "since"), ("contacts", "company", "-name"), ("contacts", "source", "company"),
    ("leads", "source", "-score"), ("leads", "", "name"), ("leads", "owner", ""),
])
def test_the_sheet_of_a_list_is_the_list(cast: Cast, sale: Sale, sign_in: SignIn, what: str, group: str, sort: str) -> None:
    fill(cast)
    desk, (place, sheet, column, more) = sign_in(cast.owner), PLACES[what]
    word = {"deals": "Deal", "companies": "Company", "contacts": "Contact", "leads": "Lead"}[what]
    shown = [name for name in names_on(desk, f"{place}?group={group}&sort={sort}{more}", word) if name.startswith(f"{word} ")]
    written = [name for name in names_in_sheet(desk, f"{sheet}?group={group}&sort={sort}{more}", column) if name.startswith(f"{word} ")]
    assert len(shown) == len(set(shown)) > 50
    assert shown == written


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("sort", ORDERS)
def test_what_is_empty_comes_last_whichever_way_deals_are_sorted(cast: Cast, sale: Sale, sign_in: SignIn, sort: str, sign: str) -> None:
    fill(cast)
    rows = list(csv.DictReader(io.StringIO("\n".join(_lines(sign_in(cast.owner), f"/deals/export/?status=all&sort={sign}{sort}")))))
    column = {"expected_close_date": "Expected close", "next_action": "Next action due", "created_at": "Opened"}.get(sort)
    if column is None:
        assert len({row["Number"] for row in rows}) == len(rows) == 71
        return
    said = [row[column] for row in rows]
    filled = [text for text in said if text]
    assert (filled, said[len(filled):]) == (sorted(filled, reverse=bool(sign)), [""] * (len(said) - len(filled)))


def _lines(desk: Client, address: str) -> list[str]:
    answer = desk.get(address)
    content: Any = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode("utf-8-sig")).splitlines()


def test_days_in_lists_are_those_of_the_reader(cast: Cast, sale: Sale, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"source": "Fair"}, now=late)
    create_companies(actor=cast.seller, companies=[NewCompany(name="Late Company")], now=late)
    change_preferences(actor=cast.seller, time_zone="Asia/Tokyo", now=NOW)
    desk = sign_in(cast.seller)
    assert "20 Nov" in desk.get("/deals/table/?columns=name,updated_at").content.decode()
    assert "20 Nov" in desk.get("/companies/?columns=name,created_at&q=Late").content.decode()
