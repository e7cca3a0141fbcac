"""The sample company, served once, and the owner's session for as many fresh browsers as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from tests.browser.chromium import (
    CHROMIUM,
    COLOUR_RULES,
    PATIENCE_MS,
    WAIT_MS,
    axe_violations,
    policy_breaches,
)
from tests.browser.office import SAMPLE, Site, seated, served
from tests.browser.sample.places import OWNER, PASSWORD, find_places

PHONE: Any = {"width": 390, "height": 844}


@dataclass
class Load:
    """Everything Chromium fetched for a page: address and bytes as they travelled, headers included."""

    fetched: dict[str, list[Any]] = field(default_factory=dict)

    def watch(self, page: Any) -> None:
        watcher = page.context.new_cdp_session(page)
        watcher.send("Network.enable")
        watcher.on("Network.requestWillBeSent", lambda event: self._begin(event["requestId"], event["request"]["url"]))
        watcher.on("Network.loadingFinished", lambda event: self._end(event["requestId"], event["encodedDataLength"]))

    def _begin(self, key: str, url: str) -> None:
        if not url.startswith("data:"):
            self.fetched.setdefault(key, [url, 0])

    def _end(self, key: str, size: int) -> None:
        if key in self.fetched:
            self.fetched[key][1] = size

    @property
    def addresses(self) -> set[str]:
        return {url for url, _ in self.fetched.values()}

    def size(self, ending: str = "") -> int:
        return int(sum(size for url, size in self.fetched.values() if url.endswith(ending)))

    def size_of(self, part: str) -> int:
        return int(sum(size for url, size in self.fetched.values() if part in url))

    def __str__(self) -> str:
        return "\n".join(f"{size:>7} {url}" for url, size in self.fetched.values())


@dataclass(frozen=True)
class Visit:
    """What one first visit to a page showed, at a desk in light and dark and then on a phone."""

    load: Load
    nodes: int
    light: list[str]
    dark: list[str]
    on_a_phone: list[str]
    overhang: int
    problems: list[str]


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


@pytest.fixture(scope="package")
def visit(office: Office) -> Callable[[str], Visit]:
    """`visit("deal")` goes to a main page with a fresh browser; whoever asks again is told what was seen then."""

    @cache
    def look(name: str) -> Visit:
        load = Load()
        with office.fresh_page() as (page, problems):
            load.watch(page)
            page.goto(f"{office.site.url}{office.places[name]}", wait_until="load")
            if page.locator("body[data-stream-url]").count():
                page.wait_for_selector("body[data-stream=on]", state="attached")
            page.wait_for_timeout(300)
            fetched, nodes = Load(dict(load.fetched)), page.evaluate("document.querySelectorAll('*').length")
            light = axe_violations(page)
            page.emulate_media(color_scheme="dark")
            dark = axe_violations(page, only=COLOUR_RULES)
            page.set_viewport_size(PHONE)
            page.wait_for_timeout(200)
            return Visit(fetched, nodes, light, dark, axe_violations(page), overhang(page), problems)

    return look


def overhang(page: Any) -> int:
    """How many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def _wait_until_quiet(page: Any) -> None:
    """The worker has told everything the filling caused: pages fetched from now on change by people only."""
    newest, seen = "", 0
    while seen < 3:
        page.goto(page.url)
        now = page.locator("body").get_attribute("data-stream-after") or ""
        newest, seen = now, seen + 1 if now == newest else 0
        page.wait_for_timeout(1500)
