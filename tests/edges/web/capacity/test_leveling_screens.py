"""Levelling as its manager uses it: choose, look, apply, take back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.journeys.capacity.conftest import Studio
from tests.journeys.capacity.leveling_world import make_clash
from tests.people import NOW
from wonward.domains.delivery.models import Task
from wonward.domains.staff.models import Person
from wonward.domains.staff.operations import NewPerson, create_people, put_roles
from wonward.foundation.access.models import User
from wonward.kernel.actor import system_actor


@pytest.fixture
def clash(cast, sale):
    ida, emil, dev = create_people(
        actor=system_actor(), now=NOW, people=[NewPerson(name="Ida Moreau"), NewPerson(name="Emil Rask"), NewPerson(name="Peer Olsen")]
    )
    put_roles(actor=system_actor(), roles={ida: ["Designer"], emil: ["Designer"], dev: ["Developer"]}, now=NOW)
    return make_clash(Studio(cast, sale, ida, emil, dev))


def review(client, clash, **changes):
    response = client.post(reverse("leveling"), {"project_id": clash.projects, "frozen_days": "0", **changes})
    assert response.status_code == 302
    return response.headers["Location"]


def test_the_review_shows_each_move_with_its_reason_and_applies_and_takes_back(clash, sign_in):
    client = sign_in(clash.studio.cast.owner)
    choose = client.get(reverse("leveling")).content.decode()
    assert "Website replatform" in choose
    address = review(client, clash)
    page = client.get(address).content.decode()
    assert "Peer Olsen is taken on" in page
    assert "Load by week, before and after" in page
    run = clash.read(int(address.rstrip("/").rpartition("/")[2]))
    ids = [move.task_id for move in run.moves if move.is_set]
    starts = dict(Task.objects.values_list("pk", "start_date"))
    client.post(f"{address}application/", {"decision": "apply", "task_id": ids})
    assert dict(Task.objects.values_list("pk", "start_date")) != starts
    assert "Take it all back" in client.get(address).content.decode()
    client.post(f"{address}application/", {"decision": "undo"})
    assert dict(Task.objects.values_list("pk", "start_date")) == starts


def test_what_is_unticked_stays_when_levelled_again(clash, sign_in):
    client = sign_in(clash.studio.cast.owner)
    address = review(client, clash)
    run = clash.read(int(address.rstrip("/").rpartition("/")[2]))
    ticked = [move.task_id for move in run.moves if move.is_set and move.name != "Build the templates"]
    again = client.post(f"{address}again/", {"chosen": "1", "task_id": ticked, "frozen_days": "0"}).headers["Location"]
    kept = clash.read(int(again.rstrip("/").rpartition("/")[2])).rules.pins
    assert [move.task_id for move in run.moves if move.name == "Build the templates"] == list(kept)


def test_a_longer_search_shows_itself_until_it_is_stopped(clash, sign_in):
    client = sign_in(clash.studio.cast.owner)
    address = review(client, clash)
    client.post(f"{address}search/", {"seconds": "10"})
    page = client.get(address).content.decode()
    assert 'hx-trigger="every 1s"' in page
    client.post(f"{address}search/", {"stop": "1"})
    assert 'hx-trigger="every 1s"' not in client.get(address).content.decode()


def test_choosing_nothing_is_said_on_the_page(clash, sign_in):
    response = sign_in(clash.studio.cast.owner).post(reverse("leveling"), {})
    assert response.status_code == 422
    assert "Choose at least one project" in response.content.decode()


def test_nobody_else_reads_a_run(clash, sign_in):
    cast = clash.studio.cast
    address = review(sign_in(cast.owner), clash)
    assert sign_in(cast.manager).get(address).status_code == 404
    assert sign_in(cast.seller).get(address).status_code == 403


def test_whoever_reads_german_reads_why_each_task_moves_in_german(clash, sign_in):
    owner = clash.studio.cast.owner
    client = sign_in(owner)
    address = review(client, clash)
    User.objects.filter(pk=owner.user_id).update(language="de")
    page = client.get(address).content.decode()
    assert "Peer Olsen: am " in page
    assert "belegt durch" in page
    assert "is taken on" not in page


def test_a_contradiction_and_what_was_left_out_are_said_in_german(clash, sign_in):
    owner = clash.studio.cast.owner
    client = sign_in(owner)
    builds = tuple(clash.tasks(project)["build"].id for project in clash.projects)
    run_id = clash.level(pins=builds)
    User.objects.filter(pk=owner.user_id).update(language="de")
    page = client.get(reverse("leveling_run", kwargs={"run_id": run_id}) + "?plan=clear").content.decode()
    assert "bleibt, wo sie liegt" in page
    assert "wäre alle Arbeit bis " in page or "und alle Arbeit wäre bis " in page
    Person.objects.filter(pk=clash.studio.dev).update(week_percent=0)
    page = client.get(review(client, clash)).content.decode()
    assert "Peer Olsen hat keine planbaren Stunden: 2 Aufgaben sind ohne diese Person terminiert." in page
