"""What a first visit costs: requests, bytes on the wire, nodes and statements, page by page."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.browser.office import run_program
from tests.browser.sample import budgets
from tests.browser.sample.conftest import Office, Visit
from tests.browser.sample.places import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_first_visit_stays_within_its_budgets(office: Office, visit: Callable[[str], Visit], name: str) -> None:
    seen = visit(name)
    load, nodes = seen.load, seen.nodes
    html = next(size for url, size in load.fetched.values() if url.endswith(office.places[name].replace(" ", "%20")))
    print(f"{name}: {len(load.addresses)} requests, {load.size()} bytes, HTML {html}, {nodes} nodes")
    print(load)
    assert len(load.addresses) <= budgets.MOST_REQUESTS, sorted(load.addresses)
    assert load.size() <= budgets.MOST_ON_THE_WIRE, load
    assert 0 < html <= budgets.MOST_HTML
    sheets = sum(url.endswith(".css") for url in load.addresses)
    assert 0 < load.size(".css") <= budgets.MOST_CSS + sheets * budgets.HEADERS, load
    scripts = sum(url.endswith(".js") for url in load.addresses)
    assert 0 < load.size(".js") <= budgets.MOST_SCRIPT.get(name, budgets.MOST_SCRIPT_OF_ANY_PAGE) + scripts * budgets.HEADERS, load
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
