"""No words, wherever they come from, ever become a script: the office walked in Chromium with its content policy taken off."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.browser.chromium import CHROMIUM, launched_chromium
from tests.browser.office import SAMPLE, Site, run_program, served
from tests.browser.sample.places import OWNER, PASSWORD
from tests.hardening.crawl import NOTICE, Walk, walk
from tests.hardening.payloads import PAYLOADS

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.skipif(not CHROMIUM, reason="CHROMIUM IS MISSING")]
ROUNDS = 1


@contextmanager
def _owner(site: Site, browser: Any) -> Iterator[Any]:
    """The owner at a page without a content policy; the clock of scripts that ran starts with every page."""
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.goto(f"{site.url}/sign-in/")
    page.fill("input[name=email]", OWNER)
    page.fill("input[name=password]", PASSWORD)
    page.click("form button[type=submit]")
    page.wait_for_url(lambda url: "sign-in" not in url)
    context.add_init_script(NOTICE)
    yield page
    context.close()


def _poison(site: Site, first: int) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run_program(["-m", "tests.hardening.poison", str(first)], site.environment).splitlines()[-1])
    return told


def test_no_payload_runs_on_any_page_and_a_planted_hole_is_found():
    assert len(PAYLOADS) >= 300
    walked = Walk()
    with served(SAMPLE) as site, launched_chromium() as browser, _owner(site, browser) as page:
        first = 1
        for _ in range(ROUNDS):
            told = _poison(site, first)
            first = told["next"]
            walk(page, site.url, most_alike=6, most=10_000, walked=walked)
        hole = _with_a_hole(page, site)
    print(f"{len(PAYLOADS)} payloads in {len(told['places'])} columns, {walked.pages} pages of {len(walked.patterns)} kinds and {walked.files} files, "
          f"{len({number % len(PAYLOADS) for number in walked.shown})} payloads seen as words, {len(walked.ran)} ran", *walked.ran[:50], sep="\n")
    assert walked.broken == []
    assert walked.ran == []
    assert len({number % len(PAYLOADS) for number in walked.shown}) >= 300
    assert hole.ran, "a page that writes one name as it is was not noticed"


def _with_a_hole(page: Any, site: Site) -> Walk:
    """The same walk past a template that forgets to escape: its first image payload arrives as it is."""

    def forget(route: Any) -> None:
        answer = route.fetch()
        body = re.sub(r"&lt;img src=x onerror=__ww\(\d+\)&gt;", lambda match: html.unescape(match[0]), answer.text())
        route.fulfill(response=answer, body=body)

    page.route("**/*", lambda route: forget(route) if route.request.resource_type == "document" else route.continue_())
    return walk(page, site.url, most_alike=2, most=25)
