"""Deals move by pointer, menu and keyboard; what cannot be saved goes back."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Page, expect

from tests.browser.islands.fake_server import Answer, Call, FakeServer


def card(deal: int, name: str, stage: str, version: int) -> str:
    return (
        f'<article id="deal-{deal}" data-deal="{deal}" data-version="{version}" data-name="{name}" data-stage-id="{stage}"'
        f' data-gate-url="/deals/{deal}/gate" data-lose-url="/deals/{deal}/lose" tabindex="0"><a href="/deals/{deal}">{name}</a>'
        f'<button data-move-to aria-haspopup="menu" tabindex="-1">Move {name}</button></article>'
    )


def moved(call: Call) -> Answer:
    stage = call.values["stage_id"]
    return Answer(
        card(11, "Alpha", stage, int(call.values["version"]) + 1)
        + '<header id="stage-1-header">Qualified 1</header><header id="stage-2-header">Proposal 2</header>'
    )


def stage_of(page: Page, name: str) -> str:
    return page.locator("article", has_text=name).evaluate("card => card.closest('[data-stage]').dataset.name")


@pytest.fixture
def board(page: Page, server: FakeServer) -> Page:
    server.on("POST", "/deals/11/stage", moved)
    page.goto("/fixture/board")
    page.wait_for_function("() => document.querySelectorAll('[data-deal][tabindex=\"0\"]').length === 1")
    return page


def drag(page: Page, name: str, column: str) -> None:
    page.locator("deal-board").hover()
    page.wait_for_function("() => window.Sortable && Sortable.get(document.querySelector('[data-cards]'))")
    start = page.locator("article", has_text=name).bounding_box()
    goal = page.locator(f"[data-name={column}] [data-cards]").bounding_box()
    assert start is not None
    assert goal is not None
    page.mouse.move(start["x"] + 6, start["y"] + 6)
    page.mouse.down()
    page.mouse.move(start["x"] + 20, start["y"] + 20, steps=4)
    page.mouse.move(goal["x"] + 60, goal["y"] + 100, steps=12)
    page.wait_for_timeout(200)
    page.mouse.up()


def test_a_dragged_card_is_saved_and_both_headers_follow(board: Page, server: FakeServer) -> None:
    drag(board, "Alpha", "Proposal")
    expect(board.locator("#stage-2-header")).to_have_text("Proposal 2")
    assert stage_of(board, "Alpha") == "Proposal"
    call = server.calls_of("POST", "/deals/11/stage")[0]
    assert call.values == {"stage_id": "2", "version": "1"}
    expect(board.locator("#deal-11")).to_have_attribute("data-version", "2")
    expect(board.locator(".toast")).to_contain_text("Alpha moved to Proposal")


def test_undo_moves_back_with_the_new_version(board: Page, server: FakeServer) -> None:
    board.locator("#deal-11").focus()
    board.keyboard.press("Shift+ArrowRight")
    board.get_by_role("button", name="Undo").click()
    expect(board.locator("#deal-11")).to_have_attribute("data-version", "3")
    assert stage_of(board, "Alpha") == "Qualified"
    assert [call.values for call in server.calls] == [{"stage_id": "2", "version": "1"}, {"stage_id": "1", "version": "2"}]
    assert board.locator("[data-stage='1'] [data-deal]").first.get_attribute("data-name") == "Alpha"


def test_arrows_walk_and_shift_arrows_move(board: Page) -> None:
    board.locator("#deal-11").focus()
    board.keyboard.press("ArrowDown")
    expect(board.locator("#deal-12")).to_be_focused()
    board.keyboard.press("ArrowRight")
    expect(board.locator("#deal-21")).to_be_focused()
    board.keyboard.press("ArrowLeft")
    expect(board.locator("#deal-11")).to_be_focused()
    board.keyboard.press("Shift+ArrowRight")
    expect(board.locator("#live")).to_have_text("Moved Alpha to Proposal, 1 of 2")
    expect(board.locator("#deal-11")).to_be_focused()
    expect(board.locator("[data-deal][tabindex='0']")).to_have_count(1)


def test_the_menu_moves_what_a_drag_moves(board: Page, server: FakeServer) -> None:
    board.get_by_role("button", name="Move Alpha").click()
    expect(board.get_by_role("menuitemradio", name="Qualified")).to_have_attribute("aria-checked", "true")
    board.get_by_role("menuitemradio", name="Proposal").click()
    expect(board.locator("#stage-2-header")).to_have_text("Proposal 2")
    expect(board.locator("#deal-11")).to_be_focused()
    assert len(server.calls_of("POST", "/deals/11/stage")) == 1


@pytest.mark.parametrize("answer", [Answer("boom", 500), Answer(cuts=True), Answer("<p>Somebody moved it.</p>", 412)])
def test_a_failure_puts_the_card_back_and_says_where(board: Page, server: FakeServer, answer: Answer) -> None:
    server.on("POST", "/deals/12/stage", answer)
    board.locator("#deal-12").focus()
    board.keyboard.press("Shift+ArrowRight")
    expect(board.locator(".toast-bad")).to_contain_text("Could not save. Beta is back in Qualified.")
    assert stage_of(board, "Beta") == "Qualified"
    assert board.locator("[data-stage='1'] [data-deal]").last.get_attribute("data-name") == "Beta"
    expect(board.locator("#deal-12")).to_be_focused()


def test_a_question_of_the_server_opens_in_the_drawer(board: Page, server: FakeServer) -> None:
    server.on("POST", "/deals/12/stage", Answer("<form><label>Value <input name='value'></label></form>", 422))
    board.locator("#deal-12").focus()
    board.keyboard.press("Shift+ArrowRight")
    expect(board.locator("#drawer")).to_contain_text("Value")
    assert stage_of(board, "Beta") == "Qualified"


def test_the_card_moves_before_the_server_answers(board: Page, server: FakeServer) -> None:
    gate = threading.Event()
    server.on("POST", "/deals/11/stage", lambda call: Answer(moved(call).body, gate=gate))
    board.locator("#deal-11").focus()
    board.keyboard.press("Shift+ArrowRight")
    assert stage_of(board, "Alpha") == "Proposal"
    board.keyboard.press("Shift+ArrowLeft")
    gate.set()
    expect(board.locator("#deal-11")).to_have_attribute("data-version", "3")
    assert stage_of(board, "Alpha") == "Qualified"
    assert [call.values["version"] for call in server.calls] == ["1", "2"]


@pytest.mark.parametrize(("column", "url", "words"), [("Won", "/deals/11/gate", "Hand off"), ("Lost", "/deals/11/lose", "Why lost?")])
def test_winning_and_losing_ask_first_and_the_card_stays(
    board: Page, server: FakeServer, column: str, url: str, words: str
) -> None:
    server.on("GET", url, Answer(f"<h2>{words}</h2>"))
    drag(board, "Alpha", column)
    expect(board.locator("#drawer h2")).to_have_text(words)
    assert stage_of(board, "Alpha") == "Qualified"
    assert server.calls_of("POST", "/deals/11/stage") == []
    board.keyboard.press("Escape")
    expect(board.locator("#deal-11")).to_be_focused()


def test_enter_opens_the_deal(board: Page, server: FakeServer) -> None:
    server.on("GET", "/deals/11", Answer("<h1>Alpha</h1>"))
    board.locator("#deal-11").focus()
    board.keyboard.press("Enter")
    board.wait_for_url("**/deals/11")


def test_a_card_that_the_server_names_elsewhere_goes_there(board: Page) -> None:
    board.evaluate("html => htmx.swap({text: html, sourceElement: document.body, target: '#deal-11', swap: 'outerMorph'})",
                   card(11, "Alpha", "2", 5))
    expect(board.locator("[data-stage='2'] #deal-11")).to_have_count(1)
