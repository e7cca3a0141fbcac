"""The main job in real Chromium: from the board through the gate to a moved plan that sales sees at once."""

from __future__ import annotations

from datetime import date, timedelta

from tests.browser.chromium import axe_violations
from tests.browser.office import until


def fill_gate(page, *, promised: date) -> None:
    page.fill("#gate textarea[name=scope_summary]", "Move 42 templates and 1,100 pages.")
    page.fill("#gate input[name=promised_finish_date]", promised.isoformat())
    page.fill("#gate input[name=kickoff_date]", (date.today() + timedelta(days=7)).isoformat())
    page.fill("#gate textarea[name=key_constraints]", "The trade fair does not move.")
    page.select_option("#gate select[name=main_stakeholder_id]", label="Hanne Dahl, Head of Digital")


def test_a_deal_is_won_through_the_gate_accepted_and_a_moved_task_reaches_sales_at_once(site, sit_down):
    deal_id = site.world["deals"][0]
    seller = sit_down("seller").page
    seller.goto(f"{site.url}/deals/")
    assert seller.locator("[data-deal]").count() == 5
    seller.goto(f"{site.url}/deals/{deal_id}/")
    seller.locator("[data-drawer]", has_text="Close won").first.click()
    gate = seller.locator("#drawer form")
    gate.wait_for()
    gate.locator("button[type=submit].button--primary").click()
    seller.locator("[data-error-summary], .error-summary").wait_for()
    assert seller.locator(".error-summary li").count() == 5
    assert axe_violations(seller) == []
    fill_gate(seller, promised=date.today() + timedelta(days=35))
    gate.locator("button[type=submit].button--primary").click()
    seller.wait_for_url("**/handoffs/*/")
    assert "Awaiting" in seller.content() or "Waiting" in seller.content() or "left" in seller.content()

    manager = sit_down("manager").page
    manager.goto(seller.url)
    manager.locator("button[name=decision][value=accept]").click()
    until(manager, lambda: "Accepted" in manager.locator("main").inner_text())
    manager.locator("main a[href^='/projects/']").first.click()
    manager.wait_for_url("**/projects/*/")
    project_url = manager.url

    seller.goto(f"{site.url}/deals/{deal_id}/")
    before = seller.locator("[data-live*='delivery.project']").first.inner_text()
    manager.goto(f"{project_url}plan/")
    row = manager.locator(".gantt__row:not([hidden])").filter(has=manager.get_by_text("Build the templates", exact=True))
    row.focus()
    for _ in range(20):
        manager.keyboard.press("Alt+Shift+ArrowRight")
    reason = manager.locator("[data-look] textarea[name=reason]")
    reason.wait_for()
    reason.fill("The client added twelve templates.")
    manager.locator("[data-look] button[type=submit]").click()
    manager.wait_for_selector("[data-look]", state="hidden")
    until(seller, lambda: seller.locator("[data-live*='delivery.project']").first.inner_text() != before)
    until(seller, lambda: "The client added twelve templates." in seller.content())


def test_a_card_moves_by_keyboard_and_back_by_undo(site, sit_down):
    page = sit_down("seller").page
    page.goto(f"{site.url}/deals/")
    card = page.locator(f"#deal-{site.world['deals'][2]}")
    start = card.evaluate("card => card.closest('[data-stage]').dataset.stage")
    card.focus()
    page.keyboard.press("Shift+ArrowRight")
    until(page, lambda: card.evaluate("card => card.closest('[data-stage]').dataset.stage") != start)
    page.locator("#toasts button", has_text="Undo").click()
    until(page, lambda: card.evaluate("card => card.closest('[data-stage]').dataset.stage") == start)
