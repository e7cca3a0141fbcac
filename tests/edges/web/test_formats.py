from __future__ import annotations

import pytest
from babel import Locale
from babel.numbers import format_currency, format_decimal
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import hours, money_short, money_words, number
from wonward.edges.web.shell.markup import avatar, icon, stage_dots
from wonward.kernel.money import Money

LANGUAGES = ["en", "de", "fr", "de-ch", "en-in", "pl", "ar"]


def _as_babel(value: int, currency: str, language: str) -> str:
    locale = language.replace("-", "_")
    pattern = Locale.parse(locale, sep="_").currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(value, currency, locale=locale, format=pattern, currency_digits=False)


@settings(deadline=None)
@given(st.integers(min_value=-(10**12), max_value=10**12), st.sampled_from(["EUR", "USD", "CHF", "GBP"]), st.sampled_from(["en", "de", "fr", "pl"]))
def test_a_whole_amount_looks_as_babel_would_write_it(units, currency, language):
    with translation.override(language):
        assert money_words(Money(units * 100, currency)) == _as_babel(units, currency, language)


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**12), st.sampled_from(["en", "de", "fr", "pl"]))
def test_a_number_looks_as_babel_would_write_it(value, language):
    with translation.override(language):
        assert number(value) == format_decimal(value, locale=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_shows_amounts_and_numbers(language):
    with translation.override(language):
        assert money_words(Money(123456700, "EUR"))
        assert money_short(Money(665_000_000, "EUR"))
        assert number(1234567)


def test_cents_are_shown_when_there_are_some():
    assert money_words(Money(8400050, "EUR")) == "€84,000.50"
    assert money_words(Money(8400000, "EUR")) == "€84,000"
    assert money_words(None) == ""


def test_minutes_are_shown_as_hours():
    assert [hours(minutes) for minutes in (None, 0, 60, 450, 55200)] == ["", "0 h", "1 h", "7.5 h", "920 h"]


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=2**62))
def test_an_address_is_the_one_the_resolver_gives(deal_id):
    assert address_of("deal", deal_id=deal_id) == reverse("deal", kwargs={"deal_id": deal_id})
    assert address_of("deals_board") == reverse("deals_board")


HOSTILE = "\"><script>alert('x')</script>"


@pytest.mark.parametrize("drawn", [icon("x", label=HOSTILE), icon(HOSTILE), avatar(HOSTILE, HOSTILE, 1, HOSTILE, HOSTILE), stage_dots(1, 2, HOSTILE)])
def test_what_is_drawn_in_python_is_escaped(drawn):
    assert "<script>" not in drawn
    assert "&#34;&gt;&lt;script&gt;" in drawn
