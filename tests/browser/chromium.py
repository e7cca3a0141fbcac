"""The one Chromium of the browser tests, and how a page is judged once it stands still."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
AXE = Path(__file__).resolve().parent / "vendor" / "axe.min.js"
CHROMIUM = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), "")
# Of a browser without a window: no second process for the next page, and none for each toolbar that is a page itself. Chromium reads the last list
# alone, so the first names, which Playwright asks for, stand here again.
_NOT_WANTED = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay",
    "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints",
    "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch", "Translate",
    "SpareRendererForSitePerProcess", "InitialWebUI", "WebUIReloadButton", "WebUIToolbar", "PreloadTopChromeWebUI", "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", f"--disable-features={','.join(_NOT_WANTED)}",
]
PATIENCE_MS = 120_000
WAIT_MS = 45_000
COLOUR_RULES = ("color-contrast", "link-in-text-block")
"""The rules of axe whose answer depends on the theme."""
_STANDS_STILL = """async () => {
  await document.fonts.ready;
  await new Promise(requestAnimationFrame);
  await Promise.all(document.getAnimations().map(animation => animation.finished.catch(() => null)));
  await new Promise(requestAnimationFrame);
}"""


class PatientServer(ThreadingHTTPServer):
    """Takes as many connections at once as a browser opens; the standard library's waits with five."""

    request_queue_size = 128
    daemon_threads = True


@contextmanager
def launched_chromium() -> Iterator[Any]:
    """A browser that is gone afterwards, whatever happened; a cold machine may take its time to start it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE_MS)
        try:
            yield browser
        finally:
            browser.close()


def stand_still(page: Any) -> None:
    """Wait until fonts are there and nothing moves."""
    page.evaluate(_STANDS_STILL)


def axe_violations(page: Any, *, only: Sequence[str] = ()) -> list[str]:
    """What axe finds on the page as it stands, by all of its rules or `only` some, as sentences."""
    stand_still(page)
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    asked: dict[str, Any] = {"resultTypes": ["violations"], **({"runOnly": {"type": "rule", "values": list(only)}} if only else {})}
    found = page.evaluate("async asked => (await axe.run(document, asked)).violations", asked)
    return [
        f"{one['id']}: {node['html'][:160]} — {(node['any'] or node['all'] or node['none'] or [{'message': ''}])[0]['message'][:220]}"
        for one in found for node in one["nodes"]
    ]


def policy_breaches(page: Any) -> list[str]:
    """A list that fills with whatever the content policy of the page refuses, and with errors of its scripts."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if "Content Security Policy" in message.text else None)
    return found
