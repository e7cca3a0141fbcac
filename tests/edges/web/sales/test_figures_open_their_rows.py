"""Figures against rows over a mixed lot of deals: what a report counts is what its link lists, to the amount."""

from __future__ import annotations

import html
import random
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, TODAY, Cast, make_sale
from tests.remembered import remembered
from wonward.domains.clients.operations import create_companies, merge_records
from wonward.domains.clients.types import NewCompany
from wonward.domains.sales.history import record_past_deals
from wonward.domains.sales.operations.deals import change_deal, create_deals, lose_deal, reopen_deal
from wonward.domains.sales.operations.goals import put_goal
from wonward.domains.sales.operations.leads import answer_lead, close_lead, create_leads
from wonward.domains.sales.operations.pipelines import create_pipeline
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.queries.reports import get_sales_report
from wonward.domains.sales.types import NewDeal, NextAction, PastDeal
from wonward.domains.sales.types.leads import NewLead
from wonward.domains.sales.types.reports import Period
from wonward.foundation.access.operations import change_preferences
from wonward.foundation.organisation.operations import set_rate
from wonward.kernel.money import Money

pytestmark = pytest.mark.django_db
SOURCES = ("", "Fair", " Fair ", "fair", "~", "~~", "Web & more", "a,b", "x" * 120, "Ünï “q”", "100%", "none", "-", "me")
REASONS = ("", "Price", " Price", "~", "No budget, really; & then", "p" * 300)
CLOSES = (None, TODAY, date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 29))


@remembered
def mixed_lot(cast: Cast) -> None:
    """A hundred deals of three people and nobody, in three currencies: open, parked, lost, taken up again, and brought from elsewhere."""
    dice = random.Random(7)
    make_sale(cast)
    for currency, rate in (("USD", "0.9137"), ("JPY", "0.0061")):
        set_rate(currency=currency, valid_from_date=date(2020, 1, 1), rate=Decimal(rate), now=NOW)
    companies = create_companies(actor=cast.owner, companies=[NewCompany(name=f"Company {place}") for place in range(5)], now=NOW)
    stages = [stage.id for stage in list_pipelines()[0].stages if stage.kind == "open"]
    money = [Money(dice.randint(0, 900_000), dice.choice(("EUR", "USD", "JPY"))) for _ in range(100)]
    ids = create_deals(actor=cast.owner, now=NOW, deals=[
        NewDeal(
            name=f"Deal {place}", company_id=dice.choice((None, *companies)), owner_id=dice.choice((cast.seller, cast.teammate, cast.owner)).person_id,
            stage_id=dice.choice(stages), value=money[place] if place % 9 else None, expected_close_date=dice.choice(CLOSES), source=dice.choice(SOURCES),
            next_action=NextAction("call" if place % 7 else "parked", TODAY + timedelta(days=4 if place % 7 == 0 else dice.randint(-20, 20)), "It waits"),
            probability=dice.choice((None, 0, 33, 100)), opened_date=TODAY - timedelta(days=dice.randint(0, 500)),
        ) for place in range(60)
    ])
    for key in ids[:24]:
        lost_at = NOW - timedelta(days=dice.choice((0, 1, 29, 30, 31, 364, 365, 366)), hours=dice.randint(0, 23))
        lose_deal(actor=cast.owner, deal_id=key, reason=dice.choice(REASONS[1:]), now=lost_at)
    for key in ids[:5]:
        reopen_deal(actor=cast.owner, deal_id=key, next_action=NextAction("call", TODAY), now=NOW)
    record_past_deals(actor=cast.owner, now=NOW, deals=[
        PastDeal(
            name=f"Past {place}", status=dice.choice(("won", "lost")), closed_date=TODAY - timedelta(days=dice.choice((0, 1, 29, 30, 364, 365))),
            opened_date=TODAY - timedelta(days=500), owner_id=dice.choice((None, cast.seller.person_id)), company_id=dice.choice((None, *companies)),
            value=money[60 + place], lost_reason=dice.choice(REASONS), source=dice.choice(SOURCES),
        ) for place in range(40)
    ])
    change_deal(actor=cast.owner, deal_id=ids[30], changes={"is_restricted": True}, now=NOW)
    merge_records(actor=cast.owner, noun="clients.company", source_id=companies[1], target_id=companies[2], now=NOW)


