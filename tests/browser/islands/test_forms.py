"""Helps for forms."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.islands.fake_server import Answer, FakeServer


@pytest.mark.parametrize("zone", ["Pacific/Apia", "America/Los_Angeles", "Europe/Berlin"])
def test_a_date_in_words_is_the_same_day_everywhere(chromium: Browser, server: FakeServer, zone: str) -> None:
    context = chromium.new_context(base_url=server.url, timezone_id=zone)
    page = context.new_page()
    page.goto("/fixture/forms")
    expect(page.locator("#due-words")).to_have_text("Sun 28 Mar 2027")
    page.locator("[name=due]").fill("2028-02-29")
    expect(page.locator("#due-words")).to_have_text("Tue 29 Feb 2028")
    page.locator("[name=due]").fill("")
    expect(page.locator("#due-words")).to_have_text("")
    context.close()


def test_a_native_form_is_sent_once_with_its_button(page: Page, server: FakeServer) -> None:
    gate = threading.Event()
    server.on("POST", "/native", Answer("<h1>Done</h1>", gate=gate))
    page.goto("/fixture/forms")
    expect(page.locator("#due-words")).not_to_be_empty()
    page.locator("#native").evaluate("form => { for (let i = 0; i < 3; i++) form.requestSubmit(form.querySelector('button')); }")
    gate.set()
    expect(page.locator("h1")).to_have_text("Done")
    assert [call.values for call in server.calls_of("POST", "/native")] == [{"how": "fast"}]


def test_marking_counts_and_shows_the_bar(page: Page) -> None:
    page.goto("/fixture/forms")
    expect(page.locator("#due-words")).not_to_be_empty()
    boxes = page.locator("[name=deal]")
    boxes.nth(0).click()
    expect(page.locator("[data-bulk-count]")).to_have_text("1 selected")
    assert page.locator("[data-check-all]").evaluate("box => box.indeterminate") is True
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_have_text("3 selected")
    expect(page.locator("[data-check-all]")).to_be_checked()
    page.locator("[data-check-all]").click()
    expect(page.locator("[data-bulk-bar]")).not_to_be_visible()


def test_an_upload_shows_progress_and_what_it_made(page: Page, server: FakeServer) -> None:
    gate = threading.Event()
    server.on("POST", "/files", Answer('<ul id="files"><li>brief.pdf</li></ul>', gate=gate))
    page.goto("/fixture/forms")
    expect(page.locator("#due-words")).not_to_be_empty()
    page.locator("[name=file]").set_input_files({"name": "brief.pdf", "mimeType": "application/pdf", "buffer": b"x" * 200_000})
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("progress")).to_be_visible()
    gate.set()
    expect(page.locator("#files li")).to_have_text("brief.pdf")
    expect(page.locator("progress")).not_to_be_visible()
    call = server.calls_of("POST", "/files")[0]
    assert call.headers["x-csrftoken"] == "token-of-the-page"
    assert call.headers["content-type"].startswith("multipart/form-data")


def test_a_refused_file_says_why(page: Page, server: FakeServer) -> None:
    server.on("POST", "/files", Answer("<p>The file is larger than 25 MB.</p>", 413))
    page.goto("/fixture/forms")
    expect(page.locator("#due-words")).not_to_be_empty()
    page.locator("[name=file]").set_input_files({"name": "a.bin", "mimeType": "application/octet-stream", "buffer": b"x"})
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".toast-bad")).to_contain_text("The file is larger than 25 MB.")
