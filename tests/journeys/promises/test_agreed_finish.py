"""The finish a handoff agreed on is changed with its scope alone: no other way lets two records tell two dates."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from tests.edges.api.client import Api
from tests.edges.web.sales.desk import sign_in
from tests.journeys.promises.world import World, make_world
from tests.people import NOW
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.sales.types import NextAction
from wonward.journeys.client_record.queries.drift import list_drifts_for
from wonward.journeys.handoff.operations import amend_scope, reopen_won_deal, undo_win
from wonward.journeys.handoff.queries import get_brief_of_project, get_handoff
from wonward.journeys.handoff.types import Amendment
from wonward.journeys.promises.operations import make_promises, replace_promise, settle_promise
from wonward.journeys.promises.queries import get_promise, list_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind, PromiseRow
from wonward.kernel.errors import Refused

pytestmark = pytest.mark.django_db
AGREED, ANOTHER = date(2027, 3, 19), date(2026, 12, 10)


@pytest.fixture
def world() -> World:
    return make_world()


def live_finish(world: World) -> PromiseRow:
    rows = list_promises(actor=world.cast.owner, project_id=world.project_id)
    (row,) = [row for row in rows if row.key == "finish" and row.state in ("draft", "confirmed")]
    return row


def handoff_id(world: World) -> int:
    return int(Api(world.cast.owner).get("/handoffs")[1]["items"][0]["id"])


def assert_all_say(world: World, day: date) -> None:
    project = get_project(actor=world.cast.owner, project_id=world.project_id)
    assert project.promised_finish_date == day
    assert live_finish(world).due_date == day
    assert get_handoff(actor=world.cast.owner, handoff_id=handoff_id(world)).promised_finish_date == day
    brief = get_brief_of_project(actor=world.cast.owner, project_id=world.project_id).brief
    assert {one.field: one.text for one in brief.answers}["promised_finish_date"] == day.isoformat()
    (drift,) = list_drifts_for(actor=world.cast.seller, projects=[project], now=NOW)
    assert drift.project.promised_finish_date == day


def refused(answer: tuple[int, dict[str, Any]]) -> tuple[int, str, str]:
    status, problem = answer
    assert "amend the scope: " in problem["errors"][0]["message"]
    return status, problem["errors"][0]["field"], problem["errors"][0]["code"]


@pytest.mark.parametrize("changes", [
    {"due_date": "2026-12-10"}, {"due_date": "2027-06-30"}, {"due_date": None}, {"key": "templates"}, {"kind": "exclusion"},
])
def test_another_finish_in_the_place_of_the_agreed_one_is_refused_and_nothing_changes(world: World, changes: dict[str, Any]) -> None:
    body = {"kind": "date", "text": "Finished earlier", "reason": "They asked.", "due_date": "2027-03-19", **changes}
    answer = Api(world.cast.seller).post(f"/promises/{live_finish(world).id}/replacement", body)
    assert refused(answer) == (422, "due_date", "amend")
    assert_all_say(world, AGREED)


def test_the_agreed_finish_is_neither_waived_nor_taken_off_its_key(world: World) -> None:
    api, key = Api(world.cast.seller), live_finish(world).id
    assert refused(api.patch(f"/promises/{key}", {"state": "waived", "reason": "They do not mind."})) == (422, "due_date", "amend")
    assert refused(api.patch(f"/promises/{key}", {"key": "other"})) == (422, "due_date", "amend")
    assert_all_say(world, AGREED)
    assert api.patch(f"/promises/{key}", {"weight": 5})[0] == 200
    assert api.patch(f"/promises/{key}", {"state": "broken", "reason": "We came too late."})[0] == 200
    assert refused(api.patch(f"/promises/{key}", {"state": "waived", "reason": "They do not mind."})) == (422, "due_date", "amend")
    assert api.patch(f"/promises/{key}", {"state": "confirmed"})[0] == 200
    assert_all_say(world, AGREED)


@pytest.mark.parametrize("home", ["deal_id", "project_id"])
def test_no_second_finish_is_promised_beside_the_agreed_one(world: World, home: str) -> None:
    api = Api(world.cast.seller)
    key = world.sale.deal_id if home == "deal_id" else world.project_id
    body = {home: key, "kind": "date", "text": "Finished early", "key": "finish", "due_date": "2026-12-10"}
    assert refused(api.post("/promises", body)) == (422, "due_date", "amend")
    status, draft = api.post("/promises", {**body, "key": "", "state": "draft"})
    assert status == 201
    assert refused(api.patch(f"/promises/{draft['id']}", {"key": "finish"})) == (422, "due_date", "amend")
    assert_all_say(world, AGREED)
    assert api.post("/promises", {**body, "due_date": "2027-03-19", "text": "Live before the fair"})[0] == 201


def test_the_words_of_the_agreed_finish_may_be_others(world: World) -> None:
    body = {"kind": "date", "text": "Live before the fair", "reason": "In their words.", "due_date": "2027-03-19"}
    assert Api(world.cast.seller).post(f"/promises/{live_finish(world).id}/replacement", body)[0] == 201
    assert live_finish(world).text == "Live before the fair"
    assert_all_say(world, AGREED)


def test_the_amendment_reaches_all_of_them_and_the_date_before_does_not_come_back(world: World) -> None:
    before = live_finish(world)
    settle_promise(actor=world.cast.seller, promise_id=before.id, state="broken", reason="Not by then.", now=NOW)
    amend_scope(actor=world.cast.seller, handoff_id=handoff_id(world), now=NOW, amendment=Amendment("They asked.", promised_finish_date=ANOTHER))
    assert_all_say(world, ANOTHER)
    answer = Api(world.cast.seller).patch(f"/promises/{before.id}", {"state": "confirmed"})
    assert refused(answer) == (422, "due_date", "amend")
    assert_all_say(world, ANOTHER)


def test_by_form_the_sentence_stands_at_the_date_and_above_the_drawer(world: World) -> None:
    page, key, headers = sign_in(world.cast.seller), live_finish(world).id, {"HX-Request": "true"}
    body = {"kind": "date", "text": "Finished earlier", "reason": "They asked.", "due_date": "2026-12-10", "weight": "3"}
    answer = page.post(reverse("promise_replacement", args=[key]), body, headers=headers)
    assert (answer.status_code, "amend the scope: " in answer.content.decode()) == (422, True)
    body = {"state": "waived", "reason": "They do not mind."}
    answer = page.post(reverse("promise_state", args=[key]), body, headers=headers)
    assert (answer.status_code, "amend the scope: " in answer.content.decode()) == (422, True)
    assert_all_say(world, AGREED)


def test_before_the_win_and_after_it_was_undone_the_finish_is_free(world: World) -> None:
    undo_win(actor=world.cast.seller, deal_id=world.sale.deal_id, now=NOW)
    new = NewPromise(PromiseKind.DATE, "Live in May", deal_id=world.sale.deal_id, key="finish", due_date=date(2027, 5, 3))
    (key,) = make_promises(actor=world.cast.seller, promises=[new], now=NOW)
    by = NewPromise(PromiseKind.DATE, "Live in June", due_date=date(2027, 6, 3))
    assert replace_promise(actor=world.cast.seller, promise_id=key, by=by, reason="They asked.", now=NOW) > key


def test_open_again_the_finish_is_agreed_on_with_the_next_win(world: World) -> None:
    reopen_won_deal(
        actor=world.cast.seller, deal_id=world.sale.deal_id, next_action=NextAction("call", date(2026, 11, 24), "More"), reason="More", now=NOW,
    )
    by = NewPromise(PromiseKind.DATE, "Sooner", due_date=ANOTHER)
    with pytest.raises(Refused) as refusal:
        replace_promise(actor=world.cast.seller, promise_id=live_finish(world).id, by=by, reason="They asked.", now=NOW)
    assert [(one.field, one.code) for one in refusal.value.errors] == [("due_date", "amend")]


def test_what_was_waived_over_the_win_holds_in_its_projects_once_it_is_confirmed(world: World) -> None:
    undo_win(actor=world.cast.seller, deal_id=world.sale.deal_id, now=NOW)
    key = world.promise_ids["templates"]
    settle_promise(actor=world.cast.seller, promise_id=key, state="waived", reason="Not needed.", now=NOW)
    api = Api(world.cast.seller)
    brief = world.sale.brief()
    api.post(f"/deals/{world.sale.deal_id}/closing", {"outcome": "won", "brief": {
        "scope_summary": brief.scope_summary, "promised_finish_date": "2027-03-19", "key_constraints": brief.key_constraints,
        "main_stakeholder_id": brief.main_stakeholder_id, "kickoff_date": "2026-12-01"}})
    assert get_promise(actor=world.cast.owner, promise_id=key).project_id is None
    status, row = api.patch(f"/promises/{key}", {"state": "confirmed"})
    assert (status, row["project_ids"], row["column"], len(row["covers"])) == (200, [world.project_id], "planned", 1)
