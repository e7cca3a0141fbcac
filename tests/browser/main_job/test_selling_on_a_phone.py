"""Selling with a telephone in one hand: a call noted on a deal, a lead made a deal, and a client who reads, asks and signs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.browser.chromium import axe_violations
from tests.browser.office import Site, until

PHONE = {"width": 390, "height": 844}


def fits(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"])


def test_a_call_is_noted_on_the_page_of_a_deal_in_three_taps(site: Site, sit_down: Any) -> None:
    deal_id = site.world["deals"][2]
    page = sit_down("seller", **PHONE).page
    page.goto(f"{site.url}/deals/{deal_id}/")
    page.evaluate("window.taps = 0; document.addEventListener('pointerdown', () => { window.taps += 1; }, true);")
    page.locator("#deal-header a[data-create=c]").click()
    page.locator("#drawer .said-outcomes label", has_text="Reached").click()
    page.locator("#drawer button[type=submit]").click()
    until(page, lambda: not page.locator("#drawer").is_visible())
    assert page.evaluate("window.taps") == 3
    assert fits(page)
    page.goto(f"{site.url}/deals/{deal_id}/?tab=timeline")
    assert "Reached" in page.locator("#deal-timeline").inner_text()


def test_a_lead_of_the_inbox_becomes_a_deal(site: Site, sit_down: Any) -> None:
    page = sit_down("seller", **PHONE, theme="dark").page
    page.goto(f"{site.url}/leads/")
    assert fits(page)
    page.locator(f"a[href*='/leads/{site.world['lead_id']}/']").first.click()
    page.wait_for_url(f"**/leads/{site.world['lead_id']}/**")
    assert "We open a showroom in May." in page.locator("main").inner_text()
    assert fits(page)
    assert axe_violations(page) == []
    page.locator("#lead-header a.button--primary").first.click()
    form = page.locator("#drawer form.convert")
    form.wait_for()
    assert fits(page)
    form.locator("input[name=next_due_date]").fill((date.today() + timedelta(days=2)).isoformat())
    form.locator("button[type=submit].button--primary").click()
    page.wait_for_url("**/deals/*/")
    told = page.locator("main").inner_text()
    assert "Pellworth Ceramics" in told
    assert "Signe Holt" in told
    assert fits(page)


def test_a_client_reads_asks_and_signs(site: Site, chromium: Any, sit_down: Any) -> None:
    context = chromium.new_context(viewport=PHONE, color_scheme="dark", reduced_motion="reduce", has_touch=True)
    try:
        client = context.new_page()
        client.goto(f"{site.url}/p/{site.world['token']}/")
        assert "Booth tablets" in client.locator("h1").inner_text()
        assert fits(client)
        assert axe_violations(client) == []
        client.locator("a[href='#ask']").tap()
        client.fill("input[name=asker]", "Hanne Dahl")
        client.fill("textarea[name=text]", "Is the hosting part of it?")
        client.locator("#ask button[type=submit]").tap()
        until(client, lambda: "Is the hosting part of it?" in client.locator(".offer__comment").last.inner_text())

        client.locator("button[value=sign]").tap()
        until(client, lambda: client.locator("#sign .field__error, #sign [aria-invalid=true]").count() > 0)
        assert axe_violations(client) == []
        client.fill("#sign input[name=name]", "Hanne Dahl")
        client.locator("#sign input[name=is_agreed]").check()
        client.locator("button[value=sign]").tap()
        until(client, lambda: "Accepted and signed" in client.locator("#sign").inner_text())
        assert "SHA-256" in client.locator("#sign").inner_text()
        assert fits(client)
    finally:
        context.close()

    seller = sit_down("seller", **PHONE).page
    seller.goto(f"{site.url}/proposals/{site.world['offer_id']}/")
    told = seller.locator("main").inner_text()
    assert "Is the hosting part of it?" in told
    assert "Hanne Dahl" in told
    assert fits(seller)
    assert axe_violations(seller) == []
    seller.goto(f"{site.url}/deals/{site.world['deals'][4]}/")
    until(seller, lambda: "brief" in seller.locator("main").inner_text().casefold())
