"""Every component, drawn with made-up data: accessible in both themes and within the content policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import COLOUR_RULES, axe_violations, policy_breaches
from tests.browser.preview.render import PAGES, write_pages
from tests.browser.preview.shots import open_page, server_of


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("preview")
    write_pages(folder)
    with server_of(folder) as address:
        yield address


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_preview_page_passes_axe_and_keeps_the_policy(chromium: Any, preview: str, name: str, theme: str) -> None:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    try:
        page = context.new_page()
        refused = policy_breaches(page)
        open_page(page, f"{preview}/{name}-{theme}.html")
        # The dark page is the light one in other colours.
        assert axe_violations(page, only=COLOUR_RULES if theme == "dark" else ()) == []
        assert refused == []
    finally:
        context.close()
