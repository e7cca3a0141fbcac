"""An installation with long plans, and people at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.browser.chromium import CHROMIUM
from tests.browser.office import Person, Site, seated, served
from tests.people import PASSWORD

WORLD, ENDLESS = ("-m", "tests.browser.timeline.world"), "endless"


@pytest.fixture(scope="package")
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    if not CHROMIUM:
        pytest.skip("CHROMIUM IS MISSING: the browser tests were skipped")
    is_endless = any(f"[{ENDLESS}-" in item.name for item in request.session.items)
    with served((*WORLD, ENDLESS) if is_endless else WORLD) as found:
        yield found


@pytest.fixture
def sit_down(site: Site, chromium: Any) -> Iterator[Any]:
    """`sit_down("manager", "small")` signs somebody in and opens a plan; the page is answered."""
    people: list[Person] = []
    with ExitStack() as seats:

        def sit(key: str, plan: str, **options: Any) -> Any:
            people.append(seats.enter_context(seated(site, chromium, f"{key}@studio.test", PASSWORD, **options)))
            page = people[-1].page
            page.goto(f"{site.url}/projects/{site.world[plan]}/plan/")
            page.wait_for_selector("plan-gantt[data-ready]")
            return page

        yield sit
    assert [person.problems for person in people if person.problems] == []
