"""One word in its many forms is one word to the search, in English and in German."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wonward.foundation.search.rules import WORDS_VERSION, fold, stem, stems_of

FORMS = [
    "invoice invoices invoiced invoicing", "meeting meetings meet meets", "price prices priced pricing", "company companies",
    "template templates", "call calls called calling", "plan plans planned planning", "deadline deadlines", "project projects",
    "request requests requested requesting", "address addresses", "delay delays delayed", "developer developers",
    "Rechnung Rechnungen", "Angebot Angebote Angebots Angeboten", "Termin Termine Terminen Termins", "Vertrag Verträge Verträgen Vertrags",
    "Preis Preise Preisen Preises", "Kunde Kunden", "Haus Häuser Häusern Hauses", "Buch Bücher Büchern", "Tag Tage Tagen Tages",
    "Vorlage Vorlagen", "Lieferung Lieferungen", "Adresse Adressen", "Seite Seiten", "Firma", "industry industries Industrie Industrien",
]


@pytest.mark.parametrize("forms", FORMS)
def test_forms_of_one_word_have_one_stem(forms: str) -> None:
    assert len({stem(fold(form)) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("note", "not"), ("invoice", "invite"), ("Kunde", "Kunst"), ("Preis", "Presse"), ("contract", "contact")]
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert stem(fold(one)) != stem(fold(other))


def test_numbers_short_words_and_other_scripts_stay_as_they_are() -> None:
    for word in ("42", "1100", "d1042", "is", "der", "не", "здание", "東京", "b2b"):
        assert stem(word) == word


@given(st.text(alphabet="abcdeginorstuy", min_size=1, max_size=14))
def test_the_stem_of_a_stem_is_itself_and_no_longer_than_the_word(word: str) -> None:
    assert stem(stem(word)) == stem(word)
    assert 0 < len(stem(word)) <= len(word)


def test_a_sentence_keeps_its_order() -> None:
    assert stems_of(fold("The invoices for the new templates")) == "the invoic for the new templat"


def test_other_stems_than_before_are_another_version_of_the_words() -> None:
    """Where this fails on purpose: raise WORDS_VERSION and put the new pair here, so that every index is written anew."""
    said = " ".join(stem(fold(form)) for forms in FORMS for form in forms.split())
    digest = hashlib.sha256(said.encode()).hexdigest()[:12]
    assert (WORDS_VERSION, digest) == (1, "bb0e446fe50c")
