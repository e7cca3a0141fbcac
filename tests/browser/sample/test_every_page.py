"""Every main page in both themes and on a phone: accessible, within the content policy, and not wider than the window."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.sample.conftest import Visit
from tests.browser.sample.places import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_passes_axe_in_light_and_dark_and_keeps_the_policy(visit: Callable[[str], Visit], name: str) -> None:
    seen = visit(name)
    assert seen.light == []
    assert seen.dark == []
    assert seen.problems == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_hangs_over_the_edge_of_a_phone(visit: Callable[[str], Visit], name: str) -> None:
    seen = visit(name)
    assert seen.overhang <= 0
    assert seen.on_a_phone == []
