"""Undoing a win: for a day, while nobody has worked with it, everything is as it was before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from tests.edges.api.client import Api
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, TODAY, Cast, Sale
from wonward.domains.approvals.types import Told
from wonward.domains.catalog.operations import create_services, create_template
from wonward.domains.catalog.types import NewService
from wonward.domains.clients.queries import client_since
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.operations import archive_project
from wonward.domains.delivery.queries.loads import list_work_loads
from wonward.domains.delivery.queries.projects import get_project, list_projects
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import NewTask, TaskChange
from wonward.domains.sales.operations.deals import change_deal
from wonward.domains.sales.operations.lines import change_lines
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.types import NewLine, NextAction
from wonward.domains.staff.operations import change_house
from wonward.domains.staff.queries import get_booking, list_bookings
from wonward.domains.staff.types import BookingStatus, NewBooking
from wonward.edges.commands.check import find_checks, find_violations
from wonward.foundation.audit.queries import list_history
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.notifications.models import Notification, Thread
from wonward.foundation.search.queries import search_records
from wonward.journeys.capacity.operations import book_time, reserve_for_deal
from wonward.journeys.client_record.queries.standing import get_portfolio
from wonward.journeys.handoff.operations import (
    accept_handoff,
    close_deal_as_won,
    reopen_won_deal,
    tell_client,
    undo_win,
)
from wonward.journeys.handoff.queries import get_handoff
from wonward.journeys.handoff.types import ClosedDeal
from wonward.journeys.promises.operations import (
    change_plan,
    make_promises,
    record_approval,
    replace_promise,
    settle_promise,
)
from wonward.journeys.promises.queries import list_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind
from wonward.kernel.errors import Conflict, NotAllowed, NotFound
from wonward.kernel.ref import Ref

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the time that pages read."""
    return lambda at: monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: at)


@pytest.fixture
def reserved(cast: Cast, sale: Sale) -> list[int]:
    """A deal with reserved time and a promise that is still a draft."""
    make_promises(actor=cast.seller, now=NOW - timedelta(hours=1), promises=[
        NewPromise(PromiseKind.DELIVERABLE, "42 templates", deal_id=sale.deal_id, key="templates", state="draft"),
        NewPromise(PromiseKind.EXCLUSION, "No translations", deal_id=sale.deal_id),
    ])
    return list(reserve_for_deal(actor=cast.seller, deal_id=sale.deal_id, kickoff_date=date(2026, 12, 1), now=NOW - timedelta(hours=1)).made)


def win(cast: Cast, sale: Sale) -> ClosedDeal:
    return close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)


def ledger(cast: Cast, sale: Sale) -> dict[str, tuple[str, str, int | None]]:
    return {row.text: (row.state, row.coverage, row.project_id) for row in list_promises(actor=cast.owner, deal_id=sale.deal_id)}


def bookings(cast: Cast, subject: Ref) -> list[tuple[int, str]]:
    return [(row.id, row.status) for row in list_bookings(actor=cast.owner, subject=subject) if row.status != "released"]


def faults() -> list[str]:
    """What `wonward check` would say; no worker runs here, so the outbox waits."""
    return [said for said in find_violations(dict(find_checks())) if "outbox" not in said]


def test_undoing_a_win_puts_everything_back_to_before_it(cast: Cast, sale: Sale, reserved: list[int]) -> None:
    deal, before, said = Ref("sales.deal", sale.deal_id), get_deal(actor=cast.seller, deal_id=sale.deal_id), ledger(cast, sale)
    booked = bookings(cast, deal)
    won = win(cast, sale)
    (project_id,) = won.project_ids
    assert bookings(cast, deal) == []
    undone = undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER)
    assert (undone.handoff_id, undone.project_ids, undone.is_replayed) == (won.handoff_id, won.project_ids, False)
    after = get_deal(actor=cast.seller, deal_id=sale.deal_id)
    assert (after.status, after.stage_id, after.next_action, after.closed_date) == ("open", before.stage_id, before.next_action, None)
    assert bookings(cast, deal) == booked
    assert bookings(cast, Ref("delivery.project", project_id)) == []
    now = ledger(cast, sale)
    assert now.pop("Finished by 19 March 2027") == ("waived", "uncovered", None)
    assert now == said
    assert list_projects(actor=cast.manager) == []
    assert get_project(actor=cast.manager, project_id=project_id).archived_at == LATER
    assert get_handoff(actor=cast.seller, handoff_id=won.handoff_id or 0).status == "withdrawn"
    assert list_promises(actor=cast.owner, project_id=project_id) == []
    assert client_since(sale.company_id) is None
    assert faults() == []


