"""Before a win over REST: what it makes and misses; after it the card of the sales side; templates as files."""

from __future__ import annotations

import pytest

from tests.edges.api.client import Api, fields_of
from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.journeys.handoff.operations import close_deal_as_won

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def test_a_preview_tells_what_the_win_then_makes_and_what_is_missing(cast: Cast, sale: Sale) -> None:
    status, shown = Api(cast.seller).get(f"/deals/{sale.deal_id}/win-preview?kickoff_date=2026-12-01")
    assert (status, shown["is_ready"]) == (200, False)
    assert "brief.promised_finish_date" in {one["field"] for one in shown["missing"]}
    (project_id,) = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW).project_ids
    made, project = list_tasks(actor=cast.manager, project_id=project_id), get_project(actor=cast.manager, project_id=project_id)
    (promised,) = shown["projects"]
    assert promised["task_count"] == sum(1 for row in made if row.kind == "task")
    assert project.forecast_finish_date
    finish = project.forecast_finish_date.isoformat()
    assert promised["forecast_finish_date"] == finish
    assert ("Go live", finish) in {(part["name"], part["finish_date"]) for part in promised["parts"]}
    assert shown["budget"] == {"amount": "84000.00", "currency": "EUR"}


def test_a_preview_shows_no_amount_without_its_right_and_a_stranger_no_deal(cast: Cast, sale: Sale) -> None:
    assert Api(cast.member).get(f"/deals/{sale.deal_id}/win-preview")[0] in (403, 404)
    assert Api(cast.seller).get(f"/deals/{sale.deal_id}/win-preview?kickoff_date=soon")[0] == 422


def test_the_client_is_told_over_rest_and_the_card_says_so(cast: Cast, sale: Sale) -> None:
    (project_id,) = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW).project_ids
    api, at = Api(cast.seller), f"/projects/{project_id}/client-updates"
    card = api.get(f"/projects/{project_id}/drift")[1]
    assert (card["promised_finish_date"], card["told_finish_date"]) == ("2027-03-19", None)
    body = {"words": "We finish in time.", "finish_date": card["forecast_finish_date"], "contact_id": sale.contact_id, "kind": "call"}
    status, told = api.post(at, body)
    assert (status, told["told_finish_date"], told["told_by"]) == (201, card["forecast_finish_date"], cast.seller.label)
    assert api.post(at, {**body, "finish_date": "2026-01-01"})[0] == 412
    assert fields_of(api.post(at, {**body, "words": " "})[1]) == ["words"]


def test_a_template_travels_as_a_file_and_comes_from_gallery_and_project(cast: Cast, sale: Sale) -> None:
    api = Api(cast.manager)
    template_id = api.get("/templates")[1]["items"][0]["id"]
    file = api.get(f"/templates/{template_id}/file")[1]["file"]
    status, added = api.post("/template-files", {"file": {**file, "name": "Brought along"}})
    assert status == 201
    assert api.get(f"/templates/{added['template_ids'][0]}")[1]["items"] == api.get(f"/templates/{template_id}")[1]["items"]
    assert api.post("/template-files", {"file": {"format": "other"}})[0] == 422
    assert {one["template_id"] for one in api.get("/template-gallery")[1]["items"]} == {None}
    ids = api.post("/template-gallery", {"keys": ["website", "support"]})[1]["template_ids"]
    assert api.post("/template-gallery", {"keys": ["support"]})[1]["template_ids"] == ids[1:]
    assert fields_of(api.post("/template-gallery", {"keys": ["nonsense"]})[1]) == ["keys[0]"]
    (project_id,) = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW).project_ids
    status, made = api.post(f"/projects/{project_id}/template", {"name": "As we did it"})
    assert status == 201
    assert len(api.get(f"/templates/{made['template_ids'][0]}")[1]["items"]) == len(list_tasks(actor=cast.manager, project_id=project_id))
