"""A project itself, on its pages and through the API: made, changed, put away and brought back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from tests.edges.api.client import Api, fields_of
from tests.edges.web.delivery.test_handoffs import win
from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.delivery.queries.projects import get_project, list_project_members
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import NewProject, NewTask, TaskChange
from wonward.foundation.audit.queries import list_history
from wonward.journeys.handoff.operations import accept_handoff
from wonward.journeys.handoff.queries import find_deal_of_project
from wonward.journeys.promises.operations import change_plan, open_project
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def project_id(cast: Cast, sale: Sale) -> int:
    closed = win(cast, sale)
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, now=NOW)
    return closed.project_ids[0]


def test_the_status_page_puts_a_project_away_and_brings_it_back(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    place, status = reverse("project_archiving", args=[project_id]), reverse("project_status", args=[project_id])
    version = get_project(actor=cast.manager, project_id=project_id).version
    assert 'value="archive"' in client.get(status).content.decode()
    assert client.post(place, {"do": "archive", "reason": "Sold by mistake.", "version": version})["Location"] == status
    page = client.get(status).content.decode()
    assert "Archived" in page
    assert 'value="restore"' in page
    assert "Website replatform" not in client.get(reverse("projects")).content.decode()
    assert "Website replatform" in client.get(f"{reverse('projects')}?state=archived").content.decode()
    assert client.post(place, {"do": "restore", "version": version}).status_code == 412
    assert client.post(place, {"do": "restore", "version": version + 1}).status_code == 302
    assert "Website replatform" in client.get(reverse("projects")).content.decode()


def test_the_api_archives_and_lists_what_is_archived(project_id: int, cast: Cast) -> None:
    api = Api(cast.manager)
    status, row = api.post(f"/projects/{project_id}/archiving", {"is_archived": True, "reason": "Over."})
    assert (status, row["archived_at"] is not None) == (200, True)
    assert [one["id"] for one in api.get("/projects")[1]["items"]] == []
    assert [one["id"] for one in api.get("/projects?is_archived=true")[1]["items"]] == [project_id]
    assert api.post(f"/projects/{project_id}/archiving", {"is_archived": True})[0] == 409
    assert api.post(f"/projects/{project_id}/archiving", {"is_archived": False}, If_Match='"1"')[0] == 412
    assert api.post(f"/projects/{project_id}/archiving", {"is_archived": False})[1]["archived_at"] is None


def test_a_project_without_a_deal_starts_from_a_template_on_the_page_and_empty_through_the_api(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    client, api = sign_in(cast.manager), Api(cast.manager)
    assert reverse("new_project") in client.get(reverse("projects")).content.decode()
    refused = client.post(reverse("new_project"), {"name": "Care"})
    assert (refused.status_code, "Choose the client." in refused.content.decode()) == (422, True)
    template_id = api.get("/templates")[1]["items"][0]["id"]
    assert client.post(reverse("new_project"), {"name": " ", "company_id": sale.company_id}).status_code == 422
    made = client.post(reverse("new_project"), {
        "name": "Care", "company_id": sale.company_id, "template_id": template_id, "manager_id": cast.manager.person_id, "start_date": "2026-12-07"})
    project_id = int(made["Location"].split("/")[2])
    rows = list_tasks(actor=cast.manager, project_id=project_id)
    assert len(rows) > 3
    assert min(row.start_date for row in rows) == date(2026, 12, 7)
    status, empty = api.post("/projects", {"name": "Empty", "company_id": sale.company_id, "manager_id": cast.manager.person_id, "start_date": "2026-12-07"})
    assert (status, empty["task_count"], empty["start_date"]) == (201, 0, "2026-12-07")
    assert api.post("/projects", {"name": "Empty", "company_id": 999_999})[0] == 422
    assert Api(cast.seller).post("/projects", {"name": "Empty", "company_id": sale.company_id})[0] == 403


def test_name_lead_state_and_people_change_together_or_not_at_all(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, place = sign_in(cast.manager), reverse("project_editing", args=[project_id])
    row = get_project(actor=cast.manager, project_id=project_id)
    assert place in client.get(reverse("project", args=[project_id])).content.decode()
    assert client.get(place).status_code == 200
    values = {"name": "Shop", "manager_id": cast.manager.person_id, "status": "on_hold", "version": row.version, "with_members": "1",
              "add_member_id": cast.member.person_id}
    assert client.post(place, values).status_code == 302
    changed = get_project(actor=cast.member, project_id=project_id)
    assert (changed.name, changed.status, changed.version) == ("Shop", "on_hold", row.version + 1)
    assert client.post(place, values).status_code == 412
    build = next(one for one in list_tasks(actor=cast.manager, project_id=project_id) if one.key == "build")
    change_plan(actor=cast.manager, project_id=project_id, changes=[TaskChange(build.id, {"assignee_id": cast.member.person_id})], now=NOW)
    busy = client.post(place, {"name": "Nothing", "manager_id": cast.manager.person_id, "with_members": "1"})
    assert (busy.status_code, "Give it to somebody else first." in busy.content.decode()) == (422, True)
    assert get_project(actor=cast.manager, project_id=project_id).name == "Shop"
    change_plan(actor=cast.manager, project_id=project_id, changes=[TaskChange(build.id, {"assignee_id": None})], now=NOW)
    assert client.post(place, {"name": "Shop", "manager_id": cast.manager.person_id, "with_members": "1"}).status_code == 302
    assert [key for key, _ in list_project_members(project_id=project_id)] == [cast.manager.person_id]
    said = [one.changes for one in list_history(actor=cast.owner, ref=Ref("delivery.project", project_id))]
    assert any("members" in change for change in said)
    assert sign_in(cast.seller).get(place).status_code == 403


def test_the_api_changes_a_project_and_leaves_the_promised_day_alone(project_id: int, cast: Cast) -> None:
    api = Api(cast.manager)
    _, row = api.get(f"/projects/{project_id}")
    assert row["promised_finish_date"] is not None
    status, changed = api.patch(f"/projects/{project_id}", {"status": "on_hold", "name": "Shop"}, If_Match=f'"{row["version"]}"')
    assert (status, changed["status"], changed["name"]) == (200, "on_hold", "Shop")
    assert api.patch(f"/projects/{project_id}", {"name": "Late"}, If_Match=f'"{row["version"]}"')[0] == 412
    status, refused = api.patch(f"/projects/{project_id}", {"promised_finish_date": "2027-06-30"})
    assert (status, fields_of(refused)) == (422, ["promised_finish_date"])
    status, members = api.put(f"/projects/{project_id}/members", {"person_ids": [cast.member.person_id]})
    assert {one["person_id"] for one in members["items"]} == {cast.member.person_id, cast.manager.person_id}
    assert api.get(f"/projects/{project_id}/members")[1] == members
    assert api.put(f"/projects/{project_id}/members", {"person_ids": [999_999]})[0] == 422


def test_a_plan_that_fell_behind_is_shown_and_goes_on_in_one_press(
    project_id: int, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    march = datetime(2027, 3, 1, 9, tzinfo=UTC)
    monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: march)
    client, place = sign_in(cast.manager), reverse("plan_resuming", args=[project_id])
    plan = reverse("project_plan", args=[project_id])
    page = client.get(plan).content.decode()
    assert "The plan ends before today" in page
    assert place in page
    assert "Behind: unfinished work lies in the past" in client.get(reverse("projects")).content.decode()
    assert "working days early" not in client.get(reverse("projects")).content.decode()
    status = reverse("project_status", args=[project_id])
    said = client.get(status).content.decode()
    assert "Behind: " in said
    assert place in said
    assert sign_in(cast.seller).get(place).status_code == 403
    look = client.get(place).content.decode()
    assert "tasks move." in look
    assert 'name="reason"' in look
    assert client.post(place, {}).status_code == 422
    assert client.post(place, {"reason": "The content came late."}).status_code == 302
    assert get_project(actor=cast.manager, project_id=project_id).forecast_finish_date >= march.date()
    assert "The plan ends before today" not in client.get(plan).content.decode()
    again = client.get(place)
    assert (again.status_code, "Nothing unfinished lies before" in again.content.decode()) == (200, True)
    assert client.post(place, {"reason": "Again."}).status_code == 422


def test_the_api_lets_unfinished_work_go_on_from_a_day(project_id: int, cast: Cast, sale: Sale) -> None:
    api = Api(cast.manager)
    status, refused = api.post(f"/projects/{project_id}/resumption", {"day": "2031-01-01"})
    assert (status, fields_of(refused)) == (422, ["day"])
    began = open_project(actor=cast.owner, new=NewProject("Old", sale.company_id, cast.manager.person_id, date(2026, 3, 2), None, ()), now=NOW)
    change_plan(actor=cast.owner, project_id=began, changes=[NewTask("Left over")], now=NOW)
    status, done = api.post(f"/projects/{began}/resumption", {"day": "2026-11-16"})
    assert (status, done["forecast_finish_date"], [row["name"] for row in done["moved"]]) == (200, "2026-11-16", ["Left over"])
    status, refused = api.post(f"/projects/{began}/resumption", {"day": "2026-11-16"})
    assert (status, fields_of(refused)) == (422, ["day"])


def test_no_page_calls_a_plan_early_while_single_work_is_late(
    project_id: int, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row for row in list_tasks(actor=cast.manager, project_id=project_id) if row.kind == "task"]
    day = min(row.finish_date for row in rows if row.finish_date) + timedelta(days=1)
    finish = get_project(actor=cast.manager, project_id=project_id).forecast_finish_date
    assert finish
    assert finish > day
    client, deal_id = sign_in(cast.owner), find_deal_of_project(project_ids=[project_id])[project_id][0]
    pages = [reverse(name, args=[project_id]) for name in ("project", "project_plan", "project_list", "project_status", "project_brief")]
    pages += [reverse("projects"), reverse("portfolio"), reverse("deal", args=[deal_id])]
    said = [page for page in pages if "Behind" in client.get(page).content.decode()]
    assert said == []
    monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    for page in pages:
        text = client.get(page).content.decode()
        assert "Behind: unfinished work lies in the past" in text, page
        assert "working days early" not in text, page
        assert "On the promised day" not in text, page
    plan = client.get(reverse("project_plan", args=[project_id])).content.decode()
    assert "Work that should have ended is not done, so the finish is not sure." in plan
    assert reverse("plan_resuming", args=[project_id]) in plan
