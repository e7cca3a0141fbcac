"""A deal that is amended or won again: dates, promises, plans and the kickoff all say what was agreed last."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from types import SimpleNamespace

from tests.edges.api.client import Api
from tests.journeys.handoff.two_projects import (
    TwoProjects,
    make_two_projects,
    promised_in,
    training_service,
)
from tests.people import NOW, Cast, Sale
from wonward.domains.catalog.operations import create_services
from wonward.domains.catalog.types import NewService
from wonward.domains.delivery.queries.projects import find_undo, get_project
from wonward.domains.delivery.queries.tasks import list_dependencies, list_tasks
from wonward.domains.delivery.types import TaskChange
from wonward.domains.finance.queries import find_budget
from wonward.domains.sales.operations.lines import change_lines
from wonward.domains.sales.types import NewLine, NextAction
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.events.models import OutboxEvent
from wonward.foundation.notifications.models import Notification
from wonward.journeys.client_record.queries.drift import list_drifts_for
from wonward.journeys.handoff.operations import (
    amend_scope,
    close_deal_as_won,
    plan_kickoff,
    reopen_won_deal,
    undo_win,
)
from wonward.journeys.handoff.queries import get_brief_of_project, get_handoff, get_kickoff, preview_win
from wonward.journeys.handoff.types import Amendment, ClosedDeal, KickoffPlan, ScopeLine
from wonward.journeys.promises.operations import change_plan
from wonward.journeys.promises.queries import list_earlier_promises, list_promises
from wonward.kernel.actor import system_actor
from wonward.kernel.money import Money

LATER = NOW + timedelta(days=1)
NEXT = NextAction("call", date(2026, 11, 24), "The client wants more")


def win_again(cast: Cast, sale: Sale, deal_id: int, service_ids: list[int] | None = None, **brief: object) -> ClosedDeal:
    """Open the deal, sell these services on it, and win it with what the brief says now."""
    reopen_won_deal(actor=cast.seller, deal_id=deal_id, next_action=NEXT, reason="More", now=LATER)
    if service_ids is not None:
        change_lines(actor=cast.seller, deal_id=deal_id, lines=[NewLine(key, Decimal(1)) for key in service_ids], now=LATER)
    return close_deal_as_won(actor=cast.seller, deal_id=deal_id, brief=sale.brief(**brief), now=LATER)


def names(project_id: int) -> dict[int, str]:
    return {row.id: row.name for row in list_tasks(actor=system_actor(), project_id=project_id)}


def assert_all_say(day: date, cast: Cast, handoff_id: int | None, project_ids: tuple[int, ...]) -> None:
    assert handoff_id is not None
    assert get_handoff(actor=cast.owner, handoff_id=handoff_id).promised_finish_date == day
    for project_id in project_ids:
        assert get_project(actor=cast.owner, project_id=project_id).promised_finish_date == day
        live = [row for row in promised_in(cast, project_id).values() if row.key == "finish" and row.state == "confirmed"]
        assert [row.due_date for row in live] == [day]
        brief = get_brief_of_project(actor=cast.owner, project_id=project_id)
        assert {one.field: one.text for one in brief.brief.answers}["promised_finish_date"] == day.isoformat()


def test_an_amended_finish_is_that_of_every_project_of_its_promise_and_of_the_brief(cast: Cast, sale: Sale) -> None:
    two = make_two_projects(cast, sale)
    day = date(2027, 6, 30)
    before = next(row for row in promised_in(cast, two.website).values() if row.key == "finish")
    status, _ = Api(cast.seller).post(
        f"/handoffs/{two.closed.handoff_id}/amendments", {"reason": "The fair moved.", "promised_finish_date": day.isoformat()}
    )
    assert status in (200, 201)
    assert_all_say(day, cast, two.closed.handoff_id, two.closed.project_ids)
    assert Api(cast.owner).get(f"/projects/{two.training}")[1]["promised_finish_date"] == day.isoformat()
    new = next(row for row in promised_in(cast, two.training).values() if row.key == "finish" and row.state == "confirmed")
    assert [(row.id, row.state, row.state_reason) for row in list_earlier_promises(actor=cast.owner, promise_id=new.id)] == [
        (before.id, "replaced", "The fair moved.")
    ]
    assert new.project_ids == two.closed.project_ids
    assert [cover.name for cover in new.covers] == ["Go live", "Teach"]
    entry = AuditEntry.objects.get(noun="delivery.project", ref_id=two.training, operation="delivery.project.promise")
    assert entry.changes["promised_finish_date"] == ["2027-03-19", "2027-06-30"]
    projects = [get_project(actor=cast.seller, project_id=key) for key in two.closed.project_ids]
    drifts = list_drifts_for(actor=cast.seller, projects=projects, now=LATER)
    assert [(row.project.promised_finish_date, row.days_late < 0) for row in drifts] == [(day, True)] * 2


def test_a_finish_agreed_earlier_than_the_plan_ends_is_at_risk_and_told_and_stops_nobody(won: ClosedDeal, cast: Cast) -> None:
    assert won.handoff_id
    amend_scope(
        actor=cast.seller, handoff_id=won.handoff_id, now=LATER,
        amendment=Amendment("They open earlier.", promised_finish_date=date(2026, 12, 4)),
    )
    assert promised_in(cast, won.project_ids[0])["Finished by 4 December 2026"].coverage == "at_risk"
    assert OutboxEvent.objects.filter(name="promises.promise.at_risk").count() == 1


def test_who_manages_a_project_is_told_of_the_other_finish(won: ClosedDeal, cast: Cast) -> None:
    while deliver_pending(now=NOW):
        pass
    assert won.handoff_id
    amend_scope(
        actor=cast.seller, handoff_id=won.handoff_id, now=LATER,
        amendment=Amendment("The fair moved.", promised_finish_date=date(2027, 6, 30)),
    )
    while deliver_pending(now=LATER):
        pass
    ((user_id, detail),) = Notification.objects.filter(kind="handoff.scope").values_list("thread__user_id", "detail")
    assert user_id == cast.manager.user_id
    assert "2027-03-19 → 2027-06-30" in detail


def test_winning_again_with_another_finish_reaches_both_projects(cast: Cast, sale: Sale) -> None:
    two = make_two_projects(cast, sale)
    again = win_again(cast, sale, two.deal_id, promised_finish_date=date(2027, 6, 30))
    assert again.project_ids == two.closed.project_ids
    assert_all_say(date(2027, 6, 30), cast, two.closed.handoff_id, again.project_ids)


def test_a_finish_in_words_of_its_own_stays_and_the_agreed_date_stands_beside_it(cast: Cast, sale: Sale) -> None:
    Api(cast.seller).post(
        "/promises", {"deal_id": sale.deal_id, "kind": "date", "text": "Live before the fair", "key": "finish", "due_date": "2027-03-20"}
    )
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert {row.due_date for row in promised_in(cast, closed.project_ids[0]).values()} == {date(2027, 3, 19), date(2027, 3, 20)}
    win_again(cast, sale, sale.deal_id, promised_finish_date=date(2027, 6, 30))
    rows = promised_in(cast, closed.project_ids[0]).values()
    finishes = {row.text: row.due_date for row in rows if row.key == "finish" and row.state == "confirmed"}
    assert finishes == {"Live before the fair": date(2027, 3, 20), "Finished by 30 June 2027": date(2027, 6, 30)}


def test_a_service_of_the_same_template_joins_its_project_as_a_section_from_the_new_kickoff(won: ClosedDeal, cast: Cast, sale: Sale) -> None:
    (extra,) = create_services(actor=cast.owner, services=[NewService(name="Second site", template_id=sale.template_id)], now=NOW)
    (project_id,) = won.project_ids
    before = {row.id: row for row in list_tasks(actor=system_actor(), project_id=project_id)}
    links = len(list_dependencies(project_id=project_id))
    sold = find_budget(actor=cast.owner, project_id=project_id, manager_id=None)
    again = win_again(cast, sale, sale.deal_id, [sale.service_id, extra], kickoff_date=date(2027, 1, 11))
    assert again.project_ids == won.project_ids
    raised = find_budget(actor=cast.owner, project_id=project_id, manager_id=None)
    assert sold
    assert raised
    assert raised.effort_minutes == 2 * sold.effort_minutes
    rows = {row.id: row for row in list_tasks(actor=system_actor(), project_id=project_id)}
    assert {key: (row.name, row.start_date, row.finish_date) for key, row in before.items()} == {
        key: (rows[key].name, rows[key].start_date, rows[key].finish_date) for key in before
    }
    added = [row for key, row in rows.items() if key not in before]
    section = next(row for row in added if row.name == "Second site")
    assert (section.kind, section.parent_id) == ("phase", None)
    assert sorted(row.name for row in added if row is not section) == sorted(row.name for row in before.values())
    assert min(row.start_date for row in added if row.start_date) == date(2027, 1, 11)
    assert len(list_dependencies(project_id=project_id)) == 2 * links
    finish = next(row for row in promised_in(cast, project_id).values() if row.key == "finish")
    assert [cover.name for cover in finish.covers] == ["Go live", "Go live"]
    from wonward.domains.delivery.queries.details import get_task_details

    build = next(row for row in added if row.name == "Build the templates")
    assert [line.text for line in get_task_details(actor=cast.owner, task_id=build.id).checklist] == ["Responsive", "Accessible"]
    third = win_again(cast, sale, sale.deal_id, [sale.service_id, extra])
    assert third.project_ids == won.project_ids
    assert set(names(project_id)) == set(rows)


def test_a_service_of_another_template_becomes_a_project_beside_the_others(won: ClosedDeal, cast: Cast, sale: Sale) -> None:
    Api(cast.seller).post("/promises", {"deal_id": sale.deal_id, "kind": "exclusion", "text": "No recordings"})
    Api(cast.seller).post("/promises", {"deal_id": sale.deal_id, "kind": "deliverable", "text": "Trained", "key": "training"})
    before = names(won.project_ids[0])
    training = training_service(cast)
    again = win_again(cast, sale, sale.deal_id, [sale.service_id, training], kickoff_date=date(2027, 1, 11))
    assert again.project_ids[:1] == won.project_ids
    (_, new_id) = again.project_ids
    assert names(won.project_ids[0]) == before
    new = get_project(actor=cast.owner, project_id=new_id)
    assert (new.name, new.start_date, new.promised_finish_date) == ("Website replatform: Course", date(2027, 1, 11), date(2027, 3, 19))
    held = promised_in(cast, new_id)
    assert {"No recordings", "Trained", "Finished by 19 March 2027"} <= set(held)
    assert [cover.name for cover in held["Trained"].covers] == ["Teach"]
    assert [cover.name for cover in held["Finished by 19 March 2027"].covers] == ["Go live", "Teach"]
    assert get_handoff(actor=cast.owner, handoff_id=won.handoff_id or 0).projects[1].template_name == "Course"
    replay = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=LATER)
    assert (replay.is_replayed, replay.project_ids) == (True, again.project_ids)


def test_what_is_no_longer_sold_stays_planned_and_is_said_at_the_kickoff(cast: Cast, sale: Sale) -> None:
    two = make_two_projects(cast, sale)
    assert two.closed.handoff_id
    before = names(two.training)
    win_again(cast, sale, two.deal_id, [sale.service_id])
    assert names(two.training) == before
    said = [item.text for item in get_kickoff(actor=cast.owner, handoff_id=two.closed.handoff_id).items]
    assert said[-1] == "“Training” is planned but no longer sold: agree what becomes of its work"
    training = next(row for row in [*said] if row.startswith("“Training”"))
    win_again(cast, sale, two.deal_id, [sale.service_id])
    assert [item.text for item in get_kickoff(actor=cast.owner, handoff_id=two.closed.handoff_id).items].count(training) == 1


def test_the_win_sets_a_kickoff_at_ten_with_lead_owner_and_main_stakeholder(won: ClosedDeal, cast: Cast, sale: Sale) -> None:
    row = get_kickoff(actor=cast.owner, handoff_id=won.handoff_id or 0)
    assert (row.date, row.starts_at, row.video_url, row.duration_minutes) == (date(2026, 12, 1), time(10), "", 60)
    assert [name for _, _, name in row.attendees] == ["Tom Brandt", "Mara Klein", "Hanne Dahl"]


def test_a_kickoff_nobody_has_planned_follows_the_next_win_and_one_that_was_planned_stays(won: ClosedDeal, cast: Cast, sale: Sale) -> None:
    handoff_id = won.handoff_id or 0
    win_again(cast, sale, sale.deal_id, kickoff_date=date(2027, 1, 11))
    row = get_kickoff(actor=cast.owner, handoff_id=handoff_id)
    assert (row.date, len(row.attendees)) == (date(2027, 1, 11), 3)
    plan = KickoffPlan(date(2027, 1, 12), time(14), 60, "Room 5")
    plan_kickoff(actor=cast.manager, handoff_id=handoff_id, plan=plan, now=LATER)
    win_again(cast, sale, sale.deal_id, kickoff_date=date(2027, 1, 18))
    assert get_kickoff(actor=cast.owner, handoff_id=handoff_id).date == date(2027, 1, 12)


def test_a_key_given_to_a_task_is_covered_at_once_and_asked_about(won: ClosedDeal, cast: Cast, sale: Sale) -> None:
    api = Api(cast.owner)
    (project_id,) = won.project_ids
    made = api.post("/promises", {"deal_id": sale.deal_id, "kind": "deliverable", "text": "A manual", "key": "manual", "due_date": "2026-12-18"})[1]
    assert made["coverage"] == "uncovered"
    status, changed = api.post("/tasks", {"project_id": project_id, "name": "Write the manual", "duration_days": 3, "promise_key": "manual"})
    assert status == 201
    row = api.get(f"/promises/{made['id']}")[1]
    assert (row["coverage"], [cover["name"] for cover in row["covers"]]) == ("planned", ["Write the manual"])
    late = next(row for row in list_tasks(actor=cast.owner, project_id=project_id) if row.name == "Go live")
    status, problem = api.patch(f"/tasks/{late.id}", {"promise_key": "manual"})
    assert (status, problem["errors"][0]["field"]) == (422, "reason")
    status, _ = api.patch(f"/tasks/{late.id}", {"promise_key": "manual", "reason": "It goes live with the site."})
    row = api.get(f"/promises/{made['id']}")[1]
    assert (status, row["coverage"]) == (200, "at_risk")


def test_two_projects_of_old_are_repaired_when_the_house_is_updated(cast: Cast, sale: Sale) -> None:
    from importlib import import_module

    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    from wonward.journeys.promises.models import Promise, PromiseCover, PromiseProject

    two: TwoProjects = make_two_projects(cast, sale)
    expected = {project_id: promised_in(cast, project_id) for project_id in two.closed.project_ids}
    PromiseProject.objects.all().delete()
    PromiseCover.objects.filter(task__project_id=two.training).delete()
    Promise.objects.update(project_id=two.website)
    Promise.objects.filter(text="Two days of training").update(coverage="uncovered", forecast_date=None)
    Promise.objects.filter(text="No recordings").update(project_id=None)
    repair = import_module("wonward.journeys.promises.migrations.0004_attach_what_waited").attach_what_waited
    apps = MigrationLoader(connection).project_state().apps
    for _ in range(2):
        repair(apps, SimpleNamespace(connection=connection))
        for project_id, rows in expected.items():
            found = promised_in(cast, project_id)
            assert {text: (row.project_ids, row.coverage, row.forecast_date, row.covers) for text, row in found.items()} == {
                text: (row.project_ids, row.coverage, row.forecast_date, row.covers) for text, row in rows.items()
            }
    assert len(list_promises(actor=cast.owner, deal_id=two.deal_id)) == 5


def test_the_gate_says_what_a_second_win_adds_and_no_longer_sells(won: ClosedDeal, cast: Cast, sale: Sale) -> None:
    training = training_service(cast)
    (extra,) = create_services(actor=cast.owner, services=[NewService(name="Second site", template_id=sale.template_id)], now=NOW)
    reopen_won_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=NEXT, reason="More", now=LATER)
    sold = [NewLine(sale.service_id, Decimal(2)), NewLine(extra), NewLine(training)]
    change_lines(actor=cast.seller, deal_id=sale.deal_id, lines=sold, now=LATER)
    brief = sale.brief(kickoff_date=date(2027, 1, 11))
    seen = preview_win(actor=cast.seller, deal_id=sale.deal_id, kickoff_date=brief.kickoff_date, brief=brief)
    before = names(won.project_ids[0])
    again = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=brief, now=LATER)
    joined, own = seen.projects
    rows = {row.id: row for row in list_tasks(actor=system_actor(), project_id=won.project_ids[0])}
    added = [row for key, row in rows.items() if key not in before]
    assert (joined.joins, own.joins, own.name) == ("Website replatform", "", "Website replatform: Course")
    assert joined.task_count == sum(1 for row in added if row.kind == "task")
    assert sorted(joined.parts) == sorted(
        (row.name, row.kind, row.start_date, row.finish_date) for row in added if row.kind in ("phase", "milestone")
    )
    made = [row for row in list_tasks(actor=system_actor(), project_id=again.project_ids[1]) if row.kind == "phase"]
    assert list(own.parts) == [(row.name, row.kind, row.start_date, row.finish_date) for row in made]
    assert seen.told == ("“Website Northwind Robotics”: planned for 1, sold are 2 now: agree what becomes of the plan",)
    assert seen.told[0] in [item.text for item in get_kickoff(actor=cast.owner, handoff_id=won.handoff_id or 0).items]


def test_a_line_that_an_amendment_adds_is_planned_and_one_it_takes_away_is_said(won: ClosedDeal, cast: Cast) -> None:
    (project_id,) = won.project_ids
    before = names(project_id)
    handoff_id = won.handoff_id or 0
    sold = find_budget(actor=cast.owner, project_id=project_id, manager_id=None)
    six = ScopeLine("More templates", "6", 480, Money.parse("1200", "EUR"))
    more = Amendment("Six more were ordered.", lines=(ScopeLine("Website Northwind Robotics", "1", 10080), six))
    amend_scope(actor=cast.seller, handoff_id=handoff_id, amendment=more, now=LATER)
    added = [row for row in list_tasks(actor=system_actor(), project_id=project_id) if row.id not in before]
    assert [(row.name, row.effort_minutes, row.start_date) for row in added] == [("Deliver More templates × 6", 2880, date(2026, 12, 1))]
    budget = find_budget(actor=cast.owner, project_id=project_id, manager_id=None)
    assert budget
    assert sold
    assert sold.amount
    assert budget.amount == sold.amount + Money.parse("7200", "EUR")
    assert budget.effort_minutes == sold.effort_minutes + 2880
    less = Amendment("They do not need them.", lines=(ScopeLine("Website Northwind Robotics", "1", 10080),))
    amend_scope(actor=cast.seller, handoff_id=handoff_id, amendment=less, now=LATER)
    assert set(names(project_id)) == {*before, added[0].id}
    said = [item.text for item in get_kickoff(actor=cast.owner, handoff_id=handoff_id).items]
    assert said[-1] == "“More templates” is planned but no longer sold: agree what becomes of its work"
    amend_scope(actor=cast.seller, handoff_id=handoff_id, amendment=more, now=LATER)
    assert set(names(project_id)) == {*before, added[0].id}


def test_another_kickoff_moves_a_plan_that_nobody_has_begun_and_the_preview_said_so(won: ClosedDeal, cast: Cast, sale: Sale) -> None:
    (project_id,) = won.project_ids
    january = date(2027, 1, 11)
    before = {row.id: row for row in list_tasks(actor=system_actor(), project_id=project_id)}
    undo_win(actor=cast.seller, deal_id=sale.deal_id, now=LATER)
    seen = preview_win(actor=cast.seller, deal_id=sale.deal_id, kickoff_date=january)
    assert close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(kickoff_date=january), now=LATER).project_ids == won.project_ids
    project = get_project(actor=cast.owner, project_id=project_id)
    rows = {row.id: row for row in list_tasks(actor=system_actor(), project_id=project_id)}
    assert project.start_date == january
    assert min(row.start_date for row in rows.values() if row.start_date) == january
    assert project.forecast_finish_date == seen.forecast_finish_date == max(row.finish_date for row in rows.values() if row.finish_date)
    assert {key: row.duration_minutes for key, row in rows.items()} == {key: row.duration_minutes for key, row in before.items()}
    assert not [item for item in get_kickoff(actor=cast.owner, handoff_id=won.handoff_id or 0).items if "is planned from" in item.text]
    edits, version = find_undo(project_id=project_id, plan_version=project.plan_version)
    change_plan(actor=cast.manager, project_id=project_id, changes=edits, plan_version=version, reason="As it was", now=LATER)
    again = {row.id: (row.start_date, row.finish_date) for row in list_tasks(actor=system_actor(), project_id=project_id)}
    assert again == {key: (row.start_date, row.finish_date) for key, row in before.items()}
    assert get_project(actor=cast.owner, project_id=project_id).start_date == date(2026, 12, 1)


def test_begun_work_stays_where_it_is_and_the_kickoff_list_says_so(won: ClosedDeal, cast: Cast, sale: Sale) -> None:
    (project_id,) = won.project_ids
    january = date(2027, 1, 11)
    first = next(row for row in list_tasks(actor=system_actor(), project_id=project_id) if row.kind == "task")
    change_plan(actor=cast.manager, project_id=project_id, changes=[TaskChange(first.id, {"status": "doing"})], now=LATER)
    before = {row.id: row.start_date for row in list_tasks(actor=system_actor(), project_id=project_id)}
    reopen_won_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=NEXT, reason="More", now=LATER)
    said = "“Website replatform” is planned from 2026-12-01, the kickoff is on 2027-01-11 now: agree what becomes of its dates"
    assert said in preview_win(actor=cast.seller, deal_id=sale.deal_id, kickoff_date=january).told
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(kickoff_date=january), now=LATER)
    assert {row.id: row.start_date for row in list_tasks(actor=system_actor(), project_id=project_id)} == before
    assert said in [item.text for item in get_kickoff(actor=cast.owner, handoff_id=won.handoff_id or 0).items]


def test_an_amended_line_that_names_a_service_is_a_section_by_its_template(won: ClosedDeal, cast: Cast, sale: Sale) -> None:
    training_service(cast)
    (project_id,) = won.project_ids
    before = {row.id: row for row in list_tasks(actor=system_actor(), project_id=project_id)}
    kept = ScopeLine("Website Northwind Robotics", "1", 10080)
    amendment = Amendment("They want a course, and a poster.", lines=(kept, ScopeLine("training", "1"), ScopeLine("Poster", "2", 240)))
    amend_scope(actor=cast.seller, handoff_id=won.handoff_id or 0, amendment=amendment, now=LATER)
    rows = {row.id: row for row in list_tasks(actor=system_actor(), project_id=project_id)}
    assert {key: (row.name, row.start_date) for key, row in before.items()} == {key: (rows[key].name, rows[key].start_date) for key in before}
    added = {row.name: row for key, row in rows.items() if key not in before}
    assert added["Deliver Poster × 2"].effort_minutes == 480
    assert "Deliver training" not in added
    assert {row.kind for row in added.values()} >= {"phase", "task"}
    assert min(row.start_date for row in added.values() if row.start_date) >= date(2026, 12, 1)
