"""What answers of the server mean to a page: htmx.ajax resolves on errors and htmx 4 swaps them, so this is ours."""

from __future__ import annotations

import json
import threading

from playwright.sync_api import Page, expect

from tests.browser.islands.fake_server import Answer, FakeServer

FORM = '<form id="lead" hx-post="/leads"><input name="name" aria-invalid="true" value=""><p role="alert">Give a name.</p></form>'


def test_a_write_carries_the_token_of_the_page(page: Page, server: FakeServer) -> None:
    server.on("POST", "/leads", Answer("<li>Ada</li>"))
    page.goto("/fixture/office")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#leads li")).to_have_text("Ada")
    call = server.calls_of("POST", "/leads")[0]
    assert call.headers["x-csrftoken"] == "token-of-the-page"
    assert call.headers["hx-request"] == "true"


def test_a_form_that_is_wrong_comes_back_over_itself_with_the_focus_on_the_mistake(page: Page, server: FakeServer) -> None:
    server.on("POST", "/leads", Answer(FORM, 422))
    page.goto("/fixture/office")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#lead [role=alert]")).to_have_text("Give a name.")
    expect(page.locator("#lead input")).to_be_focused()
    expect(page.locator("#leads")).to_be_empty()


def test_a_conflict_with_a_choice_opens_in_the_drawer(page: Page, server: FakeServer) -> None:
    server.on("POST", "/win", Answer("<h2>Changed meanwhile</h2><button>Reload</button>", 412))
    page.goto("/fixture/office")
    page.locator("#win").click()
    expect(page.locator("#drawer")).to_be_visible()
    expect(page.locator("#drawer")).to_contain_text("Changed meanwhile")
    expect(page.locator("#leads")).to_be_empty()
    page.keyboard.press("Escape")
    expect(page.locator("#win")).to_be_focused()


def test_a_refusal_in_words_becomes_a_toast(page: Page, server: FakeServer) -> None:
    server.on("POST", "/win", Answer("<p>The deal is already won.</p>", 409))
    page.goto("/fixture/office")
    page.locator("#win").click()
    expect(page.locator(".toast-bad")).to_contain_text("The deal is already won.")
    expect(page.locator("#leads")).to_be_empty()


def test_a_failing_server_changes_nothing_and_puts_the_switch_back(page: Page, server: FakeServer) -> None:
    server.on("POST", "/done", Answer("<h1>Traceback</h1>", 500))
    page.goto("/fixture/office")
    page.locator("#done").click()
    expect(page.locator(".toast-bad")).to_contain_text("Not saved. The server does not answer.")
    expect(page.locator("#done")).not_to_be_checked()
    expect(page.get_by_text("Traceback")).to_have_count(0)


def test_a_cut_connection_is_told_in_the_same_words(page: Page, server: FakeServer) -> None:
    server.on("POST", "/done", Answer(cuts=True))
    page.goto("/fixture/office")
    page.locator("#done").click()
    expect(page.locator(".toast-bad")).to_contain_text("Not saved.")
    expect(page.locator("#done")).not_to_be_checked()


def test_a_lost_session_goes_to_the_sign_in(page: Page, server: FakeServer) -> None:
    server.on("POST", "/win", Answer(status=401, headers={"HX-Redirect": "/fixture/forms"}))
    page.goto("/fixture/office")
    page.locator("#win").click()
    page.wait_for_url("**/fixture/forms")


def test_the_focus_finds_its_heir_after_a_swap(page: Page, server: FakeServer) -> None:
    server.on("GET", "/part", Answer('<p>New</p><button name="inner">Inner again</button>'))
    page.goto("/fixture/office")
    page.get_by_role("button", name="Inner").click()
    expect(page.get_by_role("button", name="Inner again")).to_be_focused()


def test_one_toast_at_a_time_and_undo_posts_what_the_server_said(page: Page, server: FakeServer) -> None:
    undo = {"text": "Won Ada", "undo_url": "/undo", "undo_values": {"token": "t1"}}
    server.on("POST", "/win", Answer("", headers={"HX-Trigger": json.dumps({"toast": undo})}))
    server.on("POST", "/undo", Answer('<ul id="leads"><li>Back</li></ul>'))
    page.goto("/fixture/office")
    page.locator("#win").click()
    expect(page.locator(".toast")).to_contain_text("Won Ada")
    expect(page.locator("#live")).to_have_text("Won Ada")
    page.locator("#win").click()
    expect(page.locator(".toast")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#leads li")).to_have_text("Back")
    assert server.calls_of("POST", "/undo")[0].values == {"token": "t1"}
    expect(page.locator(".toast")).to_have_count(0)


def test_a_toast_stays_six_seconds_and_longer_under_the_pointer(page: Page, server: FakeServer) -> None:
    page.clock.install()
    page.goto("/fixture/office")
    page.evaluate("document.dispatchEvent(new CustomEvent('toast', {detail: {text: 'Saved', undo_url: '/undo'}}))")
    page.clock.run_for(6500)
    expect(page.locator(".toast")).to_have_count(1)
    page.locator(".toast-text").hover()
    page.clock.run_for(20000)
    expect(page.locator(".toast")).to_have_count(1)
    page.mouse.move(1, 1)
    page.clock.run_for(9000)
    expect(page.locator(".toast")).to_have_count(0)


def test_the_same_key_coalesces(page: Page) -> None:
    page.goto("/fixture/office")
    for days in (1, 2):
        page.evaluate("n => document.dispatchEvent(new CustomEvent('toast', {detail: {text: `Moved ${n}`, key: 'task-1'}}))", days)
    expect(page.locator(".toast-text")).to_have_text("Moved 2")


def test_a_toast_over_a_dialog_can_be_reached(page: Page, server: FakeServer) -> None:
    server.on("GET", "/tasks/5", Answer("<h2>Task 5</h2>"))
    page.goto("/fixture/office")
    page.locator("#open-task").click()
    expect(page.locator("#drawer h2")).to_be_focused()
    page.evaluate("document.dispatchEvent(new CustomEvent('toast', {detail: {text: 'Saved'}}))")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".toast")).to_have_count(0)


def test_nothing_happens_until_the_person_confirms(page: Page, server: FakeServer) -> None:
    server.on("POST", "/delete", Answer())
    server.on("POST", "/archive", Answer())
    page.goto("/fixture/office")
    page.locator("#delete").click()
    expect(page.locator("#confirm")).to_contain_text("Delete Ada?")
    page.get_by_role("button", name="Cancel").click()
    assert server.calls == []
    page.locator("#delete").click()
    with page.expect_response("**/delete"):
        page.locator("#confirm").get_by_role("button", name="Delete").click()
    page.locator("#archive").click()
    with page.expect_response("**/archive"):
        page.locator("#confirm").get_by_role("button", name="Yes").click()


def test_a_slow_form_is_sent_once(page: Page, server: FakeServer) -> None:
    gate = threading.Event()
    server.on("POST", "/once", Answer(gate=gate))
    page.goto("/fixture/forms")
    page.wait_for_function("() => document.querySelector('#once')._htmx?.initialized")
    page.wait_for_load_state("networkidle")
    for _ in range(3):
        page.locator("#once button").click()
    expect(page.locator("#once")).to_have_attribute("aria-busy", "true")
    gate.set()
    expect(page.locator("#once")).not_to_have_attribute("aria-busy", "true")
    assert len(server.calls_of("POST", "/once")) == 1
