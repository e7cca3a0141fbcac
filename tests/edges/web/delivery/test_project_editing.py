"""A project itself, on its pages and through the API: made, changed, put away and brought back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.edges.api.client import Api
from tests.edges.web.delivery.test_handoffs import win
from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.delivery.queries.projects import get_project
from wonward.journeys.handoff.operations import accept_handoff

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
