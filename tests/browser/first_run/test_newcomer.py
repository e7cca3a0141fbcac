"""A newcomer signs in for the first time and has a deal with a next action: every click, key, word and page counted and timed as a person needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.browser.chromium import PATIENCE_MS, WAIT_MS
from tests.browser.first_run.world import EMAIL, PASSWORD
from tests.browser.office import Site

MOST_CLICKS, MOST_SECONDS = 25, 180
# What a person needs who has never seen the pages: to point and press, to type one character, to read one word, to find one's way on a new page.
A_CLICK, A_KEY, A_WORD, A_PAGE = 1.5, 0.3, 0.25, 2.7
READ = "h1, h2, h3, label, legend, button, a.button, .hint, .field__hint, [aria-current]"


@dataclass
class Newcomer:
    """Works by hand: each field and each button is one click."""

    page: Any
    clicks: int = 0
    keys: int = 0
    words: int = 0
    pages: int = 0

    @property
    def seconds(self) -> float:
        """The sum of what a person needs, told by counts alone."""
        return self.clicks * A_CLICK + self.keys * A_KEY + self.words * A_WORD + self.pages * A_PAGE

    def look(self, where: str = "main") -> None:
        """Take in a page or a drawer: what is written large, on labels and on buttons."""
        self.pages += 1
        self.words += sum(len(text.split()) for text in self.page.locator(where).first.locator(READ).all_inner_texts())

    def press(self, where: str) -> None:
        self.page.click(where)
        self.clicks += 1

    def go_by(self, where: str) -> None:
        """A press that leads to another page."""
        with self.page.expect_navigation():
            self.press(where)
        self.look()

    def write(self, name: str, words: str) -> None:
        self.press(f"[name={name}]")
        self.page.fill(f"[name={name}]", words)
        self.keys += len(words)


def test_the_first_deal_with_a_next_action_takes_few_clicks(first_day: Site, chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": 1360, "height": 900})
    page.set_default_timeout(WAIT_MS)
    page.set_default_navigation_timeout(PATIENCE_MS)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    nora = Newcomer(page)
    page.goto(f"{first_day.url}/sign-in/")
    nora.look()
    nora.write("email", EMAIL)
    nora.write("password", PASSWORD)
    nora.go_by("main form button[type=submit]")
    nora.go_by("a[href='/start/house/']")
    nora.write("name", "Atelier North")
    nora.go_by("main form button[type=submit]")
    nora.go_by("main form button[type=submit]")
    nora.press("input[name^='take-'] >> nth=0")
    nora.go_by("main form button[type=submit]")
    nora.go_by(".start-out a >> nth=0")
    nora.press(".work-greeting a[data-drawer]")
    page.wait_for_selector(".drawer [name=next_note]")
    nora.look("dialog.drawer")
    nora.write("name", "Website for the town hall")
    nora.write("next_note", "Call the mayor")
    nora.press("label:has(input[name=next_day]) >> nth=0")
    nora.go_by(".drawer button[type=submit]")
    page.wait_for_url("**/deals/*/")
    said = page.inner_text("main")
    print(f"\nfirst deal with a next action: {nora.clicks} clicks, {nora.keys} keys, {nora.words} words, {nora.pages} pages: {nora.seconds:.0f} s")
    assert "Website for the town hall" in said
    assert "Call the mayor" in said
    assert nora.clicks <= MOST_CLICKS
    assert nora.seconds <= MOST_SECONDS
    page.goto(f"{first_day.url}/")
    steps = page.inner_text(".work")
    assert "Name your house" in steps
    done = page.locator(".attention .muted").all_inner_texts()
    assert sum(words in line for line in done for words in ("Name your house", "Take over what you sell", "Open your first deal")) == 3
    assert problems == []
    page.context.close()
