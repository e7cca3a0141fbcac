"""People at the small installation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.browser.office import Person, Site, seated

PASSWORD = "correct horse battery"  # noqa: S105 - the cast's, in tests/people.py


@pytest.fixture(scope="package")
def site(house: Site) -> Site:
    return house


@pytest.fixture
def sit_down(site: Site, chromium: Any) -> Iterator[Any]:
    """`sit_down("seller", theme="dark")` signs somebody in at a browser of their own."""
    people: list[Person] = []
    with ExitStack() as seats:

        def sit(key: str, **options: Any) -> Person:
            people.append(seats.enter_context(seated(site, chromium, f"{key}@studio.test", PASSWORD, **options)))
            return people[-1]

        yield sit
    assert [person.problems for person in people if person.problems] == []
