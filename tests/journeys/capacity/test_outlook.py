"""What the pipeline will ask: bands, what-ifs, remedies, scenarios."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import NOW, TODAY, make_sale
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.types import NewDeal, NextAction
from wonward.engines.forecast import SimulationUnavailable, simulation
from wonward.journeys.capacity.operations import delete_scenario, save_scenario
from wonward.journeys.capacity.queries import get_outlook, list_remedies, list_scenarios, pipeline
from wonward.journeys.capacity.rules.weeks import not_before_today
from wonward.journeys.capacity.types import WhatIf
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.errors import NotAllowed, NotFound, Refused


def row_of(outlook, name):
    return next(row for row in outlook.rows if row.name == name)


def hours(row, quantile="mean"):
    return sum(getattr(cell, quantile) for cell in row.cells)


def outlook_of(studio, actor=None, **changes):
    return get_outlook(actor=actor or studio.cast.leader, today=TODAY, weeks=12, **changes)


def test_an_open_deal_asks_for_its_template_hours_times_its_chance(studio):
    designer = row_of(outlook_of(studio), "Designer")
    deal = get_deal(actor=studio.cast.seller, deal_id=studio.sale.deal_id)
    assert 0 < deal.probability < 100
    assert hours(designer) == pytest.approx(40 * deal.probability / 100, rel=0.01)
    assert all(cell.p10 == 0 for cell in designer.cells)
    assert {driver.deal_id for cell in designer.cells for driver in cell.drivers} == {studio.sale.deal_id}


def test_taken_as_won_lost_or_moved_without_touching_the_deal(studio):
    key = studio.sale.deal_id
    as_won = row_of(outlook_of(studio, what_if=WhatIf(won=frozenset({key}))), "Designer")
    assert hours(as_won) == pytest.approx(40, rel=0.01)
    as_lost = outlook_of(studio, what_if=WhatIf(lost=frozenset({key})))
    assert hours(row_of(as_lost, "Designer")) == 0
    assert as_lost.deals[key].state == "lost"
    later = row_of(outlook_of(studio, what_if=WhatIf(won=frozenset({key}), moved={key: TODAY + timedelta(days=42)})), "Designer")
    first = next(week for week, cell in enumerate(as_won.cells) if cell.mean)
    moved = next(week for week, cell in enumerate(later.cells) if cell.mean)
    assert moved > first
    assert get_deal(actor=studio.cast.seller, deal_id=key).status == "open"


def test_a_win_turns_the_chance_into_planned_work(studio):
    close_deal_as_won(actor=studio.cast.seller, deal_id=studio.sale.deal_id, brief=studio.sale.brief(), now=NOW)
    designer = row_of(outlook_of(studio), "Designer")
    assert (hours(designer), hours(designer, "confirmed"), hours(designer, "p10")) == (40, 40, 40)
    assert outlook_of(studio).deals == {}


def test_who_may_not_open_a_deal_sees_its_hours_without_its_name(studio):
    assert outlook_of(studio, studio.cast.seller).deals[studio.sale.deal_id].name == "Website replatform"
    hidden = outlook_of(studio, studio.cast.manager).deals[studio.sale.deal_id]
    assert (hidden.name, hidden.company_name, hidden.number) == ("", "", "")
    assert hidden.hours > 0
    with pytest.raises(NotAllowed):
        outlook_of(studio, studio.cast.member)
    what_if = WhatIf(won=frozenset({studio.sale.deal_id}))
    assert outlook_of(studio, studio.cast.manager, what_if=what_if).what_if.count == 0
    with pytest.raises(NotFound):
        save_scenario(actor=studio.cast.manager, name="Guess", what_if=what_if, is_shared=True, now=NOW)


def test_the_same_day_and_seed_give_the_same_figures(studio):
    assert outlook_of(studio).rows == outlook_of(studio).rows


def test_statements_do_not_grow_with_the_pipeline(studio):
    outlook_of(studio)
    with CaptureQueriesContext(connection) as few:
        outlook_of(studio)
    for place in range(6):
        make_sale(studio.cast, name=f"Deal {place}", company=f"Company{place} Ltd")
    with CaptureQueriesContext(connection) as many:
        outlook_of(studio)
    assert len(many) == len(few) <= 22


def test_remedies_lower_the_chance_they_say_and_are_simulated_again(studio):
    for place in range(8):
        make_sale(studio.cast, name=f"Rush {place}", company=f"Rush{place} Ltd")
    every = frozenset(outlook_of(studio).deals)
    what_if = WhatIf(won=every)
    row = row_of(outlook_of(studio, what_if=what_if), "Developer")
    week = row.first_overload
    assert week is not None
    remedies = list_remedies(actor=studio.cast.leader, today=TODAY, weeks=12, role_id=row.role_id, week=week, what_if=what_if)
    assert {remedy.kind for remedy in remedies} >= {"freelance"}
    for remedy in remedies:
        assert remedy.after < remedy.before
    freelance = next(remedy for remedy in remedies if remedy.kind == "freelance")
    assert freelance.after <= 0.25
    assert get_deal(actor=studio.cast.seller, deal_id=studio.sale.deal_id).status == "open"


def test_scenarios_are_kept_shared_and_thrown_away_by_their_author(studio):
    what_if = WhatIf(won=frozenset({studio.sale.deal_id}), moved={studio.sale.deal_id: date(2027, 2, 1)})
    key = save_scenario(actor=studio.cast.seller, name="All in", what_if=what_if, is_shared=False, now=NOW)
    assert [(row.id, row.what_if) for row in list_scenarios(actor=studio.cast.seller)] == [(key, what_if)]
    assert list_scenarios(actor=studio.cast.leader) == []
    shared = save_scenario(actor=studio.cast.seller, name="For all", what_if=what_if, is_shared=True, now=NOW)
    assert [row.name for row in list_scenarios(actor=studio.cast.leader)] == ["For all"]
    with pytest.raises(NotFound):
        delete_scenario(actor=studio.cast.leader, scenario_id=shared, now=NOW)
    delete_scenario(actor=studio.cast.seller, scenario_id=shared, now=NOW)
    assert list_scenarios(actor=studio.cast.leader) == []
    with pytest.raises(Refused, match="nothing to save"):
        save_scenario(actor=studio.cast.seller, name="Same", what_if=WhatIf(), is_shared=False, now=NOW)
    with pytest.raises(Refused, match="needs a name"):
        save_scenario(actor=studio.cast.seller, name=" ", what_if=what_if, is_shared=False, now=NOW)


def test_a_deal_without_services_is_counted_as_unknown(studio):
    create_deals(actor=studio.cast.seller, now=NOW, deals=[NewDeal(name="Vague", company_id=studio.sale.company_id, next_action=NextAction("call", TODAY, "Ask"))])
    assert outlook_of(studio).unknown_deals == 1


def test_a_role_that_nobody_fills_has_its_row_and_its_overload_is_the_chance_of_the_deal(studio):
    found = outlook_of(studio)
    assert [row.name for row in found.rows] == ["Designer", "Developer", "Editor", "Strategist"]
    strategist = row_of(found, "Strategist")
    deal = get_deal(actor=studio.cast.seller, deal_id=studio.sale.deal_id)
    week = next(place for place, cell in enumerate(strategist.cells) if cell.mean)
    assert all(cell.capacity == 0 for cell in strategist.cells)
    assert hours(strategist) > 0
    assert max(cell.p_overload for cell in strategist.cells) == pytest.approx(deal.probability / 100, abs=0.3)
    assert sum(cell.p_overload for cell in strategist.cells) >= deal.probability / 100 * 0.9
    as_won = WhatIf(won=frozenset({studio.sale.deal_id}))
    remedies = list_remedies(actor=studio.cast.leader, today=TODAY, weeks=12, role_id=strategist.role_id, week=week, what_if=as_won)
    assert "freelance" in {one.kind for one in remedies}
    assert row_of(outlook_of(studio, what_if=WhatIf(lost=frozenset({studio.sale.deal_id}))), "Strategist").role_id == strategist.role_id


def test_a_history_of_early_starts_loses_no_hours_before_today(studio):
    late = {-9: 0.7, -2: 0.2, 0: 0.1}
    assert not_before_today(late, 2) == pytest.approx({-2: 0.9, 0: 0.1})
    assert not_before_today(late, 20) == late


def test_deals_that_close_early_keep_all_their_hours_in_the_outlook(studio, monkeypatch):
    expected = hours(row_of(outlook_of(studio), "Designer"))
    monkeypatch.setattr(pipeline, "list_close_delays", lambda: [-60] * 40)
    assert hours(row_of(outlook_of(studio), "Designer")) == pytest.approx(expected, rel=0.01)


def test_without_numpy_the_bands_come_from_mean_and_variance(studio, monkeypatch):
    key = studio.sale.deal_id
    usual = outlook_of(studio)
    monkeypatch.setattr(simulation, "load_numpy", no_numpy)
    found = outlook_of(studio)
    assert (found.draws, usual.draws) == (0, 1000)
    assert [hours(row) for row in found.rows] == pytest.approx([hours(row) for row in usual.rows], rel=0.02)
    assert all(cell.p10 <= cell.p50 <= cell.p80 <= cell.p90 for row in found.rows for cell in row.cells)
    strategist = row_of(found, "Strategist")
    week = max(range(12), key=lambda place: strategist.cells[place].mean)
    assert strategist.cells[week].drivers[0].deal_id == key
    assert list_remedies(actor=studio.cast.leader, today=TODAY, weeks=12, role_id=strategist.role_id, week=week)


def no_numpy():
    raise SimulationUnavailable("no numpy here")
