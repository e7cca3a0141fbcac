"""The same work as a board, a list and a calendar; many rows at once; one press on My work."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.edges.api.client import Api
from tests.edges.web.delivery.test_handoffs import HTMX, count_queries, win
from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.delivery.models import Task
from wonward.domains.delivery.queries.tasks import list_dependencies, list_tasks
from wonward.domains.delivery.types import NewTask, RemovedTask, TaskChange, TaskRow
from wonward.foundation.access.operations import change_preferences
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.search.models import Entry
from wonward.journeys.handoff.operations import accept_handoff
from wonward.journeys.house.operations import bring_back, trash_record, undo_plan
from wonward.journeys.promises.operations import change_plan
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def project_id(cast: Cast, sale: Sale) -> int:
    closed = win(cast, sale)
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, now=NOW)
    return closed.project_ids[0]


def tasks_of(cast: Cast, project_id: int) -> dict[str, TaskRow]:
    return {row.name: row for row in list_tasks(actor=cast.manager, project_id=project_id)}


def undo_of(response) -> tuple[str, dict[str, object]]:
    toast = json.loads(response.headers["HX-Trigger"])["toast"]
    return toast["undo_url"], toast["undo_values"]


@pytest.mark.parametrize("view", ["project_board", "project_list", "project_calendar", "project_risks"])
def test_a_view_asks_as_often_for_forty_tasks_as_for_six(view: str, project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in(cast.manager), reverse(view, args=[project_id])
    count_queries(client, url)
    few = count_queries(client, url)
    change_plan(actor=cast.manager, project_id=project_id, changes=[NewTask(f"Task {n}") for n in range(34)], reason="more", now=NOW)
    assert count_queries(client, url) == few
    assert few <= 25


def test_a_card_moves_by_state_person_and_phase(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, build = sign_in(cast.manager), tasks_of(cast, project_id)["Build the templates"]
    url = reverse("board_move", args=[project_id, build.id])
    answer = client.post(f"{url}?by=status", {"stage_id": "doing", "version": build.version}, headers=HTMX)
    assert f'id="work-{build.id}"' in answer.content.decode()
    assert 'id="stage-doing-header"' in answer.content.decode()
    client.post(f"{url}?by=person", {"stage_id": cast.member.person_id}, headers=HTMX)
    client.post(f"{url}?by=phase", {"stage_id": tasks_of(cast, project_id)["Concept"].id, "reason": "Earlier."}, headers=HTMX)
    task = tasks_of(cast, project_id)["Build the templates"]
    assert (task.status, task.assignee_id, task.level) == ("doing", cast.member.person_id, 1)
    assert client.post(f"{url}?by=status", {"stage_id": "done", "version": build.version}, headers=HTMX).status_code == 412
    assert sign_in(cast.seller).post(f"{url}?by=status", {"stage_id": "done"}, headers=HTMX).status_code == 403


def test_the_filter_in_the_address_is_the_same_in_every_view(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    rows = tasks_of(cast, project_id)
    change_plan(actor=cast.manager, project_id=project_id, now=NOW, changes=[
        TaskChange(rows["Wireframes"].id, {"blocked_reason": "No brief"}), TaskChange(rows["Build the templates"].id, {"status": "doing"})])
    client = sign_in(cast.manager)
    for view in ("project_board", "project_list", "project_plan"):
        url = reverse(view, args=[project_id])
        blocked = client.get(f"{url}?only=blocked").content.decode()
        assert "Wireframes" in blocked
        assert "Migrate the content" not in blocked
        doing = client.get(f"{url}?status=doing&q=build").content.decode()
        assert "Build the templates" in doing
        assert "Wireframes" not in doing
        assert f"{reverse('project_calendar', args=[project_id])}?status=doing&amp;q=build" in doing
        assert "No work fits these filters" in client.get(f"{url}?q=zzz").content.decode()
        concept = client.get(f"{url}?phase={rows['Concept'].id}").content.decode()
        assert "Wireframes" in concept
        assert "Migrate the content" not in concept.partition('id="work-')[2]
        assert "No work fits these filters" in client.get(f"{url}?only=mine&status=review").content.decode()


def test_mine_is_the_work_of_whoever_looks_and_critical_what_moves_the_end(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    rows = tasks_of(cast, project_id)
    change_plan(actor=cast.manager, project_id=project_id, now=NOW, changes=[
        TaskChange(rows["Wireframes"].id, {"assignee_id": cast.member.person_id}), TaskChange(rows["Build the templates"].id, {"assignee_id": cast.manager.person_id})])
    url = reverse("plan_data", args=[project_id])
    assert sign_in(cast.member).get(f"{url}?only=mine").json()["matching"] == [rows["Wireframes"].id]
    client = sign_in(cast.manager)
    assert client.get(f"{url}?only=mine").json()["matching"] == [rows["Build the templates"].id]
    assert "matching" not in client.get(url).json()
    critical = {row.id for row in tasks_of(cast, project_id).values() if row.is_critical and row.kind != "phase"}
    assert critical
    assert set(client.get(f"{url}?only=critical").json()["matching"]) == critical


def test_my_work_is_narrowed_by_side_day_and_what_stands_still_and_keeps_that(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    rows = tasks_of(cast, project_id)
    first, second = sorted((row for row in rows.values() if row.kind == "task"), key=lambda row: row.finish_date)[:2]
    change_plan(actor=cast.manager, project_id=project_id, now=NOW, changes=[
        TaskChange(first.id, {"assignee_id": cast.manager.person_id, "blocked_reason": "No brief"}), TaskChange(second.id, {"assignee_id": cast.manager.person_id})])
    for row, days in ((first, 0), (second, 2)):
        Task.objects.filter(pk=row.id).update(start_date=NOW.date(), finish_date=NOW.date() + timedelta(days=days))
    client, url = sign_in(cast.manager), reverse("my_work")
    marks = [f'id="work-task-{row.id}"' for row in (first, second)]

    def shown(query: str) -> list[bool]:
        page = client.get(url + query).content.decode()
        return [mark in page for mark in marks]

    assert shown("") == shown("?side=deliver") == shown("?when=never") == [True, True]
    assert shown("?side=sell") == shown("?when=overdue") == [False, False]
    assert shown("?only=blocked") == shown("?when=today") == [True, False]
    assert shown("?when=later") == [False, True]
    assert client.post("/views/new/", {"state": "list=work.mine&only=blocked", "name": "Standing still"}).status_code == 302
    assert "Standing still" in client.get(url).content.decode()
    for person in (cast.manager, cast.owner, cast.seller, cast.member):
        assert count_queries(sign_in(person), url) <= 25


def test_a_task_taken_out_of_a_plan_is_found_no_longer_until_it_is_put_back(project_id: int, cast: Cast) -> None:
    def found() -> set[int]:
        deliver_pending(now=NOW)
        return set(Entry.objects.filter(ref_noun="delivery.task").values_list("ref_id", flat=True))

    before, gone = found(), tasks_of(cast, project_id)["Wireframes"].id
    assert gone in before
    item_id = trash_record(actor=cast.manager, ref=Ref("delivery.task", gone), reason="Not needed.", now=NOW)
    assert found() == before - {gone}
    bring_back(actor=cast.manager, item_id=item_id, now=NOW)
    assert found() == before
    change_plan(actor=cast.manager, project_id=project_id, changes=[RemovedTask(gone)], reason="Not needed.", now=NOW)
    assert found() == before - {gone}
    before = found()
    added = change_plan(actor=cast.manager, project_id=project_id, changes=[NewTask("One more")], reason="more", now=NOW)
    assert len(found()) == len(before) + 1
    undo_plan(actor=cast.manager, project_id=project_id, plan_version=added.outcome.plan_version, reason="Not needed.", now=NOW)
    assert found() == before


@pytest.mark.parametrize("view", ["project_board", "project_calendar", "project_plan"])
def test_a_kept_view_of_a_projects_work_opens_as_it_was_kept_and_only_there(view: str, project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, key = sign_in(cast.manager), {"project_board": "board", "project_calendar": "calendar", "project_plan": "timeline"}[view]
    answer = client.post("/views/new/", {"state": f"list=delivery.{key}:{project_id}&only=blocked", "name": "What stands still"})
    assert answer.status_code == 302
    kept = client.get(answer.headers["Location"]).content.decode()
    assert "What stands still" in kept
    assert "only=blocked" in kept
    others = {"project_board", "project_calendar", "project_plan"} - {view}
    assert all("What stands still" not in client.get(reverse(other, args=[project_id])).content.decode().partition('view-bar')[2] for other in others)


def test_rows_are_added_by_line_and_a_huge_paste_is_refused_whole(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in(cast.manager), reverse("new_lines", args=[project_id])
    assert "Launch" in client.post(url, {"lines": "Launch\n  Invite\n  Speak"}, headers=HTMX).content.decode()
    rows = tasks_of(cast, project_id)
    assert (rows["Launch"].kind, rows["Invite"].parent_id) == ("phase", rows["Launch"].id)
    refused = client.post(url, {"lines": "\n".join(f"Line {n}" for n in range(10_000))}, headers=HTMX)
    assert refused.status_code == 422
    assert "These are 10000 lines" in refused.content.decode()
    assert len(tasks_of(cast, project_id)) == len(rows)


def test_a_cell_saves_where_it_stands_and_a_stale_one_shows_what_is_there(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, task = sign_in(cast.manager), tasks_of(cast, project_id)["Wireframes"]
    url = reverse("task_cell", args=[task.id])
    answer = client.post(url, {"name": "Wireframes of all pages", "version": task.version}, headers=HTMX)
    assert "Wireframes of all pages" in answer.content.decode()
    stale = client.post(url, {"name": "Mine", "version": task.version}, headers=HTMX)
    assert stale.status_code == 412
    assert "Wireframes of all pages" in stale.content.decode()
    assert client.post(url, {"duration_days": "many"}, headers=HTMX).status_code == 422
    client.post(*undo_of(answer), headers=HTMX)
    assert "Wireframes" in tasks_of(cast, project_id)


def test_a_row_moves_in_and_out(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, task = sign_in(cast.manager), tasks_of(cast, project_id)["Build the templates"]
    url = reverse("task_placing", args=[task.id])
    client.post(url, {"way": "in", "reason": "Belongs there."}, headers=HTMX)
    assert tasks_of(cast, project_id)["Build the templates"].level == 1
    client.post(url, {"way": "out", "reason": "It does not."}, headers=HTMX)
    assert tasks_of(cast, project_id)["Build the templates"].level == 0
    refused = client.post(reverse("task_placing", args=[tasks_of(cast, project_id)["Concept"].id]), {"way": "up"}, headers=HTMX)
    assert refused.status_code == 422
    assert "is the first here already" in refused.content.decode()


def test_a_row_is_drawn_for_whoever_looks_in_their_language_and_anew_when_its_task_changes(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    url, task = reverse("project_list", args=[project_id]), tasks_of(cast, project_id)["Wireframes"]
    place, cell = f'data-place-url="{reverse("task_placing", args=[task.id])}"', reverse("task_cell", args=[task.id])
    mine = sign_in(cast.manager).get(url).content.decode()
    assert place in mine
    assert cell in mine
    assert 'aria-label="Open Wireframes"' in mine
    for _ in range(2):
        theirs = sign_in(cast.seller).get(url).content.decode()
        assert "Wireframes" in theirs
        assert place not in theirs
        assert cell not in theirs
    change_preferences(actor=cast.manager, language="de", now=NOW)
    assert 'aria-label="Wireframes öffnen"' in sign_in(cast.manager).get(url).content.decode()
    change_plan(actor=cast.manager, project_id=project_id, changes=[TaskChange(task.id, {"name": "<i>Sketches"})], reason="Named anew.", now=NOW)
    changed = sign_in(cast.manager).get(url).content.decode()
    assert "&lt;i&gt;Sketches" in changed
    assert "<i>Sketches" not in changed
    assert "Wireframes" not in changed
    assert place not in sign_in(cast.manager).get(url, {"sort": "name"}).content.decode()


def test_many_rows_show_what_happens_first_and_one_undo_takes_it_all_back(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, rows = sign_in(cast.manager), tasks_of(cast, project_id)
    url, chosen = reverse("bulk_edit", args=[project_id]), [rows["Discovery workshop"].id, rows["Wireframes"].id]
    assert "Change 2 tasks" in client.post(url, {"task_id": chosen, "step": "choose"}, headers=HTMX).content.decode()
    asked = {"task_id": chosen, "what": "shift", "days": "5"}
    look = client.post(url, {**asked, "step": "look"}, headers=HTMX).content.decode()
    assert "2 tasks moved by 5 working days" in look
    assert "other tasks move with them" in look
    assert tasks_of(cast, project_id)["Wireframes"].start_date == rows["Wireframes"].start_date
    answer = client.post(url, {**asked, "step": "apply"}, headers=HTMX)
    assert tasks_of(cast, project_id)["Wireframes"].start_date > rows["Wireframes"].start_date
    client.post(*undo_of(answer), headers=HTMX)
    assert {name: row.start_date for name, row in tasks_of(cast, project_id).items()} == {name: row.start_date for name, row in rows.items()}


def test_a_role_and_effort_are_given_in_the_drawer_the_new_task_and_to_many_at_once(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, rows = sign_in(cast.manager), tasks_of(cast, project_id)
    place = reverse("task", args=[rows["Wireframes"].id])
    assert 'name="role"' in client.get(place).content.decode()
    client.post(place, {"version": rows["Wireframes"].version, "role": "Design", "effort_hours": "12.5"})
    row = tasks_of(cast, project_id)["Wireframes"]
    assert (row.role, row.effort_minutes, row.duration_minutes) == ("Design", 750, rows["Wireframes"].duration_minutes)
    assert "is not a number of hours" in client.post(place, {"effort_hours": "many"}).content.decode()
    client.post(reverse("new_task", args=[project_id]), {"name": "Test on phones", "duration_days": "2", "role": "Design", "effort_hours": "4"})
    client.post(reverse("new_task", args=[project_id]), {"name": "Test on tablets", "duration_days": "2", "effort_hours": ""})
    made = tasks_of(cast, project_id)
    assert (made["Test on phones"].role, made["Test on phones"].effort_minutes, made["Test on tablets"].effort_minutes) == ("Design", 240, 960)
    asked = {"task_id": [rows["Discovery workshop"].id, rows["Wireframes"].id], "what": "role", "role": "Strategy", "step": "apply"}
    answer = client.post(reverse("bulk_edit", args=[project_id]), asked, headers=HTMX)
    assert {tasks_of(cast, project_id)[name].role for name in ("Discovery workshop", "Wireframes")} == {"Strategy"}
    client.post(*undo_of(answer), headers=HTMX)
    assert tasks_of(cast, project_id)["Wireframes"].role == "Design"
    assert "Design" in client.get(f"{reverse('project_list', args=[project_id])}?columns=name,role,effort").content.decode()


def test_many_labels_have_one_undo_too(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, rows = sign_in(cast.manager), tasks_of(cast, project_id)
    url = reverse("bulk_edit", args=[project_id])
    answer = client.post(url, {"task_id": [rows["Wireframes"].id], "what": "label", "label": "Design", "step": "apply"}, headers=HTMX)
    assert "task-label--" in answer.content.decode()
    assert "task-label--" not in client.post(*undo_of(answer), headers=HTMX).content.decode()
    assert client.post(url, {"task_id": [10**9], "step": "choose"}, headers=HTMX).status_code == 404


def test_the_calendar_shows_what_is_worked_on_that_month(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in(cast.manager), reverse("project_calendar", args=[project_id])
    page = client.get(f"{url}?day=2026-12-01").content.decode()
    assert "December 2026" in page
    assert "work-span--task" in page
    assert "Wireframes" not in client.get(f"{url}?day=2027-12-01").content.decode()
    assert "Week of" in client.get(f"{url}?span=week&day=nonsense").content.decode()


@pytest.mark.parametrize(("starts", "first", "head"), [(0, "2026-11-30", "Mon"), (6, "2026-11-29", "Sun"), (5, "2026-11-28", "Sat")])
def test_the_weeks_of_the_calendar_start_as_the_reader_has_them_start(
    project_id: int, cast: Cast, sign_in: SignIn, starts: int, first: str, head: str
) -> None:
    change_preferences(actor=cast.manager, week_start=starts, now=NOW)
    url = reverse("project_calendar", args=[project_id])
    for address in (f"{url}?day=2026-12-01", f"{url}?span=week&day=2026-12-01"):
        page = sign_in(cast.manager).get(address).content.decode()
        assert re.findall(r'<time datetime="([^"]+)"', page)[0] == first
        assert len(re.findall(r'<time datetime="', page)) % 7 == 0
        assert re.search(r'work-month__head" aria-hidden="true"><span>(\w+)</span>', page)[1] == head  # type: ignore[index]


def test_one_press_on_my_work_finishes_a_task_and_one_takes_it_back(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    task = tasks_of(cast, project_id)["Discovery workshop"]
    change_plan(actor=cast.manager, project_id=project_id, changes=[TaskChange(task.id, {"assignee_id": cast.member.person_id, "start_date": None})], now=NOW)
    client = sign_in(cast.member)
    done = client.post(reverse("task_done", args=[task.id]), headers=HTMX)
    assert "is done" in done.headers["HX-Trigger"]
    assert tasks_of(cast, project_id)["Discovery workshop"].status == "done"
    client.post(*undo_of(done), headers=HTMX)
    assert tasks_of(cast, project_id)["Discovery workshop"].status == "todo"


def test_the_drawer_takes_a_comment_a_file_and_a_tick(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, task = sign_in(cast.manager), tasks_of(cast, project_id)["Build the templates"]
    said = client.post(reverse("task_comments", args=[task.id]), {"text": "<b>Ready</b>"}, headers=HTMX).content.decode()
    assert "&lt;b&gt;Ready" in said
    assert client.post(reverse("task_comments", args=[task.id]), {"text": " "}, headers=HTMX).status_code == 422
    upload = SimpleUploadedFile("plan.svg", b"<svg onload='alert(1)'></svg>")
    sent = client.post(reverse("task_files", args=[task.id]), {"file": upload}, headers=HTMX).content.decode()
    href = sent.split('truncate grow" href="')[1].split('"')[0]
    assert client.get(href).status_code == 200
    assert client.get(href.removesuffix("preview/")).headers["Content-Disposition"].startswith("attachment")
    assert sign_in(cast.member).get(href).status_code == 404
    lines = client.post(reverse("task_checks", args=[task.id]), {"text": "One\nTwo"}, headers=HTMX).content.decode()
    assert "0 of 4" in lines
    assert client.post(reverse("task_labels", args=[task.id]), {"add": ""}, headers=HTMX).status_code == 422


def test_the_new_task_form_names_the_same_work_of_the_client(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    found = sign_in(cast.manager).get(f"{reverse('similar_tasks', args=[project_id])}?name=Migrate+content", headers=HTMX).content.decode()
    assert "This client may have this already" in found
    assert reverse("task", args=[tasks_of(cast, project_id)["Migrate the content"].id]) in found


def test_many_rows_go_into_a_phase_and_back_at_once(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, rows = sign_in(cast.manager), tasks_of(cast, project_id)
    phase = rows["Concept"]
    loose = [row.id for row in rows.values() if row.parent_id is None and row.kind == "task"][:2]
    assert len(loose) == 2
    place = reverse("bulk_edit", args=[project_id])
    asked = {"task_id": loose, "what": "phase", "parent_id": phase.id, "reason": "Together."}
    assert "put into “Concept”" in client.post(place, {**asked, "step": "look"}, headers=HTMX).content.decode()
    answer = client.post(place, {**asked, "step": "apply"}, headers=HTMX)
    inside = [row for row in list_tasks(actor=cast.manager, project_id=project_id) if row.parent_id == phase.id]
    assert [row.id for row in inside][-2:] == loose
    url, values = undo_of(answer)
    client.post(url, values)
    assert {row.id: row.parent_id for row in tasks_of(cast, project_id).values()} == {row.id: row.parent_id for row in rows.values()}
    assert client.post(place, {**asked, "parent_id": 999_999, "step": "look"}, headers=HTMX).status_code == 422
    top = {"task_id": [row.id for row in inside[:1]], "what": "phase", "parent_id": "", "step": "apply", "reason": "Alone."}
    client.post(place, top, headers=HTMX)
    assert tasks_of(cast, project_id)[inside[0].name].parent_id is None


def test_many_rows_go_into_the_trash_and_come_back_at_once(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, rows = sign_in(cast.manager), tasks_of(cast, project_id)
    phase, build = rows["Concept"], rows["Build the templates"]
    child = next(row for row in rows.values() if row.parent_id == phase.id)
    before = {(row.id, row.name, row.parent_id, row.start_date, row.finish_date, row.role) for row in rows.values()}
    links = {(row.from_id, row.to_id, row.type) for row in list_dependencies(project_id=project_id)}
    place = reverse("bulk_edit", args=[project_id])
    asked = {"task_id": [phase.id, child.id, build.id], "what": "remove"}
    assert "3 tasks put into the trash" in client.post(place, {**asked, "step": "look"}, headers=HTMX).content.decode()
    answer = client.post(place, {**asked, "step": "apply", "reason": "Out of scope."}, headers=HTMX)
    left = tasks_of(cast, project_id).values()
    assert not {phase.id, child.id, build.id} & {row.id for row in left}
    url, values = undo_of(answer)
    assert client.post(url, values).status_code == 302
    assert {(row.id, row.name, row.parent_id, row.start_date, row.finish_date, row.role) for row in tasks_of(cast, project_id).values()} == before
    assert {(row.from_id, row.to_id, row.type) for row in list_dependencies(project_id=project_id)} == links
    assert sign_in(cast.seller).post(place, {**asked, "step": "apply"}, headers=HTMX).status_code == 403


def test_a_task_removed_through_the_api_comes_back_from_the_trash(project_id: int, cast: Cast) -> None:
    api, rows = Api(cast.manager), tasks_of(cast, project_id)
    phase = rows["Concept"]
    place = f"/tasks/{phase.id}"
    assert api.delete(place, If_Match=f'"{phase.version + 5}"')[0] == 412
    status, gone = api.delete(f"{place}?reason=Out")
    assert (status, gone["task"]) == (200, None)
    assert api.get(place)[0] == 404
    assert api.post(f"/trash/{gone['trash_id']}/return", {})[0] == 200
    after = tasks_of(cast, project_id)
    assert {(row.id, row.parent_id, row.start_date) for row in after.values()} == {(row.id, row.parent_id, row.start_date) for row in rows.values()}