def rows_behind(desk: Client, href: str) -> tuple[str, str, set[str]]:
    """How many rows a link opens, what they come to, and every amount on their page."""
    answer = desk.get(html.unescape(href))
    assert answer.status_code == 200
    page = html.unescape(answer.content.decode())
    words = re.search(r'<caption class="visually-hidden">([^<]*)</caption>', page)
    count, _, value = (words[1] if words else "0 · €0").partition(" · ")
    return count.split(" ")[0], value, set(re.findall(r">(€[\d.,kM]+)<", page))


@pytest.mark.parametrize("who", ["leader", "teammate"])
@pytest.mark.parametrize("query", ["", "?period=30", "?owner=2", "?period=1825&pipeline=1"])
def test_every_number_of_the_reports_is_the_number_of_rows_behind_it(cast: Cast, sign_in: SignIn, who: str, query: str) -> None:
    mixed_lot(cast)
    desk = sign_in(getattr(cast, who))
    page = desk.get(reverse("sales_reports") + query).content.decode()
    compared = 0
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.S):
        cells = [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for href, label in re.findall(r'href="(/deals/[^"]*)"[^>]*>([^<]*)<', row):
            count, value, amounts = rows_behind(desk, href)
            assert count == (label if label.isdigit() else cells[1]), (cells, href)
            if "report-bar" in row:
                assert (cells[2], cells[3] in amounts) == (value, True), (cells, href)
            compared += 1
    for href, card in re.findall(r'<a class="card discipline__card" href="(/deals/[^"]*)">(.*?)</a>', page, re.S):
        said = re.search(r">([\d,]+) deals<", card)
        assert said is None or said[1] == rows_behind(desk, href)[0]
    assert compared > 20


def test_sources_of_one_seller_or_pipeline_count_only_their_leads(cast: Cast) -> None:
    other = create_pipeline(actor=cast.owner, name="Renewals", now=NOW)
    create_leads(actor=cast.owner, now=NOW, leads=[
        NewLead(name="Ada", source="Fair", owner_id=cast.seller.person_id), NewLead(name="Ben", source="Fair", owner_id=cast.teammate.person_id),
        NewLead(name="Cleo", source="Web", owner_id=cast.teammate.person_id, pipeline_id=other),
    ])

    def leads(**narrowed: int | None) -> list[tuple[str, int]]:
        found = get_sales_report(actor=cast.leader, period=Period(TODAY, TODAY), now=NOW, **narrowed)
        return [(row.source, row.leads) for row in found.sources]

    assert leads() == [("Fair", 2), ("Web", 1)]
    assert leads(owner_id=cast.seller.person_id) == [("Fair", 1)]
    assert leads(pipeline_id=other) == [("Web", 1)]


def test_a_goal_is_held_against_its_whole_month_however_short_the_period(cast: Cast) -> None:
    last = date(2026, 10, 31)
    at = datetime(2026, 10, 31, 9, tzinfo=NOW.tzinfo)
    record_past_deals(actor=cast.owner, now=at, deals=[
        PastDeal(name="On the first", status="won", closed_date=date(2026, 10, 1), opened_date=None, value=Money(50_000, "EUR")),
        PastDeal(name="On the last", status="won", closed_date=last, opened_date=None, value=Money(20_000, "EUR")),
    ])
    put_goal(actor=cast.owner, month=last, amount=Money(70_000, "EUR"), now=at)
    found = get_sales_report(actor=cast.leader, period=Period(last - timedelta(days=29), last), now=at)
    assert found.won_by_month[date(2026, 10, 1)] == Money(70_000, "EUR")
    assert (found.outcome.won, found.outcome.won_value) == (1, Money(20_000, "EUR"))


def test_spaces_around_a_source_make_no_second_one(cast: Cast) -> None:
    sale = make_sale(cast)
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"source": "  Fair "}, now=NOW)
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).source == "Fair"


