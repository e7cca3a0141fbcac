"""My work in a browser: what is due is done and followed up there, while others change things."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.browser.chromium import axe_violations
from tests.browser.office import Site, until


def test_done_set_next_moves_the_deal_down_without_a_reload_and_nothing_typed_is_lost(site: Site, sit_down: Any) -> None:
    deal_id, other_id = site.world["deals"][1], site.world["deals"][2]
    seller, colleague = sit_down("seller").page, sit_down("owner").page
    seller.goto(f"{site.url}/")
    until(seller, lambda: seller.locator("body").get_attribute("data-stream") == "on")
    seller.evaluate("document.documentElement.dataset.mark = 'same'")
    item = seller.locator(f"#work-deal-{deal_id}")
    assert "d late" in item.inner_text()
    item.locator("summary").click()
    note = item.locator("input[name=next_note]")
    note.fill("Send Hanne the new scope")
    item.locator("input[name=next_due_date]").fill((date.today() + timedelta(days=2)).isoformat())

    colleague.goto(f"{site.url}/deals/{other_id}/")
    colleague.locator("textarea[name=text]").first.fill("Hanne called: the shop may wait.")
    colleague.locator("form:has(textarea[name=text]) button[type=submit]").first.click()
    seller.wait_for_timeout(1500)
    assert note.input_value() == "Send Hanne the new scope"
    assert axe_violations(seller) == []

    item.locator("form button[type=submit]").click()
    until(seller, lambda: "Send Hanne the new scope" in seller.locator("#my-work").inner_text())
    assert "d late" not in item.inner_text()
    assert not item.locator("input[name=next_note]").is_visible()
    assert seller.locator("html").get_attribute("data-mark") == "same"


def test_a_refused_next_step_comes_back_in_the_drawer_with_what_was_typed(site: Site, sit_down: Any) -> None:
    seller = sit_down("seller").page
    deal_id = site.world["deals"][2]
    seller.goto(f"{site.url}/")
    item = seller.locator(f"#work-deal-{deal_id}")
    item.locator("summary").click()
    item.locator("form").evaluate("form => { form.noValidate = true; }")
    item.locator("input[name=next_note]").fill("Write the offer")
    item.locator("input[name=next_due_date]").fill("")
    item.locator("form button[type=submit]").click()
    drawer = seller.locator("#drawer")
    drawer.locator("[aria-invalid=true]").first.wait_for()
    assert drawer.locator("input[name=next_note]").input_value() == "Write the offer"
    drawer.locator("input[name=next_due_date]").fill((date.today() + timedelta(days=3)).isoformat())
    drawer.locator("form:has(input[name=next_note]) button[type=submit]").click()
    until(seller, lambda: "Write the offer" in seller.locator("#my-work").inner_text())


def test_the_palette_leads_to_everything_found(site: Site, sit_down: Any) -> None:
    page = sit_down("seller").page
    page.goto(f"{site.url}/companies/")
    page.keyboard.press("Control+k")
    page.locator("#palette input").fill("Northwind")
    page.locator("#palette a", has_text="Northwind Robotics").first.wait_for()
    page.goto(f"{site.url}/search/?q=Northwind")
    assert page.locator("main .search-hits a").count() >= 1
    page.locator("main .search-hits a", has_text="Northwind Robotics").first.click()
    page.wait_for_url("**/companies/*/")


def test_a_call_is_logged_in_three_taps_on_a_phone_and_a_draft_outlives_leaving_the_page(site: Site, sit_down: Any) -> None:
    deal_id = site.world["deals"][2]
    page = sit_down("seller", width=390, height=844).page
    page.goto(f"{site.url}/")
    page.evaluate("() => { window.taps = 0; addEventListener('click', event => { if (event.isTrusted) window.taps += 1; }, true); }")
    page.locator(f"#work-deal-{deal_id} .work-item__log").click()
    page.locator("#drawer .said-outcomes label", has_text="Reached").click()
    page.locator("#drawer button[type=submit]").click()
    until(page, lambda: not page.locator("#drawer").is_visible())
    # A label's click is heard once more on its input; both are one tap.
    assert page.evaluate("window.taps") <= 4
    page.goto(f"{site.url}/deals/{deal_id}/?tab=timeline")
    assert "Reached" in page.locator("#deal-timeline").inner_text()

    page.goto(f"{site.url}/log/")
    page.locator("a[data-create=c]").click()
    text = page.locator("#drawer textarea[name=text]")
    text.fill("They asked about hosting.")
    page.goto(f"{site.url}/")
    page.goto(f"{site.url}/log/")
    page.locator("a[data-create=c]").click()
    until(page, lambda: page.locator("#drawer textarea[name=text]").input_value() == "They asked about hosting.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe_violations(page) == []


def test_every_key_that_the_help_names_works_wherever_one_is(site: Site, sit_down: Any) -> None:
    page = sit_down("seller").page
    page.goto(f"{site.url}/companies/")
    page.keyboard.press("?")
    told = page.locator("#keyboard-help div", has=page.locator("kbd"))
    named = {tuple(row.locator("kbd").all_inner_texts()) for row in told.all()}
    assert {("g", "d"), ("c", "d"), ("c", "l"), ("j", "k")} <= named
    page.keyboard.press("Escape")
    arrivals: list[str] = []
    page.on("framenavigated", lambda frame: arrivals.append(frame.url) if frame == page.main_frame else None)
    for first, second in sorted(keys for keys in named if keys[0] in ("g", "c")):
        page.goto(f"{site.url}/companies/")
        until(page, lambda: page.evaluate("document.readyState") == "complete")
        so_far = len(arrivals)
        page.keyboard.press(first)
        page.keyboard.press(second)
        until(page, lambda so_far=so_far: len(arrivals) > so_far or page.locator("#drawer").is_visible())


def test_d_on_a_focused_row_opens_done_set_next_with_the_caret_in_it(site: Site, sit_down: Any) -> None:
    deal_id = site.world["deals"][2]
    page = sit_down("seller").page
    page.goto(f"{site.url}/")
    row = page.locator(f"#work-deal-{deal_id}")
    until(page, lambda: page.evaluate("!!customElements.get('work-rows')"))
    is_open = "document.activeElement.closest('details')?.open === true && document.activeElement.matches('input,select')"

    def is_caret_in_the_form() -> bool:
        """Pressed again where news redrew the row at the very moment, as a person would."""
        if not page.evaluate(is_open):
            row.focus()
            page.keyboard.press("d")
        return bool(page.evaluate(is_open))

    until(page, is_caret_in_the_form)
