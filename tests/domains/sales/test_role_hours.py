"""Hours sold by role go from the proposal to the deal, to what delivery reserves and plans, and into the frozen scope."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.edges.api.client import Api, fields_of
from tests.edges.web.sales.conftest import fixed_clock, plain_static, sign_in
from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, TODAY, Cast, Sale, make_cast, make_sale
from wonward.domains.catalog.operations import create_services
from wonward.domains.catalog.queries import get_blueprints, get_role_hours
from wonward.domains.catalog.types import NewService, SoldLine
from wonward.domains.sales.operations.lines import change_lines
from wonward.domains.sales.operations.proposals import create_proposal, save_proposal, send_proposal
from wonward.domains.sales.queries.deals import get_deal, list_lines
from wonward.domains.sales.queries.proposals import get_proposal
from wonward.domains.sales.types import NewLine
from wonward.domains.sales.types.proposals import ProposalLine, Signature
from wonward.domains.staff.operations import set_rate
from wonward.foundation.files.storage import put_stream
from wonward.journeys.capacity.queries.demand import deal_hours
from wonward.journeys.handoff.models import ScopeBaseline
from wonward.journeys.handoff.operations import accept_proposal, save_gate_answers
from wonward.kernel.errors import Refused
from wonward.kernel.money import Money

__all__ = ["fixed_clock", "plain_static", "sign_in"]
pytestmark = pytest.mark.django_db
SHORTER = (("Strategist", 480), ("Designer", 1200), ("Copywriter", 600))


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def by_role(items: object) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in items:  # type: ignore[attr-defined]
        if item.kind == "task" and item.effort_minutes:
            found[item.role] = found.get(item.role, 0) + item.effort_minutes
    return found


def test_a_service_plans_the_hours_of_its_template(cast: Cast, sale: Sale) -> None:
    assert get_role_hours([sale.service_id]) == {
        sale.service_id: (("Strategist", 960), ("Designer", 2400), ("Developer", 4800), ("Editor", 1920)),
    }


def test_hours_of_a_line_take_the_place_of_the_templates_and_a_new_role_gets_a_task(sale: Sale) -> None:
    (made,) = get_blueprints(name="Site", lines=[SoldLine.choosing(sale.service_id, Decimal(2), None, SHORTER)])
    assert by_role(made.items) == {"Strategist": 960, "Designer": 2400, "Copywriter": 1200}
    assert made.effort_minutes == 4560
    (plain,) = get_blueprints(name="Site", lines=[SoldLine.choosing(sale.service_id, Decimal(1), None)])
    assert by_role(plain.items) == {"Strategist": 960, "Designer": 2400, "Developer": 4800, "Editor": 1920}


def test_what_is_sold_by_role_is_what_a_deal_would_ask_of_capacity(cast: Cast, sale: Sale) -> None:
    change_lines(actor=cast.seller, deal_id=sale.deal_id, lines=[NewLine(sale.service_id, hours=SHORTER)], now=NOW)
    asked = deal_hours(deal_id=sale.deal_id)(date(2026, 12, 1))
    assert {role: round(sum(weeks)) for role, weeks in asked.items() if sum(weeks)} == {"strategist": 8, "designer": 20, "copywriter": 10}


def test_a_line_keeps_its_hours_until_it_is_told_otherwise(cast: Cast, sale: Sale) -> None:
    def lines() -> list[object]:
        return [line.hours for line in list_lines(deal=get_deal(actor=cast.seller, deal_id=sale.deal_id))]

    change_lines(actor=cast.seller, deal_id=sale.deal_id, lines=[NewLine(sale.service_id, hours=SHORTER)], now=NOW)
    change_lines(actor=cast.seller, deal_id=sale.deal_id, lines=[NewLine(sale.service_id, Decimal(3))], now=NOW)
    assert lines() == [SHORTER]
    change_lines(actor=cast.seller, deal_id=sale.deal_id, lines=[NewLine(sale.service_id, Decimal(3), hours=())], now=NOW)
    assert lines() == [None]
    for wrong in ((("Designer", -1),), (("Designer", 60), ("designer ", 60))):
        with pytest.raises(Refused) as refusal:
            change_lines(actor=cast.seller, deal_id=sale.deal_id, lines=[NewLine(sale.service_id, hours=wrong)], now=NOW)
        assert refusal.value.errors[0].field.startswith("lines[0].role_hours")


def test_programs_read_and_set_the_hours_of_a_line(cast: Cast, sale: Sale) -> None:
    api = Api(cast.seller)
    sent = [{"role": "Designer", "minutes": 600}]
    status, deal = api.patch(f"/deals/{sale.deal_id}", {"lines": [{"service_id": sale.service_id, "role_hours": sent}]})
    assert (status, deal["lines"][0]["role_hours"]) == (200, sent)
    status, deal = api.patch(f"/deals/{sale.deal_id}", {"lines": [{"service_id": sale.service_id, "role_hours": []}]})
    assert (status, deal["lines"][0]["role_hours"]) == (200, None)
    status, problem = api.patch(f"/deals/{sale.deal_id}", {"lines": [{"service_id": sale.service_id, "role_hours": sent * 2}]})
    assert (status, fields_of(problem)) == (422, ["lines[0].role_hours"])


def test_signed_hours_are_planned_and_frozen_with_the_scope(cast: Cast, sale: Sale) -> None:
    brief = sale.brief()
    answers = {name: getattr(brief, name) for name in ("scope_summary", "promised_finish_date", "key_constraints", "main_stakeholder_id", "kickoff_date")}
    save_gate_answers(actor=cast.seller, deal_id=sale.deal_id, answers=answers, extra={}, now=NOW)
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    content = get_proposal(actor=cast.owner, proposal_id=key, now=NOW).content
    line = content.lines[0]
    assert (line.hours, sum(minutes for _, minutes in line.planned)) == ((), 10_080)
    save_proposal(actor=cast.seller, proposal_id=key, content=replace(content, lines=(replace(line, hours=SHORTER),)), now=NOW)
    shown = get_proposal(actor=cast.owner, proposal_id=key, now=NOW)
    assert (shown.sums.hours, shown.sums.effort_minutes) == (SHORTER, 2280)
    token = send_proposal(actor=cast.seller, proposal_id=key, valid_until=TODAY, now=NOW)
    signed = accept_proposal(token=token, signature=Signature("Hanne Dahl", is_agreed=True), document=put_stream(io.BytesIO(b"%PDF hours")), now=NOW)
    assert signed.is_won
    (frozen,) = ScopeBaseline.objects.get().document["lines"]
    assert frozen["effort_minutes"] == 2280
    assert {one["role"]: one["minutes"] for one in frozen["roles"]} == dict(SHORTER)


def test_a_service_without_a_cost_costs_what_its_roles_cost_an_hour(cast: Cast, sale: Sale) -> None:
    (bare,) = create_services(actor=cast.owner, services=[NewService(name="Workshop", price=Money(200_000, "EUR"), effort_minutes=480)], now=NOW)
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    content = get_proposal(actor=cast.owner, proposal_id=key, now=NOW).content
    line = ProposalLine("Workshop", Decimal(2), Money(200_000, "EUR"), bare, hours=(("Designer", 600), ("Strategist", 300)))
    save_proposal(actor=cast.seller, proposal_id=key, content=replace(content, lines=(line,)), now=NOW)
    assert get_proposal(actor=cast.owner, proposal_id=key, now=NOW).content.lines[0].cost is None
    for name, cost in (("Designer", 6_000), ("Strategist", 9_000)):
        set_rate(actor=cast.owner, role=name, valid_from_date=TODAY, cost=Money(cost, "EUR"), bill=None, now=NOW)
    save_proposal(actor=cast.seller, proposal_id=key, content=replace(content, lines=(replace(line, quantity=Decimal(3)),)), now=NOW)
    shown = get_proposal(actor=cast.owner, proposal_id=key, now=NOW)
    assert shown.content.lines[0].cost == Money(105_000, "EUR")
    assert (shown.sums.cost, shown.sums.margin_percent) == (Money(315_000, "EUR"), 48)


def test_discounts_come_off_lines_and_the_whole_in_percent_and_as_amounts(cast: Cast, sale: Sale) -> None:
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    content = get_proposal(actor=cast.owner, proposal_id=key, now=NOW).content
    line = replace(content.lines[0], quantity=Decimal(2), unit_price=Money(100_000, "EUR"), discount_percent=Decimal(10), discount=Money(5_000, "EUR"))
    wanted = replace(content, lines=(line,), discount_percent=Decimal(20), discount=Money(10_000, "EUR"))
    save_proposal(actor=cast.seller, proposal_id=key, content=wanted, now=NOW)
    sums = get_proposal(actor=cast.owner, proposal_id=key, now=NOW).sums
    assert (sums.net.minor, sums.discount.minor, sums.total.minor) == (175_000, 45_000, 130_000)
    for wrong, field in (
        (replace(wanted, lines=(replace(line, discount=Money(180_001, "EUR")),)), "lines[0].discount"),
        (replace(wanted, lines=(replace(line, discount_percent=Decimal(101)),)), "lines[0].discount_percent"),
        (replace(wanted, discount=Money(140_001, "EUR")), "discount"), (replace(wanted, discount=Money(1, "USD")), "discount"),
    ):
        with pytest.raises(Refused) as refusal:
            save_proposal(actor=cast.seller, proposal_id=key, content=wrong, now=NOW)
        assert [error.field for error in refusal.value.errors] == [field]


def test_the_editor_takes_hours_and_discounts_as_they_are_typed(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    desk, here = sign_in(cast.seller), f"/proposals/{key}/"
    page = desk.get(here).content.decode()
    assert 'placeholder="Strategist 16; Designer 40; Developer 80; Editor 32"' in page
    sent = {"rows": "1", "title": "Site", "name-0": "Site", "service-0": sale.service_id, "quantity-0": "1", "price-0": "1000",
            "hours-0": "Designer: 7,5 h; Developer 12", "off-percent-0": "10", "off-0": "50", "discount": "100"}
    assert desk.post(f"{here}draft/", sent).status_code == 302
    shown = get_proposal(actor=cast.owner, proposal_id=key, now=NOW)
    assert shown.content.lines[0].hours == (("Designer", 450), ("Developer", 720))
    assert shown.sums.total == Money(75_000, "EUR")
    refused = desk.post(f"{here}draft/", sent | {"hours-0": "Designer a lot"})
    assert refused.status_code == 422
    assert "Designer a lot" in refused.content.decode()


def test_margin_and_hours_follow_what_is_typed_before_anything_is_kept(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    sent = {"rows": "1", "title": "Site", "name-0": "Site", "service-0": sale.service_id, "quantity-0": "1", "price-0": "99200", "do": "sum"}
    here = f"/proposals/{key}/draft/"
    shown = sign_in(cast.owner).post(here, sent).content.decode()
    assert shown.lstrip().startswith('<div class="proposal__sums"')
    assert "€99,200" in shown
    assert ">50%<" in shown
    assert "%<" not in sign_in(cast.seller).post(here, sent).content.decode()
    assert sign_in(cast.owner).post(here, sent | {"service-0": "999999"}).status_code in (200, 204)
    assert get_proposal(actor=cast.owner, proposal_id=key, now=NOW).sums.total == Money(8_400_000, "EUR")
