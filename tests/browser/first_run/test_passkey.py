"""A passkey in a real browser: made on the profile, then used instead of the password."""

from __future__ import annotations

from typing import Any

from tests.browser.chromium import PATIENCE_MS, WAIT_MS
from tests.browser.first_run.world import EMAIL, PASSWORD
from tests.browser.office import Site


def test_a_passkey_made_on_the_profile_signs_in_without_a_password(chromium: Any, first_day: Site) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.set_default_timeout(WAIT_MS)
    page.set_default_navigation_timeout(PATIENCE_MS)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    key = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})
    page.goto(f"{first_day.url}/sign-in/")
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation():
        page.click("form:not([data-passkey]) button[type=submit]")
    page.goto(f"{first_day.url}/profile/security/")
    form = "form[data-passkey=make] "
    page.fill(form + "[name=passkey_name]", "My phone")
    page.fill(form + "[name=current_password]", PASSWORD)
    with page.expect_navigation():
        page.click(form + "button[type=submit]")
    assert page.locator(".recovery-codes li").count() == 10
    assert page.locator(".browsers b", has_text="My phone").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.clear_cookies()
    page.goto(f"{first_day.url}/sign-in/")
    with page.expect_navigation():
        page.click("form[data-passkey=use] button[type=submit]")
    assert "sign-in" not in page.url
    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key["authenticatorId"]})
    page.context.clear_cookies()
    page.goto(f"{first_day.url}/sign-in/")
    assert page.locator("form[data-passkey=use]").is_visible()
    assert problems == []
    page.close()
