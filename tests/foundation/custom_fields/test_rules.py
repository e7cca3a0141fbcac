"""Values are read strictly and come back as they were."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wonward.foundation.custom_fields.rules import key_of, plain, read_condition, read_value, value_of
from wonward.foundation.custom_fields.types import FieldKind
from wonward.kernel.money import Money

CHOICES = ("Public", "Private")
words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30)


@given(
    st.one_of(
        st.tuples(st.just(FieldKind.NUMBER), st.decimals(-(10**9), 10**9, places=4)),
        st.tuples(st.just(FieldKind.MONEY), st.integers(-(10**9), 10**9).map(lambda minor: Money(minor, "EUR"))),
        st.tuples(st.just(FieldKind.DATE), st.dates()),
        st.tuples(st.just(FieldKind.PERSON), st.integers(1, 10**9)),
        st.tuples(st.just(FieldKind.TEXT), words),
        st.tuples(st.just(FieldKind.CHOICE), st.sampled_from(CHOICES)),
        st.tuples(st.just(FieldKind.TAGS), st.lists(words.filter(lambda word: word.strip("#, ") == word), min_size=1, max_size=5, unique_by=str.casefold)),
    )
)
def test_what_is_kept_is_what_was_given_however_often_it_is_written_down(given_value):
    kind, value = given_value
    kept = value_of(kind, read_value(kind, value, choices=CHOICES))
    assert kept == (tuple(sorted(value, key=str.casefold)) if kind is FieldKind.TAGS else value)
    assert value_of(kind, read_value(kind, plain(kept), choices=CHOICES)) == kept


@pytest.mark.parametrize(("kind", "raw"), [
    (FieldKind.NUMBER, "twelve"), (FieldKind.NUMBER, "NaN"), (FieldKind.NUMBER, "1e99"), (FieldKind.NUMBER, True), (FieldKind.DATE, "31/12/2026"),
    (FieldKind.MONEY, "12.345"), (FieldKind.CHOICE, "Church"), (FieldKind.LINK, "javascript:alert(1)"), (FieldKind.LINK, "not a link"),
    (FieldKind.TEXT, "x" * 501), (FieldKind.PERSON, "Mara"), (FieldKind.TAGS, "x" * 41),
])
def test_what_does_not_fit_is_refused_in_words(kind, raw):
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        read_value(kind, raw, choices=CHOICES)


def test_people_write_numbers_in_many_ways():
    for raw in ("1234.5", "1 234,5", "1'234.5", "1,234.5"):
        assert value_of(FieldKind.NUMBER, read_value(FieldKind.NUMBER, raw)) == Decimal("1234.5")
    assert value_of(FieldKind.MONEY, read_value(FieldKind.MONEY, "99.90 USD")) == Money(9990, "USD")
    assert value_of(FieldKind.LINK, read_value(FieldKind.LINK, "halden.example/brief")) == "https://halden.example/brief"


def test_conditions_are_ranges_lists_and_words():
    assert read_condition(FieldKind.NUMBER, "10..20") == {"number_value__gte": Decimal(10), "number_value__lte": Decimal(20)}
    assert read_condition(FieldKind.DATE, "..2026-12-31") == {"date_value__lte": date(2026, 12, 31)}
    assert read_condition(FieldKind.CHOICE, "Public, Private") == {"text_value__in": ["Public", "Private"]}
    assert read_condition(FieldKind.PERSON, "me", person_id=7) == {"whole_value": 7}
    assert read_condition(FieldKind.TEXT, "none") == {}
    assert read_condition(FieldKind.NUMBER, "many") is None


def test_a_key_is_plain_and_taken_once():
    assert key_of("Sector", ["sector", "sector_2"]) == "sector_3"
    assert key_of("行业", []) == "field"
