"""Words selected in the log become the quote of a promise."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.islands.fake_server import Answer, Call, FakeServer

FORM = "/deals/12/promises/"
SELECT = """([id, from, to]) => {
  const text = document.getElementById(id).firstChild, range = document.createRange();
  range.setStart(text, text.data.indexOf(from)); range.setEnd(text, text.data.indexOf(to) + to.length);
  getSelection().removeAllRanges(); getSelection().addRange(range);
}"""


def start(page: Page, server: FakeServer) -> None:
    server.on("GET", FORM, lambda call: Answer(f"<h2>Make promise</h2><p id='quoted'>{call.query.get('quote', 'all of it')}</p>"))
    page.goto("/fixture/quoting")
    page.wait_for_function("() => performance.getEntriesByType('resource').some(entry => entry.name.endsWith('/quoting.js'))")
    page.wait_for_load_state("networkidle")


def asked(server: FakeServer) -> list[Call]:
    return [call for call in server.calls if call.path == FORM]


def test_selected_words_open_the_form_with_exactly_these_words(page: Page, server: FakeServer) -> None:
    start(page, server)
    page.evaluate(SELECT, ["words", "need", "templates"])
    page.locator(".quote-button").click()
    expect(page.locator("#quoted")).to_have_text("need all 42 templates")
    assert asked(server)[0].query == {"communication_id": "5", "quote": "need all 42 templates"}
    expect(page.locator(".quote-button")).to_have_count(0)


def test_the_keyboard_makes_a_promise_of_the_selection_and_the_focus_comes_back(page: Page, server: FakeServer) -> None:
    start(page, server)
    page.evaluate(SELECT, ["words", "No", "photography"])
    expect(page.locator(".quote-button")).to_be_visible()
    page.keyboard.press("Alt+p")
    expect(page.locator("#quoted")).to_have_text("No photography")
    page.keyboard.press("Escape")
    expect(page.locator(".timeline-entry__promise")).to_be_focused()


def test_the_button_goes_with_the_selection_and_other_words_offer_nothing(page: Page, server: FakeServer) -> None:
    start(page, server)
    page.evaluate(SELECT, ["words", "all", "42"])
    expect(page.locator(".quote-button")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".quote-button")).to_have_count(0)
    page.evaluate(SELECT, ["other", "Words", "nobody"])
    page.wait_for_timeout(200)
    expect(page.locator(".quote-button")).to_have_count(0)


def test_without_a_selection_the_link_offers_the_whole_entry(page: Page, server: FakeServer) -> None:
    start(page, server)
    page.get_by_role("link", name="Make promise").click()
    expect(page.locator("#quoted")).to_have_text("all of it")
