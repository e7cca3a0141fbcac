"""Copies of templates in the database: complete, apart from each other, and dated as the plan dates them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, TODAY, WEBSITE, Cast, make_cast, make_sale
from wonward.domains.approvals.types import Told
from wonward.domains.catalog.models import TemplateVersion
from wonward.domains.catalog.operations import (
    add_gallery_templates,
    archive_template,
    change_template,
    create_template,
    import_template,
)
from wonward.domains.catalog.queries import get_preview_items, get_template, get_template_file, list_gallery
from wonward.domains.catalog.rules.expanding import expand_items
from wonward.domains.clients.operations import create_companies
from wonward.domains.clients.types import NewCompany
from wonward.domains.delivery.models import ChecklistItem, Dependency, Project, Task, TaskEffort
from wonward.domains.delivery.operations import create_template_of_project
from wonward.domains.delivery.planning import create_project, plan_change
from wonward.domains.delivery.queries.blueprints import preview_plan_dates
from wonward.domains.delivery.queries.efforts import get_role_minutes
from wonward.domains.delivery.types import NewProject, TaskChange
from wonward.domains.staff.models import Role
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.promises.operations import change_plan, record_approval
from wonward.kernel.errors import Refused

pytestmark = pytest.mark.django_db
KICKOFF, FINISH = date(2026, 12, 5), date(2027, 6, 30)
Item = dict[str, Any]
ROWS_PER_STATEMENT = 200  # PostgreSQL takes so many rows at once; SQLite takes any number


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def new_project(cast: Cast, items: list[Item] | tuple[Item, ...], **more: Any) -> NewProject:
    companies = create_companies(actor=cast.owner, companies=[NewCompany(name="Northwind")], now=NOW)
    values = {"name": "Copy", "company_id": companies[0], "manager_id": None, "start_date": KICKOFF, "promised_finish_date": FINISH}
    return NewProject(**{**values, "items": tuple(expand_items(items)), **more})


def gallery_items(cast: Cast, key: str) -> list[Item]:
    return next(list(one.items) for one, _ in list_gallery(actor=cast.owner) if one.key == key)


def network(count: int) -> list[Item]:
    """A plan of phases with tasks of several roles, one and a half dependencies each."""
    items: list[Item] = []
    for place in range(count):
        if place % 10 == 0:
            items.append({"key": f"p{place}", "kind": "phase", "name": f"Phase {place}"})
            continue
        after = [{"key": f"t{one}"} for one in (place - 1, place - 3) if one > 0 and one % 10]
        items.append({
            "key": f"t{place}", "kind": "task", "name": f"Task {place}", "parent": f"p{place // 10 * 10}", "after": after,
            "checklist": ["One", "Two"], "efforts": [{"role": "Designer", "minutes": 60}, {"role": "Developer", "minutes": 90}],
        })
    return items


def test_a_template_is_byte_for_byte_the_same_after_it_was_copied_and_sold(cast: Cast) -> None:
    """odoo #88425."""
    sale = make_sale(cast)
    before = list(TemplateVersion.objects.values_list("pk", "digest", "items"))
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    second = make_sale(cast, name="Again", company="Castello Foods")
    before += list(TemplateVersion.objects.filter(template_id=second.template_id).values_list("pk", "digest", "items"))
    close_deal_as_won(actor=cast.seller, deal_id=second.deal_id, brief=second.brief(), now=NOW)
    assert list(TemplateVersion.objects.order_by("pk").values_list("pk", "digest", "items")) == before


def test_no_row_of_a_copy_points_into_another_copy(cast: Cast) -> None:
    """odoo #118318, OCA/project #1283."""
    items = gallery_items(cast, "website")
    for place in range(3):
        create_project(actor=cast.owner, new=new_project(cast, items, name=f"Copy {place}"), now=NOW)
    owner = dict(Task.objects.values_list("pk", "project_id"))
    assert len(set(owner.values())) == 3
    for pk, project_id, parent_id in Task.objects.values_list("pk", "project_id", "parent_id"):
        assert parent_id is None or owner[parent_id] == project_id == owner[pk]
    for project_id, source, target in Dependency.objects.values_list("project_id", "predecessor_id", "successor_id"):
        assert owner[source] == owner[target] == project_id
    counts = [Dependency.objects.filter(project_id=key).count() for key in set(owner.values())]
    assert counts == [sum(len(item.after) for item in expand_items(items))] * 3


def test_an_archived_template_makes_active_projects(cast: Cast) -> None:
    """odoo #206187."""
    sale = make_sale(cast)
    archive_template(actor=cast.owner, template_id=sale.template_id, now=NOW)
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    (project,) = Project.objects.filter(pk__in=closed.project_ids)
    assert (project.archived_at, project.status) == (None, "planned")
    assert project.tasks.count() == len(WEBSITE)


