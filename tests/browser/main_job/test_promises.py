"""What was said becomes a promise, goes through gate and queue, and is known by who delivers it: with mouse and keyboard in Chromium."""

from __future__ import annotations

from datetime import date, timedelta

from tests.browser.chromium import axe_violations
from tests.browser.main_job.test_main_job import fill_gate
from tests.browser.office import until

SAID = "Whatever you build, the job search must answer in under a second on the hall Wi-Fi."
SELECT = """([within, from, to]) => {
  const box = [...document.querySelectorAll('[data-quote-url]')].find(one => one.textContent.includes(within));
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  let text;
  while ((text = walker.nextNode()) && !text.data.includes(from)) { /* the words of the entry */ }
  const range = document.createRange();
  range.setStart(text, text.data.indexOf(from));
  range.setEnd(text, text.data.indexOf(to) + to.length);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def test_words_of_the_client_become_a_promise_that_delivery_asks_about_accepts_and_knows(site, sit_down):
    deal_url = f"{site.url}/deals/{site.world['deals'][3]}/"
    seller = sit_down("seller").page
    seller.goto(deal_url)
    _log(seller, SAID)
    _promise(seller, "Search in under a second")
    seller.locator("#drawer form").wait_for(state="hidden")
    seller.goto(f"{deal_url}ledger/")
    assert "Search in under a second" in seller.locator("main").inner_text()
    _win(seller, deal_url)

    manager = sit_down("manager", theme="dark").page
    manager.goto(f"{site.url}/handoffs/")
    row = manager.locator(".handoff-queue__row", has_text="Fair configurator")
    assert "1 promise has no task" in " ".join(row.inner_text().split())
    assert axe_violations(manager) == []
    row.get_by_role("link", name="Review").click()
    manager.wait_for_url("**/handoffs/*/")
    _return_the_scope(manager)

    seller.goto(manager.url)
    answer = seller.locator("form", has_text="Delivery asks").locator("textarea").first
    answer.fill("Seven languages at the start.")
    seller.get_by_role("button", name="Answer and hand off again").click()
    until(manager, lambda: manager.locator("button[name=decision][value=accept]").count() == 1)
    assert "Seven languages at the start." in manager.content()
    manager.locator("button[name=decision][value=accept]").click()
    until(manager, lambda: "Accepted" in manager.locator("main").inner_text())

    manager.locator("a", has_text="Brief of").click()
    manager.wait_for_url("**/brief/")
    assert "Search in under a second" in manager.locator(".brief__items").inner_text()
    assert axe_violations(manager) == []
    manager.get_by_role("button", name="I know all of it").click()
    until(manager, lambda: manager.get_by_role("button", name="I know all of it").count() == 0)

    manager.goto(manager.url.replace("/brief/", "/promises/"))
    manager.get_by_role("link", name="Search in under a second").first.click()
    sheet = manager.locator("#drawer")
    until(manager, lambda: "the job search must answer in under a second" in sheet.inner_text())
    assert axe_violations(manager) == []


def _log(page, words):
    page.locator(".composer textarea[name=text]").fill(words)
    page.locator(".composer button[type=submit]").click()
    page.locator("[data-quote-url]", has_text=words).wait_for()


def _promise(page, text):
    page.evaluate(SELECT, ["job search", "the job search", "under a second"])
    page.locator(".quote-button").wait_for()
    page.keyboard.press("Alt+p")
    form = page.locator("#drawer form")
    form.wait_for()
    assert form.locator("textarea[name=quote]").input_value() == "the job search must answer in under a second"
    form.locator("textarea[name=text]").fill(text)
    form.get_by_role("button", name="Make promise").click()


def _win(page, deal_url):
    page.goto(deal_url)
    page.locator("[data-drawer]", has_text="Close won").first.click()
    gate = page.locator("#drawer form")
    gate.wait_for()
    fill_gate(page, promised=date.today() + timedelta(days=60))
    gate.locator("button[type=submit].button--primary").click()
    page.wait_for_url("**/handoffs/*/")


def _return_the_scope(page):
    page.locator("#answer-scope_summary label", has_text="Return").click()
    page.locator("[name=question_scope_summary]").fill("How many languages?")
    page.get_by_role("button", name="Return with questions").click()
    until(page, lambda: "Returned" in page.locator("main").inner_text() or "Back with sales" in page.locator("main").inner_text())
