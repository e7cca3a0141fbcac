"""Drawer, menus, tabs, palette, keys and theme."""

from __future__ import annotations

import threading

from playwright.sync_api import Page, expect

from tests.browser.islands.fake_server import Answer, FakeServer


def test_a_link_opens_the_drawer_and_esc_gives_the_focus_back(page: Page, server: FakeServer) -> None:
    server.on("GET", "/tasks/5", Answer("<h2>Task 5</h2><a href='#x' data-drawer-close>Close</a>"))
    page.goto("/fixture/office")
    page.evaluate("document.addEventListener('drawer:closed', () => { document.title = 'closed'; })")
    page.locator("#open-task").click()
    expect(page.locator("#drawer h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#open-task")).to_be_focused()
    expect(page).to_have_title("closed")
    page.locator("#open-task").click()
    page.locator("[data-drawer-close]").click()
    expect(page.locator("#drawer")).not_to_be_visible()


def test_a_drawer_by_htmx_opens_when_its_part_is_there(page: Page, server: FakeServer) -> None:
    server.on("GET", "/tasks/6", Answer("<h2>Task 6</h2><input autofocus aria-label='Name'>"))
    page.goto("/fixture/office")
    page.locator("#open-htmx").click()
    expect(page.locator("#drawer input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#open-htmx")).to_be_focused()


def test_a_drawer_that_cannot_be_fetched_says_so(page: Page, server: FakeServer) -> None:
    server.on("GET", "/tasks/5", Answer("oops", 500))
    page.goto("/fixture/office")
    page.locator("#open-task").click()
    expect(page.locator(".toast-bad")).to_contain_text("The server does not answer.")
    expect(page.locator("#drawer")).not_to_be_visible()


def test_the_last_drawer_asked_for_wins(page: Page, server: FakeServer) -> None:
    gate = threading.Event()
    server.on("GET", "/tasks/5", Answer("<h2>Slow</h2>", gate=gate))
    server.on("GET", "/tasks/7", Answer("<h2>Quick</h2>"))
    page.goto("/fixture/office")
    page.locator("#open-task").click()
    page.evaluate("document.querySelector('#open-task').setAttribute('href', '/tasks/7')")
    page.locator("#open-task").click()
    expect(page.locator("#drawer h2")).to_have_text("Quick")
    with page.expect_response("**/tasks/5"):
        gate.set()
    expect(page.locator("#drawer h2")).to_have_text("Quick")


def test_a_menu_is_walked_with_arrows_and_letters(page: Page) -> None:
    page.goto("/fixture/office")
    page.locator("#more").click()
    expect(page.get_by_role("menuitem", name="Edit")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Copy")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("menuitem", name="Remove")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Edit")).to_be_focused()
    page.keyboard.press("r")
    expect(page.get_by_role("menuitem", name="Remove")).to_be_focused()
    expect(page.locator("#more")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#more")).to_be_focused()
    expect(page.locator("#more")).to_have_attribute("aria-expanded", "false")


def test_the_button_of_an_open_menu_closes_it(page: Page) -> None:
    page.goto("/fixture/office")
    page.locator("#more").click()
    expect(page.locator("#menu")).to_be_visible()
    page.locator("#more").click()
    expect(page.locator("#menu")).not_to_be_visible()


def test_tabs_need_no_server(page: Page, server: FakeServer) -> None:
    page.goto("/fixture/office")
    page.get_by_role("tab", name="One").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Two")).to_be_focused()
    expect(page.locator("#two")).to_be_visible()
    expect(page.locator("#one")).not_to_be_visible()
    assert server.calls == []


def test_the_navigation_of_a_phone_opens_and_closes(page: Page) -> None:
    page.goto("/fixture/office")
    page.locator("#burger").click()
    expect(page.locator("#rail")).to_have_class("is-open")
    expect(page.locator("#rail a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#burger")).to_be_focused()
    expect(page.locator("#rail")).not_to_have_class("is-open")


def test_the_theme_changes_and_is_kept(page: Page, server: FakeServer) -> None:
    server.on("POST", "/theme", Answer(status=204))
    page.goto("/fixture/office")
    with page.expect_response("**/theme"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert server.calls_of("POST", "/theme")[0].values == {"theme": "dark"}


def test_letters_go_and_create(page: Page, server: FakeServer) -> None:
    server.on("GET", "/deals/new", Answer("<h2>New deal</h2>"))
    page.goto("/fixture/office")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("c")
    page.keyboard.press("d")
    expect(page.locator("#drawer h2")).to_have_text("New deal")
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page.locator("#drawer h2")).to_have_text("New deal")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/fixture/board")


def test_keys_are_silent_while_somebody_types_or_switched_them_off(page: Page) -> None:
    page.goto("/fixture/office")
    page.locator("#typing").focus()
    page.keyboard.type("/?gd")
    expect(page.locator("#typing")).to_have_value("/?gd")
    expect(page.locator("#palette")).not_to_be_visible()
    page.evaluate("document.activeElement.blur(); document.body.dataset.keyboard = 'off'")
    page.keyboard.press("?")
    expect(page.locator("#keyboard-help")).not_to_be_visible()
    page.evaluate("delete document.body.dataset.keyboard")
    page.keyboard.press("?")
    expect(page.locator("#keyboard-help")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#keyboard-help")).not_to_be_visible()


def test_the_palette_shows_places_at_once_and_records_when_they_are_found(page: Page, server: FakeServer) -> None:
    named = Answer('<li role="option"><a href="/fixture/forms">Northwind</a></li>')
    server.on("GET", "/search", lambda call: named if "q" in call.query else Answer(""))
    page.goto("/fixture/office")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]")).to_have_count(2)
    page.locator("#palette input").evaluate("""input => { for (const words of ['n', 'no', 'nor', 'north']) {
      input.value = words; input.dispatchEvent(new InputEvent('input', {bubbles: true})); } }""")
    expect(page.locator("#palette [role=option]")).to_have_text(["Northwind"])
    expect(page.locator("#live")).to_have_text("1 results")
    assert [call.query["q"] for call in server.calls_of("GET", "/search") if "q" in call.query] == ["north"]
    active = page.locator("#palette input").get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/fixture/forms")


def test_an_action_of_the_palette_does_what_its_button_does(page: Page, server: FakeServer) -> None:
    server.on("GET", "/deals/new", Answer("<h2>New deal</h2>"))
    page.goto("/fixture/office")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#palette [role=option]")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer h2")).to_have_text("New deal")


def test_words_without_an_accent_find_words_with_one(page: Page) -> None:
    page.goto("/fixture/office")
    page.keyboard.press("/")
    expect(page.locator("#palette input")).to_be_focused()
    page.keyboard.type("ópportunity")
    expect(page.locator("#palette [role=option]")).to_have_text(["New deal"])
