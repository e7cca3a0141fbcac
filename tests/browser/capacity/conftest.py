"""An installation where time is short, and people at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.browser.chromium import CHROMIUM
from tests.browser.office import Person, Site, seated, served
from tests.people import PASSWORD

WORLD = ("-m", "tests.browser.capacity.world")


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    if not CHROMIUM:
        pytest.skip("CHROMIUM IS MISSING: the browser tests were skipped")
    with served(WORLD) as found:
        yield found


@pytest.fixture
def sit_down(site: Site, chromium: Any) -> Iterator[Any]:
    """`sit_down("owner", "/capacity/")` signs somebody in and opens an address; the page is answered."""
    people: list[Person] = []
    with ExitStack() as seats:

        def sit(key: str, address: str, **options: Any) -> Any:
            people.append(seats.enter_context(seated(site, chromium, f"{key}@studio.test", PASSWORD, **options)))
            page = people[-1].page
            page.goto(f"{site.url}{address}")
            return page

        yield sit
    assert [person.problems for person in people if person.problems] == []
