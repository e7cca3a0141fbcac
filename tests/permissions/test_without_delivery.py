"""With delivery switched off nothing of it is left: no word, no address, on any page that still opens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.db import transaction

from tests.people import NOW
from tests.permissions.lines import address, fill
from tests.permissions.table import WEB
from tests.permissions.walker import Walker
from wonward.domains.staff.operations.house import change_house

pytestmark = pytest.mark.django_db
PAGES = tuple(line for line in WEB if line.method == "GET")
WRITTEN = {"The curlewopen templates", "Planner Extra", "Project manager"}
# Where Delivery is switched on again, what was won in the meantime, and what was done while it was on.
SPEAK_OF_IT = frozenset({"areas", "open_wins", "audit_log"})
_HIDDEN = re.compile(r"<(script|style|template)\b.*?</\1>", re.S)
_STORY = re.compile(r'<div class="timeline">.*?</section>|<a class="search-hits__link" href="/communications/.*?</a>', re.S)
_TAG = re.compile(r"<[^>]+>")
_SAID = re.compile(r'(?:title|aria-label|placeholder|alt|data-confirm)="([^"]*)"')
_ADDRESS = re.compile(r'(?:href|action|data-live-url|hx-get|hx-post|data-drawer|data-search-url)="(/[^"]*)"')
_AREAS = re.compile(r"/(projects|handoffs|portfolio|capacity|tasks|templates/\d+|templates/new)\b")
_WORDS = re.compile(
    r"\b(projects?|deliver(?:y|ies|s|ed)|hand(?:ed )?-?offs?|handed over|kick-?offs?|five answers|five questions|capacity|milestones?|gantt|portfolio|tasks|bookings?)\b",
    re.I,
)


@pytest.fixture
def off(walker: Walker) -> Iterator[Walker]:
    """The house of the walk with Delivery off, until the test is over."""
    with transaction.atomic():
        areas = {"sales": True, "delivery": False, "money": True, "marketing": True, "portal": True}
        change_house(actor=walker.world.actors["owner"], changes={"areas": areas}, now=NOW)
        yield walker
        walker.take_faults()
        transaction.set_rollback(True)


def _left_on(html: str, data: set[str]) -> Iterator[str]:
    """Every word and address of delivery that a reader of the page meets; what people wrote is theirs."""
    html = _STORY.sub(" ", _HIDDEN.sub(" ", html))
    text = " ".join(unescape(" | ".join([_TAG.sub(" ", html), *_SAID.findall(html)])).split())
    for words in sorted(data, key=len, reverse=True):
        text = text.replace(words, " ")
    for match in _WORDS.finditer(text):
        yield "…" + text[max(0, match.start() - 50) : match.end() + 40] + "…"
    yield from (found for found in sorted(set(_ADDRESS.findall(html))) if _AREAS.match(found))


@pytest.mark.parametrize("role", ["owner", "seller"])
def test_no_page_says_a_word_of_it_or_leads_to_it(off: Walker, role: str) -> None:
    left, opened = [], 0
    for line in PAGES:
        path, query = address(line, off.world, line.families[0]), fill(line.query, off.world, line.families[0])
        page = off.web(role, "GET", path, query)
        if page.status == 200 and line.name not in SPEAK_OF_IT and page.content.lstrip().startswith("<"):
            opened += 1
            left += [f"{line.name} {path}: {found}" for found in _left_on(page.content, WRITTEN)]
    assert opened > (80 if role == "owner" else 40)
    assert not left, "\n".join(left)
