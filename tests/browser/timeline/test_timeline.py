"""The timeline under the hand, under the keys, between two people, and at lengths no screen holds."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.browser.chromium import axe_violations
from tests.browser.office import Site, until

MOST_NODES = 600


def row(page: Any, name: str) -> Any:
    return page.locator(".gantt__row:not([hidden])").filter(has=page.get_by_text(name, exact=True))


def dates(page: Any, name: str) -> list[str]:
    return row(page, name).locator(".gantt__date").all_inner_texts()[:2]


def say_yes(page: Any) -> None:
    page.locator("[data-look] button[type=submit]").click()
    page.wait_for_selector("[data-look]", state="hidden")


def test_a_nudge_shows_what_else_moves_and_is_undone_by_keyboard_alone(sit_down: Any) -> None:
    page = sit_down("manager", "small")
    before = dates(page, "Task 2"), dates(page, "Task 3")
    row(page, "Task 2").focus()
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Alt+ArrowRight")
    page.wait_for_selector("[data-look] form")
    assert "more tasks move" in page.locator("[data-look-title]").inner_text()
    assert "It waits for “Task 2”." in page.locator("[data-look]").inner_text()
    page.keyboard.press("Escape")
    assert (dates(page, "Task 2"), dates(page, "Task 3")) == before
    assert row(page, "Task 2").evaluate("row => row === document.activeElement")
    page.keyboard.press("Alt+ArrowRight")
    page.wait_for_selector("[data-look] form")
    for _ in range(12):
        if page.evaluate("document.activeElement.type") == "submit":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast-undo")
    assert dates(page, "Task 2") != before[0]
    page.keyboard.press("Control+z")
    until(page, lambda: (dates(page, "Task 2"), dates(page, "Task 3")) == before)


def test_a_bar_is_dragged_and_escape_gives_up(sit_down: Any) -> None:
    page = sit_down("manager", "small")
    before = dates(page, "Task 11")
    bar = row(page, "Task 11").locator(".gantt__bar")
    bar.scroll_into_view_if_needed()
    bar.hover()
    page.wait_for_timeout(700)
    box = bar.bounding_box()
    assert box
    page.mouse.move(box["x"] + 6, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 6 + 16 * 7, box["y"] + 12, steps=6)
    assert dates(page, "Task 11") != before
    page.keyboard.press("Escape")
    page.mouse.up()
    assert dates(page, "Task 11") == before


def test_the_tree_is_folded_walked_and_searched(sit_down: Any) -> None:
    page = sit_down("manager", "small")
    row(page, "Phase 1").focus()
    page.keyboard.press("ArrowLeft")
    assert row(page, "Task 2").count() == 0
    assert row(page, "Phase 1").get_attribute("aria-expanded") == "false"
    page.locator("[data-find]").fill("task 7")
    row(page, "Task 7").wait_for()
    assert "1 of 1" in page.locator("#gantt-found").inner_text()


def test_enter_right_after_a_nudge_opens_the_task_as_it_is_saved(sit_down: Any) -> None:
    page = sit_down("manager", "small")
    before = dates(page, "Task 19")
    row(page, "Task 19").focus()
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawer-body form [name=version]", state="attached")
    assert dates(page, "Task 19") != before
    shown = page.locator("#drawer-body form [name=version]").first.get_attribute("value")
    held = page.evaluate("() => { const { plan } = document.querySelector('plan-gantt'); return plan.rows.version[plan.rows.name.indexOf('Task 19')]; }")
    assert shown == str(held)


def test_a_filter_narrows_the_timeline_to_what_fits_and_what_that_lies_in(sit_down: Any) -> None:
    page = sit_down("manager", "small")
    page.goto(page.url + "?q=Task+7")
    page.wait_for_selector("plan-gantt[data-ready]")
    names = page.evaluate("() => { const { plan } = document.querySelector('plan-gantt'); return plan.shown.map(i => plan.rows.name[i]); }")
    assert names == ["Phase 1", "Task 7"]
    page.locator("[data-find]").fill("task 8")
    until(page, lambda: page.locator("#gantt-found").inner_text() != "")
    assert row(page, "Task 8").count() == 0, "What the filter leaves out is not found either."


def test_a_colleague_sees_the_move_and_keeps_the_focus(sit_down: Any) -> None:
    manager, watcher = sit_down("manager", "small"), sit_down("owner", "small")
    until(watcher, lambda: watcher.locator("body").get_attribute("data-stream") == "on")
    row(watcher, "Task 5").focus()
    before = dates(watcher, "Task 19")
    row(manager, "Task 19").focus()
    manager.keyboard.press("Alt+ArrowRight")
    manager.wait_for_selector(".toast")
    until(watcher, lambda: dates(watcher, "Task 19") != before)
    assert dates(watcher, "Task 19") == dates(manager, "Task 19")
    assert row(watcher, "Task 5").evaluate("row => row === document.activeElement")


def take_hold(page: Any, name: str) -> tuple[float, float]:
    """The pointer is pressed on a bar; where it stands."""
    bar = row(page, name).locator(".gantt__bar")
    bar.scroll_into_view_if_needed()
    # At the edge of the chart a held bar goes on by itself.
    page.evaluate("document.querySelector('plan-gantt').chart.element.scrollLeft += 300")
    bar.hover()
    page.wait_for_timeout(700)
    box = bar.bounding_box()
    assert box
    at = box["x"] + 6, box["y"] + 12
    page.mouse.move(*at)
    page.mouse.down()
    return at


def test_two_people_drag_one_bar_and_the_later_is_told_and_loses_nothing(sit_down: Any) -> None:
    manager, owner = sit_down("manager", "small"), sit_down("owner", "small")
    for page in (manager, owner):
        until(page, lambda page=page: page.locator("body").get_attribute("data-stream") == "on")  # type: ignore[misc]
    before = dates(owner, "Task 19")
    x, y = take_hold(owner, "Task 19")
    owner.mouse.move(x + 16 * 14, y, steps=6)
    wished = dates(owner, "Task 19")
    there = take_hold(manager, "Task 19")
    manager.mouse.move(there[0] + 16 * 7, there[1], steps=6)
    manager.mouse.up()
    manager.wait_for_selector(".toast-undo")
    saved = dates(manager, "Task 19")
    assert before != saved != wished
    owner.wait_for_timeout(1500)
    assert dates(owner, "Task 19") == wished, "News must not take the bar out of a hand."
    owner.mouse.up()
    owner.wait_for_selector(".toast-bad")
    assert "Task 19" in owner.locator(".toast-bad").inner_text()
    until(owner, lambda: dates(owner, "Task 19") == saved)
    assert dates(manager, "Task 19") == saved
    x, y = take_hold(owner, "Task 19")
    owner.mouse.move(x + 16 * 7, y, steps=6)
    owner.mouse.up()
    owner.wait_for_selector(".toast-undo")
    until(manager, lambda: dates(manager, "Task 19") == wished)
    assert dates(owner, "Task 19") == wished


@pytest.mark.parametrize(("plan", "last"), [
    ("long", "Task 2999"), pytest.param("endless", "Task 9999", marks=pytest.mark.long),
])
def test_a_plan_of_thousands_opens_scrolls_and_finds_its_last_task(sit_down: Any, plan: str, last: str) -> None:
    page = sit_down("manager", plan)
    timed = page.evaluate("""async () => {
      const host = document.querySelector('plan-gantt');
      const frames = [];
      for (let step = 0; step < 60; step += 1) {
        host.chart.element.scrollTop += 900;
        const at = performance.now();
        host.chart.paint();
        frames.push(performance.now() - at);
        await new Promise(requestAnimationFrame);
      }
      frames.sort((one, other) => one - other);
      const data = await host.fetchPlan();
      const at = performance.now();
      host.plan.load(data);
      host.refresh();
      return { scroll: frames[Math.floor(frames.length * .95)], paint: performance.now() - at };
    }""")
    nodes = page.evaluate("document.querySelectorAll('plan-gantt .gantt, plan-gantt .gantt *').length")
    print(f"{plan}: {nodes} nodes, load and first paint {timed['paint']:.0f} ms, scroll p95 {timed['scroll']:.1f} ms")
    assert nodes <= MOST_NODES
    started = time.monotonic()
    page.locator("[data-find]").fill(last)
    row(page, last).wait_for()
    print(f"{last} found in {time.monotonic() - started:.2f} s")
    row(page, last).focus()
    page.keyboard.press("Home")
    assert row(page, "Phase 1").evaluate("row => row === document.activeElement")


def test_a_phone_shows_the_plan_as_a_list(sit_down: Any) -> None:
    page = sit_down("manager", "small", width=390, height=844, theme="dark")
    assert not page.locator(".gantt__bar").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 391
    assert axe_violations(page) == []


def test_the_timeline_and_its_question_pass_axe(sit_down: Any) -> None:
    page = sit_down("manager", "small")
    assert axe_violations(page) == []
    row(page, "Task 2").focus()
    page.keyboard.press("Alt+ArrowRight")
    page.wait_for_selector("[data-look] form")
    assert axe_violations(page) == []


def test_without_scripts_the_plan_is_a_table_with_links(site: Site, chromium: Any, sit_down: Any) -> None:
    session = sit_down("manager", "small").context.storage_state()
    context = chromium.new_context(java_script_enabled=False, storage_state=session)
    try:
        page = context.new_page()
        page.goto(f"{site.url}/projects/{site.world['small']}/plan/")
        page.locator(".plan__toggle").first.click()
        assert "collapsed=" in page.url
        page.goto(f"{site.url}/projects/{site.world['long']}/plan/")
        page.get_by_role("link", name="more rows").click()
        assert page.locator(".plan__row").count() == 60
    finally:
        context.close()
