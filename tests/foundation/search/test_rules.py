from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wonward.foundation.search.rules import fold, read_asked, read_number, read_parts, read_terms
from wonward.foundation.search.types import Asked, Term


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Grüße, D-1042!", "grusse d 1042"),
        ("Café  CRÈME", "cafe creme"),
        ("ada.l@example.com", "ada l example com"),
        ("ＦＵＬＬ ｗｉｄｔｈ", "full width"),
        ("İstanbul", "istanbul"),
        ("한국어", "한국어"),
        ("under_score's", "under score s"),
        ("\x00\u202e—…", ""),
        ("x" * 100, "x" * 64),
    ],
)
def test_text_becomes_plain_words(text, words):
    assert fold(text) == words


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text):
    once = fold(text)
    assert fold(once) == once
    assert all(word.isalnum() for word in once.split())


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ('"" - " "', ()),
        ("acme off", (Term(("acme",)), Term(("off",), is_prefix=True))),
        ('"brand new" site', (Term(("brand", "new")), Term(("site",), is_prefix=True))),
        ('site "brand new"', (Term(("site",)), Term(("brand", "new")))),
        ("ada@example.com", (Term(("ada", "example", "com"), is_prefix=True),)),
        ('acme"', (Term(("acme",), is_prefix=True),)),
        ("NOT a OR b* ^c NEAR(", tuple(Term((word,)) for word in ("not", "a", "or", "b", "c")) + (Term(("near",), is_prefix=True),)),
    ],
)  # fmt: skip
def test_what_was_typed_becomes_terms(text, terms):
    assert read_terms(text) == terms


def test_very_long_searches_are_cut():
    assert len(read_terms("word " * 1000)) == 8
    assert len(read_terms("w" * 100_000)[0].words[0]) == 64


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("D-1042", "D-1042"),
        (" d1042 ", "D-1042"),
        ("inv 0007", "INV-7"),
        ("D-", ""),
        ("1042", ""),
        ("D-10x", ""),
        ("D-١٢", ""),
    ],
)
def test_numbers_are_recognised(text, number):
    assert read_number(text) == number


def test_pieces_shorter_than_three_characters_are_not_looked_for():
    assert read_parts("ac me") == ()
    assert read_parts("acm cor") == ("acm", "cor")


KEYS = {"client": "client", "kunde": "client", "owner": "owner"}


def test_filters_are_told_from_words():
    asked = read_asked('client:northwind owner:"mara klein" new site', KEYS)
    assert (asked.words, asked.filters) == ("new site", {"client": ("northwind",), "owner": ("mara klein",)})
    assert read_asked("Kunde:Nord", KEYS).filters == {"client": ("Nord",)}


def test_what_is_no_filter_stays_a_word():
    for text in ("at 10:30", "https://studio.test", "re: the offer", "clientele:north"):
        assert read_asked(text, KEYS) == Asked(text, {})
    assert read_asked("client: site", KEYS) == Asked("site", {})


def test_a_number_may_carry_its_sign():
    assert read_asked("#D-1042", KEYS).words == "D-1042"
    assert read_asked("channel #general", KEYS).words == "channel #general"


@given(st.text(max_size=300))
def test_no_text_makes_the_reading_of_filters_fail(text):
    asked = read_asked(text, KEYS)
    assert len(asked.words) <= 200
    assert set(asked.filters) <= set(KEYS.values())
