"""Every main page in both themes and on a phone: accessible, within the content policy, and not wider than the window."""

from __future__ import annotations

import pytest

from tests.browser.chromium import axe_violations
from tests.browser.sample.conftest import Office
from tests.browser.sample.places import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_passes_axe_in_light_and_dark_and_keeps_the_policy(office: Office, name: str) -> None:
    found = {}
    for theme in ("light", "dark"):
        with office.fresh_page(theme=theme) as (page, problems):
            page.goto(f"{office.site.url}{office.places[name]}")
            found[theme] = [*axe_violations(page), *problems]
    assert found == {"light": [], "dark": []}


@pytest.mark.parametrize("name", PAGES)
def test_nothing_hangs_over_the_edge_of_a_phone(office: Office, name: str) -> None:
    with office.fresh_page(width=390, height=844) as (page, problems):
        page.goto(f"{office.site.url}{office.places[name]}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 391
        assert axe_violations(page) == []
        assert problems == []
