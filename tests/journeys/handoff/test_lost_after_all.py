"""A deal that was won, handed over, opened again and then lost: nobody goes on working for it without being told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.edges.api.client import Api
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, Cast, Sale
from wonward.domains.comms.queries import list_communications
from wonward.domains.delivery.operations import archive_project
from wonward.domains.sales.operations.deals import lose_deal
from wonward.domains.sales.types import NextAction
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.notifications.models import Notification
from wonward.journeys.handoff.operations import accept_handoff, reopen_won_deal
from wonward.journeys.handoff.types import ClosedDeal
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)


def deliver() -> None:
    while deliver_pending(now=LATER):
        pass


@pytest.fixture
def lost(won: ClosedDeal, cast: Cast, sale: Sale) -> ClosedDeal:
    accept_handoff(actor=cast.manager, handoff_id=won.handoff_id or 0, now=NOW)
    action = NextAction("call", date(2026, 12, 4), "Save it")
    reopen_won_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=action, reason="They doubt", now=NOW)
    deliver()
    lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="They left", now=LATER)
    deliver()
    return won


def test_lead_and_manager_hear_of_it_once_and_the_projects_log_says_so(lost: ClosedDeal, cast: Cast) -> None:
    told = Notification.objects.filter(kind="handoff.lost")
    assert [row.thread.user_id for row in told] == [cast.manager.user_id]
    entries = list_communications(actor=cast.manager, refs=[Ref("delivery.project", lost.project_ids[0])], limit=50)
    assert "D-1001 was lost after it was handed over" in [entry.subject for entry in entries]


def test_the_self_check_counts_its_projects_until_somebody_decides(lost: ClosedDeal, cast: Cast) -> None:
    found = Api(cast.owner).get("/self-check")[1]
    assert (found["abandoned_project_count"], found["abandoned_project_ids"]) == (1, list(lost.project_ids))
    page = sign_in(cast.owner).get("/handoffs/self-check/").content.decode()
    assert "Projects of lost deals" in page
    archive_project(actor=cast.manager, project_id=lost.project_ids[0], reason="The deal is lost.", now=LATER)
    assert Api(cast.owner).get("/self-check")[1]["abandoned_project_count"] == 0


def test_the_handoff_says_that_the_deal_was_lost(lost: ClosedDeal, cast: Cast) -> None:
    page = sign_in(cast.manager).get(f"/handoffs/{lost.handoff_id}/").content.decode()
    assert "Withdrawn: the deal was lost" in page


def test_a_deal_that_was_lost_before_any_win_tells_delivery_nothing(cast: Cast, sale: Sale) -> None:
    lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Too dear", now=NOW)
    deliver()
    assert not Notification.objects.filter(kind="handoff.lost").exists()
