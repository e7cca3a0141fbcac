"""A small installation on the suite's database, and people at it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.browser.chromium import CHROMIUM
from tests.browser.office import MAIN_JOB, Person, Site, seated, served
from tests.laid_out import fill_postgresql

PASSWORD = "correct horse battery"  # noqa: S105 - the cast's, in tests/people.py


@pytest.fixture(scope="package")
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """A fresh installation with the cast and their deals."""
    if not CHROMIUM:
        pytest.skip("CHROMIUM IS MISSING: the browser tests were skipped")
    database_url = ""
    if request.config.getoption("--database") == "postgresql":
        database_url = _new_database(os.environ.get("WONWARD_DATABASE_URL", ""))
    with served(MAIN_JOB, database_url) as found:
        yield found


def _new_database(url: str) -> str:
    """A database of its own beside the suite's, in the same private cluster."""
    import psycopg

    if not url:
        pytest.skip("PostgreSQL is missing")
    from wonward.config.environment import read_environment

    database = read_environment({"WONWARD_DATABASE_URL": url, "WONWARD_DATA_DIR": tempfile.mkdtemp()}).database
    with psycopg.connect(host=database["HOST"], port=database["PORT"] or None, user=database["USER"],
                         password=database["PASSWORD"] or None, dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS wonward_browser")
    fill_postgresql(database, name="wonward_browser")
    return urlunsplit(urlsplit(url)._replace(path="/wonward_browser"))


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
