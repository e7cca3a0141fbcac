"""Walks through the office as a browser does, without its content policy, and notices every script that should not have run."""

from __future__ import annotations

import html
import re
from collections import Counter
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
LINKS = """() => [...document.querySelectorAll('a[href^="/"]')].map(link => link.getAttribute('href').split('#')[0])"""
_LEAVES = re.compile(r"/(sign-out|static|api|documents/\d+/content)")


@dataclass
class Walk:
    """What a walk saw: pages, files to keep, payloads shown as plain words, and scripts that ran."""

    pages: int = 0
    files: int = 0
    shown: set[int] = field(default_factory=set)
    ran: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    patterns: Counter[str] = field(default_factory=Counter)


def walk(page: Any, url: str, *, most_alike: int, most: int, walked: Walk | None = None) -> Walk:
    """Follow the links from the first page; of pages whose addresses differ by numbers only, `most_alike` each."""
    found = walked or Walk()
    waiting, seen = ["/", "/deals/table/", "/projects/", "/handoffs/", "/templates/", "/imports/"], set()
    alike: Counter[str] = Counter()
    while waiting and found.pages < most:
        address = waiting.pop(0)
        pattern = re.sub(r"\d+", "N", address.split("?")[0])
        if address in seen or _LEAVES.search(address) or alike[pattern] >= most_alike:
            continue
        seen.add(address)
        alike[pattern] += 1
        waiting += _visit(page, url, address, found)
    found.patterns.update(alike)
    return found


def _visit(page: Any, url: str, address: str, found: Walk) -> list[str]:
    try:
        answer = page.goto(f"{url}{address}", wait_until="load")
    except Error as fault:
        if "Download is starting" not in fault.message:
            raise
        # Chromium keeps a file and stays on the page it was on: nothing is rendered.
        found.files += 1
        return []
    found.pages += 1
    if answer is not None and answer.status >= 500:
        found.broken.append(f"{answer.status} {address}")
        return []
    page.wait_for_timeout(60)
    found.ran += [f"{address}: {hit}" for hit in page.evaluate(LOOK)]
    found.shown |= {int(number) for number in re.findall(r"__ww\((\d+)\)", html.unescape(page.content()))}
    return [link for link in page.evaluate(LINKS) if link]
