"""Walks through the office as a browser does, without its content policy, and notices every script that should not have run."""

from __future__ import annotations

import html
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Error

NOTICE = "window.__hits = []; window.__ww = number => { window.__hits.push(String(number)); };"
# What would run as soon as somebody touches it counts as run.
LOOK = """() => {
  const found = [...window.__hits];
  for (const element of document.querySelectorAll('*')) {
    for (const {name, value} of element.attributes) {
      const runs = name.startsWith('on') || name.startsWith('hx-on') || name === 'srcdoc'
        || (['href', 'src', 'action', 'formaction', 'data', 'xlink:href'].includes(name) && /^[\\s\\x00-\\x20]*(javascript|vbscript|data:text)/i.test(value));
      if (runs && value.includes('__ww(')) found.push(`${name}=${value.slice(0, 60)}`);
    }
    if (element.localName === 'script' && element.textContent.includes('__ww(') && !/json/.test(element.type)) found.push(`script ${element.textContent.slice(0, 60)}`);
  }
  return found;
}"""
SEEN = f"""() => ({{hits: ({LOOK})(), content: document.documentElement.outerHTML,
  links: [...document.querySelectorAll('a[href^="/"]')].map(link => link.getAttribute('href').split('#')[0])}})"""
# Long enough for what a script does right after the page has loaded.
_MOMENT_MS = 40
_LEAVES = re.compile(r"/(sign-out|static|api|documents/\d+/content)")
_STARTS = ("/", "/deals/table/", "/projects/", "/handoffs/", "/templates/", "/imports/")
Seat = Callable[[], AbstractContextManager[Any]]


@dataclass
class Walk:
    """What a walk saw: pages, files to keep, payloads shown as plain words, and scripts that ran."""

    pages: int = 0
    files: int = 0
    shown: set[int] = field(default_factory=set)
    ran: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    patterns: Counter[str] = field(default_factory=Counter)


class Frontier:
    """The addresses that are still to be seen, for several browsers at once; of those that differ by numbers only, `most_alike` each."""

    def __init__(self, most_alike: int, most: int) -> None:
        self.found, self._most_alike, self._most = Walk(), most_alike, most
        self._waiting, self._seen = list(_STARTS), set[str]()
        self._open_count, self._changed = 0, threading.Condition()

    def addresses(self) -> Iterator[str]:
        """One address after the other, until nobody has any left or may find more."""
        while (address := self._next()) is not None:
            try:
                yield address
            finally:
                with self._changed:
                    self._open_count -= 1
                    self._changed.notify_all()

    def _next(self) -> str | None:
        with self._changed:
            while True:
                while self._waiting and self.found.pages + self._open_count < self._most:
                    address = self._waiting.pop(0)
                    pattern = re.sub(r"\d+", "N", address.split("?")[0])
                    if address not in self._seen and not _LEAVES.search(address) and self.found.patterns[pattern] < self._most_alike:
                        self._seen.add(address)
                        self.found.patterns[pattern] += 1
                        self._open_count += 1
                        return address
                if not self._open_count:
                    return None
                self._changed.wait(1)

    def note(self, address: str, told: dict[str, Any]) -> None:
        """What stood on a page."""
        with self._changed:
            self.found.pages += 1
            self.found.ran += [f"{address}: {hit}" for hit in told["hits"]]
            self.found.shown |= {int(number) for number in re.findall(r"__ww\((\d+)\)", html.unescape(told["content"]))}
            self._waiting += [link for link in told["links"] if link]
            self._changed.notify_all()

    def note_broken(self, sentence: str) -> None:
        with self._changed:
            self.found.pages += 1
            self.found.broken.append(sentence)

    def note_file(self) -> None:
        with self._changed:
            self.found.files += 1


def walk(seat: Seat, url: str, *, most_alike: int, most: int, browsers: int = 1) -> Walk:
    """Follow the links from the first pages, with as many browsers side by side as told; `seat` opens a page in one of its own."""
    frontier = Frontier(most_alike, most)

    def look() -> None:
        with seat() as page:
            for address in frontier.addresses():
                _visit(page, url, address, frontier)

    with ThreadPoolExecutor(browsers) as pool:
        for done in [pool.submit(look) for _ in range(browsers)]:
            done.result()
    return frontier.found


def _visit(page: Any, url: str, address: str, frontier: Frontier) -> None:
    try:
        answer = page.goto(f"{url}{address}", wait_until="load")
    except Error as fault:
        if "Download is starting" not in fault.message:
            raise
        # Chromium keeps a file and stays on the page it was on: nothing is rendered.
        frontier.note_file()
        return
    if answer is not None and answer.status >= 500:
        frontier.note_broken(f"{answer.status} {address}")
        return
    page.wait_for_timeout(_MOMENT_MS)
    frontier.note(address, page.evaluate(SEEN))
