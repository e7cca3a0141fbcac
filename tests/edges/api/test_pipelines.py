"""Programs set pipelines and their stages up by the rules of the settings screen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.edges.api.client import Api, fields_of
from tests.people import Cast, make_cast, make_sale
from wonward.domains.sales.models import Pipeline, Stage
from wonward.foundation.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def api(cast: Cast) -> Api:
    return Api(cast.owner)


def main_one(api: Api) -> dict[str, Any]:
    return dict(api.get("/pipelines")[1]["items"][0])


def open_stages(pipeline: dict[str, Any]) -> list[dict[str, Any]]:
    return [stage for stage in pipeline["stages"] if stage["kind"] == "open"]


def test_a_pipeline_begins_with_the_stages_given_and_the_closed_ones_of_the_default(api: Api) -> None:
    status, made = api.post("/pipelines", {"name": "Renewals", "stages": [
        {"name": "Due", "probability": 60, "days_until_stuck": 21, "required_fields": ["value"], "exit_criteria": ["The client wants to go on"]},
        {"name": "Talking"},
    ]})
    assert (status, api.last.headers["Location"]) == (201, f"/api/v1/pipelines/{made['id']}")
    assert [(one["name"], one["probability"], one["days_until_stuck"]) for one in open_stages(made)] == [("Due", 60, 21), ("Talking", 10, 14)]
    due = open_stages(made)[0]
    assert (due["required_fields"], [one["text"] for one in due["exit_criteria"]]) == (["value"], ["The client wants to go on"])
    closed = [(one["name"], one["kind"]) for one in main_one(api)["stages"] if one["kind"] != "open"]
    assert [(one["name"], one["kind"]) for one in made["stages"] if one["kind"] != "open"] == closed
    assert api.get(f"/pipelines/{made['id']}")[1] == made


def test_without_stages_a_pipeline_begins_with_those_of_the_default(api: Api) -> None:
    made = api.post("/pipelines", {"name": "Renewals"})[1]
    assert [one["name"] for one in made["stages"]] == [one["name"] for one in main_one(api)["stages"]]


def test_stages_are_renamed_ordered_added_and_taken_away_and_what_is_not_said_stays(api: Api) -> None:
    made = api.post("/pipelines", {"name": "Renewals", "stages": [
        {"name": "Due", "probability": 60, "exit_criteria": ["The client wants to go on"]}, {"name": "Talking", "probability": 80}, {"name": "Waiting"},
    ]})[1]
    due, talking, _ = open_stages(made)
    status, after = api.patch(f"/pipelines/{made['id']}", {"stages": [
        {"id": talking["id"], "name": "Due"}, {"id": due["id"], "name": "Talking"}, {"name": "Signing", "probability": 95},
    ]}, If_Match=f'"{made["version"]}"')
    assert status == 200
    assert [(one["id"], one["name"], one["probability"]) for one in open_stages(after)[:2]] == [(talking["id"], "Due", 80), (due["id"], "Talking", 60)]
    assert [one["name"] for one in open_stages(after)] == ["Due", "Talking", "Signing"]
    assert [one["text"] for one in open_stages(after)[1]["exit_criteria"]] == ["The client wants to go on"]
    assert (after["name"], after["version"]) == ("Renewals", made["version"] + 1)
    assert AuditEntry.objects.filter(operation="sales.pipeline.change", ref_id=made["id"], via="api").exists()


def test_a_new_name_alone_leaves_the_stages(api: Api) -> None:
    before = main_one(api)
    status, after = api.patch(f"/pipelines/{before['id']}", {"name": "New business"})
    assert (status, after["name"], after["stages"]) == (200, "New business", before["stages"])


def test_a_stale_version_a_stage_in_use_and_bad_words_write_nothing(api: Api, cast: Cast) -> None:
    make_sale(cast)
    main = main_one(api)
    here, rows = f"/pipelines/{main['id']}", list(Stage.objects.order_by("pk").values())
    stages = [{"id": one["id"], "name": one["name"]} for one in open_stages(main)]
    assert api.patch(here, {"name": "Ours"}, If_Match=f'"{main["version"] + 7}"')[0] == 412
    assert api.patch(here, {"stages": [{"name": "Only one"}]})[0] == 409
    assert fields_of(api.patch(here, {"stages": [*stages, {"name": " "}]})[1]) == [f"stages[{len(stages)}].name"]
    assert fields_of(api.patch(here, {"stages": []})[1]) == ["stages"]
    assert fields_of(api.patch(here, {"stages": [*stages[:-1], {"id": 999_999, "name": "Foreign"}]})[1]) == [f"stages[{len(stages) - 1}].id"]
    assert fields_of(api.post("/pipelines", {"name": "Twice", "stages": [{"name": "A"}, {"name": "a"}]})[1]) == ["stages[1].name"]
    assert api.patch("/pipelines/999999", {"name": "Ours"})[0] == 404
    assert (list(Stage.objects.order_by("pk").values()), Pipeline.objects.get(pk=main["id"]).version) == (rows, main["version"])
    assert not Pipeline.objects.filter(name="Twice").exists()


def test_who_may_not_change_pipelines_reads_them_and_no_more(api: Api, cast: Cast) -> None:
    main, seller = main_one(api), Api(cast.seller)
    assert seller.get(f"/pipelines/{main['id']}")[0] == 200
    assert seller.post("/pipelines", {"name": "Mine"})[0] == 403
    assert seller.patch(f"/pipelines/{main['id']}", {"name": "Mine"})[0] == 403
