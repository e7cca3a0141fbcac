"""Every word of the office goes through the catalogue: German says it, a stretched language finds what never came here."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext, ngettext, trans_real
from tools.messages import LOCALES, Catalog, compiled, faults, pseudo, read, stretched

from tests.edges.web.lists.test_saved_views import text_of
from tests.words import collected_words
from wonward.foundation.access.models import User

GERMAN = LOCALES / "de" / "LC_MESSAGES" / "django.po"
MOST_MISSING = 0.1
_INITIALS = re.compile(r"[A-Z]{2,3}")
_OURS = re.compile(r"⟦[^⟦⟧]*⟧")


@pytest.fixture(scope="module")
def source() -> Catalog:
    return collected_words()


def test_german_says_nearly_everything_and_loses_no_placeholder(source):
    found = list(faults(read(GERMAN), source))
    missing = [fault for fault in found if fault.startswith("missing")]
    assert [fault for fault in found if fault not in missing] == []
    assert len(missing) < MOST_MISSING * len(source), f"Run tools/messages.py update and translate: {missing[:20]}"


def test_the_compiled_catalogue_is_that_of_the_readable_one():
    assert GERMAN.with_suffix(".mo").read_bytes() == compiled(read(GERMAN)), "Run tools/messages.py compile."


def test_german_is_spoken_with_its_plurals_and_a_missing_key_falls_back_to_english():
    with translation.override("de"):
        assert gettext("My work") == "Meine Arbeit"
        assert ngettext("%(num)s task", "%(num)s tasks", 1) % {"num": 1} == "1 Aufgabe"
        assert ngettext("%(num)s task", "%(num)s tasks", 2) % {"num": 2} == "2 Aufgaben"
        assert gettext("Nobody translated this.") == "Nobody translated this."


def test_a_stretched_message_keeps_its_placeholders_and_tags():
    assert stretched("Saved %(count)s of <b>{all}</b>") == "⟦Šávéd %(count)s óf <b>{all}</b>" + "·" * 10 + "⟧"


@pytest.fixture
def stretched_language(source: Catalog, settings: Any, tmp_path: Path) -> Any:
    place = tmp_path / "en_XA" / "LC_MESSAGES" / "django.mo"
    place.parent.mkdir(parents=True)
    place.write_bytes(compiled(pseudo(source)))
    settings.LOCALE_PATHS = [str(tmp_path)]
    trans_real._translations.clear()
    yield
    trans_real._translations.clear()
    translation.activate("en")


class Texts(HTMLParser):
    """Everything of a page that is read or spoken."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "kbd", "code", "datalist")
        named = ("aria-label", "placeholder", "title", "alt")
        self.found += [value for name, value in attrs if value and (name in named or name.startswith(("data-text", "data-say")))]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "kbd", "code", "datalist")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def stored_words() -> set[str]:
    """Every word that stands in the database: what people wrote is not ours to translate."""
    words: set[str] = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            cursor.execute(f'SELECT * FROM "{table}" LIMIT 300')
            for row in cursor.fetchall():
                words |= {word for value in row if isinstance(value, str) for word in re.findall(r"(?<!\d)[^\W\d_]{2,}(?!\d)", value.replace("\\n", " "))}
    return words


NAMES = {
    "Wonward", "Ctrl", "English", "Deutsch", "UK", "US", "UTC", "EUR", "CSV", "Excel", "API", "Nov", "Dec", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun",
    "com", "test", "example", "mara", "studio", "November", "December", "SHA",
}


PAGES = (
    "/", "/deals/", "/deals/table/", "/deals/{deal}/", "/companies/", "/companies/{company}/", "/leads/", "/inbox/", "/projects/", "/search/",
    "/profile/security/", "/settings/people/", "/settings/areas/", "/settings/fields/", "/start/people/", "/imports/", "/proposals/", "/sales/discipline/",
)


def test_no_word_of_a_page_comes_past_the_catalogue(cast, sale, sign_in, stretched_language):
    User.objects.filter(pk=cast.owner.user_id).update(language="en-xa")
    client = sign_in(cast.owner)
    known = stored_words() | NAMES
    bare = {url: bare_words(text_of(client, url.format(deal=sale.deal_id, company=sale.company_id)), known) for url in PAGES}
    assert {url: words for url, words in bare.items() if words} == {}, "These words are not in the catalogue."


def without_ours(text: str) -> str:
    """A text without its translated parts, of which one may stand inside another."""
    while (rest := _OURS.sub(" ", text)) != text:
        text = rest
    return text


def bare_words(page: str, known: set[str]) -> set[str]:
    """The words of a page that are neither translated nor somebody's own."""
    assert "⟦" in page
    texts = Texts()
    texts.feed(page)
    return {
        word for text in texts.found for word in re.findall(r"[A-Za-z]{2,}", without_ours(text)) if word not in known and not _INITIALS.fullmatch(word)
    }
