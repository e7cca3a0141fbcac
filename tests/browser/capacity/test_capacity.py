"""Capacity under the hand: a booking moved by keyboard, the outlook's what-if, a date asked for, overload fixed and taken back."""

from __future__ import annotations

from typing import Any

from tests.browser.chromium import axe_violations
from tests.browser.office import Site, until


def test_a_booking_moves_by_keyboard_and_stays_where_it_was_put(sit_down: Any, site: Site) -> None:
    page = sit_down("owner", "/capacity/")
    bar = page.locator(f"#booking-{site.world['booking']}")
    before = bar.get_attribute("title")
    bar.focus()
    page.keyboard.press("Alt+ArrowRight")
    until(page, lambda: page.locator(f"#booking-{site.world['booking']}").get_attribute("title") != before)
    moved = page.locator(f"#booking-{site.world['booking']}").get_attribute("title")
    page.reload()
    assert page.locator(f"#booking-{site.world['booking']}").get_attribute("title") == moved


def test_the_outlook_answers_what_if_a_deal_is_won(sit_down: Any, site: Site) -> None:
    page = sit_down("owner", f"/capacity/outlook/?won={site.world['deal']}")
    assert "Developer" in page.locator("main").inner_text()
    assert axe_violations(page) == []


def test_a_date_is_answered_with_its_odds(sit_down: Any, site: Site) -> None:
    page = sit_down("seller", f"/deals/{site.world['deal']}/date/")
    page.fill("[name=kickoff_date]", site.world["kickoff"])
    page.fill("[name=wanted_date]", site.world["wanted"])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    words = page.locator("main").inner_text()
    assert "P80" in words
    assert "%" in words


def test_overload_is_fixed_in_one_click_and_taken_back_in_another(sit_down: Any) -> None:
    page = sit_down("owner", "/capacity/balance/")
    assert axe_violations(page) == []
    person = page.locator(".balance__person").filter(has_text="Peer Olsen")
    person.get_by_role("button", name="Give “Build the templates” to Noor Haddad").first.click()
    page.wait_for_load_state()
    assert page.locator(".balance__person").filter(has_text="Peer Olsen").count() == 0
    page.get_by_role("button", name="Take back").first.click()
    page.wait_for_load_state()
    assert page.locator(".balance__person").filter(has_text="Peer Olsen").count() == 1
