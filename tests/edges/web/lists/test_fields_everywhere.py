"""Custom fields on every record that has them: filled in on the page, shown and narrowed in the list, carried by the file."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.people import NOW, make_sale, token_of
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.types.leads import NewLead
from wonward.foundation.custom_fields.operations import add_field, set_values
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


def _add(cast: Any, noun: str, label: str) -> None:
    add_field(actor=cast.owner, new=NewField(noun, label, FieldKind.TEXT), now=NOW)


def test_a_contact_holds_a_field_which_the_list_shows_narrows_sorts_and_exports(cast: Any, sale: Any, sign_in: Any) -> None:
    _add(cast, "clients.contact", "Favourite cake")
    seller = sign_in(cast.seller)
    url = f"/records/clients.contact/{sale.contact_id}/fields/favourite_cake/"
    assert url in seller.get(f"/contacts/{sale.contact_id}/").content.decode()
    assert seller.post(url, {"value": "Carrot"}, headers={"HX-Request": "true"}).status_code == 200
    columns = "columns=name,cf_favourite_cake"
    assert "Carrot" in seller.get(f"/contacts/?{columns}").content.decode()
    assert "Hanne Dahl" in seller.get(f"/contacts/?{columns}&cf_favourite_cake=carrot&sort=-cf_favourite_cake").content.decode()
    assert "Hanne Dahl" not in seller.get(f"/contacts/?{columns}&cf_favourite_cake=plum").content.decode()
    sheet = seller.get("/contacts/export/?as=csv").content.decode()
    assert "Favourite cake" in sheet.splitlines()[0]
    assert "Carrot" in sheet


def test_a_task_holds_a_field_that_only_its_people_fill_in(cast: Any, sale: Any, sign_in: Any) -> None:
    _add(cast, "delivery.task", "Test environment")
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    task = list_tasks(actor=cast.owner, project_id=closed.project_ids[0])[1]
    set_values(actor=cast.owner, ref=Ref("delivery.task", task.id), values={"test_environment": "staging-4"}, now=NOW)
    page = sign_in(cast.owner).get(f"/tasks/{task.id}/").content.decode()
    assert "staging-4" in page
    assert f"/records/delivery.task/{task.id}/fields/test_environment/" in page
    assert "staging-4" in sign_in(cast.finance).get(f"/tasks/{task.id}/").content.decode()
    refused = sign_in(cast.finance).post(f"/records/delivery.task/{task.id}/fields/test_environment/", {"value": "x"}, headers={"HX-Request": "true"})
    assert refused.status_code == 403


def test_the_file_of_deals_carries_their_fields(cast: Any, sale: Any, sign_in: Any) -> None:
    _add(cast, "sales.deal", "Cost centre")
    set_values(actor=cast.owner, ref=Ref("sales.deal", sale.deal_id), values={"cost_centre": "K-77"}, now=NOW)
    sheet = sign_in(cast.seller).get("/deals/export/?as=csv").content.decode()
    assert "Cost centre" in sheet.splitlines()[0]
    assert "K-77" in sheet


def test_the_api_narrows_its_lists_by_fields_and_names_what_it_cannot_read(cast: Any, sale: Any) -> None:
    _add(cast, "clients.contact", "Favourite cake")
    add_field(actor=cast.owner, new=NewField("sales.deal", "Seats", FieldKind.NUMBER), now=NOW)
    set_values(actor=cast.owner, ref=Ref("clients.contact", sale.contact_id), values={"favourite_cake": "Carrot"}, now=NOW)
    set_values(actor=cast.owner, ref=Ref("sales.deal", sale.deal_id), values={"seats": "40"}, now=NOW)
    token = token_of(cast.seller)

    def ask(path: str) -> Any:
        return Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})

    assert [row["id"] for row in ask("/contacts?field=favourite_cake:carrot").json()["items"]] == [sale.contact_id]
    assert ask("/contacts?field=favourite_cake:plum").json()["items"] == []
    assert [row["id"] for row in ask("/deals?field=seats:30..50").json()["items"]] == [sale.deal_id]
    assert ask("/deals?field=seats:60..").json()["items"] == []
    for wrong in ("/deals?field=nonsense:1", "/deals?field=seats", "/deals?field=seats:many", "/companies?field=seats:1"):
        answer = ask(wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "field"), wrong


def _lead(cast: Any, name: str, **fields: str) -> int:
    (lead_id,) = create_leads(actor=cast.seller, leads=[NewLead(name=name)], now=NOW)
    if fields:
        set_values(actor=cast.owner, ref=Ref("sales.lead", lead_id), values=fields, now=NOW)
    return lead_id


def _shown(page: str, *names: str) -> list[str]:
    """The names that a page shows, in its order."""
    return sorted((name for name in names if name in page), key=page.index)


def test_the_inbox_of_leads_shows_narrows_and_sorts_by_fields_and_its_file_carries_them(cast: Any, sign_in: Any) -> None:
    _add(cast, "sales.lead", "Region")
    _lead(cast, "Ada Nord", region="North")
    _lead(cast, "Bea Sud", region="South")
    _lead(cast, "Cy Nowhere")
    seller, names = sign_in(cast.seller), ("Ada Nord", "Bea Sud", "Cy Nowhere")
    assert "Region: South" in seller.get("/leads/?columns=cf_region").content.decode()
    assert _shown(seller.get("/leads/?cf_region=north").content.decode(), *names) == ["Ada Nord"]
    assert _shown(seller.get("/leads/?cf_region=none").content.decode(), *names) == ["Cy Nowhere"]
    page = seller.get("/leads/?sort=-cf_region").content.decode()
    assert _shown(page[page.index("leads__lines"):], *names) == ["Bea Sud", "Ada Nord", "Cy Nowhere"]
    sheet = seller.get("/leads/export/?as=csv&cf_region=south").content.decode().splitlines()
    assert sheet[0].endswith("Region")
    assert [line.endswith("South") for line in sheet[1:]] == [True]


def test_the_list_of_projects_shows_narrows_and_sorts_by_fields_and_its_file_carries_them(cast: Any, sale: Any, sign_in: Any) -> None:
    _add(cast, "delivery.project", "Hosting")
    other = make_sale(cast, name="Second site", company="Vossberg")
    first, second = (
        close_deal_as_won(actor=cast.seller, deal_id=one.deal_id, brief=one.brief(), now=NOW).project_ids[0] for one in (sale, other)
    )
    set_values(actor=cast.owner, ref=Ref("delivery.project", first), values={"hosting": "Alpine"}, now=NOW)
    set_values(actor=cast.owner, ref=Ref("delivery.project", second), values={"hosting": "Baltic"}, now=NOW)
    owner = sign_in(cast.owner)
    page = owner.get("/projects/?columns=name,cf_hosting&sort=-cf_hosting").content.decode()
    assert _shown(page, "Alpine", "Baltic") == ["Baltic", "Alpine"]
    assert _shown(owner.get("/projects/?columns=name,cf_hosting&cf_hosting=alp").content.decode(), ">Alpine<", ">Baltic<") == [">Alpine<"]
    sheet = owner.get("/projects/export/?as=csv&cf_hosting=baltic").content.decode().splitlines()
    assert sheet[0].endswith("Hosting")
    assert [line.endswith("Baltic") for line in sheet[1:]] == [True]
    assert sign_in(cast.member).get("/projects/export/?as=csv").content.decode().count("\n") <= 1


def test_the_work_of_a_project_shows_narrows_and_sorts_by_fields_and_its_file_carries_them(cast: Any, sale: Any, sign_in: Any) -> None:
    _add(cast, "delivery.task", "Test environment")
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    tasks = [task for task in list_tasks(actor=cast.owner, project_id=closed.project_ids[0]) if task.kind == "task"][:2]
    for task, value in zip(tasks, ("staging-4", "testing-7"), strict=True):
        set_values(actor=cast.owner, ref=Ref("delivery.task", task.id), values={"test_environment": value}, now=NOW)
    owner, home = sign_in(cast.owner), f"/projects/{closed.project_ids[0]}/list/"
    page = owner.get(f"{home}?columns=name,cf_test_environment&sort=-cf_test_environment").content.decode()
    assert _shown(page, "staging-4", "testing-7") == ["testing-7", "staging-4"]
    narrowed = owner.get(f"{home}?columns=name,cf_test_environment&cf_test_environment=staging").content.decode()
    assert _shown(narrowed, ">staging-4<", ">testing-7<") == [">staging-4<"]
    sheet = owner.get(f"{home}export/?as=csv&cf_test_environment=testing&sort=finish_date").content.decode().splitlines()
    assert sheet[0].endswith("Test environment")
    assert [line.endswith("testing-7") for line in sheet[1:]] == [True]


def test_the_work_of_a_project_keeps_its_own_views(cast: Any, sale: Any, sign_in: Any) -> None:
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    project_id, owner = closed.project_ids[0], sign_in(cast.owner)
    kept = owner.post("/views/new/", {
        "state": f"list=delivery.tasks:{project_id}&columns=name,priority&status=todo", "name": "Under way", "is_pinned": "on",
    })
    assert kept.status_code == 302
    page = owner.get(kept["Location"]).content.decode()
    assert kept["Location"].startswith(f"/projects/{project_id}/list/?saved=")
    assert ">Priority<" in page.replace("\n", "")
    assert "Under way" in owner.get("/inbox/").content.decode()
    stranger = sign_in(cast.member)
    assert stranger.get(f"/views/columns/?list=delivery.tasks:{project_id}").status_code == 404
    assert stranger.post("/views/new/", {"state": f"list=delivery.tasks:{project_id}", "name": "Peek"}).status_code == 404


def test_the_api_narrows_and_sorts_leads_projects_and_tasks_by_fields(cast: Any, sale: Any) -> None:
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    project_id = closed.project_ids[0]
    first, second = [task.id for task in list_tasks(actor=cast.owner, project_id=project_id) if task.kind == "task"][:2]
    for noun in ("sales.lead", "delivery.project", "delivery.task", "sales.deal", "clients.company", "clients.contact"):
        add_field(actor=cast.owner, new=NewField(noun, "Rank", FieldKind.NUMBER), now=NOW)
    ada, bea = _lead(cast, "Ada Nord", rank="2"), _lead(cast, "Bea Sud", rank="10")
    for task_id, rank in ((first, "2"), (second, "10")):
        set_values(actor=cast.owner, ref=Ref("delivery.task", task_id), values={"rank": rank}, now=NOW)
    set_values(actor=cast.owner, ref=Ref("delivery.project", project_id), values={"rank": "7"}, now=NOW)
    token = token_of(cast.owner)

    def ask(path: str) -> Any:
        return Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"}).json()

    def ids(path: str) -> list[int]:
        return [row["id"] for row in ask(path)["items"]]

    assert ids("/leads?field=rank:5..") == [bea]
    assert ids("/leads?sort=cf_rank")[:2] == [ada, bea]
    assert ids("/leads?sort=-cf_rank")[:2] == [bea, ada]
    assert (ids("/projects?field=rank:7"), ids("/projects?field=rank:8..")) == ([project_id], [])
    assert ids("/projects?sort=-cf_rank")[0] == project_id
    assert ids(f"/projects/{project_id}/tasks?field=rank:..5") == [first]
    assert ids(f"/projects/{project_id}/tasks?sort=-cf_rank")[:2] == [second, first]
    assert ids(f"/projects/{project_id}/schedule?sort=cf_rank")[:2] == [first, second]
    for path in ("/leads", "/projects", f"/projects/{project_id}/tasks", "/deals", "/companies", "/contacts"):
        for wrong in ("cf_nonsense", "-cf_tags", "nonsense"):
            refused = ask(f"{path}?sort={wrong}")
            assert (refused["status"], [one["field"] for one in refused["errors"]]) == (422, ["sort"]), (path, wrong)
    assert ask("/leads?field=nonsense:1")["errors"][0]["field"] == "field"
