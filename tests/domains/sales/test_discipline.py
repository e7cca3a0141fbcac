"""Nobody forgets a deal: who is told of overdue follow-ups, and what the discipline report counts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.people import NOW, make_cast, make_sale
from wonward.domains.sales.operations.deals import change_deal
from wonward.domains.sales.operations.discipline import escalate_overdue_next_actions, save_lost_reasons
from wonward.domains.sales.operations.next_actions import set_next_action
from wonward.domains.sales.queries.deals import get_deal, list_deals
from wonward.domains.sales.queries.discipline import list_discipline, list_lost_reasons
from wonward.domains.sales.types import DealFilter, NextAction
from wonward.foundation.events.models import OutboxEvent
from wonward.kernel.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db


def told():
    found = OutboxEvent.objects.filter(name="sales.next_action.overdue").order_by("pk")
    return [(event.payload["deal_id"], event.payload["level"]) for event in found]


def test_the_owner_is_told_first_the_manager_after_three_days_and_each_of_them_once():
    cast = make_cast()
    deal_id = make_sale(cast).deal_id
    assert escalate_overdue_next_actions(now=NOW) == 0
    for days, levels in ((2, [1]), (2, [1]), (6, [1, 2]), (9, [1, 2])):
        escalate_overdue_next_actions(now=NOW + timedelta(days=days))
        assert told() == [(deal_id, level) for level in levels]


def test_another_next_action_starts_anew_and_the_passing_of_time_changes_no_version():
    cast = make_cast()
    deal_id = make_sale(cast).deal_id
    version = get_deal(actor=cast.seller, deal_id=deal_id).version
    escalate_overdue_next_actions(now=NOW + timedelta(days=2))
    assert get_deal(actor=cast.seller, deal_id=deal_id).version == version
    set_next_action(actor=cast.seller, deal_id=deal_id, action=NextAction("call", date(2026, 11, 25)), now=NOW)
    escalate_overdue_next_actions(now=NOW + timedelta(days=8))
    assert told() == [(deal_id, 1), (deal_id, 1)]


def test_every_number_of_the_report_has_its_rows():
    cast = make_cast()
    late = make_sale(cast).deal_id
    parked = make_sale(cast, company="Second Co").deal_id
    set_next_action(actor=cast.seller, deal_id=parked, action=NextAction("parked", date(2027, 2, 1), "Budget opens in February"), now=NOW)
    change_deal(actor=cast.seller, deal_id=parked, changes={"expected_close_date": date(2026, 12, 1)}, now=NOW)
    change_deal(actor=cast.seller, deal_id=parked, changes={"expected_close_date": date(2027, 3, 1)}, now=NOW)
    later = NOW + timedelta(days=30)
    rows = list_discipline(actor=cast.leader, now=later)
    total = rows[-1]
    assert [row.owner_name for row in rows] == ["Mara Klein", ""]
    assert (total.open, total.no_owner, total.no_next_action, total.overdue, total.stuck, total.slipped, total.parked) == (2, 0, 0, 1, 1, 1, 1)
    for urgency in ("no_owner", "no_next_action", "overdue", "stuck", "slipped", "parked"):
        shown = list_deals(actor=cast.leader, where=DealFilter(status="open", urgency=urgency), now=later)
        assert len(shown) == getattr(total, urgency), urgency
    assert [row.id for row in list_deals(actor=cast.leader, where=DealFilter(status="open", urgency="slipped"), now=later)] == [parked]
    assert [row.id for row in list_deals(actor=cast.leader, where=DealFilter(status="open", urgency="stuck"), now=later)] == [late]
    assert total.clean_share == 0


def test_a_close_date_that_comes_nearer_is_no_slip():
    cast = make_cast()
    deal_id = make_sale(cast).deal_id
    for day in (date(2027, 3, 1), date(2027, 2, 1), None):
        change_deal(actor=cast.seller, deal_id=deal_id, changes={"expected_close_date": day}, now=NOW)
    assert list_discipline(actor=cast.seller, now=NOW)[-1].slipped == 0


def test_the_reasons_of_losses_are_the_organisations_own():
    cast = make_cast()
    assert list_lost_reasons()[0] == "Price"
    save_lost_reasons(actor=cast.leader, names=["Too slow", " Too slow ", "", "Price"], now=NOW)
    assert list_lost_reasons() == ["Too slow", "Price"]
    with pytest.raises(NotAllowed):
        save_lost_reasons(actor=cast.seller, names=["x"], now=NOW)
    with pytest.raises(Refused):
        save_lost_reasons(actor=cast.leader, names=[" "], now=NOW)
