"""Tasks move in working days; the server schedules, the page previews."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Page, expect

from tests.browser.islands.fake_server import FIXTURES, Answer, Call, FakeServer


def plan(version: int, start: str = "2027-03-02") -> str:
    page = (FIXTURES / "plan.html").read_text()
    body = page[page.index("<plan-timeline"):page.index("</main>")]
    return body.replace('data-plan-version="7"', f'data-plan-version="{version}"').replace(
        'data-name="Design" data-start="2027-03-01"', f'data-name="Design" data-start="{start}"'
    )


def schedule(call: Call) -> Answer:
    return Answer(plan(int(call.values["plan_version"]) + 1))


@pytest.fixture
def timeline(page: Page, server: FakeServer) -> Page:
    server.on("POST", "/plan/moves", schedule)
    page.goto("/fixture/plan")
    page.wait_for_function("() => document.querySelectorAll('[data-task][tabindex=\"0\"]').length === 1")
    return page


def asked(server: FakeServer) -> list[dict[str, str]]:
    return [call.values for call in server.calls_of("POST", "/plan/moves")]


def test_nudges_of_a_moment_are_one_request(timeline: Page, server: FakeServer) -> None:
    timeline.locator("#row-31").focus()
    for _ in range(3):
        timeline.keyboard.press("Alt+ArrowRight")
    expect(timeline.locator("#plan")).to_have_attribute("data-plan-version", "8")
    assert asked(server) == [{"task_id": "31", "days": "3", "duration_days": "0", "plan_version": "7"}]
    expect(timeline.locator("#row-31")).to_be_focused()
    expect(timeline.locator("#row-31")).to_have_attribute("data-start", "2027-03-02")
    expect(timeline.locator(".toast")).to_contain_text("Design moved by +3 working days")


def test_shift_changes_the_duration_and_never_below_a_day(timeline: Page, server: FakeServer) -> None:
    timeline.locator("#row-31").focus()
    for _ in range(9):
        timeline.keyboard.press("Alt+Shift+ArrowLeft")
    expect(timeline.locator("#plan")).to_have_attribute("data-plan-version", "8")
    assert [(call["days"], call["duration_days"]) for call in asked(server)] == [("0", "-4")]


def test_the_preview_skips_the_weekend(timeline: Page) -> None:
    timeline.locator("#row-31").focus()
    for _ in range(5):
        timeline.keyboard.press("Alt+ArrowRight")
    shift = timeline.locator("[data-bar='31']").evaluate("bar => bar.style.transform")
    assert shift == "translateX(140px)"


def test_undo_asks_for_the_opposite_with_the_new_version(timeline: Page, server: FakeServer) -> None:
    timeline.locator("#row-31").focus()
    timeline.keyboard.press("Alt+ArrowRight")
    timeline.get_by_role("button", name="Undo").click()
    expect(timeline.locator("#plan")).to_have_attribute("data-plan-version", "9")
    assert [(call["days"], call["plan_version"]) for call in asked(server)] == [("1", "7"), ("-1", "8")]


def test_nudges_while_the_server_thinks_follow_with_the_next_version(timeline: Page, server: FakeServer) -> None:
    gate = threading.Event()
    server.on("POST", "/plan/moves", lambda call: Answer(schedule(call).body, gate=gate))
    timeline.locator("#row-31").focus()
    with timeline.expect_request("**/plan/moves"):
        timeline.keyboard.press("Alt+ArrowRight")
    timeline.locator("#row-32").focus()
    timeline.keyboard.press("Alt+ArrowLeft")
    timeline.wait_for_timeout(600)
    gate.set()
    expect(timeline.locator("#plan")).to_have_attribute("data-plan-version", "9")
    assert [(call["task_id"], call["days"], call["plan_version"]) for call in asked(server)] == [("31", "1", "7"), ("32", "-1", "8")]


@pytest.mark.parametrize("answer", [Answer("boom", 500), Answer(cuts=True), Answer("<p>The plan has changed.</p>", 412)])
def test_a_failure_puts_the_bar_back(timeline: Page, server: FakeServer, answer: Answer) -> None:
    server.on("POST", "/plan/moves", answer)
    timeline.locator("#row-31").focus()
    timeline.keyboard.press("Alt+ArrowRight")
    expect(timeline.locator(".toast-bad")).to_contain_text("Design is back where it was.")
    assert timeline.locator("[data-bar='31']").get_attribute("style") is None
    expect(timeline.locator("#row-31")).to_be_focused()


def test_a_reason_is_asked_for_in_the_drawer(timeline: Page, server: FakeServer) -> None:
    server.on("POST", "/plan/moves", Answer("<form><label>Reason <input name='reason'></label></form>", 422))
    timeline.locator("#row-31").focus()
    timeline.keyboard.press("Alt+ArrowRight")
    expect(timeline.locator("#drawer")).to_contain_text("Reason")
    assert timeline.locator("[data-bar='31']").get_attribute("style") is None
    timeline.keyboard.press("Escape")
    expect(timeline.locator("#row-31")).to_be_focused()


def test_the_tree_is_walked_collapsed_and_expanded(timeline: Page) -> None:
    timeline.locator("#row-32").focus()
    timeline.keyboard.press("ArrowLeft")
    expect(timeline.locator("#row-30")).to_be_focused()
    timeline.keyboard.press("ArrowLeft")
    expect(timeline.locator("#row-30")).to_have_attribute("aria-expanded", "false")
    expect(timeline.locator("#row-31")).not_to_be_visible()
    timeline.keyboard.press("ArrowDown")
    expect(timeline.locator("#row-40")).to_be_focused()
    timeline.keyboard.press("Home")
    timeline.keyboard.press("ArrowRight")
    expect(timeline.locator("#row-31")).to_be_visible()
    timeline.keyboard.press("ArrowRight")
    expect(timeline.locator("#row-31")).to_be_focused()
    expect(timeline.locator("[data-task][tabindex='0']")).to_have_count(1)


def test_enter_opens_the_task(timeline: Page, server: FakeServer) -> None:
    server.on("GET", "/tasks/31", Answer("<h2>Design</h2>"))
    timeline.locator("#row-31").focus()
    timeline.keyboard.press("Enter")
    expect(timeline.locator("#drawer h2")).to_have_text("Design")
    timeline.keyboard.press("Escape")
    expect(timeline.locator("#row-31")).to_be_focused()


def test_a_summary_cannot_be_moved(timeline: Page, server: FakeServer) -> None:
    timeline.locator("#row-30").focus()
    timeline.keyboard.press("Alt+ArrowRight")
    timeline.wait_for_timeout(600)
    assert asked(server) == []


def grab(page: Page, days: int) -> None:
    bar = page.locator("[data-bar='31']").bounding_box()
    assert bar is not None
    x, y = bar["x"] + 30, bar["y"] + 10
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + days * 20 + 3, y, steps=8)


def test_a_dragged_bar_snaps_to_days_and_counts_working_days(timeline: Page, server: FakeServer) -> None:
    grab(timeline, 7)
    assert timeline.locator("[data-bar='31']").evaluate("bar => bar.style.transform") == "translateX(140px)"
    timeline.mouse.up()
    expect(timeline.locator("#plan")).to_have_attribute("data-plan-version", "8")
    assert asked(server)[0]["days"] == "5"


def test_esc_ends_a_drag_without_a_request(timeline: Page, server: FakeServer) -> None:
    grab(timeline, 3)
    timeline.keyboard.press("Escape")
    assert timeline.locator("[data-bar='31']").get_attribute("style") is None
    timeline.mouse.up()
    timeline.wait_for_timeout(500)
    assert server.calls == []


def test_civil_days_count_alike_in_every_zone(timeline: Page) -> None:
    days = timeline.evaluate("""async () => {
      const { dayNumber, weekday, calendar } = await import('/static/js/civil.js');
      const when = calendar('6 7', '2027-03-29');
      return [dayNumber('1970-01-01'), dayNumber('2028-02-29'), dayNumber('2028-03-01'), weekday(dayNumber('2027-03-28')),
        when.between(dayNumber('2027-03-26'), dayNumber('2027-03-30')), when.add(dayNumber('2027-03-26'), 1) - dayNumber('2027-03-26'),
        when.add(dayNumber('2027-03-30'), -1) - dayNumber('2027-03-30')];
    }""")
    assert days == [0, 21243, 21244, 7, 1, 4, -4]