def test_the_first_look_at_a_plan_moves_nothing(cast: Cast) -> None:
    """The dates of the copy are those the plan works out itself, so the first real change moves only what it touches."""
    for key in ("website", "brand-system", "support"):
        created = create_project(actor=cast.owner, new=new_project(cast, gallery_items(cast, key)), now=NOW)
        planned = plan_change(
            actor=cast.owner, project_id=created.project_id, edits=[], plan_version=None, today=KICKOFF, now=NOW
        )
        assert planned.outcome.moved == ()
        assert planned.changed == []


def test_a_preview_shows_the_dates_of_the_real_project(cast: Cast) -> None:
    (template_id,) = add_gallery_templates(actor=cast.owner, keys=["brand-system"], now=NOW)
    rows = preview_plan_dates(
        items=get_preview_items(actor=cast.manager, template_id=template_id), start_date=KICKOFF, promised_finish_date=FINISH
    )
    created = create_project(actor=cast.owner, new=new_project(cast, gallery_items(cast, "brand-system")), now=NOW)
    real = Task.objects.filter(project_id=created.project_id).values_list("key", "start_date", "finish_date")
    assert {(row.key, row.start_date, row.finish_date) for row in rows} == set(real)


def test_everything_an_item_says_arrives_at_its_task(cast: Cast) -> None:
    items: list[Item] = [
        {"key": "page", "kind": "task", "name": "Page", "duration_days": 2.5, "deliverable": True, "acceptance": ["It loads"],
         "efforts": [{"role": "Designer", "minutes": 60}, {"role": "Brand new role", "minutes": 30}], "checklist": ["A", "B"],
         "promise_key": "pages", "before_finish_days": 3},
        {"key": "ok", "kind": "approval", "name": "Approved", "after": [{"key": "page", "type": "FS", "lag_days": 1, "lag_unit": "elapsed"}]},
    ]
    created = create_project(actor=cast.owner, new=new_project(cast, items), now=NOW)
    page = Task.objects.get(pk=created.task_ids["page"])
    assert (page.duration_minutes, page.effort_minutes, page.is_deliverable, page.acceptance_criteria) == (1200, 90, True, ["It loads"])
    assert (page.finish_date, page.deadline_date) == (date(2027, 6, 25), date(2027, 6, 25))
    assert list(TaskEffort.objects.order_by("pk").values_list("role__name", "minutes")) == [("Designer", 60), ("Brand new role", 30)]
    assert Role.objects.filter(name="Brand new role").exists()
    assert ChecklistItem.objects.filter(task=page).count() == 2
    assert Dependency.objects.values_list("lag_minutes", "lag_unit").get() == (1440, "elapsed")
    assert (Task.objects.get(key="ok").kind, created.milestone_count) == ("approval", 1)


def test_five_hundred_items_cost_as_many_statements_as_fifty(cast: Cast) -> None:
    counts = {}
    for count in (50, 500):
        items = network(count)
        create_project(actor=cast.owner, new=new_project(cast, items[:2], name="Warm"), now=NOW)
        new = new_project(cast, items)
        with CaptureQueriesContext(connection) as seen:
            create_project(actor=cast.owner, new=new, now=NOW)
        counts[count] = len(seen)
    assert counts[500] == counts[50]


def test_a_template_of_a_project_makes_the_same_project_again(cast: Cast) -> None:
    items = gallery_items(cast, "crm-rollout")
    created = create_project(actor=cast.owner, new=new_project(cast, items, manager_id=cast.manager.person_id), now=NOW)
    template_id = create_template_of_project(actor=cast.manager, project_id=created.project_id, name="Learned", now=NOW)
    again = get_preview_items(actor=cast.owner, template_id=template_id)
    first = expand_items(items)
    for name in ("key", "kind", "name", "parent", "duration_minutes", "effort_minutes", "role", "after", "promise_key", "checklist",
                 "efforts", "is_deliverable", "acceptance"):
        left = [getattr(item, name) for item in again if name != "duration_minutes" or item.kind == "task"]
        right = [getattr(item, name) for item in first if name != "duration_minutes" or item.kind == "task"]
        if name == "after":
            left, right = [set(waits) for waits in left], [set(waits) for waits in right]
        assert left == right, name


def test_a_file_brings_the_same_template_back(cast: Cast) -> None:
    (template_id,) = add_gallery_templates(actor=cast.owner, keys=["support"], now=NOW)
    document = get_template_file(actor=cast.seller, template_id=template_id)
    copy_id = import_template(actor=cast.manager, document=document, now=NOW)
    copy, original = get_template(actor=cast.owner, template_id=copy_id), get_template(actor=cast.owner, template_id=template_id)
    assert copy_id != template_id
    assert copy.digest == original.digest


