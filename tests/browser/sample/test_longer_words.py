"""In a language a third longer than English no word is cut off or lies on a control, at a desk or on a phone, unless it says the whole of itself when pointed at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tools.messages import compiled, pseudo

from tests.browser.clipping import CUT_OFF, ON_TOP
from tests.browser.office import run_program, seated
from tests.browser.sample.conftest import PHONE, Office, overhang
from tests.browser.sample.places import LISTS, PASSWORD, RECORDS, SELLER
from tests.words import collected_words

MAIN = (*(name for name in LISTS if name not in ("failures", "templates")), *(name for name in RECORDS if name != "template"), "plan", "task")
FURTHER = ("/leads/", "/contacts/", "/portfolio/", "/objectives/", "/inbox/", "/profile/")
WORK = ("list", "board", "risks", "status")


@pytest.fixture(scope="module")
def reader(office: Office) -> Iterator[Any]:
    """The seller, who reads the stretched language for as long as these tests last."""
    words = Path(office.site.environment["WONWARD_DATA_DIR"]) / "locale" / "en_XA" / "LC_MESSAGES" / "django.mo"
    words.parent.mkdir(parents=True, exist_ok=True)
    words.write_bytes(compiled(pseudo(collected_words())))
    _speak(office, "en-xa")
    try:
        with seated(office.site, office.browser, SELLER, PASSWORD) as person:
            yield person.page
    finally:
        _speak(office, "en")


def test_no_word_of_a_page_is_cut_off_or_lies_on_a_control(office: Office, reader: Any) -> None:
    addresses = [*(office.places[name] for name in MAIN), *FURTHER, *(f"{office.places['project']}{part}/" for part in WORK)]
    found = {address: seen for address in addresses if (seen := _seen_on(reader, f"{office.site.url}{address}"))}
    assert found == {}


def test_a_word_that_is_cut_off_is_noticed(reader: Any, office: Office) -> None:
    reader.goto(f"{office.site.url}/profile/", wait_until="load")
    reader.evaluate("""() => {
      const box = document.querySelector('main').appendChild(document.createElement('p'));
      box.textContent = 'Cut off by its box';
      Object.assign(box.style, { inlineSize: '40px', overflow: 'hidden', whiteSpace: 'nowrap' });
    }""")
    assert any("Cut off by its box" in found for found in reader.evaluate(CUT_OFF))


def _seen_on(reader: Any, url: str) -> dict[str, Any]:
    """What is wrong with a page, first at a desk and then on a phone."""
    reader.set_viewport_size({"width": 1440, "height": 900})
    reader.goto(url, wait_until="load")
    assert "⟦" in reader.locator("body").inner_text(), url
    seen: dict[str, Any] = {"at a desk": reader.evaluate(CUT_OFF), "on top at a desk": reader.evaluate(ON_TOP)}
    reader.set_viewport_size(PHONE)
    reader.wait_for_timeout(150)
    seen |= {"on a phone": reader.evaluate(CUT_OFF), "on top on a phone": reader.evaluate(ON_TOP), "overhang": overhang(reader)}
    return {where: what for where, what in seen.items() if what}


def _speak(office: Office, language: str) -> None:
    program = (
        "import django; django.setup(); from wonward.foundation.access.models import User; "
        f"User.objects.filter(email={SELLER!r}).update(language={language!r})"
    )
    run_program(["-c", program], office.site.environment)
