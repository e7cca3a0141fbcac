"""No words, wherever they come from, ever become a script: the office walked in Chromium with its content policy taken off."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.browser.chromium import CHROMIUM, launched_chromium
from tests.browser.office import SAMPLE, Site, run_program, served
from tests.browser.sample.places import OWNER, PASSWORD
from tests.figures import tell
from tests.hardening.crawl import NOTICE, Seat, walk
from tests.hardening.payloads import PAYLOADS

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.skipif(not CHROMIUM, reason="CHROMIUM IS MISSING")]
MOST_ALIKE = 3
"""Pages of one kind, which differ by the record they show."""


def _sign_in(site: Site) -> Any:
    """The cookies of the owner."""
    with launched_chromium() as browser:
        page = browser.new_page()
        page.goto(f"{site.url}/sign-in/")
        page.fill("input[name=email]", OWNER)
        page.fill("input[name=password]", PASSWORD)
        page.click("form button[type=submit]")
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page.context.storage_state()


def _seat(state: Any, hole: Callable[[Any], None] | None = None) -> Seat:
    """The owner at a page without a content policy, in a browser of its own; the count of scripts that ran starts with every page."""

    @contextmanager
    def seated() -> Iterator[Any]:
        with launched_chromium() as browser:
            context = browser.new_context(bypass_csp=True, reduced_motion="reduce", storage_state=state)
            context.add_init_script(NOTICE)
            # A stream never ends and shows no words of its own.
            context.route("**/events/stream*", lambda route: route.abort())
            page = context.new_page()
            page.on("dialog", lambda dialog: dialog.dismiss())
            if hole:
                page.route("**/*", hole)
            yield page

    return seated


def _poison(site: Site, first: int) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run_program(["-m", "tests.hardening.poison", str(first)], site.environment).splitlines()[-1])
    return told


def test_no_payload_runs_on_any_page_and_a_planted_hole_is_found():
    assert len(PAYLOADS) >= 300
    with served(SAMPLE) as site:
        state = _sign_in(site)
        told = _poison(site, 1)
        walked = walk(_seat(state), site.url, most_alike=MOST_ALIKE, most=10_000, browsers=2)
        hole = walk(_seat(state, _forget), site.url, most_alike=2, most=12)
    seen = len({number % len(PAYLOADS) for number in walked.shown})
    print(*walked.ran[:50], sep="\n")
    tell("payloads in every column of words, in Chromium without its content policy", payloads=len(PAYLOADS), columns=len(told["places"]),
         pages=walked.pages, kinds_of_pages=len(walked.patterns), seen_as_words=seen, ran=len(walked.ran), ran_through_a_planted_hole=len(hole.ran))
    assert walked.broken == []
    assert walked.ran == []
    assert seen >= 300
    assert hole.ran, "a page that writes one name as it is was not noticed"


def _forget(route: Any) -> None:
    """A template that forgets to escape: the first kind of image payload arrives as it is."""
    if route.request.resource_type != "document":
        route.continue_()
        return
    answer = route.fetch()
    route.fulfill(response=answer, body=re.sub(r"&lt;img src=x onerror=__ww\(\d+\)&gt;", lambda match: html.unescape(match[0]), answer.text()))
