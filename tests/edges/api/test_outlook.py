"""The outlook as programs read it: the figures of the screen for the same assumptions, and no number of a hidden deal."""

from __future__ import annotations

from datetime import date

import pytest

from tests.edges.api.client import Api, fields_of
from tests.people import NOW, make_cast, make_sale
from wonward.domains.staff.operations import NewPerson, create_people, put_roles
from wonward.journeys.capacity.queries import get_deal_fit, get_outlook, list_remedies
from wonward.journeys.capacity.types import WhatIf
from wonward.kernel.actor import system_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    cast = make_cast()
    return cast, make_sale(cast)


def means(document):
    return {row["role"]: [cell["mean"] for cell in row["cells"]] for row in document["rows"]}


def test_taken_as_won_lost_or_moved_it_says_what_the_screen_says(house):
    cast, sale = house
    api = Api(cast.seller)
    for query, what_if in (
        (f"won={sale.deal_id}", WhatIf(won=frozenset({sale.deal_id}))), (f"lost={sale.deal_id}", WhatIf(lost=frozenset({sale.deal_id}))), ("", WhatIf()),
    ):
        status, document = api.get(f"/capacity/outlook?weeks=12&seed=3&{query}")
        screen = get_outlook(actor=cast.seller, today=NOW.date(), weeks=12, what_if=what_if, seed=3)
        assert (status, document["as_if"], document["seed"], document["draws"]) == (200, what_if.count, 3, 1000)
        assert means(document) == {row.name: [cell.mean for cell in row.cells] for row in screen.rows}
    later = api.get(f"/capacity/outlook?weeks=12&won={sale.deal_id}&moved={sale.deal_id}:2027-01-11")[1]
    assert means(later) != means(api.get(f"/capacity/outlook?weeks=12&won={sale.deal_id}")[1])
    assert api.get("/capacity/outlook?draws=200")[1]["draws"] == 200


def test_what_would_help_comes_with_the_week_that_is_asked_about(house):
    cast, sale = house
    api = Api(cast.seller)
    document = api.get(f"/capacity/outlook?weeks=12&won={sale.deal_id}")[1]
    row = next(one for one in document["rows"] if one["role"] == "Developer")
    week = max(row["cells"], key=lambda cell: cell["p_overload"])["week"]
    helped = api.get(f"/capacity/outlook?weeks=12&won={sale.deal_id}&role=developer&week={week}")[1]["remedies"]
    place = [cell["week"] for cell in row["cells"]].index(week)
    screen = list_remedies(
        actor=cast.seller, today=NOW.date(), weeks=12, role_id=row["role_id"], week=place, what_if=WhatIf(won=frozenset({sale.deal_id})),
    )
    assert [(one["kind"], one["before"], one["after"]) for one in helped] == [(one.kind, one.before, one.after) for one in screen]
    assert helped


def test_a_deal_one_may_not_open_counts_without_its_number(house):
    cast, sale = house
    seen = Api(cast.seller).get("/capacity/outlook")[1]
    hidden = Api(cast.manager).get("/capacity/outlook")[1]
    ids = {driver["deal_id"] for row in seen["rows"] for cell in row["cells"] for driver in cell["drivers"]}
    assert ids == {sale.deal_id}
    assert {driver["deal_id"] for row in hidden["rows"] for cell in row["cells"] for driver in cell["drivers"]} == {None}
    assert Api(cast.manager).get(f"/capacity/outlook?won={sale.deal_id}")[1]["as_if"] == 0


def test_what_cannot_be_read_is_named(house):
    cast, _ = house
    status, problem = Api(cast.seller).get("/capacity/outlook?won=mine")
    assert (status, fields_of(problem)) == (422, ["won"])
    status, problem = Api(cast.seller).get("/capacity/outlook?moved=1:soon")
    assert (status, fields_of(problem)) == (422, ["moved"])


def test_a_scenario_is_kept_shared_and_thrown_away_without_a_number_of_a_hidden_deal(house):
    cast, sale = house
    api = Api(cast.seller)
    body = {"name": "Both", "won": [sale.deal_id], "moved": [{"deal_id": sale.deal_id, "start_date": "2027-02-01"}], "is_shared": True}
    status, made = api.post("/capacity/scenarios", body)
    assert (status, made["won"], made["moved"], made["hidden"], made["is_mine"]) == (
        201, [sale.deal_id], [{"deal_id": sale.deal_id, "start_date": "2027-02-01"}], 0, True)
    (elsewhere,) = Api(cast.manager).get("/capacity/scenarios")[1]["items"]
    assert (elsewhere["name"], elsewhere["won"], elsewhere["moved"], elsewhere["hidden"], elsewhere["is_mine"]) == ("Both", [], [], 1, False)
    assert Api(cast.manager).delete(f"/capacity/scenarios/{made['id']}")[0] in (403, 404)
    assert api.delete(f"/capacity/scenarios/{made['id']}") == (200, {"items": [], "next": None})


def test_a_scenario_of_a_hidden_deal_or_of_nothing_is_refused(house):
    cast, sale = house
    assert Api(cast.leader).post("/capacity/scenarios", {"name": "None"})[0] == 422
    assert Api(cast.leader).post("/capacity/scenarios", {"name": "Gone", "won": [999]})[0] == 404


def test_every_cell_tells_five_quantiles_and_what_is_expected_to_lie_idle(house):
    cast, sale = house
    (ida,) = create_people(actor=system_actor(), people=[NewPerson(name="Ida Moreau")], now=NOW)
    put_roles(actor=system_actor(), roles={ida: ["Designer"]}, now=NOW)
    document = Api(cast.seller).get(f"/capacity/outlook?weeks=12&won={sale.deal_id}")[1]
    row = next(one for one in document["rows"] if one["role"] == "Designer")
    for cell in row["cells"]:
        assert cell["p10"] <= cell["p50"] <= cell["p80"] <= cell["p90"] <= cell["p95"]
        assert 0 <= cell["expected_idle"] <= cell["capacity"]
        assert cell["expected_idle"] >= cell["capacity"] - cell["mean"] - 0.01
    assert row["cells"][0]["expected_idle"] == row["cells"][0]["capacity"] == 40


def test_what_a_win_would_ask_of_whom_is_told_to_who_may_open_the_deal(house):
    cast, sale = house
    status, document = Api(cast.seller).get(f"/deals/{sale.deal_id}/capacity?kickoff_date=2026-12-07")
    assert (status, document["kickoff_date"], document["is_known"]) == (200, "2026-12-07", True)
    screen = get_deal_fit(actor=cast.seller, deal_id=sale.deal_id, kickoff=date(2026, 12, 7))
    assert [(one["role"], one["hours"], one["short_hours"]) for one in document["roles"]] == [(one.name, one.hours, one.short_hours) for one in screen.roles]
    assert Api(cast.manager).get(f"/deals/{sale.deal_id}/capacity")[0] in (403, 404)