def test_saving_writes_a_version_and_saving_the_same_writes_none(cast: Cast) -> None:
    template_id = create_template(actor=cast.owner, name="Site", items=WEBSITE, now=NOW)
    longer = [{**item, "duration_days": 9} if item["key"] == "build" else item for item in WEBSITE]
    assert change_template(actor=cast.manager, template_id=template_id, name="Site", items=longer, note="More care", now=NOW) == 2
    assert change_template(actor=cast.manager, template_id=template_id, name="Site", items=longer, note="Again", now=NOW) == 2
    versions = TemplateVersion.objects.filter(template_id=template_id).order_by("number")
    assert [(row.number, row.note, row.author_label) for row in versions] == [(1, "", "Olga Owner"), (2, "More care", "Tom Brandt")]
    assert versions[0].items == WEBSITE


def test_the_gallery_is_taken_over_once(cast: Cast) -> None:
    first = add_gallery_templates(actor=cast.owner, keys=["website", "support", "website"], now=NOW)
    again = add_gallery_templates(actor=cast.owner, keys=["website", "support"], now=NOW)
    assert again == [first[0], first[1]]
    assert first[0] == first[2] if len(first) == 3 else len(first) == 2


def test_what_waits_for_an_approval_does_not_start_before_it_is_given(cast: Cast) -> None:
    items: list[Item] = [
        {"key": "draft", "kind": "task", "name": "Draft"}, {"key": "ok", "kind": "approval", "name": "Draft approved", "after": [{"key": "draft"}]},
        {"key": "build", "kind": "phase", "name": "Build", "after": [{"key": "ok"}]},
        {"key": "code", "kind": "task", "name": "Code", "parent": "build"}, {"key": "free", "kind": "task", "name": "Free"},
    ]
    created = create_project(actor=cast.owner, new=new_project(cast, items, manager_id=cast.manager.person_id), now=NOW)
    ids = created.task_ids
    with pytest.raises(Refused, match="“Code” waits for the approval “Draft approved”, which has not been given"):
        change_plan(actor=cast.manager, project_id=created.project_id, changes=[TaskChange(ids["code"], {"percent_complete": 10})], now=NOW)
    change_plan(actor=cast.manager, project_id=created.project_id, changes=[TaskChange(ids["free"], {"percent_complete": 10})], now=NOW)
    record_approval(actor=cast.manager, task_id=ids["ok"], told=Told("Hanne Dahl", "Go ahead.", TODAY), now=NOW)
    change_plan(actor=cast.manager, project_id=created.project_id, changes=[TaskChange(ids["code"], {"percent_complete": 10})], now=NOW)
    assert dict(Task.objects.values_list("key", "status")) == {"draft": "todo", "ok": "done", "build": "todo", "code": "doing", "free": "doing"}


def test_an_approval_and_a_deliverable_are_shown_for_what_they_are(cast: Cast, settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    created = create_project(
        actor=cast.owner, new=new_project(cast, gallery_items(cast, "website"), manager_id=cast.manager.person_id), now=NOW
    )
    browser = sign_in(cast.manager)
    assert "Concept approved by the client" in browser.get(reverse("project", args=[created.project_id])).content.decode()
    assert browser.get(reverse("project_plan", args=[created.project_id])).status_code == 200
    drawer = browser.get(reverse("task", args=[created.task_ids["concept"]])).content.decode()
    assert "Every page of the old site has a destination" in drawer
    assert "Approval" in browser.get(reverse("task", args=[created.task_ids["concept-approved"]])).content.decode()


def test_the_effort_of_a_shared_task_is_split_by_role_also_after_it_was_changed(cast: Cast) -> None:
    items: list[Item] = [
        {"key": "page", "kind": "task", "name": "Page", "efforts": [{"role": "Designer", "minutes": 60}, {"role": "Developer", "minutes": 30}]},
        {"key": "test", "kind": "task", "name": "Test", "role": "Designer", "effort_minutes": 15},
    ]
    created = create_project(actor=cast.owner, new=new_project(cast, items, manager_id=cast.manager.person_id), now=NOW)
    assert get_role_minutes(project_id=created.project_id) == {"Designer": 75, "Developer": 30}
    change = TaskChange(created.task_ids["page"], {"effort_minutes": 100})
    change_plan(actor=cast.manager, project_id=created.project_id, changes=[change], now=NOW)
    assert get_role_minutes(project_id=created.project_id) == {"Designer": 82, "Developer": 33}
