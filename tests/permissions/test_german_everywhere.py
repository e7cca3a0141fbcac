"""Every page reads German to somebody German: what it says in English too is data, a name, or a word both languages share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import available_timezones

import pytest
from django.utils import translation

from tests.edges.web.language.test_words import NAMES, Texts, stored_words
from tests.permissions.lines import address, fill
from tests.permissions.table import WEB
from tests.permissions.walker import Walker
from wonward.foundation.access.models import User

pytestmark = pytest.mark.django_db
# German for German readers too.
SHARED = {
    "April", "Chat", "Deal", "Deals", "Domain", "Filter", "Holding", "Import", "Kickoff", "Label", "Lead", "Leads", "LinkedIn", "Logo", "Marketing", "Newsletter", "Normal", "Option", "Options", "PDF",
    "Passkeys", "Person", "Petrol", "Phase", "Pipeline", "Pipelines", "Plan", "Portal", "Portfolio", "Presales", "Register", "Spam", "Start", "Team", "Teams", "Text", "Version", "Webhook", "Webhooks",
}
APART = {
    "webhooks": "names facts as programs read them", "webhook": "names facts as programs read them", "lead_form": "shows the code that a site takes over",
    "import_batch": "shows the headers of the file", "calendar": "names the countries, many of which are called the same",
}
_WORD = re.compile(r"(?<![\w./@{-])[A-Za-z]{3,}(?![\w./@}-])")


def _of_the_world() -> set[str]:
    return {word for zone in available_timezones() for word in re.findall(r"[A-Za-z]{2,}", zone)}


def _texts(walker: Walker, language: str) -> Iterator[tuple[str, set[str]]]:
    """Every page of the owner by route, with what is read on it."""
    User.objects.filter(email="owner@studio.test").update(language=language)
    for line in WEB:
        if line.method != "GET":
            continue
        page = walker.web("owner", "GET", address(line, walker.world, line.families[0]), fill(line.query, walker.world, line.families[0]))
        if page.status == 200 and page.content.lstrip().startswith("<") and not page.content.startswith("<?xml"):
            texts = Texts()
            texts.feed(page.content)
            yield line.name, {" ".join(text.split()) for text in texts.found}


@pytest.fixture(scope="module")
def read(walker: Walker) -> dict[str, dict[str, set[str]]]:
    """The texts of every page in both languages."""
    sums = walker._sums
    was = User.objects.filter(email="owner@studio.test").values_list("language", flat=True).get()
    found = {language: dict(_texts(walker, language)) for language in ("en", "de")}
    User.objects.filter(email="owner@studio.test").update(language=was)
    translation.activate("en")
    walker.take_faults()
    walker._sums = sums
    return found


def test_what_a_german_reads_on_any_page_is_german(read: dict[str, dict[str, set[str]]]) -> None:
    known = stored_words() | NAMES | SHARED | _of_the_world()
    left = [
        f"{name}: {text[:120]}" for name, texts in read["de"].items() if name not in APART
        for text in sorted(texts & read["en"][name]) if set(_WORD.findall(text)) - known
    ]
    assert len(read["de"]) > 150
    assert read["de"].keys() == read["en"].keys()
    assert not left, "\n".join(["These texts are the same in English and in German:", *left])


def test_english_that_is_left_would_be_noticed(read: dict[str, dict[str, set[str]]]) -> None:
    """The walk reads what people read: the two languages share few of the texts of a page."""
    both = [texts & read["en"][name] for name, texts in read["de"].items()]
    assert sum(map(len, both)) < sum(map(len, read["de"].values())) / 2
    assert "Meine Arbeit" in read["de"]["my_work"]
    assert "My work" in read["en"]["my_work"]
