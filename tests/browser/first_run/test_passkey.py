"""A passkey in a real browser: made on the profile, then used instead of the password."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.chromium import CHROMIUM, PATIENCE_MS, WAIT_MS
from tests.browser.office import served

PASSWORD = "correct horse battery"  # noqa: S105 - that of world.py


def test_a_passkey_made_on_the_profile_signs_in_without_a_password(chromium: Any) -> None:
    if not CHROMIUM:
        pytest.skip("CHROMIUM IS MISSING: the browser tests were skipped")
    with served(("-m", "tests.browser.first_run.world"), host="localhost") as site:
        page = chromium.new_page(viewport={"width": 390, "height": 844})
        page.set_default_timeout(WAIT_MS)
        page.set_default_navigation_timeout(PATIENCE_MS)
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
        key = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})
        page.goto(f"{site.url}/sign-in/")
        page.fill("input[name=email]", "nora@north.test")
        page.fill("input[name=password]", PASSWORD)
        with page.expect_navigation():
            page.click("form:not([data-passkey]) button[type=submit]")
        page.goto(f"{site.url}/profile/security/")
        form = "form[data-passkey=make] "
        page.fill(form + "[name=passkey_name]", "My phone")
        page.fill(form + "[name=current_password]", PASSWORD)
        with page.expect_navigation():
            page.click(form + "button[type=submit]")
        assert page.locator(".recovery-codes li").count() == 10
        assert page.locator(".browsers b", has_text="My phone").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.context.clear_cookies()
        page.goto(f"{site.url}/sign-in/")
        with page.expect_navigation():
            page.click("form[data-passkey=use] button[type=submit]")
        assert "sign-in" not in page.url
        devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key["authenticatorId"]})
        page.context.clear_cookies()
        page.goto(f"{site.url}/sign-in/")
        assert page.locator("form[data-passkey=use]").is_visible()
        assert problems == []
        page.close()
