"""The sample company, served once, and the owner's session for as many fresh browsers as a test wants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.browser.chromium import CHROMIUM, PATIENCE_MS, WAIT_MS, policy_breaches
from tests.browser.office import SAMPLE, Site, seated, served
from tests.browser.sample.places import OWNER, PASSWORD, find_places


@dataclass
class Office:
    """The served sample company as its owner sees it; `places` are the addresses of the main pages."""

    site: Site
    browser: Any
    places: dict[str, str]
    session: Any

    @contextmanager
    def fresh_page(self, *, theme: str = "light", width: int = 1440, height: int = 900) -> Iterator[tuple[Any, list[str]]]:
        """A page in a browser context that has nothing but the session, and the list of what it should never do."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce", storage_state=self.session,
        )
        try:
            page = context.new_page()
            page.set_default_timeout(WAIT_MS)
            page.set_default_navigation_timeout(PATIENCE_MS)
            yield page, policy_breaches(page)
        finally:
            context.close()


@pytest.fixture(scope="package")
def office(chromium: Any) -> Iterator[Office]:
    if not CHROMIUM:
        pytest.skip("CHROMIUM IS MISSING: the browser tests were skipped")
    with served(SAMPLE) as site, seated(site, chromium, OWNER, PASSWORD) as owner:
        places = find_places(owner.page, site.url)
        _wait_until_quiet(owner.page)
        yield Office(site, chromium, places, owner.page.context.storage_state())


def _wait_until_quiet(page: Any) -> None:
    """The worker has told everything the filling caused: pages fetched from now on change by people only."""
    newest, seen = "", 0
    while seen < 3:
        page.goto(page.url)
        now = page.locator("body").get_attribute("data-stream-after") or ""
        newest, seen = now, seen + 1 if now == newest else 0
        page.wait_for_timeout(1500)
