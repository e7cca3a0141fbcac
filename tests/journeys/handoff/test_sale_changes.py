"""What sales changes after the win reaches those who deliver it, and they see what is different."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.edges.web.sales.desk import sign_in
from tests.journeys.imports.imported import bring
from tests.people import NOW, Cast, Sale
from wonward.domains.clients.operations import change_contact, create_contacts
from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.clients.types import NewContact
from wonward.domains.comms.queries import list_communications
from wonward.domains.sales.operations.stakeholders import put_deal_stakeholder, remove_deal_stakeholder
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import ClosingBrief, DealFilter
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.handoff.queries import get_sale_side, list_sale_changes
from wonward.journeys.handoff.types import ClosedDeal
from wonward.journeys.promises.operations import make_promises, settle_promise
from wonward.journeys.promises.types import NewPromise, PromiseKind
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

LATER = NOW + timedelta(days=3)


def deliver() -> None:
    while deliver_pending(now=LATER):
        pass


def first_stage_id() -> int:
    (pipeline,) = list_pipelines()
    return next(stage.id for stage in pipeline.stages if stage.kind == "open")


@pytest.fixture
def pays(cast: Cast, sale: Sale, won: ClosedDeal) -> int:
    (contact_id,) = create_contacts(actor=cast.seller, contacts=[NewContact(name="Ivo Berg", company_id=sale.company_id)], now=LATER)
    put_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=contact_id, decision_role="pays", preference="Only by phone", now=LATER)
    deliver()
    return contact_id


def names(won: ClosedDeal) -> dict[str, tuple[str, bool]]:
    rows = list_stakeholders(ref=Ref("delivery.project", won.project_ids[0]))
    return {row.name: (row.decision_role, row.is_main) for row in rows}


def test_whom_sales_names_after_the_win_the_project_names_too(won: ClosedDeal, pays: int) -> None:
    assert names(won) == {"Hanne Dahl": ("", True), "Ivo Berg": ("pays", False)}


def test_another_main_stakeholder_and_one_who_left_are_followed(cast: Cast, sale: Sale, won: ClosedDeal, pays: int) -> None:
    put_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=pays, decision_role="decides", is_main=True, now=LATER)
    remove_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=sale.contact_id, now=LATER)
    deliver()
    assert names(won) == {"Ivo Berg": ("decides", True)}


def test_the_log_of_the_project_says_what_is_different_and_by_whom(cast: Cast, won: ClosedDeal, pays: int) -> None:
    (entry, *_) = list_communications(actor=cast.manager, refs=[Ref("delivery.project", won.project_ids[0])], limit=5)
    assert entry.subject == "Mara Klein changed who is who"
    assert entry.body == "Ivo Berg: new, pays, Only by phone"


def test_the_same_news_again_changes_and_says_nothing(cast: Cast, sale: Sale, won: ClosedDeal, pays: int) -> None:
    project = Ref("delivery.project", won.project_ids[0])
    said = len(list_communications(actor=cast.owner, refs=[project], limit=50))
    put_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=pays, decision_role="pays", preference="Only by phone", now=LATER)
    deliver()
    assert len(list_communications(actor=cast.owner, refs=[project], limit=50)) == said


def test_the_projects_page_shows_before_and_after_of_deal_and_contact(cast: Cast, sale: Sale, won: ClosedDeal, pays: int) -> None:
    change_contact(actor=cast.seller, contact_id=sale.contact_id, changes={"title": "Chief Digital Officer"}, version=None, now=LATER)
    shown = sign_in(cast.manager).get(f"/projects/{won.project_ids[0]}/sale/").content.decode()
    assert "Changed on the sales side since the handoff" in shown
    assert "<del>Head of Digital</del>" in shown
    assert "<ins>Chief Digital Officer</ins>" in shown


def test_before_anything_changes_the_page_says_nothing_of_it(cast: Cast, won: ClosedDeal) -> None:
    shown = sign_in(cast.manager).get(f"/projects/{won.project_ids[0]}/sale/").content.decode()
    assert "Changed on the sales side" not in shown


def test_work_of_sales_that_concerns_nobody_else_is_left_out(cast: Cast, sale: Sale, won: ClosedDeal) -> None:
    assert list_sale_changes(actor=cast.owner, side=get_sale_side(actor=cast.owner, project_id=won.project_ids[0])) == []


def test_a_promise_that_delivery_kept_is_no_news_from_sales_but_one_that_was_waived_is(cast: Cast, sale: Sale) -> None:
    manual = NewPromise(kind=PromiseKind.DELIVERABLE, text="A manual", deal_id=sale.deal_id)
    (manual_id,) = make_promises(actor=cast.seller, promises=[manual], now=NOW)
    (project_id,) = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW).project_ids
    settle_promise(actor=cast.manager, promise_id=manual_id, state="kept", reason="", now=LATER)
    assert list_sale_changes(actor=cast.owner, side=get_sale_side(actor=cast.owner, project_id=project_id)) == []
    settle_promise(actor=cast.manager, promise_id=manual_id, state="confirmed", reason="", now=LATER)
    settle_promise(actor=cast.owner, promise_id=manual_id, state="waived", reason="The client let it go.", now=LATER)
    ((_, row),) = list_sale_changes(actor=cast.owner, side=get_sale_side(actor=cast.owner, project_id=project_id))
    assert row.changes["state"] == ["confirmed", "waived"]


def test_a_stranger_finds_no_project(cast: Cast, won: ClosedDeal) -> None:
    with pytest.raises(NotFound):
        get_sale_side(actor=cast.marketer, project_id=won.project_ids[0])


def test_whom_a_file_names_on_a_won_deal_the_project_names_too(cast: Cast) -> None:
    head = "Deal - ID,Deal - Title,Deal - Stage,Deal - Status,Organization - Name,Person - Name,Person - Email\n"
    bring(cast.seller, "deals", f"{head}1,Relaunch,Proposal,Open,Acme,Jo Day,jo@acme.test\n", {"stages": {"Proposal": first_stage_id()}})
    (deal,) = list_deals(actor=cast.seller, where=DealFilter(text="Relaunch"), now=NOW)
    (jo,) = list_stakeholders(ref=Ref("sales.deal", deal.id))
    put_deal_stakeholder(actor=cast.seller, deal_id=deal.id, contact_id=jo.contact_id, decision_role="decides", now=NOW)
    brief = ClosingBrief(
        scope_summary="The whole site.", promised_finish_date=date(2027, 3, 19), no_constraints=True, main_stakeholder_id=jo.contact_id,
        kickoff_date=date(2026, 12, 1),
    )
    won = close_deal_as_won(actor=cast.seller, deal_id=deal.id, brief=brief, now=NOW)
    text = f"{head}1,Relaunch,Won,Won,Acme,Al Bee,al@acme.test\n"
    done = bring(cast.seller, "deals", text)
    assert (done.counts["updated"], done.counts["stakeholders_linked"]) == (1, 1)
    deliver()
    assert names(won) == {"Jo Day": ("decides", True), "Al Bee": ("", False)}
    log = list_communications(actor=cast.manager, refs=[Ref("delivery.project", won.project_ids[0])], limit=5)
    assert [entry.body for entry in log if entry.subject == "Mara Klein changed who is who"] == ["Al Bee: new, takes part"]
    assert bring(cast.seller, "deals", text).counts["unchanged"] == 1
    both = text.replace("Al Bee,al@acme.test", "Jo Day,jo@acme.test")
    assert bring(cast.seller, "deals", both).counts["unchanged"] == 1
    assert names(won)["Jo Day"] == ("decides", True)
