"""Pages in a language a third longer: nothing is cut off, lies on something else or hangs over, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Error

from tests.browser.chromium import PATIENCE_MS, WAIT_MS
from tests.browser.clipping import CUT_OFF, ON_TOP
from tests.browser.office import Site, served
from tests.people import PASSWORD

# In `make test` the main pages of the sample are looked at in the same way: tests/browser/sample/test_longer_words.py.
pytestmark = pytest.mark.long
DESK: Any = {"width": 1440, "height": 900}
PHONE: Any = {"width": 390, "height": 844}
OVERHANG = "Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served(("-m", "tests.browser.everywhere.world")) as found:
        yield found


@pytest.fixture(scope="module")
def owner(site: Site, chromium: Any) -> Iterator[Any]:
    """The owner of the walk, who signs in with a second factor and reads the stretched language."""
    context = chromium.new_context(viewport=DESK, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.set_default_navigation_timeout(PATIENCE_MS)
    page.goto(f"{site.url}/sign-in/")
    page.fill("input[name=email]", "owner@studio.test")
    page.fill("input[name=password]", PASSWORD)
    page.click("form button[type=submit]")
    page.wait_for_url("**/sign-in/code/")
    page.fill("input[name=code]", site.world["code"])
    page.click("form button[type=submit]")
    page.wait_for_url(lambda url: "sign-in" not in url)
    yield page
    context.close()


def test_nothing_of_any_page_is_cut_off_lies_on_something_else_or_hangs_over(site: Site, owner: Any) -> None:
    wrong, opened = {}, 0
    for name, path in site.world["places"].items():
        if _is_a_page(owner, f"{site.url}{path}"):
            opened += 1
            if seen := _seen_on(owner):
                wrong[f"{name} {path}"] = seen
    assert opened > 150
    assert wrong == {}


def test_what_is_cut_off_and_what_lies_on_a_control_is_noticed(site: Site, owner: Any) -> None:
    owner.goto(f"{site.url}/profile/", wait_until="load")
    owner.evaluate("""() => {
      const box = document.querySelector('main').appendChild(document.createElement('p'));
      box.textContent = 'Cut off by its box';
      Object.assign(box.style, { inlineSize: '40px', overflow: 'hidden', whiteSpace: 'nowrap' });
      for (const words of ['Below it', 'On top of it']) {
        const button = document.querySelector('main').appendChild(document.createElement('button'));
        button.textContent = words;
        Object.assign(button.style, { display: 'block', blockSize: '30px', marginBlockEnd: '-20px' });
      }
    }""")
    assert any("Cut off by its box" in found for found in owner.evaluate(CUT_OFF))
    assert any("Below it | button. On top of it" in found for found in owner.evaluate(ON_TOP))


def _is_a_page(page: Any, url: str) -> bool:
    """Whether the address shows a page of the office, and not a file or a part of another page."""
    try:
        answer = page.goto(url, wait_until="load")
    except Error as refused:
        if "Download is starting" in refused.message:
            return False
        raise
    assert answer.status == 200, f"{answer.status} {url}"
    return "html" in answer.headers.get("content-type", "") and page.locator("main").count() == 1


def _seen_on(page: Any) -> dict[str, Any]:
    """What is wrong with the page, first at a desk and then on a phone."""
    seen = {"cut off at a desk": page.evaluate(CUT_OFF), "on top at a desk": page.evaluate(ON_TOP)}
    page.set_viewport_size(PHONE)
    seen |= {"cut off on a phone": page.evaluate(CUT_OFF), "on top on a phone": page.evaluate(ON_TOP), "overhang": page.evaluate(OVERHANG)}
    page.set_viewport_size(DESK)
    return {where: what for where, what in seen.items() if what}
