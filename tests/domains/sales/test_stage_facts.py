"""A stage asks for facts every deal has room for: on the way in, at the start, and as long as the deal stands there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from tests.edges.api.client import Api, fields_of
from tests.edges.web.sales.conftest import fixed_clock, plain_static, sign_in
from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, TODAY, Cast, Sale, make_cast, make_sale
from wonward.domains.sales.operations.deals import change_deal, create_deals, move_deal
from wonward.domains.sales.operations.pipelines import StageDraft, change_pipeline, create_pipeline
from wonward.domains.sales.operations.stakeholders import put_deal_stakeholder
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import FACTS_ASKED, NewDeal, NextAction, StageRow
from wonward.foundation.custom_fields.operations import add_field, change_field
from wonward.foundation.custom_fields.queries import get_field
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.kernel.errors import Refused
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

__all__ = ["fixed_clock", "plain_static", "sign_in"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def stages() -> list[StageRow]:
    return [stage for stage in list_pipelines()[0].stages if stage.kind == "open"]


def ask(cast: Cast, place: int, *facts: str) -> int:
    """Let one stage of the first pipeline ask for facts; its id."""
    pipeline = list_pipelines()[0]
    drafts = [StageDraft(one.id, one.name, one.probability, one.days_until_stuck) for one in stages()]
    drafts[place] = replace(drafts[place], required_fields=facts)
    change_pipeline(actor=cast.owner, pipeline_id=pipeline.id, name=pipeline.name, stages=drafts, now=NOW)
    return stages()[place].id


def test_every_fact_is_asked_for_by_name_before_a_deal_comes_in(cast: Cast, sale: Sale) -> None:
    (bare,) = create_deals(actor=cast.seller, now=NOW, deals=[NewDeal("Bare", None, NextAction("call", TODAY))])
    asking = ask(cast, 2, *FACTS_ASKED)
    with pytest.raises(Refused) as refusal:
        move_deal(actor=cast.seller, deal_id=bare, stage_id=asking, now=NOW)
    assert [error.field for error in refusal.value.errors] == list(FACTS_ASKED)
    change_deal(actor=cast.seller, deal_id=bare, now=NOW, changes={
        "company_id": sale.company_id, "value": Money(100_00, "EUR"), "expected_close_date": date(2027, 1, 4), "source": "Fair",
    })
    with pytest.raises(Refused) as refusal:
        move_deal(actor=cast.seller, deal_id=bare, stage_id=asking, now=NOW)
    assert [error.field for error in refusal.value.errors] == ["main_contact"]
    put_deal_stakeholder(actor=cast.seller, deal_id=bare, contact_id=sale.contact_id, is_main=True, now=NOW)
    move_deal(actor=cast.seller, deal_id=bare, stage_id=asking, now=NOW)
    assert get_deal(actor=cast.seller, deal_id=bare).stage_id == asking


def test_a_deal_does_not_begin_in_a_stage_without_what_it_asks_for(cast: Cast, sale: Sale) -> None:
    asking = ask(cast, 1, "value", "expected_close_date")
    api = Api(cast.seller)
    new = {"name": "Late", "company_id": sale.company_id, "stage_id": asking, "next_action": {"kind": "call", "due_date": "2026-12-01"}}
    status, problem = api.post("/deals", new)
    assert (status, fields_of(problem)) == (422, ["value", "expected_close_date"])
    full = {**new, "value": {"amount": "500.00", "currency": "EUR"}, "expected_close_date": "2027-01-04"}
    assert api.post("/deals", full)[0] == 201
    status, problem = api.patch(f"/deals/{sale.deal_id}", {"stage_id": asking})
    assert (status, fields_of(problem)) == (422, ["expected_close_date"])
    assert api.patch(f"/deals/{sale.deal_id}", {"stage_id": asking, "expected_close_date": "2027-01-04"})[0] == 200


def test_what_a_stage_asks_for_is_not_emptied_while_the_deal_stands_in_it(cast: Cast, sale: Sale) -> None:
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"source": "Fair"}, now=NOW)
    move_deal(actor=cast.seller, deal_id=sale.deal_id, stage_id=ask(cast, 1, "source"), now=NOW)
    with pytest.raises(Refused, match="Source"):
        change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"source": ""}, now=NOW)
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"source": "Letter", "expected_close_date": None}, now=NOW)
    move_deal(actor=cast.seller, deal_id=sale.deal_id, stage_id=stages()[0].id, now=NOW)
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"source": ""}, now=NOW)


def test_a_draft_that_says_nothing_leaves_what_a_stage_asks_and_nonsense_is_named(cast: Cast, sale: Sale) -> None:
    ask(cast, 1, "value")
    ask(cast, 2, "source")
    assert [stage.required_fields for stage in stages()[:3]] == [(), ("value",), ("source",)]
    for place, fact in ((1, "colour"), (0, "main_contact")):
        with pytest.raises(Refused) as refusal:
            ask(cast, place, fact)
        assert [error.field for error in refusal.value.errors] == [f"stages[{place}].required_fields"]


def test_a_new_pipeline_asks_for_what_the_first_one_asks_for(cast: Cast) -> None:
    asking = ask(cast, 1, "value")
    field_id = add_field(actor=cast.owner, new=NewField("sales.deal", "Region", FieldKind.TEXT), now=NOW)
    change_field(actor=cast.owner, field_id=field_id, places=[Ref("sales.stage", asking)], now=NOW)
    create_pipeline(actor=cast.owner, name="Renewals", now=NOW)
    copy = list_pipelines()[1].stages[1]
    assert copy.required_fields == ("value",)
    assert set(get_field(field_id=field_id).places) == {Ref("sales.stage", asking), Ref("sales.stage", copy.id)}


def test_the_editor_of_stages_shows_what_each_asks_for_and_keeps_it(cast: Cast, sign_in: SignIn) -> None:
    pipeline, rows = list_pipelines()[0], stages()
    field_id = add_field(actor=cast.owner, new=NewField("sales.deal", "Region", FieldKind.TEXT), now=NOW)
    change_field(actor=cast.owner, field_id=field_id, places=[Ref("sales.stage", rows[1].id)], now=NOW)
    desk, here = sign_in(cast.owner), reverse("pipeline", args=[pipeline.id])
    sent: dict[str, object] = {"name": pipeline.name, "asks-1-value": "on"}
    for at, stage in enumerate(rows):
        sent |= {f"id-{at}": stage.id, f"name-{at}": stage.name, f"probability-{at}": stage.probability, f"days-{at}": stage.days_until_stuck}
    assert desk.post(here, sent).status_code == 302
    assert stages()[1].required_fields == ("value",)
    page = desk.get(here).content.decode()
    assert 'name="asks-1-value" checked' in page
    assert "Region" in page
    assert Api(cast.owner).get("/pipelines")[1]["items"][0]["stages"][1]["required_fields"] == ["value"]
    assert sign_in(cast.seller).post(here, sent).status_code == 403
