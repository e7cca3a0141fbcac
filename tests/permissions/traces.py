"""What is left of an area on a page when the area is switched off."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from html import unescape

from django.db import transaction

from tests.people import NOW
from tests.permissions.lines import address, fill
from tests.permissions.table import WEB
from tests.permissions.walker import Walker
from wonward.domains.staff.operations.house import change_house

PAGES = tuple(line for line in WEB if line.method == "GET")
_HIDDEN = re.compile(r"<(script|style|template)\b.*?</\1>", re.S)
_STORY = re.compile(r'<div class="timeline">.*?</section>|<a class="search-hits__link" href="/communications/.*?</a>', re.S)
_TAG = re.compile(r"<[^>]+>")
_SAID = re.compile(r'(?:title|aria-label|placeholder|alt|data-confirm)="([^"]*)"')
_ADDRESS = re.compile(r'(?:href|action|data-live-url|hx-get|hx-post|data-drawer|data-search-url)="(/[^"]*)"')


@contextmanager
def house_without(walker: Walker, area: str) -> Iterator[Walker]:
    """The house of the walk with one area off, until the test is over."""
    with transaction.atomic():
        areas = {name: name != area for name in ("sales", "delivery", "money", "marketing", "portal")}
        change_house(actor=walker.world.actors["owner"], changes={"areas": areas}, now=NOW)
        yield walker
        walker.take_faults()
        transaction.set_rollback(True)


def left_on(html: str, *, words: re.Pattern[str], places: re.Pattern[str], data: Collection[str]) -> Iterator[str]:
    """Every word and address of the area that a reader of the page meets; what people wrote, `data`, is theirs."""
    html = _STORY.sub(" ", _HIDDEN.sub(" ", html))
    text = " ".join(unescape(" | ".join([_TAG.sub(" ", html), *_SAID.findall(html)])).split())
    for written in sorted(data, key=len, reverse=True):
        text = text.replace(written, " ")
    for match in words.finditer(text):
        yield "…" + text[max(0, match.start() - 50) : match.end() + 40] + "…"
    yield from (found for found in sorted(set(_ADDRESS.findall(html))) if places.match(found))


def left_on_pages(
    off: Walker, role: str, *, words: re.Pattern[str], places: re.Pattern[str], data: Collection[str], apart: Collection[str]
) -> tuple[int, list[str]]:
    """How many pages opened for a role, and what is left on them; pages `apart` may speak of the area."""
    left, opened = [], 0
    for line in PAGES:
        path, query = address(line, off.world, line.families[0]), fill(line.query, off.world, line.families[0])
        page = off.web(role, "GET", path, query)
        if page.status == 200 and line.name not in apart and page.content.lstrip().startswith("<"):
            opened += 1
            left += [f"{line.name} {path}: {found}" for found in left_on(page.content, words=words, places=places, data=data)]
    return opened, left
