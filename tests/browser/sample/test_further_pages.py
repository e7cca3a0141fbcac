"""The pages of every area, each looked at once: by axe in one of the themes, and at the width of a phone."""

from __future__ import annotations

import pytest

from tests.browser.chromium import axe_violations
from tests.browser.sample.conftest import PHONE, Office, overhang

IN_A_PROJECT = ("board/", "list/", "calendar/", "risks/", "status/", "promises/", "brief/", "sale/", "approvals/")
ALONE = (
    "/portfolio/", "/contacts/", "/duplicates/", "/leads/", "/proposals/", "/inbox/", "/profile/", "/sales/discipline/", "/capacity/",
    "/capacity/outlook/", "/capacity/levelling/", "/capacity/time-off/", "/start/", "/settings/people/",
    "/settings/data/", "/trash/", "/bulk/", "/capacity/balance/", "/capacity/team/", "/capacity/track-record/", "/projects/import/",
)
PAGES = (*ALONE, *(f"project {end}" for end in IN_A_PROJECT))


@pytest.mark.parametrize("name", PAGES)
def test_a_further_page_passes_axe_and_fits_a_phone(office: Office, name: str) -> None:
    address = office.places["project"] + name.removeprefix("project ") if name.startswith("project ") else name
    theme = ("light", "dark")[PAGES.index(name) % 2]
    with office.fresh_page(theme=theme) as (page, problems):
        answer = page.goto(f"{office.site.url}{address}")
        assert answer.status == 200
        assert axe_violations(page) == []
        page.set_viewport_size(PHONE)
        page.wait_for_timeout(200)
        assert overhang(page) <= 0
        assert problems == []

