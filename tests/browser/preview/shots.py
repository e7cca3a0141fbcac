"""A browser on the preview pages: pictures, and what axe says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from wonward.edges.web.shell.middleware import CSP

AXE = Path(__file__).resolve().parent.parent / "vendor/axe.min.js"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SIZES = {"": (1440, 900), "-1024": (1024, 768), "-phone": (390, 844)}


class Quiet(SimpleHTTPRequestHandler):
    """Serves files with the office's own content security policy."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def browser_on(folder: Path) -> Iterator[tuple[Any, str]]:
    """A Chromium and the address of a server of `folder`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
            try:
                yield browser, f"http://127.0.0.1:{server.server_port}"
            finally:
                browser.close()
    finally:
        server.shutdown()


def open_page(page: Page, address: str) -> None:
    """Load a preview page; a drawer marked for opening is shown."""
    page.goto(address)
    page.evaluate("document.querySelector('dialog.drawer:has(.drawer__body)')?.showModal()")
    page.evaluate("document.fonts.ready.then(() => true)")


def find_violations(page: Page) -> list[str]:
    """axe's violations, one line each."""
    source = AXE.read_text(encoding="utf-8")
    page.evaluate(source)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['html'][:160]} — {(node['any'] or node['all'] or node['none'] or [{'message': ''}])[0]['message'][:220]}"
        for violation in found["violations"] for node in violation["nodes"]
    ]


def take_shots(folder: Path, pages: tuple[str, ...], *, sizes: tuple[str, ...] = ("", "-1024", "-phone")) -> Iterator[str]:
    """Pictures into `folder`, and a line per axe violation or console error."""
    with browser_on(folder) as (browser, address):
        for name in pages:
            for theme in ("light", "dark"):
                for size in sizes if theme == "light" else sizes[:1]:
                    width, height = SIZES[size]
                    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
                    messages: list[str] = []
                    page.on("console", lambda message, into=messages: into.append(message.text) if message.type == "error" else None)
                    open_page(page, f"{address}/{name}-{theme}.html")
                    page.screenshot(path=str(folder / f"{name}-{theme}{size}.png"))
                    overflow = page.evaluate("document.documentElement.scrollWidth > innerWidth")
                    yield from (f"{name}-{theme}{size}: {line}" for line in find_violations(page))
                    yield from (f"{name}-{theme}{size}: console {line[:200]}" for line in messages if "js/" not in line and "404" not in line)
                    if overflow:
                        yield f"{name}-{theme}{size}: wider than the window"
                    page.close()
