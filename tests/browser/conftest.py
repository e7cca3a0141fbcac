"""One Chromium for all tests below, closed before any other test runs: its event loop would forbid them the database."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.browser.chromium import CHROMIUM, launched_chromium
from tests.browser.office import MAIN_JOB, SERVE, Site, served
from tests.laid_out import fill_postgresql


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """One browser for the package."""
    if not CHROMIUM:
        pytest.skip("CHROMIUM IS MISSING: the browser tests were skipped")
    with launched_chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def house(request: pytest.FixtureRequest) -> Iterator[Site]:
    """A small installation on the suite's database with the cast and their deals: one for all who can live side by side."""
    if not CHROMIUM:
        pytest.skip("CHROMIUM IS MISSING: the browser tests were skipped")
    database_url = ""
    if request.config.getoption("--database") == "postgresql":
        database_url = _new_database(os.environ.get("WONWARD_DATABASE_URL", ""))
    with served(MAIN_JOB, database_url, program=SERVE) as found:
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
