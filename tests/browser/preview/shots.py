"""A browser on the preview pages: pictures, and what axe says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.chromium import PATIENCE_MS, PatientServer, axe_violations, launched_chromium
from wonward.edges.web.shell.middleware import CSP

SIZES = {"": (1440, 900), "-1024": (1024, 768), "-phone": (390, 844)}


class Quiet(SimpleHTTPRequestHandler):
    """Serves files with the office's own content security policy."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def server_of(folder: Path) -> Iterator[str]:
    """The address of a server of `folder`."""
    server = PatientServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def open_page(page: Page, address: str) -> None:
    """Load a preview page; a drawer marked for opening is shown."""
    page.goto(address, timeout=PATIENCE_MS)
    page.evaluate("document.querySelector('dialog.drawer:has(.drawer__body)')?.showModal()")


def take_shots(folder: Path, pages: tuple[str, ...], *, sizes: tuple[str, ...] = ("", "-1024", "-phone")) -> Iterator[str]:
    """Pictures into `folder`, and a line per axe violation or console error."""
    with launched_chromium() as browser, server_of(folder) as address:
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
                    yield from (f"{name}-{theme}{size}: {line}" for line in axe_violations(page))
                    yield from (f"{name}-{theme}{size}: console {line[:200]}" for line in messages if "js/" not in line and "404" not in line)
                    if overflow:
                        yield f"{name}-{theme}{size}: wider than the window"
                    page.close()
