"""People at long plans."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from tests.browser.office import Person, Site, run_program, seated
from tests.people import PASSWORD

WORLD, ENDLESS = ("-m", "tests.browser.timeline.world"), "endless"


@pytest.fixture(scope="package")
def site(house: Site, request: pytest.FixtureRequest) -> Site:
    """The small installation, whose people get long plans."""
    is_endless = any(f"[{ENDLESS}-" in item.name for item in request.session.items)
    told = run_program((*WORLD, ENDLESS) if is_endless else WORLD, house.environment)
    return replace(house, world=json.loads(told.splitlines()[-1]))


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