def test_the_next_action_of_an_undone_win_follows_the_deal_to_its_next_owner(cast: Cast, sale: Sale) -> None:
    win(cast, sale)
    undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER)
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"owner_id": cast.teammate.person_id}, now=LATER)
    action = get_deal(actor=cast.teammate, deal_id=sale.deal_id).next_action
    assert action
    assert action.owner_id == cast.teammate.person_id


def test_its_archived_projects_are_in_nobodys_work_and_ask_for_no_time(cast: Cast, sale: Sale, reserved: list[int]) -> None:
    won = win(cast, sale)
    deliver_pending(now=NOW)
    deliver_pending(now=NOW)
    assert set(met(cast, won.project_ids[0]).values()) == {True}
    undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER)
    deliver_pending(now=LATER)
    deliver_pending(now=LATER)
    assert set(met(cast, won.project_ids[0]).values()) == {False}
    assert get_project(actor=cast.manager, project_id=won.project_ids[0]).archived_at == LATER


def met(cast: Cast, project_id: int) -> dict[str, bool]:
    """Where the project is met without asking for it."""
    day = TODAY + timedelta(days=400)
    return {
        "list": project_id in [row.id for row in list_projects(actor=cast.manager)],
        "portfolio": project_id in [row.drift.project.id for row in get_portfolio(actor=cast.manager, now=NOW).rows],
        "search": Ref("delivery.project", project_id) in [hit.ref for hit in search_records(cast.manager, "replatform").hits],
        "load": project_id in [load.project_id for load in list_work_loads(first=TODAY, last=day)],
        "bookings": bool(bookings(cast, Ref("delivery.project", project_id))),
    }


def test_the_next_win_takes_the_same_handoff_and_projects_out_of_the_archive(cast: Cast, sale: Sale, reserved: list[int]) -> None:
    won = win(cast, sale)
    tasks = [row.id for row in list_tasks(actor=cast.manager, project_id=won.project_ids[0])]
    booked = bookings(cast, Ref("delivery.project", won.project_ids[0]))
    said = ledger(cast, sale)
    for turn in (1, 2):
        undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER + timedelta(hours=turn))
        again = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=LATER + timedelta(hours=turn, minutes=5))
        assert (again.handoff_id, again.project_ids) == (won.handoff_id, won.project_ids)
        assert [row.id for row in list_projects(actor=cast.manager)] == list(won.project_ids)
        assert [row.id for row in list_tasks(actor=cast.manager, project_id=won.project_ids[0])] == tasks
        assert bookings(cast, Ref("delivery.project", won.project_ids[0])) == booked
        assert ledger(cast, sale) == said
        assert faults() == []


def test_a_win_can_be_undone_for_exactly_a_day(cast: Cast, sale: Sale) -> None:
    win(cast, sale)
    with pytest.raises(Conflict, match="more than 24 hours"):
        undo_win(actor=cast.seller, deal_id=sale.deal_id, now=NOW + timedelta(hours=24, seconds=1))
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "won"
    assert undo_win(actor=cast.seller, deal_id=sale.deal_id, now=NOW + timedelta(hours=24)).project_ids


def begin(cast: Cast, sale: Sale, project_id: int) -> None:
    task = next(row for row in list_tasks(actor=cast.manager, project_id=project_id) if row.kind == "task")
    change_plan(actor=cast.manager, project_id=project_id, changes=[TaskChange(task.id, {"percent_complete": 10})], now=LATER)


def decide(cast: Cast, sale: Sale, project_id: int) -> None:
    change_plan(actor=cast.manager, project_id=project_id, changes=[NewTask("Design approved", kind="approval", duration_minutes=0)], now=LATER)
    gate = next(row for row in list_tasks(actor=cast.manager, project_id=project_id) if row.kind == "approval")
    record_approval(actor=cast.manager, task_id=gate.id, told=Told("Hanne Dahl", "Yes", TODAY, contact_id=sale.contact_id), now=LATER)


def talk(cast: Cast, sale: Sale, project_id: int) -> None:
    log_communications(actor=cast.manager, now=LATER, entries=[
        NewCommunication(CommunicationKind.EMAIL, (Ref("delivery.project", project_id),), "When do we start?", LATER)
    ])


def say(cast: Cast, sale: Sale, project_id: int) -> None:
    finish = get_project(actor=cast.seller, project_id=project_id).forecast_finish_date
    assert finish
    tell_client(actor=cast.seller, project_id=project_id, kind=CommunicationKind.CALL, words="We finish in March.", finish_date=finish,
                contact_id=sale.contact_id, now=LATER)


