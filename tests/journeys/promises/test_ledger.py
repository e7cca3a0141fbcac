"""Making, keeping, replacing promises; and telling people of every crossing once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.journeys.promises.world import DUE, SAID_AT, World, audit_of, crossings, make_world, quoted, say
from tests.people import NOW, make_cast, make_sale
from wonward.domains.comms.queries import list_communications
from wonward.domains.delivery.types import NewTask, RemovedTask, TaskChange
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.events.models import OutboxEvent
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.promises.operations import (
    ReasonRequired,
    change_plan,
    change_promise,
    cover_promise,
    make_promises,
    replace_promise,
    settle_promise,
    uncover_promise,
)
from wonward.journeys.promises.queries import (
    count_uncovered_promises,
    count_unsourced_promises,
    find_reason_counts,
    get_coverage,
    get_ledger,
    list_earlier_promises,
    list_promises,
    list_reasons,
    list_uncovered_promises,
    list_unsourced_promises,
)
from wonward.journeys.promises.types import NewPromise, PromiseKind, Source
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=200)


@pytest.fixture
def world() -> World:
    return make_world()


def longer(world: World, days: int, reason: str = "The client added pages.") -> None:
    edit = TaskChange(world.task("build").id, {"duration_minutes": days * 480})
    change_plan(actor=world.cast.manager, project_id=world.project_id, changes=[edit], reason=reason, now=LATER)


def test_a_quote_brings_its_speaker_and_day_and_must_have_been_said(world: World) -> None:
    templates = world.promise("templates")
    assert (templates.quote, templates.speaker, templates.said_at) == ("all 42 templates", "Hanne Dahl", SAID_AT)
    wrong = NewPromise(kind=PromiseKind.DELIVERABLE, text="43 templates", deal_id=world.sale.deal_id,
                       source=quoted(world.entry_id, "all 43 templates"))
    with pytest.raises(Refused) as refusal:
        make_promises(actor=world.cast.seller, promises=[wrong], now=NOW)
    assert [(error.field, error.code) for error in refusal.value.errors] == [("source.quote", "not_said")]


def test_words_only_their_author_may_read_cannot_be_quoted_by_others(world: World) -> None:
    other = make_sale(world.cast, name="Second", company="Aurora Foods")
    entry_id = say(world.cast, other, "Between us: 10% off.", privacy="restricted")
    theirs = NewPromise(kind=PromiseKind.PRICE, text="A discount", deal_id=other.deal_id, source=quoted(entry_id, "10% off"))
    with pytest.raises(Refused) as refusal:
        make_promises(actor=world.cast.teammate, promises=[theirs], now=NOW)
    assert {error.field for error in refusal.value.errors} <= {"source.ref", "source.quote"}
    assert make_promises(actor=world.cast.seller, promises=[theirs], now=NOW)


def test_a_crossing_is_told_once_with_whom_it_concerns(world: World) -> None:
    longer(world, 20)
    longer(world, 22)
    (templates,) = [key for name, keys in crossings() for key in keys if name == "at_risk"]
    assert templates == world.promise_ids["templates"]
    event = OutboxEvent.objects.get(name="promises.promise.at_risk")
    assert set(event.payload["person_ids"]) == {world.cast.manager.person_id, world.cast.seller.person_id}
    longer(world, 10)
    longer(world, 9)
    assert [name for name, _ in crossings()] == ["at_risk", "repaired"]


def test_a_win_whose_plan_ends_too_late_says_so_at_once() -> None:
    cast = make_cast()
    sale = make_sale(cast)
    early = NewPromise(kind=PromiseKind.DELIVERABLE, text="Templates", deal_id=sale.deal_id, key="templates",
                       due_date=date(2026, 12, 11))
    (key,) = make_promises(actor=cast.seller, promises=[early], now=NOW)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert crossings() == [("at_risk", [key])]


def test_a_crossing_stands_in_the_log_of_deal_and_project_at_its_own_time(world: World) -> None:
    longer(world, 20)
    deliver_pending(now=LATER + timedelta(hours=5))
    for ref in (Ref("sales.deal", world.sale.deal_id), Ref("delivery.project", world.project_id)):
        (entry,) = [row for row in list_communications(actor=world.cast.owner, refs=[ref]) if "at risk" in row.subject]
        assert (entry.happened_at, entry.is_automatic) == (LATER, True)
        assert "42 templates" in entry.body
        assert "promised was 24 Dec 2026" in entry.body


def test_deleting_the_last_covering_task_needs_a_reason_even_when_the_promise_was_late_already(world: World) -> None:
    longer(world, 20)
    gone = [RemovedTask(world.task("build").id)]
    with pytest.raises(ReasonRequired):
        change_plan(actor=world.cast.manager, project_id=world.project_id, changes=gone, now=LATER)
    change_plan(actor=world.cast.manager, project_id=world.project_id, changes=gone, reason="Bought instead.", now=LATER)
    assert world.promise("templates").coverage == "uncovered"
    assert [name for name, _ in crossings()] == ["at_risk", "uncovered"]


def test_covering_and_uncovering_say_so_and_twice_the_same_changes_nothing(world: World) -> None:
    search, task = world.promise_ids["search"], world.task("live")
    assert world.promise("search").coverage == "uncovered"
    for _ in range(2):
        cover_promise(actor=world.cast.manager, promise_id=search, task_id=task.id, now=NOW)
    assert (world.promise("search").coverage, audit_of(search)) == ("planned", ["make", "attach", "cover"])
    assert crossings() == []
    uncover_promise(actor=world.cast.manager, promise_id=search, task_id=task.id, now=NOW)
    cover_promise(actor=world.cast.manager, promise_id=search, task_id=task.id, now=NOW)
    assert [name for name, _ in crossings()] == ["uncovered", "repaired"]
    with pytest.raises(NotFound):
        uncover_promise(actor=world.cast.manager, promise_id=search, task_id=world.task("build").id, now=NOW)


def test_finished_work_only_suggests_that_a_promise_is_kept(world: World) -> None:
    done = [TaskChange(world.task("build").id, {"percent_complete": 100})]
    change_plan(actor=world.cast.manager, project_id=world.project_id, changes=done, reason="Done.", now=NOW)
    assert (world.promise("templates").state, world.promise("templates").suggestion) == ("confirmed", "keep")
    settle_promise(actor=world.cast.manager, promise_id=world.promise_ids["templates"], state="kept", now=NOW)
    reopened = [TaskChange(world.task("build").id, {"percent_complete": 60})]
    change_plan(actor=world.cast.manager, project_id=world.project_id, changes=reopened, reason="Bugs.", now=NOW)
    assert (world.promise("templates").state, world.promise("templates").suggestion) == ("kept", "take_back")


@pytest.mark.parametrize("state", ["waived", "broken"])
def test_waiving_and_breaking_name_the_reason_and_the_person(world: World, state: str) -> None:
    key = world.promise_ids["templates"]
    with pytest.raises(Refused) as refusal:
        settle_promise(actor=world.cast.seller, promise_id=key, state=state, now=NOW)
    assert refusal.value.errors[0].field == "reason"
    settle_promise(actor=world.cast.seller, promise_id=key, state=state, reason="Hanne agreed.", now=NOW)
    row = world.promise("templates")
    assert (row.state, row.state_reason, row.state_by, row.state_at) == (state, "Hanne agreed.", "Mara Klein", NOW)
    assert row.because == f"{state.capitalize()} by Mara Klein: Hanne agreed."
    settle_promise(actor=world.cast.seller, promise_id=key, state=state, reason="Again.", now=LATER)
    assert audit_of(key) == ["make", "attach", "settle"]


def test_a_replaced_promise_stays_and_leads_to_the_one_in_its_place(world: World) -> None:
    old_id = world.promise_ids["templates"]
    entry_id = say(world.cast, make_sale(world.cast, name="Other", company="Aurora Foods"), "Make it 48, please.")
    by = NewPromise(kind=PromiseKind.DELIVERABLE, text="48 templates", due_date=date(2027, 1, 15), weight=4,
                    source=quoted(entry_id, "Make it 48"))
    with pytest.raises(Refused) as refusal:
        replace_promise(actor=world.cast.seller, promise_id=old_id, by=by, reason=" ", now=NOW)
    assert refusal.value.errors[0].field == "reason"
    new_id = replace_promise(actor=world.cast.seller, promise_id=old_id, by=by, reason="Six more after the audit.", now=NOW)
    old = world.promise("templates")
    assert (old.state, old.replaced_by_id, old.column) == ("replaced", new_id, "waived")
    (new,) = [row for row in list_promises(actor=world.cast.owner, project_id=world.project_id) if row.id == new_id]
    assert ([cover.name for cover in new.covers], new.coverage, new.key) == (["Build the templates"], "planned", "templates")
    assert [row.id for row in list_earlier_promises(actor=world.cast.owner, promise_id=new_id)] == [old_id]
    assert [row.id for row in list_reasons(actor=world.cast.manager, task_id=world.task("build").id)] == [new_id]
    for change in (
        lambda: settle_promise(actor=world.cast.seller, promise_id=old_id, state="kept", now=NOW),
        lambda: replace_promise(actor=world.cast.seller, promise_id=old_id, by=by, reason="Again.", now=NOW),
        lambda: cover_promise(actor=world.cast.seller, promise_id=old_id, task_id=world.task("live").id, now=NOW),
        lambda: change_promise(actor=world.cast.seller, promise_id=old_id, changes={"weight": 1}, now=NOW),
    ):
        with pytest.raises(Conflict):
            change()


def test_a_draft_may_be_reworded_and_a_confirmed_promise_only_replaced(world: World) -> None:
    new = NewPromise(kind=PromiseKind.QUALITY, text="Fast", deal_id=world.sale.deal_id, state="draft")
    (draft_id,) = make_promises(actor=world.cast.seller, promises=[new], now=NOW)
    with pytest.raises(Refused) as refusal:
        settle_promise(actor=world.cast.seller, promise_id=draft_id, state="kept", now=NOW)
    assert refusal.value.errors[0].field == "state"
    change_promise(actor=world.cast.seller, promise_id=draft_id, changes={"text": "Under a second", "weight": 5}, now=NOW)
    assert audit_of(draft_id) == ["make", "change"]
    with pytest.raises(Refused) as refusal:
        change_promise(actor=world.cast.seller, promise_id=world.promise_ids["search"], changes={"text": "Slow"}, now=NOW)
    assert refusal.value.errors[0].code == "confirmed"
    change_promise(actor=world.cast.seller, promise_id=world.promise_ids["search"], changes={"is_client_visible": False}, now=NOW)
    assert world.promise("search").is_client_visible is False
    with pytest.raises(Stale):
        change_promise(actor=world.cast.seller, promise_id=draft_id, changes={"weight": 1}, version=1, now=NOW)


def test_a_moving_plan_never_makes_an_open_form_stale(world: World) -> None:
    version = world.promise("templates").version
    longer(world, 20)
    assert world.promise("templates").version == version


def test_the_ledger_counts_exactly_the_rows_below_and_keeps_conditions_apart(world: World) -> None:
    new = [NewPromise(kind=PromiseKind.EXCLUSION, text="No photography", project_id=world.project_id, weight=5),
           NewPromise(kind=PromiseKind.ASSUMPTION, text="Texts by January", project_id=world.project_id)]
    make_promises(actor=world.cast.manager, promises=new, now=NOW)
    ledger = get_ledger(actor=world.cast.manager, project_id=world.project_id)
    assert {key: tally.count for key, tally in ledger.tallies.items() if tally.count} == {"planned": 3, "uncovered": 1, "apart": 2}
    for key, tally in ledger.tallies.items():
        assert (tally.count, tally.weight) == (len(ledger.columns[key]), sum(row.weight for row in ledger.columns[key]))
    assert ledger.coverage == get_coverage(actor=world.cast.manager, project_id=world.project_id)
    assert ledger.coverage.percent == round(100 * 8 / 10)
    only = get_ledger(actor=world.cast.manager, project_id=world.project_id, kind="quality")
    assert sum(tally.count for tally in only.tallies.values()) == 1
    assert only.kinds == ledger.kinds
    short = get_ledger(actor=world.cast.manager, project_id=world.project_id, limit=1)
    assert (short.tallies["planned"].count, len(short.columns["planned"])) == (3, 1)


def test_a_phase_around_a_task_gives_it_its_why(world: World) -> None:
    phase, inside = world.task("concept"), world.task("wireframes")
    assert list_reasons(actor=world.cast.manager, task_id=inside.id) == []
    cover_promise(actor=world.cast.manager, promise_id=world.promise_ids["search"], task_id=phase.id, now=NOW)
    assert [row.id for row in list_reasons(actor=world.cast.manager, task_id=inside.id)] == [world.promise_ids["search"]]
    build = world.task("build")
    parents = {task.id: task.parent_id for task in (inside, phase, build)}
    counts = find_reason_counts(actor=world.cast.manager, task_ids=list(parents), parents=parents)
    assert counts == {inside.id: 1, phase.id: 1, build.id: 1}


def test_the_self_check_lists_what_nothing_covers_and_what_nobody_is_known_to_have_said(world: World) -> None:
    owner = world.cast.owner
    assert [row.id for row in list_uncovered_promises(actor=owner)] == [world.promise_ids["search"]]
    assert count_uncovered_promises(actor=owner) == 1
    assert [row.id for row in list_unsourced_promises(actor=owner)] == [world.promise_ids["pages"]]
    assert count_unsourced_promises(actor=owner) == 1
    assert count_uncovered_promises(actor=world.cast.marketer) == 0


def test_who_may_not_make_promises_changes_none(world: World) -> None:
    key = world.promise_ids["templates"]
    with pytest.raises(NotAllowed):
        settle_promise(actor=world.cast.finance, promise_id=key, state="kept", now=NOW)
    with pytest.raises(NotFound):
        settle_promise(actor=world.cast.marketer, promise_id=key, state="kept", now=NOW)
    assert world.promise("templates").state == "confirmed"


def test_a_new_task_may_take_a_promise_over(world: World) -> None:
    changed = change_plan(actor=world.cast.manager, project_id=world.project_id, changes=[NewTask("Tune the search")], now=NOW)
    cover_promise(actor=world.cast.manager, promise_id=world.promise_ids["search"],
                  task_id=changed.outcome.touched_ids[-1], now=NOW)
    assert world.promise("search").because.startswith("Tune the search keeps it, done by")
    assert world.promise("templates").due_date == DUE


def test_a_source_may_be_another_record_that_holds_no_words(world: World) -> None:
    new = NewPromise(kind=PromiseKind.PRICE, text="Fixed price", deal_id=world.sale.deal_id,
                     source=Source(quote="84,000 fixed", ref=Ref("sales.deal", world.sale.deal_id), speaker="Peer Krohn"))
    assert make_promises(actor=world.cast.seller, promises=[new], now=NOW)
