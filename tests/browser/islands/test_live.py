"""What others change appears, nothing is lost over a cut, and nobody loses the caret."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Page, expect

from tests.browser.islands.fake_server import Answer, Call, FakeServer


def deal(stage: str, *, name: str = "Website") -> str:
    return (
        '<section id="deal" data-live="sales.deal:12 delivery.project:5" data-live-url="/deals/12/part"'
        f' data-live-say="The deal was updated."><p id="stage">{stage}</p><form><input id="name" name="name" value="{name}"'
        ' aria-label="Name"></form></section>'
    )


LIST = '<section id="list" data-live="sales.deal" data-live-url="/deals/part"><p>{}</p></section>'


@pytest.fixture
def watching(page: Page, server: FakeServer) -> Page:
    server.first_id = 10
    server.on("GET", "/deals/12/part", lambda call: Answer(deal(f"New {len(server.calls_of('GET', '/deals/12/part'))}")))
    server.on("GET", "/deals/part", lambda call: Answer(LIST.format(len(server.calls_of("GET", "/deals/part")))))
    server.on("GET", "/shown", Answer('<section id="shown"><p>Again</p></section>'))
    page.goto("/fixture/live")
    expect(page.locator("body")).to_have_attribute("data-stream", "on")
    return page


def test_a_change_of_a_record_reaches_what_shows_it(watching: Page, server: FakeServer) -> None:
    server.publish("sales.deal.moved", "sales.deal:12")
    expect(watching.locator("#stage")).to_have_text("New 1")
    expect(watching.locator("#list p")).to_have_text("1")
    expect(watching.locator("#live")).to_have_text("The deal was updated.")
    call = server.calls_of("GET", "/deals/12/part")[0]
    assert call.headers["hx-request"] == "true"


def test_a_noun_means_any_of_them_and_another_record_is_none_of_ours(watching: Page, server: FakeServer) -> None:
    server.publish("sales.deal.moved", "sales.deal:99", "clients.company:12")
    expect(watching.locator("#list p")).to_have_text("1")
    assert server.calls_of("GET", "/deals/12/part") == []


def test_many_events_at_once_are_one_fetch(watching: Page, server: FakeServer) -> None:
    for _ in range(20):
        server.publish("delivery.project.updated", "delivery.project:5")
    expect(watching.locator("#stage")).to_have_text("New 1")
    watching.wait_for_timeout(300)
    assert len(server.calls_of("GET", "/deals/12/part")) <= 2


def test_what_already_shows_an_event_is_not_fetched_for_it(watching: Page, server: FakeServer) -> None:
    server.publish("sales.deal.moved", "sales.deal:12")
    expect(watching.locator("#stage")).to_have_text("New 1")
    assert server.calls_of("GET", "/shown") == []


def test_what_happened_before_the_stream_opened_is_asked_for(page: Page, server: FakeServer) -> None:
    server.first_id = 10
    server.publish("sales.deal.moved", "sales.deal:12")
    server.on("GET", "/deals/12/part", Answer(deal("Caught up")))
    server.on("GET", "/deals/part", Answer(LIST.format("x")))
    page.goto("/fixture/live")
    expect(page.locator("#stage")).to_have_text("Caught up")


def test_nothing_is_lost_over_a_cut(watching: Page, server: FakeServer) -> None:
    heard = "document.addEventListener('live:event', e => (window.heard ??= []).push(e.detail.id))"
    watching.evaluate(heard)
    server.publish("sales.deal.moved", "sales.deal:12")
    watching.wait_for_function("() => window.heard?.length === 1")
    expect(watching.locator("#stage")).to_have_text("New 1")
    server.stream_status = 503
    server.cut()
    expect(watching.locator("body")).to_have_attribute("data-stream", "off")
    for _ in range(5):
        server.publish("sales.deal.moved", "sales.deal:12")
    server.stream_status = 200
    watching.wait_for_function("() => window.heard?.length === 6", timeout=8000)
    assert watching.evaluate("window.heard") == [11, 12, 13, 14, 15, 16]
    expect(watching.locator("#stage")).to_have_text("New 2")


def test_a_network_that_is_back_is_used_at_once(watching: Page, server: FakeServer) -> None:
    opened = server.streams_opened
    watching.evaluate("window.dispatchEvent(new Event('online'))")
    watching.wait_for_timeout(300)
    assert server.streams_opened == opened + 1
    server.publish("sales.deal.moved", "sales.deal:12")
    expect(watching.locator("#stage")).to_have_text("New 1")


def test_an_ended_session_is_not_asked_again(watching: Page, server: FakeServer) -> None:
    opened = server.streams_opened
    server.stream_status = 401
    server.cut()
    expect(watching.locator("body")).to_have_attribute("data-stream", "off")
    watching.wait_for_timeout(300)
    server.stream_status = 200
    watching.wait_for_timeout(1500)
    assert server.streams_opened == opened


def test_a_field_with_the_caret_is_never_swapped(watching: Page, server: FakeServer) -> None:
    watching.locator("#name").focus()
    server.publish("sales.deal.moved", "sales.deal:12")
    expect(watching.locator("#deal .live-marker")).to_have_text("Updated meanwhile")
    expect(watching.locator("#list p")).to_have_text("1")
    expect(watching.locator("#stage")).to_have_text("Old")
    expect(watching.locator("#name")).to_be_focused()
    assert server.calls_of("GET", "/deals/12/part") == []
    watching.locator("#own").focus()
    expect(watching.locator("#stage")).to_have_text("New 1")
    expect(watching.locator("#deal .live-marker")).to_have_count(0)


def test_unsaved_words_wait_even_without_the_caret(watching: Page, server: FakeServer) -> None:
    watching.locator("#name").fill("My words")
    watching.locator("#own").focus()
    server.publish("sales.deal.moved", "sales.deal:12")
    expect(watching.locator("#deal .live-marker")).to_be_visible()
    expect(watching.locator("#name")).to_have_value("My words")
    watching.evaluate("document.querySelector('#deal form').reset()")
    expect(watching.locator("#stage")).to_have_text("New 1")


def test_who_starts_typing_while_it_is_fetched_keeps_the_caret(watching: Page, server: FakeServer) -> None:
    gate = threading.Event()
    server.on("GET", "/deals/12/part", Answer(deal("New", name="Theirs"), gate=gate))
    with watching.expect_request("**/deals/12/part"):
        server.publish("sales.deal.moved", "sales.deal:12")
    watching.locator("#name").focus()
    watching.keyboard.press("Home")
    watching.keyboard.type("!")
    with watching.expect_response("**/deals/12/part"):
        gate.set()
    expect(watching.locator("#deal .live-marker")).to_be_visible()
    expect(watching.locator("#name")).to_have_value("!Website")
    expect(watching.locator("#name")).to_be_focused()


def test_an_own_write_is_not_fetched_a_second_time(watching: Page, server: FakeServer) -> None:
    def own(_: Call) -> Answer:
        server.publish("sales.deal.moved", "sales.deal:12")
        threading.Event().wait(0.3)
        return Answer(deal("Mine"))

    server.on("POST", "/own", own)
    watching.locator("#own").click()
    expect(watching.locator("#stage")).to_have_text("Mine")
    expect(watching.locator("#list p")).to_have_text("1")
    watching.wait_for_timeout(400)
    assert server.calls_of("GET", "/deals/12/part") == []


def test_scrolling_stays_where_it_is(watching: Page, server: FakeServer) -> None:
    watching.evaluate("""() => { const tall = document.createElement('div'); tall.className = 'tall';
      document.querySelector('main').append(tall); tall.style.height = '3000px'; window.scrollTo(0, 500); }""")
    server.publish("sales.deal.moved", "sales.deal:12")
    expect(watching.locator("#stage")).to_have_text("New 1")
    assert watching.evaluate("window.scrollY") == 500