def come_again(cast: Cast, sale: Sale, project_id: int) -> None:
    action = NextAction("call", date(2026, 11, 24), "Another date")
    reopen_won_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=action, reason="The date moved", now=LATER)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=LATER)


@pytest.mark.parametrize(("happen", "words"), [
    (begin, "begun to work on"), (decide, "approval “Design approved” has been answered"), (talk, "with the client"), (say, "with the client"),
    (come_again, "opened again and won a second time"),
])
def test_what_somebody_has_done_with_a_win_keeps_it_and_is_named(
    cast: Cast, sale: Sale, reserved: list[int], happen: Callable[[Cast, Sale, int], None], words: str
) -> None:
    won = win(cast, sale)
    happen(cast, sale, won.project_ids[0])
    booked, said = bookings(cast, Ref("delivery.project", won.project_ids[0])), ledger(cast, sale)
    with pytest.raises(Conflict, match=words) as refusal:
        undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER)
    assert "Open the deal again instead" in refusal.value.message
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "won"
    assert (bookings(cast, Ref("delivery.project", won.project_ids[0])), ledger(cast, sale)) == (booked, said)
    assert get_project(actor=cast.manager, project_id=won.project_ids[0]).archived_at is None


def test_a_note_an_older_talk_and_an_acceptance_do_not_keep_a_win(cast: Cast, sale: Sale) -> None:
    won = win(cast, sale)
    project = Ref("delivery.project", won.project_ids[0])
    log_communications(actor=cast.manager, now=LATER, entries=[
        NewCommunication(CommunicationKind.NOTE, (project,), "Read the brief", LATER),
        NewCommunication(CommunicationKind.CALL, (project,), "What we spoke before", NOW - timedelta(days=2)),
    ])
    accept_handoff(actor=cast.manager, handoff_id=won.handoff_id or 0, now=LATER)
    deliver_pending(now=LATER)
    undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER)
    again = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=LATER)
    assert get_handoff(actor=cast.seller, handoff_id=again.handoff_id or 0).status == "awaiting_acceptance"
    assert faults() == []


def test_time_booked_since_the_win_is_released_and_a_project_put_away_by_hand_does_not_stand_in_the_way(
    cast: Cast, sale: Sale, reserved: list[int]
) -> None:
    won = win(cast, sale)
    project = Ref("delivery.project", won.project_ids[0])
    (later,) = book_time(actor=cast.manager, now=LATER, bookings=[
        NewBooking(project, date(2026, 12, 1), date(2026, 12, 4), 480, person_id=cast.member.person_id, status=BookingStatus.CONFIRMED)
    ])
    archive_project(actor=cast.manager, project_id=project.id, now=LATER)
    undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER + timedelta(minutes=1))
    assert sorted(key for key, _ in bookings(cast, Ref("sales.deal", sale.deal_id))) == sorted(reserved)
    assert get_booking(actor=cast.owner, booking_id=later).status == "released"


def test_a_second_undo_changes_nothing_and_an_open_deal_has_no_win(cast: Cast, sale: Sale) -> None:
    with pytest.raises(Conflict, match="no win to undo"):
        undo_win(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    won = win(cast, sale)
    undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER)
    version, history = get_deal(actor=cast.seller, deal_id=sale.deal_id).version, len(list_history(actor=cast.owner, ref=Ref("sales.deal", sale.deal_id)))
    again = undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER)
    assert (again.is_replayed, again.project_ids) == (True, won.project_ids)
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).version == version
    assert len(list_history(actor=cast.owner, ref=Ref("sales.deal", sale.deal_id))) == history


def test_whoever_may_not_win_the_deal_may_not_undo_it(cast: Cast, sale: Sale) -> None:
    win(cast, sale)
    for actor, error in ((cast.teammate, NotAllowed), (cast.manager, NotAllowed), (cast.marketer, NotFound)):
        with pytest.raises(error):
            undo_win(actor=actor, deal_id=sale.deal_id, now=LATER)
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "won"


def test_nobody_is_asked_about_an_undone_win_and_the_lead_hears_of_it(cast: Cast, sale: Sale) -> None:
    won = win(cast, sale)
    deliver_pending(now=NOW)
    waiting = Thread.objects.filter(noun="handoff.handoff", ref_id=won.handoff_id, user_id=cast.manager.user_id, done_at__isnull=True)
    assert waiting.exists()
    undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER)
    deliver_pending(now=LATER)
    assert Notification.objects.filter(thread__in=waiting, read_at__isnull=True).exclude(kind="handoff.undone").count() == 0
    assert Notification.objects.filter(thread__ref_id=won.handoff_id, thread__user_id=cast.manager.user_id, kind="handoff.undone").count() == 1


