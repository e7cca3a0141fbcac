"""No page and no part of a page asks the database while it is drawn (the walk notes every question; see walker.py)."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.permissions.lines import Line, address, fill
from tests.permissions.table import WEB
from tests.permissions.walker import Walker

pytestmark = pytest.mark.django_db
PAGES = tuple(line for line in WEB if line.method == "GET")
LEADING_ON = frozenset({"saved_view", "start"})
FRAGMENT = {"HX-Request": "true"}
_PART = re.compile(r'(?:data-live-url|hx-get|data-drawer|data-search-url)="(/[^"]*)"')


def parts_of(html: str) -> list[str]:
    """The addresses of the fragments a page may ask for."""
    return sorted({unescape(found) for found in _PART.findall(html)})


@pytest.mark.parametrize("line", PAGES, ids=lambda line: line.name)
def test_a_page_and_its_parts_are_drawn_without_the_database(walker: Walker, line: Line) -> None:
    for family in line.families[:2]:
        path, query = address(line, walker.world, family), fill(line.query, walker.world, family)
        page = walker.web("owner", "GET", path, query)
        if line.name in LEADING_ON:
            assert page.status == 302
            continue
        assert page.status == 200
        assert walker.web("owner", "GET", path, query, headers=FRAGMENT).status == 200
        for part in parts_of(page.content):
            assert walker.web("owner", "GET", part, headers=FRAGMENT).status < 500, part
    walker.report()


def test_refusals_are_drawn_without_the_database(walker: Walker) -> None:
    for headers in ({}, FRAGMENT):
        assert walker.web("owner", "GET", "/deals/987654321/", headers=headers).status == 404
        assert walker.web("marketer", "GET", "/deals/", headers=headers).status == 403
    walker.report()


def test_the_walk_notices_a_template_that_asks(walker: Walker) -> None:
    from django.contrib.sessions.models import Session

    template = walker._open_template("shell/error.html")
    template.blocks["fragment"](template.new_context({"errors": [], "status": 404, "message": Later(Session), "shell": None}))
    assert any("A template asks the database" in fault for fault in walker.take_faults())


class Later:
    """A value that asks the database once it is drawn, as a lazy relation would."""

    def __init__(self, model: type) -> None:
        self._model = model

    def __str__(self) -> str:
        return str(self._model.objects.count())

    def __html__(self) -> str:
        return str(self)