@pytest.mark.parametrize("at", [datetime(2026, 11, 19, 9, 30, tzinfo=UTC), datetime(2026, 11, 19, 23, 30, tzinfo=UTC), datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)])
@pytest.mark.parametrize("who", ["leader", "seller"])
def test_every_number_of_discipline_is_the_number_of_rows_behind_it_whatever_day_it_is_for_whom(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, who: str, at: datetime,
) -> None:
    mixed_lot(cast)
    change_preferences(actor=cast.teammate, time_zone="Pacific/Auckland", now=NOW)
    change_preferences(actor=cast.leader, time_zone="America/Los_Angeles", now=NOW)
    monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: at)
    desk = sign_in(getattr(cast, who))
    page = desk.get(reverse("discipline")).content.decode()
    links = re.findall(r'<a[^>]*href="(/deals/table/[^"]*)"[^>]*>(.*?)</a>', page, re.S)
    compared = 0
    for href, words in links:
        said = re.findall(r"(?<![\d.,€])(\d+)(?![\d.,%]|\s*d\b)", html.unescape(re.sub(r"<[^>]+>", " ", words)))
        if said:
            assert rows_behind(desk, href)[0] in said, (href, said)
            compared += 1
    assert compared > 8


@pytest.mark.parametrize("query", ["", "?period=30", "?owner={seller}", "?pipeline={other}", "?owner={seller}&pipeline={other}"])
def test_every_number_of_leads_is_the_number_of_leads_behind_it(cast: Cast, sign_in: SignIn, query: str) -> None:
    dice, other = random.Random(11), create_pipeline(actor=cast.owner, name="Second", now=NOW)
    for place in range(40):
        came = NOW - timedelta(days=dice.choice((0, 1, 29, 30, 364, 365)), hours=dice.randint(0, 12))
        (key,) = create_leads(actor=cast.owner, now=came, leads=[NewLead(
            name=f"Lead {place}", source=dice.choice(SOURCES), owner_id=dice.choice((cast.seller, cast.teammate)).person_id, pipeline_id=dice.choice((None, other)),
        )])
        if place % 3 == 0:
            answer_lead(actor=cast.owner, lead_id=key, kind="call", body="Called.", now=came + timedelta(hours=1))
        if place % 5 == 0:
            close_lead(actor=cast.owner, lead_id=key, reason="Spam", now=came + timedelta(hours=2))
    desk = sign_in(cast.leader)
    page = desk.get(reverse("sales_reports") + query.format(seller=cast.seller.person_id, other=other)).content.decode()
    compared = re.findall(r'href="(/leads/[^"]*)"[^>]*>([\d,]+)<', page)
    ((answered_href, answered),) = re.findall(r'<a class="card discipline__card" href="(/leads/[^"]*)">.*?median of ([\d,]+) leads', page, re.S)
    assert len(compared) > 8
    for href, told in [*compared, (answered_href, answered)]:
        assert leads_behind(desk, href) == int(told), href


def test_the_sources_of_all_leads_open_theirs_and_say_what_they_are_narrowed_to(cast: Cast, sign_in: SignIn) -> None:
    create_leads(actor=cast.owner, now=NOW, leads=[NewLead(name=f"Lead {place}", source=source) for place, source in enumerate(SOURCES)])
    desk = sign_in(cast.leader)
    page = desk.get(reverse("lead_sources")).content.decode()
    compared = re.findall(r'href="(/leads/[^"]*)"[^>]*>([\d,]+)<', page)
    assert sum(int(told) for href, told in compared if "view=all" in href) == len(SOURCES)
    assert [href for href, told in compared if leads_behind(desk, href) != int(told)] == []
    without = next(href for href, _ in compared if "source=~&" in f"{html.unescape(href)}&")
    assert "No source" in desk.get(html.unescape(without)).content.decode()


def leads_behind(desk: Client, href: str) -> int:
    """How many leads all pages of a link show."""
    found, page = 0, html.unescape(href)
    while page:
        answer = desk.get(page)
        assert answer.status_code == 200
        words = answer.content.decode()
        found += words.count('class="lead-line"')
        following = re.search(r'href="([^"]*page=\d+[^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*)"', words)
        page = html.unescape(following[1] or following[2]) if following else ""
    return found
