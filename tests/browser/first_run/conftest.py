"""The first day of an installation, under a name that browsers trust with passkeys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.chromium import CHROMIUM
from tests.browser.office import Site, served


@pytest.fixture(scope="package")
def first_day() -> Iterator[Site]:
    """An installation with one owner and nothing else; whoever comes later finds what the one before has done."""
    if not CHROMIUM:
        pytest.skip("CHROMIUM IS MISSING: the browser tests were skipped")
    with served(("-m", "tests.browser.first_run.world"), host="localhost") as site:
        yield site
