"""Words and amounts that only some may know: nobody else finds, lists, sorts or is told of them."""

from __future__ import annotations

import logging
import re

import pytest
import typst
from django.db import transaction

from tests.people import NOW
from tests.permissions.lines import address, fill
from tests.permissions.table import API, WEB
from tests.permissions.walker import Walker
from tests.permissions.world import CANARIES, ROLES, SEES
from wonward.foundation.access.policy import listed_nouns
from wonward.foundation.mail.models import OutgoingMail
from wonward.foundation.notifications.models import Notification
from wonward.foundation.notifications.operations import mail_notice, notify, send_due_digests
from wonward.foundation.notifications.types import Notice, Reason
from wonward.foundation.realtime.messages import encode_events
from wonward.foundation.realtime.queries import list_visible_events
from wonward.foundation.search.queries import search_records
from wonward.kernel.ref import Ref

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


def test_no_mail_tells_its_reader_what_they_may_not_know(walker: Walker):
    world, mark = walker.world, transaction.savepoint()
    users = {actor.user_id: role for role, actor in world.actors.items()}
    try:
        for name in (name for name in world.ids if name in SEES and name.partition(".")[0] in ("deal", "project", "handoff", "promise", "task")):
            noun = name.partition(".")[0]
            ref = Ref({"task": "delivery.task"}.get(noun) or str(world.ref(name).noun), world.ids[name])
            if ref.noun in listed_nouns():
                notify(notice=Notice("sales.deal.won", ref), to={Reason.ASSIGNED: list(users)}, now=NOW)
        for notification_id in Notification.objects.values_list("pk", flat=True):
            mail_notice(notification_id=notification_id, now=NOW)
        Notification.objects.update(wants_digest=True)
        assert send_due_digests(now=NOW.replace(hour=20)) > 0
        addresses = {f"{role}@studio.test": role for role in ROLES}
        letters = [(addresses[letter.to], f"{letter.subject} {letter.text} {letter.html}".lower()) for letter in OutgoingMail.objects.filter(to__in=addresses)]
    finally:
        transaction.savepoint_rollback(mark)
    heard = {(canary.name, role) for role, text in letters for canary in CANARIES if canary.text in text}
    known = {canary.name: canary.known_to for canary in CANARIES}
    assert [pair for pair in sorted(heard) if pair[1] not in known[pair[0]]] == []
    assert {("name of the restricted deal", "owner"), ("name of the restricted deal", "seller")} <= heard
    assert {role for role, _ in letters} >= {"teammate", "planner", "member"}


@pytest.mark.parametrize("role", ROLES)
def test_what_is_drawn_as_pdf_is_handed_nothing_hidden(walker: Walker, role: str, monkeypatch: pytest.MonkeyPatch):
    drawn: list[str] = []

    def listen(*_: object, sys_inputs: dict[str, str], **__: object) -> bytes:
        drawn.append(sys_inputs["data"])
        return b"%PDF-1.7"

    monkeypatch.setattr(typst, "compile", listen)
    for family in ("open", "hidden"):
        answer = walker.web(role, "GET", f"/proposals/{walker.world.ids[f'proposal.{family}']}/file.pdf")
        assert (answer.status == 200) == (role in SEES[f"proposal.{family}"] and bool(drawn))
        text = "".join(drawn).lower()
        digits = re.sub(r"(?<=\d)[.,'\u00a0\u202f ](?=\d)", "", text)
        told = [canary for canary in CANARIES if canary.text in (digits if canary.is_amount else text)]
        assert [canary.name for canary in told if role not in canary.known_to] == []
        drawn.clear()
    walker.report()


def test_the_ear_of_the_walk_is_not_deaf(walker: Walker):
    def unheard() -> list[str]:
        return [canary.name for canary in CANARIES if not walker.heard.get(canary.name, set()) & canary.known_to]

    pages = [(role, line, family) for role in ("seller", "owner") for line in API if line.method == "GET" for family in line.families]
    for role, line, family in pages:
        if not unheard():
            break
        walker.api(role, "GET", address(line, walker.world, family), query=fill(line.query, walker.world, family))
    assert unheard() == []
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
