"""Two people at work on one client, at two browsers: nothing is lost between them, and a third hears nothing."""

from __future__ import annotations

import re
import threading
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta
from http.client import HTTPException
from typing import Any

import pytest

from tests.browser.cable import Cable
from tests.browser.office import Site, until

CUT_MS = 10_000


class RawStream:
    """Every byte of somebody's event stream, read beside the browser with the same session."""

    def __init__(self, site: Site, page: Any) -> None:
        cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in page.context.cookies())
        asked = urllib.request.Request(f"{site.url}/events/stream", headers={"Cookie": cookies})
        self.body = b""
        self._answer = urllib.request.urlopen(asked, timeout=60)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while part := self._answer.read1(4096):
                self.body += part
        except (OSError, ValueError, HTTPException):
            return

    def close(self) -> bytes:
        self._answer.fp.raw._sock.shutdown(2)
        return self.body


@pytest.fixture
def cable(site: Site) -> Iterator[Cable]:
    laid = Cable(site.url)
    yield laid
    laid.close()


@pytest.fixture
def harbour(site: Site) -> dict[str, Any]:
    return site.world["harbour"]


def hold_back(page: Any, site: Site, task_id: int, *, days: int, reason: str = "") -> str:
    """The project manager lets a task start later, by its form, and says why when asked; the new forecast in words."""
    page.goto(f"{site.url}/tasks/{task_id}/")
    page.fill("input[name=constraint_date]", (date.today() + timedelta(days=days)).isoformat())
    page.locator("main button.button--primary[form=task-form]").click()
    if reason:
        page.fill("textarea[name=reason]", reason)
        page.locator("form:has(textarea[name=reason]) button.button--primary").click()
    page.wait_for_url("**/plan/")
    said = re.search(r"forecast (\d+ \w+)", page.locator("main").inner_text())
    assert said
    return said[1]


def open_and_mark(page: Any, address: str) -> None:
    """Open a page whose stream is on, and mark the document: a reload would lose the mark."""
    page.goto(address)
    until(page, lambda: page.locator("body").get_attribute("data-stream") == "on")
    page.evaluate("document.documentElement.dataset.mark = 'same'")


def is_same_document(page: Any) -> bool:
    return page.locator("html").get_attribute("data-mark") == "same"


def test_sales_sees_a_moved_plan_on_both_open_pages_without_reload_and_after_a_cut(
    site: Site, sit_down: Any, harbour: dict[str, Any], cable: Cable
) -> None:
    manager = sit_down("manager").page
    deal = sit_down("seller").page
    company = deal.context.new_page()
    open_and_mark(deal, f"{cable.url}/deals/{harbour['deal_id']}/")
    open_and_mark(company, f"{cable.url}/companies/{harbour['company_id']}/")
    drift, work = deal.locator("#deal-drift"), company.locator("#company-work")
    assert "The harvest was early." not in drift.inner_text()

    forecast = hold_back(manager, site, harbour["tasks"]["build"], days=70, reason="The harvest was early.")
    seconds = until(deal, lambda: forecast in drift.inner_text() and forecast in work.inner_text())
    print(f"both pages show it {seconds:.2f} s after the manager saw it done")
    for shown in (drift.inner_text(), work.inner_text()):
        assert "The harvest was early." in shown
        assert "working days late" in shown

    cable.cut()
    for page in (deal, company):
        until(page, lambda page=page: page.locator("body").get_attribute("data-stream") == "off")
    missed = hold_back(manager, site, harbour["tasks"]["build"], days=84)
    latest = hold_back(manager, site, harbour["tasks"]["migrate"], days=120)
    assert len({forecast, missed, latest}) == 3
    deal.wait_for_timeout(CUT_MS)
    assert forecast in drift.inner_text()
    cable.mend()
    until(deal, lambda: latest in drift.inner_text() and latest in work.inner_text())
    assert is_same_document(deal)
    assert is_same_document(company)
    shown = drift.inner_text()
    deal.reload()
    assert deal.locator("#deal-drift").inner_text().split() == shown.split()


def test_what_happens_between_drawing_a_page_and_opening_its_stream_is_shown(
    site: Site, sit_down: Any, harbour: dict[str, Any]
) -> None:
    seller, manager = sit_down("seller").page, sit_down("manager").page
    held: list[Any] = []
    seller.route("**/events/stream*", lambda route: held.append(route))
    seller.goto(f"{site.url}/deals/{harbour['deal_id']}/")
    until(seller, lambda: bool(held))
    assert f"last_event_id={seller.locator('body').get_attribute('data-stream-after')}" in held[0].request.url
    forecast = hold_back(manager, site, harbour["tasks"]["migrate"], days=150)
    assert forecast not in seller.locator("#deal-drift").inner_text()
    for route in held:
        route.continue_()
    until(seller, lambda: forecast in seller.locator("#deal-drift").inner_text())


def test_a_third_person_without_the_right_receives_no_byte_of_it(site: Site, sit_down: Any, harbour: dict[str, Any]) -> None:
    outsider, manager = sit_down("member").page, sit_down("manager").page
    received: list[bytes] = []
    outsider.on("response", lambda answer: received.append(answer.url.encode()) if "stream" in answer.url else None)
    stream = RawStream(site, outsider)
    for path in ("/", "/projects/", "/handoffs/"):
        outsider.goto(f"{site.url}{path}")
        received.append(outsider.content().encode())
    hold_back(manager, site, harbour["tasks"]["migrate"], days=180)
    until(outsider, lambda: b"still here" in stream.body)
    for path in ("/", "/projects/", f"/projects/{harbour['project_id']}/", f"/deals/{harbour['deal_id']}/", "/search/?q=Harbour"):
        outsider.goto(f"{site.url}{path}")
        received.append(outsider.locator("main").inner_html().replace("/search/?q=Harbour", "").encode())
    told = stream.close()
    received.append(told)
    everything = b"\n".join(received)
    project, deal = harbour["project_id"], harbour["deal_id"]
    for secret in (f"delivery.project:{project}", f"sales.deal:{deal}", "Harbour portal", "Harbour Foods", "Migrate the content"):
        assert secret.encode() not in everything, secret
    assert b"event:" not in told
