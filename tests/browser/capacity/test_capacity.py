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


def bar_of(page: Any, site: Site) -> Any:
    return page.locator(f"#booking-{site.world['booking']}")


def words_of(page: Any, site: Site) -> str:
    return str(bar_of(page, site).get_attribute("title"))


def drag(page: Any, bar: Any, across: float, *, at_end: bool = False, onto: Any = None, release: bool = True) -> None:
    """Take a bar in its middle or at its end, and carry it so many weeks sideways, or onto a row."""
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    week = bar.evaluate("node => node.parentElement.getBoundingClientRect().width / 10")
    x, y = box["x"] + (box["width"] - 4 if at_end else box["width"] / 2), box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    if onto is not None:
        row = onto.bounding_box()
        page.mouse.move(x, row["y"] + row["height"] / 2, steps=8)
    else:
        page.mouse.move(x + across * week, y, steps=8)
    if release:
        page.mouse.up()


def span_of(page: Any, site: Site) -> tuple[int, int]:
    """First column and number of columns of the booking."""
    names = bar_of(page, site).get_attribute("class").split()
    first, span = (next(name for name in names if name.startswith(letter) and name[2:].isdecimal()) for letter in ("c-", "s-"))
    return int(first[2:]), int(span[2:])


def changed(page: Any, site: Site, before: str) -> str:
    until(page, lambda: bar_of(page, site).count() == 1 and words_of(page, site) != before)
    return words_of(page, site)


def test_a_drag_sideways_moves_a_booking_by_whole_weeks_and_stays(sit_down: Any, site: Site) -> None:
    page = sit_down("owner", "/capacity/")
    before, (first, span) = words_of(page, site), span_of(page, site)
    drag(page, bar_of(page, site), 2.1)
    moved = changed(page, site, before)
    assert span_of(page, site) == (first + 2, span)
    page.reload()
    assert words_of(page, site) == moved


def test_a_drag_at_its_end_stretches_a_booking_and_the_keyboard_takes_it_back(sit_down: Any, site: Site) -> None:
    page = sit_down("owner", "/capacity/")
    before, (first, span) = words_of(page, site), span_of(page, site)
    drag(page, bar_of(page, site), 1.2, at_end=True)
    stretched = changed(page, site, before)
    assert span_of(page, site) == (first, span + 1)
    page.reload()
    assert words_of(page, site) == stretched
    bar_of(page, site).focus()
    page.keyboard.press("Alt+Shift+ArrowLeft")
    assert changed(page, site, stretched) == before


def test_escape_gives_a_drag_up_and_opens_nothing(sit_down: Any, site: Site) -> None:
    page = sit_down("owner", "/capacity/")
    before = words_of(page, site)
    drag(page, bar_of(page, site), 3, release=False)
    page.keyboard.press("Escape")
    page.mouse.up()
    page.wait_for_timeout(300)
    assert words_of(page, site) == before
    assert bar_of(page, site).evaluate("node => [node.style.translate, node.style.inlineSize, 'dragging' in node.dataset]") == ["", "", False]
    assert page.locator("#drawer-body form").count() == 0


def test_a_drag_onto_somebody_elses_row_gives_it_to_them_until_it_is_undone(sit_down: Any, site: Site) -> None:
    page = sit_down("owner", "/capacity/")
    row = page.locator("[data-person]").filter(has_text="Yara Costa")
    drag(page, bar_of(page, site), 0, onto=row)
    until(page, lambda: row.locator(f"#booking-{site.world['booking']}").count() == 1)
    page.get_by_role("button", name="Undo").first.click()
    until(page, lambda: page.locator("[data-person]").filter(has_text="Ida Moreau").locator(f"#booking-{site.world['booking']}").count() == 1)
    page.reload()
    assert page.locator("[data-person]").filter(has_text="Ida Moreau").locator(f"#booking-{site.world['booking']}").count() == 1


def test_a_booking_is_split_in_its_drawer_and_both_parts_are_there(sit_down: Any, site: Site) -> None:
    page = sit_down("owner", "/capacity/")
    mine = page.locator("[data-person]").filter(has_text="Ida Moreau").locator("[data-booking]")
    before = mine.count()
    bar_of(page, site).click()
    page.wait_for_selector(".booking-split")
    day = page.locator("#drawer-body [name=start_date]").input_value()
    page.fill(".booking-split [name=at_date]", page.evaluate("day => new Date(new Date(day).getTime() + 2 * 864e5).toISOString().slice(0, 10)", day))
    page.locator(".booking-split button[type=submit]").click()
    until(page, lambda: mine.count() == before + 1)
    page.reload()
    assert mine.count() == before + 1


def heat(page: Any) -> list[str]:
    return [text.strip() for text in page.locator(".heat-cell .visually-hidden").all_inner_texts()]


def test_taking_a_deal_as_won_lost_or_moved_changes_the_bands_on_screen(sit_down: Any, site: Site) -> None:
    page = sit_down("owner", "/capacity/outlook/")
    as_is = heat(page)
    shown = {}
    for choice in ("Won", "Lost", "Moved"):
        page.goto(f"{site.url}/capacity/outlook/")
        driver = page.locator(".driver").filter(has_text="Third shop").first
        driver.get_by_role("link", name=choice, exact=True).click()
        page.wait_for_load_state()
        shown[choice] = heat(page)
        assert shown[choice] != as_is
    assert len({tuple(cells) for cells in shown.values()}) == 3
    assert any("Overload" in cell for cell in shown["Won"])


def test_a_date_is_promised_from_its_answer_and_stands_in_the_deal(sit_down: Any, site: Site) -> None:
    page = sit_down("seller", f"/deals/{site.world['deal']}/date/")
    page.fill("[name=kickoff_date]", site.world["kickoff"])
    page.fill("[name=wanted_date]", site.world["wanted"])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector("[name=due_date]")
    page.fill("[name=due_date]", site.world["wanted"])
    page.fill("[name=text]", "The third shop is open")
    page.locator("form:has([name=due_date]) button[type=submit]").click()
    page.wait_for_load_state()
    page.goto(f"{site.url}/deals/{site.world['deal']}/?tab=promises")
    until(page, lambda: "The third shop is open" in page.content())
