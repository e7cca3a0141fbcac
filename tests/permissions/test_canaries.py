"""Words and amounts that only some may know: nobody else finds, lists, sorts or is told of them."""

from __future__ import annotations

import logging

import pytest

from tests.permissions.lines import address, fill
from tests.permissions.table import API, WEB
from tests.permissions.walker import Walker
from tests.permissions.world import CANARIES, ROLES
from wonward.foundation.realtime.messages import encode_events
from wonward.foundation.realtime.queries import list_visible_events
from wonward.foundation.search.queries import search_records

pytestmark = pytest.mark.django_db
BEGINNINGS = ("zebrafinch", "kingfisher", "curlew", "osprey", "heronsec", "egretsec", "plover", "quotation")
WORDS = [canary for canary in CANARIES if not canary.is_amount]
SEARCHED = {
    "/communications": (), "/documents": ("kingfisher",), "/deals": ("osprey", "heronsec"), "/companies": ("heronsec",),
    "/contacts": ("egretsec", "Bo", "secret@"), "/promises": ("curlew", "private"), "/projects": ("osprey", "heronsec"),
    "/handoffs": ("osprey", "heronsec"), "/services": ("",), "/templates": ("",),
}


@pytest.mark.parametrize("role", ROLES)
def test_a_search_of_any_kind_finds_nothing_hidden(walker: Walker, role: str):
    for word in BEGINNINGS:
        walker.web(role, "GET", "/search/", {"q": word}, headers={"HX-Request": "true"})
    for word in ("osprey", "heronsec"):
        walker.web(role, "GET", "/deals/table/", {"q": word}, headers={"HX-Request": "true"})
    for path, words in SEARCHED.items():
        for word in words:
            walker.api(role, "GET", path, query={"q": word, "limit": 200})
    for noun in ("deal", "project", "company"):
        for key in ("north", "south"):
            walker.api(role, "GET", "/communications", query={"ref": str(walker.world.ref(f"{noun}.{key}")), "q": "zebra"})
    walker.report()


@pytest.mark.parametrize("role", ROLES)
def test_the_index_finds_a_word_for_those_alone_who_may_know_it(walker: Walker, role: str):
    actor = walker.world.actors[role]
    assert [canary.name for canary in WORDS if role not in canary.known_to and search_records(actor, canary.text).hits] == []


def test_the_index_holds_words_to_be_found_but_no_amounts(walker: Walker):
    actors = walker.world.actors
    found = {canary.name for canary in CANARIES if search_records(actors[min(canary.known_to & {"seller", "teammate", "owner"})], canary.text).hits}
    assert {"restricted note", "name of the restricted deal", "name of the restricted company", "contact of the restricted company"} <= found
    assert not found & {canary.name for canary in CANARIES if canary.is_amount}


@pytest.mark.parametrize("role", ROLES)
def test_every_part_of_a_page_keeps_what_is_hidden(walker: Walker, role: str):
    world = walker.world
    for part in ("timeline", "promises"):
        walker.web(role, "GET", f"/deals/{world.ids['deal.north']}/", {"part": part}, headers={"HX-Request": "true"})
    for path, part in ((f"/companies/{world.ids['company.north']}/", "work"), (f"/projects/{world.ids['project.south']}/", "body"),
                       (f"/handoffs/{world.ids['handoff.north']}/", "body")):
        walker.web(role, "GET", path, {"part": part}, headers={"HX-Request": "true"})
    walker.report()


@pytest.mark.parametrize("role", ["manager", "planner", "member"])
def test_an_order_by_value_is_refused_to_whoever_may_not_see_every_value(walker: Walker, role: str):
    assert walker.api(role, "GET", "/deals", query={"sort": "-value"}).status == 403
    assert walker.web(role, "GET", "/deals/table/", {"sort": "value"}).status == 200
    walker.report()


@pytest.mark.parametrize("role", ROLES)
def test_the_stream_of_events_names_only_records_this_role_sees_and_no_words(walker: Walker, role: str):
    world = walker.world
    found = list_visible_events(actor=world.actors[role], limit=5000)
    text = b"".join(encode_events(found.events)).decode()
    told = {str(ref) for event in found.events for ref in event.refs}
    for noun in ("deal", "project", "company", "contact", "communication", "document", "handoff", "promise"):
        for name in world.hidden_from(role, noun):
            assert str(world.ref(name)) not in told, f"{role} is told of {name}."
    assert not [canary.name for canary in CANARIES if canary.text in text.lower()]


def test_who_sees_only_the_company_is_not_told_what_happens_to_its_deals(walker: Walker):
    events = list_visible_events(actor=walker.world.actors["marketer"], limit=5000).events
    assert events
    names = {event.name for event in events if not event.name.startswith("sales.lead.")}
    assert not [name for name in sorted(names) if name.startswith(("sales.", "handoff.", "promises.", "delivery."))]


def test_the_ear_of_the_walk_is_not_deaf(walker: Walker):
    for role in ("seller", "owner"):
        for line in API:
            for family in line.families if line.method == "GET" else ():
                path, query = address(line, walker.world, family), fill(line.query, walker.world, family)
                walker.api(role, "GET", path, query=query)
    assert [canary.name for canary in CANARIES if not walker.heard.get(canary.name, set()) & canary.known_to] == []
    walker.report()


def test_a_canary_in_the_log_is_heard(walker: Walker, monkeypatch: pytest.MonkeyPatch):
    page = next(line for line in WEB if line.name == "my_work")
    planted = CANARIES[0].text
    ask_for = walker._clients["seller"].get

    def leaky(*arguments, **options):
        logging.getLogger("wonward.planted").error("the deal is worth %s", planted)
        return ask_for(*arguments, **options)

    monkeypatch.setattr(walker._clients["seller"], "get", leaky)
    walker.web("seller", "GET", page.path)
    assert walker.take_faults() == [f"seller GET {page.path} leaves the {CANARIES[0].name} in the log."]
