"""The lifecycle of a project through the API: stages, its end, its way back, and its calendar elsewhere."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.domains.delivery.plan import make_plan
from tests.edges.api.client import Api, fields_of
from tests.people import make_cast

pytestmark = pytest.mark.django_db


def test_a_project_moves_through_its_stages_ends_and_begins_again():
    cast = make_cast()
    plan, api = make_plan(cast), Api(cast.manager)
    here = f"/projects/{plan.project_id}"
    assert api.put(f"{here}/stage", {"stage": "execution"}) == (200, {"project_id": plan.project_id, "stage": "execution"})
    assert api.get(f"{here}/health")[1]["stage"] == "execution"
    assert api.put(f"{here}/stage", {"stage": "party"})[0] in (400, 422)
    assert api.get(f"{here}/closing")[1]["closed_at"] is None
    status, refused = api.post(f"{here}/closing", {"summary": "Live.", "keep": ["Weekly calls"]})
    assert (status, fields_of(refused)) == (422, ["is_open_known"])
    status, closed = api.post(f"{here}/closing", {"summary": "Live.", "keep": ["Weekly calls"], "change": ["Test on phones"], "is_open_known": True})
    assert (status, closed["summary"], closed["closed_by"]) == (201, "Live.", cast.manager.label)
    assert [(one["kind"], one["text"]) for one in closed["lessons"]] == [("keep", "Weekly calls"), ("change", "Test on phones")]
    assert api.get(here)[1]["status"] == "done"
    assert api.get(f"{here}/closing")[1] == closed
    assert api.put(f"{here}/stage", {"stage": "planning"})[0] == 409
    status, again = api.post(f"{here}/reopening")
    assert (status, again["status"] != "done") == (200, True)
    assert api.post(f"{here}/reopening")[0] == 409


def test_a_calendar_link_is_told_once_serves_the_project_and_ends():
    cast = make_cast()
    plan, api = make_plan(cast), Api(cast.manager)
    here = f"/projects/{plan.project_id}/calendar-link"
    assert api.get(here)[1] == {"project_id": plan.project_id, "made_at": None, "address": None}
    status, made = api.post(here)
    assert status == 201
    path = "/" + made["address"].split("/", 3)[3]
    assert b"BEGIN:VCALENDAR" in Client().get(path).content
    now = api.get(here)[1]
    assert (now["made_at"] is not None, now["address"]) == (True, None)
    assert api.delete(here)[0] == 200
    assert Client().get(path).status_code == 404
    assert api.delete(here)[0] == 200, "what has ended has ended"
    assert Api(cast.member).post(here)[0] == 404
