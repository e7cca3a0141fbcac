from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wonward.foundation.search.rules import fold, read_number, read_parts, read_terms
from wonward.foundation.search.types import Term


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
