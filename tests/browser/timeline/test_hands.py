"""The timeline in the hand: stretching, linking, choosing several, scales and marks; and a day of planning by keys alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.office import until
from tests.browser.timeline.test_timeline import dates, row, say_yes

DAY_PX = 16


def bar_of(page: Any, name: str) -> dict[str, float]:
    """Where a bar stands once it lies well inside the chart."""
    row(page, name).scroll_into_view_if_needed()
    page.evaluate(
        "name => { const { chart, plan } = document.querySelector('plan-gantt');"
        " const i = plan.rows.name.indexOf(name); chart.element.scrollLeft = Math.max(0, chart.x(plan.start(i)) - 200); chart.paint(); }", name,
    )
    bar = row(page, name).locator(".gantt__bar")
    bar.hover()
    page.wait_for_timeout(700)
    box = bar.bounding_box()
    assert box
    return dict(box)


def drag(page: Any, start: tuple[float, float], finish: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*finish, steps=8)
    page.mouse.up()


def saved(page: Any) -> None:
    """Whatever was wished is saved, after the question when there was one."""
    page.wait_for_selector("[data-look] form, .toast-undo")
    if page.locator("[data-look] form").count():
        say_yes(page)
    page.wait_for_selector(".toast-undo")


def undone(page: Any) -> None:
    page.keyboard.press("Control+z")
    page.wait_for_timeout(300)


def links(page: Any) -> list[list[str]]:
    found: list[list[str]] = page.evaluate(
        "() => { const { plan } = document.querySelector('plan-gantt'); return plan.links.map(([a, z]) => [plan.rows.name[a], plan.rows.name[z]]); }"
    )
    return found


def test_the_end_of_a_bar_is_dragged_and_the_task_takes_longer(sit_down: Any) -> None:
    page = sit_down("manager", "spare")
    before = dates(page, "Task 10")
    box = bar_of(page, "Task 10")
    edge = box["x"] + box["width"] - 3, box["y"] + 12
    drag(page, edge, (edge[0] + 7 * DAY_PX, edge[1]))
    saved(page)
    after = dates(page, "Task 10")
    assert (after[0], after[1] != before[1]) == (before[0], True)
    undone(page)
    until(page, lambda: dates(page, "Task 10") == before)


def test_a_dependency_is_drawn_from_the_knob_behind_a_bar(sit_down: Any) -> None:
    page = sit_down("manager", "spare")
    assert ["Task 20", "Task 22"] not in links(page)
    box, target = bar_of(page, "Task 20"), row(page, "Task 22").bounding_box()
    assert target
    knob = box["x"] + box["width"] + 9, box["y"] + 11
    drag(page, knob, (knob[0] + 30, target["y"] + target["height"] / 2))
    saved(page)
    until(page, lambda: ["Task 20", "Task 22"] in links(page))
    undone(page)
    until(page, lambda: ["Task 20", "Task 22"] not in links(page))


def test_what_is_chosen_moves_together_and_grows_by_keys(sit_down: Any) -> None:
    page = sit_down("manager", "spare")
    names = ("Task 10", "Task 19")
    before = {name: dates(page, name) for name in names}
    row(page, names[0]).focus()
    page.keyboard.press(" ")
    row(page, names[1]).focus()
    page.keyboard.press(" ")
    assert [row(page, name).get_attribute("aria-selected") for name in names] == ["true", "true"]
    page.keyboard.press("Alt+ArrowRight")
    saved(page)
    until(page, lambda: all(dates(page, name)[0] != before[name][0] for name in names))
    moved = {name: dates(page, name) for name in names}
    undone(page)
    until(page, lambda: {name: dates(page, name) for name in names} == before)
    assert moved != before
    page.keyboard.press("Escape")
    row(page, names[1]).focus()
    page.keyboard.press("Alt+Shift+ArrowRight")
    saved(page)
    until(page, lambda: dates(page, names[1])[1] != before[names[1]][1])
    assert dates(page, names[1])[0] == before[names[1]][0]
    assert dates(page, names[0]) == before[names[0]]
    undone(page)
    until(page, lambda: dates(page, names[1]) == before[names[1]])


def test_the_letter_l_and_enter_let_one_task_wait_for_another(sit_down: Any) -> None:
    page = sit_down("manager", "spare")
    row(page, "Task 11").focus()
    page.keyboard.press("l")
    assert page.locator(".gantt[data-linking]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator(".gantt[data-linking]").count() == 0
    page.keyboard.press("l")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    saved(page)
    until(page, lambda: ["Task 11", "Task 13"] in links(page))
    undone(page)
    until(page, lambda: ["Task 11", "Task 13"] not in links(page))


def test_scale_baseline_slack_and_a_missed_deadline_are_drawn(sit_down: Any) -> None:
    page = sit_down("manager", "spare")

    def width() -> float:
        box = row(page, "Task 3").locator(".gantt__bar").bounding_box()
        assert box
        return float(box["width"])

    week = width()
    for scale, is_right in (("day", lambda: width() > week), ("month", lambda: width() < week), ("week", lambda: width() == week)):
        page.locator(f"[data-zoom={scale}]").click()
        until(page, lambda scale=scale: page.locator(f"[data-zoom={scale}]").get_attribute("aria-pressed") == "true")
        until(page, is_right)
    lane = row(page, "Task 3").locator(".gantt__lane")
    assert "has-baseline" in (lane.get_attribute("class") or "")
    page.locator("[data-baseline]").select_option("0")
    until(page, lambda: "has-baseline" not in (lane.get_attribute("class") or ""))
    page.locator("[data-baseline]").select_option("1")
    until(page, lambda: "has-baseline" in (lane.get_attribute("class") or ""))
    assert page.locator(".gantt__lane.has-slack").count() == 0
    page.locator("[data-show=slack]").click()
    until(page, lambda: page.locator(".gantt__lane.has-slack").count() > 0)
    page.locator("[data-show=slack]").click()
    late = row(page, "Task 3")
    assert "is-late" not in (late.get_attribute("class") or "")
    late.focus()
    page.keyboard.press("Enter")
    page.locator("#drawer-body .task-more > summary").click()
    page.locator("#drawer-body [name=deadline_date]").fill("2020-01-31")
    page.locator("#drawer-body button[form=task-form]:has-text('Save')").click()
    until(page, lambda: "is-late" in (late.get_attribute("class") or ""))
    assert "past its deadline" in (late.get_attribute("aria-label") or "")
    assert late.locator(".gantt__deadline").count() == 1


def test_the_panel_changes_what_else_moves_before_it_is_saved(sit_down: Any) -> None:
    page = sit_down("manager", "spare")
    before = {name: dates(page, name) for name in ("Task 4", "Task 5")}
    row(page, "Task 4").focus()
    page.keyboard.press("Alt+ArrowRight")
    page.wait_for_selector("[data-look] form")
    page.locator("[data-look] [name=rule][value=keep_gap]").check()
    until(page, lambda: page.locator("[data-look] [name=rule][value=keep_gap]").is_checked())
    assert page.evaluate("document.activeElement.value") == "keep_gap", "the choice keeps the focus"
    say_yes(page)
    page.wait_for_selector(".toast-undo")
    assert all(dates(page, name) != before[name] for name in before)
    undone(page)
    until(page, lambda: {name: dates(page, name) for name in before} == before)
    row(page, "Task 4").focus()
    page.keyboard.press("Alt+ArrowRight")
    page.wait_for_selector("[data-look] form")
    page.locator("[data-look] [name=rule][value=none]").click()
    page.wait_for_selector(".toast-bad")
    assert "cannot stay" in page.locator(".toast-bad").inner_text()
    until(page, lambda: {name: dates(page, name) for name in before} == before)


def tab_to(page: Any, is_there: str, most: int = 160) -> None:
    """Press Tab until the focus is where a script says."""
    for _ in range(most):
        if page.evaluate(f"(() => {{ const at = document.activeElement; return !!({is_there}); }})()"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by Tab to {is_there}")


def test_a_plan_is_made_and_run_by_keys_alone(sit_down: Any) -> None:
    page = sit_down("manager", "spare")
    name, there = "Write the words", "row => row === document.activeElement"
    tab_to(page, "at.matches('a') && at.textContent.trim() === 'List'")
    page.keyboard.press("Enter")
    page.wait_for_selector("work-rows")
    tab_to(page, "at.id === 'new-lines'", 900)
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    added: Callable[[], Any] = lambda: page.locator("tr[data-row]").filter(has_text=name)  # noqa: E731
    added().wait_for()
    page.keyboard.press("Shift+Tab")
    tab_to(page, "at.matches('tr[data-row]')", 400)
    for _ in range(60):
        if added().evaluate(there):
            break
        page.keyboard.press("ArrowDown")
    assert added().get_attribute("data-level") == "1"
    page.keyboard.press("Alt+Shift+ArrowRight")
    until(page, lambda: added().get_attribute("data-level") == "2")
    until(page, lambda: added().evaluate(there))
    page.goto(page.url.replace("/list/", "/plan/"))
    page.wait_for_selector("plan-gantt[data-ready]")
    tab_to(page, "at.matches('.gantt__row')")
    page.keyboard.press("End")
    until(page, lambda: row(page, name).evaluate(there))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("l")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    saved_by_keys(page)
    until(page, lambda: ["Task 29", name] in links(page))
    before = dates(page, name)
    until(page, lambda: row(page, name).evaluate(there))
    page.keyboard.press("Alt+ArrowRight")
    saved_by_keys(page)
    until(page, lambda: dates(page, name) != before)
    until(page, lambda: page.evaluate("(() => { const at = document.querySelector('plan-gantt'); return !at.hand.wish && !at.saver.isBusy; })()"))
    until(page, lambda: row(page, name).evaluate(there))
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawer-body #task-form")
    tab_to(page, "at.matches('button[name=percent_complete]')")
    page.keyboard.press("Enter")
    until(page, lambda: "done" in (row(page, name).get_attribute("aria-label") or "").lower())
    until(page, lambda: page.locator(".toast-undo").count() > 0)
    page.keyboard.press("Control+z")
    until(page, lambda: "done" not in (row(page, name).get_attribute("aria-label") or "").lower())


def saved_by_keys(page: Any) -> None:
    page.wait_for_selector("[data-look] form, .toast-undo")
    if page.locator("[data-look] form").count():
        tab_to(page, "at.closest('[data-look]') && at.type === 'submit'", 40)
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-look]", state="hidden")
