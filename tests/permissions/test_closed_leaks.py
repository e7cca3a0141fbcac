"""Every leak the walk has found, by name, so that it stays closed."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests.people import NOW, token_of
from tests.permissions.walker import Walker
from wonward.domains.clients.operations import change_company
from wonward.domains.clients.queries import get_contact, list_contacts
from wonward.domains.delivery.models import Project
from wonward.domains.sales.models import Deal
from wonward.domains.sales.queries.deals import ask_due
from wonward.foundation.database.prepared import numbers
from wonward.foundation.events.queries import list_failing_deliveries
from wonward.foundation.search.queries import search_records
from wonward.journeys.handoff.queries import get_handoff
from wonward.journeys.promises.queries import get_promise, list_promises
from wonward.kernel.errors import Refused

pytestmark = pytest.mark.django_db


def test_the_project_of_a_restricted_deal_is_restricted_and_its_seller_keeps_sight_of_it(walker: Walker):
    world = walker.world
    assert Project.objects.get(pk=world.ids["project.secret"]).is_restricted
    assert walker.api("seller", "GET", f"/projects/{world.ids['project.secret']}").status == 200
    assert walker.api("planner", "GET", f"/projects/{world.ids['project.secret']}").status == 404


def test_a_contact_of_two_companies_does_not_name_the_hidden_one(walker: Walker):
    world = walker.world
    both = world.ids["contact.both"]
    assert get_contact(actor=world.actors["teammate"], contact_id=both).company_name == "Northwind Robotics"
    assert get_contact(actor=world.actors["seller"], contact_id=both).company_name == "Heronsecret Holding"
    hidden = world.ids["company.secret"]
    assert list_contacts(actor=world.actors["teammate"], company_id=hidden) == []


def test_the_search_does_not_name_a_restricted_company_beside_a_contact_everybody_sees(walker: Walker):
    (hit,) = search_records(walker.world.actors["marketer"], "Bo Both").hits
    assert hit.subtitle == "Northwind Robotics"


def test_a_hidden_company_cannot_be_made_a_parent(walker: Walker):
    world = walker.world
    with pytest.raises(Refused, match="that you can see"):
        change_company(actor=world.actors["teammate"], company_id=world.ids["company.south"], version=None, now=NOW,
                       changes={"parent_id": world.ids["company.secret"]})


def test_a_promise_hides_the_tasks_of_a_project_the_viewer_does_not_see(walker: Walker):
    world = walker.world
    promise_id = world.ids["promise.north"]
    assert get_promise(actor=world.actors["seller"], promise_id=promise_id).covers
    assert get_promise(actor=world.actors["teammate"], promise_id=promise_id).covers == ()


def test_a_quote_from_a_restricted_document_stays_with_it(walker: Walker):
    world = walker.world
    quotes = {
        role: [row.quote for row in list_promises(actor=world.actors[role], deal_id=world.ids["deal.north"]) if row.quote]
        for role in ("seller", "teammate", "owner")
    }
    assert [len([quote for quote in quotes[role] if "quotation" in quote]) for role in quotes] == [2, 0, 1]


def test_a_task_nobody_shows_cannot_be_taken_off_a_promise(walker: Walker):
    world = walker.world
    path = f"/promises/{world.ids['promise.north']}/covers/{world.ids['other_task.north']}"
    assert walker.api("teammate", "DELETE", path).status == 404


def test_a_handoff_names_only_the_projects_its_viewer_sees(walker: Walker):
    world = walker.world
    handoff_id = world.ids["handoff.north"]
    assert get_handoff(actor=world.actors["teammate"], handoff_id=handoff_id).projects == ()
    assert len(get_handoff(actor=world.actors["seller"], handoff_id=handoff_id).projects) == 1


def test_a_restricted_note_is_found_by_its_author_alone_and_blocks_no_handler(walker: Walker):
    world = walker.world
    assert list_failing_deliveries(actor=world.actors["owner"]) == []
    found = {role: len(search_records(world.actors[role], "zebrafinchprivate").hits) for role in ("seller", "teammate", "owner")}
    assert found == {"seller": 1, "teammate": 0, "owner": 0}


def test_giving_a_restricted_deal_away_is_not_answered_like_a_refusal(walker: Walker):
    world = walker.world
    body = {"owner_id": world.ids["person.leader"]}
    assert walker.api("seller", "PATCH", f"/deals/{world.ids['deal.hidden']}", body).status == 204
    form = {"owner_id": str(world.ids["person.leader"])}
    answer = walker.web("seller", "POST", f"/deals/{world.ids['deal.hidden']}/fields/owner_id/", form, headers={"HX-Request": "true"})
    assert (answer.status, answer.location) == (204, "/deals/")
    walker.report()


def test_a_token_that_may_add_but_not_see_is_told_that_it_added(walker: Walker):
    actor = walker.world.actors["seller"]
    with transaction.atomic():
        token = token_of(actor, ["clients.company.edit"])
        answer = walker.api("anonymous", "POST", "/companies", {"name": "Blind one"}, headers={"Authorization": f"Bearer {token}"})
        transaction.set_rollback(True)
    assert (answer.status, answer.location[:18]) == (201, "/api/v1/companies/")
    walker.report()


def test_a_stale_form_does_not_tell_a_value_the_actor_may_not_see(walker: Walker):
    world = walker.world
    with transaction.atomic():
        answer = walker.api("seller", "PATCH", f"/deals/{world.ids['deal.open']}", {"value": {"amount": "1.00", "currency": "EUR"}},
                            headers={"If-Match": '"999"'})
        assert '"amount":"8412345.67"' in answer.text
        transaction.set_rollback(True)
    walker.report()


def test_a_deal_its_owner_may_not_see_is_not_counted_as_due(walker: Walker):
    world = walker.world
    marketer = world.actors["marketer"]
    with transaction.atomic():
        Deal.objects.filter(pk=world.ids["deal.open"]).update(owner_id=marketer.person_id, next_due_date="2026-01-01")
        assert numbers([ask_due(marketer, now=NOW)]) == [0]
        transaction.set_rollback(True)