def test_a_win_made_while_delivery_was_off_is_undone_too(cast: Cast, sale: Sale) -> None:
    change_house(actor=cast.owner, changes={"areas": {"sales": True, "delivery": False}}, now=NOW)
    win(cast, sale)
    undone = undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER)
    assert (undone.handoff_id, undone.project_ids) == (None, ())
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"
    assert faults() == []


def test_two_projects_are_put_away_and_come_back_together(cast: Cast, sale: Sale) -> None:
    template = create_template(actor=cast.owner, name="Campaign", items=[{"key": "ads", "kind": "task", "name": "Ads", "promise_key": "ads"}], now=NOW)
    (service,) = create_services(actor=cast.owner, services=[NewService(name="Campaign", template_id=template)], now=NOW)
    change_lines(actor=cast.seller, deal_id=sale.deal_id, lines=[NewLine(sale.service_id), NewLine(service)], now=NOW)
    won = win(cast, sale)
    assert len(won.project_ids) == 2
    undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER)
    assert list_projects(actor=cast.manager) == []
    assert faults() == []
    again = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=LATER)
    assert again.project_ids == won.project_ids
    assert {row.id for row in list_projects(actor=cast.manager)} == set(won.project_ids)
    assert faults() == []


def test_over_rest_a_win_is_undone_repeated_and_refused_with_the_reason(cast: Cast, sale: Sale) -> None:
    def win_now() -> ClosedDeal:
        return close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=datetime.now(UTC))

    won, api, at = win_now(), Api(cast.seller), f"/deals/{sale.deal_id}/win-undo"
    status, answer = api.post(at)
    assert (status, answer) == (200, {"deal_id": sale.deal_id, "handoff_id": won.handoff_id, "project_ids": list(won.project_ids), "replayed": False})
    assert api.post(at)[1]["replayed"] is True
    win_now()
    begin(cast, sale, won.project_ids[0])
    status, problem = api.post(at)
    assert status == 409
    assert "begun to work on" in problem["detail"]


def test_the_deal_offers_to_undo_the_win_while_it_is_young_and_says_why_not_later(
    cast: Cast, sale: Sale, clock: Callable[[datetime], None]
) -> None:
    won, page, deal = win(cast, sale), sign_in(cast.seller), reverse("deal", kwargs={"deal_id": sale.deal_id})
    undo = reverse("deal_win_undo", kwargs={"deal_id": sale.deal_id})
    clock(NOW + timedelta(hours=25))
    assert undo not in page.get(deal).content.decode()
    assert "Open the deal again" in page.get(deal).content.decode()
    clock(LATER)
    assert undo in page.get(deal).content.decode()
    assert "#win-reversal" in page.get(reverse("handoff", kwargs={"handoff_id": won.handoff_id})).content.decode()
    begin(cast, sale, won.project_ids[0])
    refused = page.post(undo)
    assert refused.status_code == 409
    assert "begun to work on" in refused.content.decode()
    assert "Open the deal again" in refused.content.decode()


def test_undoing_from_the_deal_leads_back_to_the_open_deal(cast: Cast, sale: Sale, clock: Callable[[datetime], None]) -> None:
    win(cast, sale)
    clock(LATER)
    done = sign_in(cast.seller).post(reverse("deal_win_undo", kwargs={"deal_id": sale.deal_id}), headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == reverse("deal", kwargs={"deal_id": sale.deal_id})
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"


def test_what_replaces_a_promise_waived_before_the_win_holds_in_the_project(cast: Cast, sale: Sale) -> None:
    (waived,) = make_promises(actor=cast.seller, now=NOW, promises=[NewPromise(PromiseKind.DELIVERABLE, "42 templates", deal_id=sale.deal_id, key="templates")])
    settle_promise(actor=cast.seller, promise_id=waived, state="waived", reason="They keep their old pages", now=NOW)
    closed = win(cast, sale)
    by = NewPromise(PromiseKind.DELIVERABLE, "10 templates after all", deal_id=sale.deal_id)
    new = replace_promise(actor=cast.manager, promise_id=waived, by=by, reason="They changed their minds", now=LATER)
    row = next(one for one in list_promises(actor=cast.owner, deal_id=sale.deal_id) if one.id == new)
    assert (row.project_ids, row.state) == (closed.project_ids, "confirmed")
    assert (row.coverage, bool(row.covers)) == ("planned", True)
    assert new in [one.id for one in list_promises(actor=cast.manager, project_id=closed.project_ids[0])]
