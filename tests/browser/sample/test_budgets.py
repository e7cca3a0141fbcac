"""What a first visit costs: requests, bytes on the wire, nodes and statements, page by page."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.browser.office import run_program
from tests.browser.sample import budgets
from tests.browser.sample.conftest import Office
from tests.browser.sample.places import PAGES


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


@pytest.mark.parametrize("name", PAGES)
def test_a_first_visit_stays_within_its_budgets(office: Office, name: str) -> None:
    load = Load()
    with office.fresh_page() as (page, problems):
        load.watch(page)
        page.goto(f"{office.site.url}{office.places[name]}", wait_until="load")
        if page.locator("body[data-stream-url]").count():
            page.wait_for_selector("body[data-stream=on]", state="attached")
        page.wait_for_timeout(300)
        nodes = page.evaluate("document.querySelectorAll('*').length")
        assert problems == []
    html = next(size for url, size in load.fetched.values() if url.endswith(office.places[name].replace(" ", "%20")))
    print(f"{name}: {len(load.addresses)} requests, {load.size()} bytes, HTML {html}, {nodes} nodes")
    assert len(load.addresses) <= budgets.MOST_REQUESTS, load
    assert load.size() <= budgets.MOST_ON_THE_WIRE, load
    assert 0 < html <= budgets.MOST_HTML
    sheets = sum(url.endswith(".css") for url in load.addresses)
    assert 0 < load.size(".css") <= budgets.MOST_CSS + sheets * budgets.HEADERS, load
    assert 0 < load.size(".js") <= budgets.MOST_SCRIPT.get(name, budgets.MOST_SCRIPT_OF_ANY_PAGE), load
    assert 0 < load.size_of("/scripts/shell.") <= budgets.MOST_SHELL_SCRIPT + budgets.HEADERS, load
    assert nodes <= budgets.MOST_NODES


def test_no_page_asks_more_statements_than_its_budget(office: Office) -> None:
    addresses = {name: office.places[name] for name in PAGES}
    told = run_program(["-m", "tests.browser.sample.count_queries", *addresses.values()], office.site.environment)
    counted = json.loads(told.splitlines()[-1])
    found = {name: counted[address] for name, address in addresses.items()}
    print(found)
    assert {name: count for name, count in found.items() if count > budgets.MOST_QUERIES} == {}
    assert all(count > 0 for count in found.values())
