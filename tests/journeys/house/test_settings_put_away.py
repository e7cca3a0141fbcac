"""Pipelines and teams that nobody uses are taken away and come back as they were; while something uses them, it is named."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.people import NOW, PASSWORD, Cast, make_cast, make_sale, token_of
from tests.tables import read_tables
from wonward.domains.sales.operations.deals import change_deal, create_deals
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.operations.pipelines import StageDraft, change_pipeline, create_pipeline
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import NewDeal, NextAction
from wonward.domains.sales.types.leads import NewLead
from wonward.domains.staff.operations import (
    change_person,
    create_calendar,
    set_team_calendar,
    set_team_rights,
)
from wonward.foundation.access.operations import ensure_team
from wonward.foundation.access.queries import list_teams
from wonward.foundation.audit.queries import AuditFilter, list_audit
from wonward.foundation.custom_fields.operations import add_field, change_field
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.foundation.database.queries import list_tables, read_rows
from wonward.journeys.handoff.operations import require_answer
from wonward.journeys.handoff.types import NewAskedAnswer
from wonward.journeys.house.operations import bring_back, trash_record
from wonward.kernel.errors import Conflict, NotAllowed, NotFound
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
_TELLING = ("audit.", "events.", "house.", "access.session")


def _rows() -> dict[str, list[dict[str, Any]]]:
    return read_tables(table.name for table in list_tables() if not table.name.startswith(_TELLING))


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def pipeline(cast: Cast) -> Ref:
    """One with a stage of its own that asks for a field of the house."""
    key = create_pipeline(actor=cast.owner, name="Renewals", now=NOW)
    change_pipeline(actor=cast.owner, pipeline_id=key, name="Renewals", stages=[StageDraft(None, "Renew", 60, 9, ("value",), ("They said yes",))], now=NOW)
    stage = next(stage for row in list_pipelines() if row.id == key for stage in row.stages if stage.name == "Renew")
    field_id = add_field(actor=cast.owner, new=NewField("sales.deal", "Contract", FieldKind.TEXT), now=NOW)
    change_field(actor=cast.owner, field_id=field_id, places=[Ref("sales.stage", stage.id)], now=NOW)
    return Ref("sales.pipeline", key)


@pytest.fixture
def team(cast: Cast) -> Ref:
    """One with rights and a calendar of its own, and somebody who left."""
    key = ensure_team(name="North", now=NOW)
    set_team_rights(actor=cast.owner, team_id=key, reaches={"sales.deal.create": "all"}, now=NOW)
    set_team_calendar(actor=cast.owner, team_id=key, calendar_id=create_calendar(actor=cast.owner, name="Short week", now=NOW), now=NOW)
    return Ref("access.team", key)


def _goes_and_comes_back(cast: Cast, ref: Ref) -> None:
    before = _rows()
    item_id = trash_record(actor=cast.owner, ref=ref, now=NOW)
    assert list(read_rows(ref.noun, where={"id": ref.id})) == []
    assert bring_back(actor=cast.owner, item_id=item_id, now=NOW) == ref
    after = _rows()
    for name, rows in before.items():
        assert after[name] == rows, name
    told = [row.operation for _, _, row in list_audit(actor=cast.owner, where=AuditFilter(ref=ref))]
    assert {"house.trash", "house.bring_back"} <= set(told)


def test_an_unused_pipeline_goes_with_its_stages_and_comes_back_with_what_they_ask_for(cast: Cast, pipeline: Ref) -> None:
    _goes_and_comes_back(cast, pipeline)
    assert list(read_rows("custom_fields.fieldrequirement", where={"place_noun": "sales.stage"}))


def test_an_unused_team_goes_with_its_rights_and_calendar_and_comes_back(cast: Cast, team: Ref) -> None:
    _goes_and_comes_back(cast, team)
    assert list(read_rows("staff.teamcalendar", where={"team_id": team.id}))


def test_a_pipeline_in_use_stays_and_says_what_uses_it(cast: Cast) -> None:
    sale = make_sale(cast)
    pipeline = Ref("sales.pipeline", create_pipeline(actor=cast.owner, name="Renewals", now=NOW))
    (deal_id,) = create_deals(
        actor=cast.seller, now=NOW,
        deals=[NewDeal(name="Again", company_id=sale.company_id, pipeline_id=pipeline.id, next_action=NextAction("call", NOW.date(), "Call"))],
    )
    create_leads(actor=cast.seller, leads=[NewLead(name="Signe Holt", pipeline_id=pipeline.id)], now=NOW)
    require_answer(actor=cast.owner, new=NewAskedAnswer("Who renews?", pipeline_id=pipeline.id), now=NOW)
    before = _rows()
    with pytest.raises(Conflict) as refused:
        trash_record(actor=cast.owner, ref=pipeline, now=NOW)
    assert str(refused.value) == "“Renewals” is in use: Questions at the handoff, Deals, Leads."
    assert _rows() == before
    first = next(row for row in list_pipelines() if row.is_default)
    change_deal(actor=cast.seller, deal_id=deal_id, changes={"name": "Again and again"}, now=NOW)
    with pytest.raises(Conflict, match="is the first choice"):
        trash_record(actor=cast.owner, ref=Ref("sales.pipeline", first.id), now=NOW)


def test_a_team_in_use_stays_and_names_its_people_and_what_is_shown_to_it(cast: Cast, team: Ref) -> None:
    assert cast.member.person_id
    change_person(actor=cast.owner, person_id=cast.member.person_id, changes={"team": "North"}, now=NOW)
    with pytest.raises(Conflict, match="“North” is in use: Noor Haddad."):
        trash_record(actor=cast.owner, ref=team, now=NOW)
    assert any(one.id == team.id for one in list_teams())


def test_only_who_may_change_it_takes_it_away_or_brings_it_back(cast: Cast, pipeline: Ref, team: Ref) -> None:
    for ref in (pipeline, team):
        with pytest.raises(NotAllowed):
            trash_record(actor=cast.seller, ref=ref, now=NOW)
    with pytest.raises(NotFound):
        trash_record(actor=cast.owner, ref=Ref("sales.pipeline", 999), now=NOW)
    item_id = trash_record(actor=cast.owner, ref=team, now=NOW)
    with pytest.raises((NotAllowed, NotFound)):
        bring_back(actor=cast.seller, item_id=item_id, now=NOW)


def test_on_the_screen_it_is_offered_told_and_undone(cast: Cast, pipeline: Ref, team: Ref) -> None:
    client = Client()
    client.post("/sign-in/", {"email": "owner@studio.test", "password": PASSWORD})
    for page, ref in ((f"/settings/pipelines/{pipeline.id}/", pipeline), (f"/settings/teams/{team.id}/", team)):
        assert f'value="{ref}"' in client.get(page).content.decode()
        gone = client.post("/trash/", {"ref": str(ref)}, follow=True)
        told = gone.content.decode()
        assert "It is in the trash." in told
        assert client.get(page).status_code == 404
        item_id = next(iter(read_rows("house.trashitem", columns=["id"])))["id"]
        assert f"/trash/{item_id}/return/" in told
        assert client.post(f"/trash/{item_id}/return/").headers["Location"] == page
        assert client.get(page).status_code == 200
    first = next(row for row in list_pipelines() if row.is_default)
    assert f'value="sales.pipeline:{first.id}"' not in client.get(f"/settings/pipelines/{first.id}/").content.decode()


def test_programs_take_it_away_and_bring_it_back(cast: Cast, pipeline: Ref) -> None:
    client, headers = Client(), {"Authorization": f"Bearer {token_of(cast.owner)}"}
    gone = client.post("/api/v1/trash", {"ref": str(pipeline)}, content_type="application/json", headers=headers)
    assert gone.status_code == 201
    assert "Renewals" not in client.get("/api/v1/pipelines", headers=headers).content.decode()
    assert client.post(f"/api/v1/trash/{gone.json()['id']}/return", content_type="application/json", headers=headers).status_code == 200
    assert "Renewals" in client.get("/api/v1/pipelines", headers=headers).content.decode()


