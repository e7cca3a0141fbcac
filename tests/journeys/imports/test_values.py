"""Dates and numbers are read the way their whole column writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from wonward.journeys.imports.rules.dates import detect_order, looks_like_date, read_date, read_moment
from wonward.journeys.imports.rules.numbers import NumberForm, detect_form, read_number, to_minor


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("3/1/2017", "mdy", date(2017, 3, 1)), ("3/1/2017", "dmy", date(2017, 1, 3)), ("31.12.2023", "dmy", date(2023, 12, 31)),
        ("26-02-2018 19:58", "dmy", date(2018, 2, 26)), ("2024-02-29", "dmy", date(2024, 2, 29)), ("2024/2/9", "mdy", date(2024, 2, 9)),
        ("09/Jan/24 3:54 PM", "mdy", date(2024, 1, 9)), ("May 2, 2024 3:04 PM", "dmy", date(2024, 5, 2)), ("5. März 2024", "mdy", date(2024, 3, 5)),
        ("Mon, 5 Jan 2024", "mdy", date(2024, 1, 5)), ("2 de mayo de 2024", "mdy", date(2024, 5, 2)), ("1/2/99", "dmy", date(1999, 2, 1)),
        ("20240131", "mdy", date(2024, 1, 31)), ("45321", "mdy", date(2024, 1, 30)), ("2024-01-09T23:30:00.000Z", "dmy", date(2024, 1, 9)),
        ("1704844800000", "dmy", date(2024, 1, 10)), ("2024-01-09T23:30:00+0000", "dmy", date(2024, 1, 9)),
    ],
)
def test_a_date_is_read_whatever_its_form(text, order, day):
    assert read_date(text, order) == day


def test_an_instant_becomes_the_day_of_the_organisation():
    assert read_date("2024-01-09T23:30:00Z", "dmy", zone="Europe/Berlin") == date(2024, 1, 10)
    assert read_moment("9.1.2024 12:00", "dmy", zone="Europe/Berlin") == datetime(2024, 1, 9, 11, tzinfo=UTC)


@pytest.mark.parametrize("text", ["30/2/2024", "2024-13-01", "banana", "32.1.2024", "1/1/0099", "12", "2024-01-01 later", "²", "1/2/3/4", "May 2024"])
def test_what_is_no_date_is_refused_with_its_words(text):
    with pytest.raises(ValueError, match="“"):
        read_date(text, "dmy")


def test_one_telling_value_settles_the_order_of_its_column():
    assert detect_order(["3/1/2017", "4/2/2017", "10/20/2016"]).order == "mdy"
    assert detect_order(["3/1/2017", "4/2/2017", "20/10/2016"]).order == "dmy"
    found = detect_order(["3/1/2017", "10/20/2016"])
    assert found.is_sure
    assert ("10/20/2016", date(2016, 10, 20)) in found.examples


def test_a_column_without_evidence_follows_its_neighbours_or_says_that_it_guesses():
    assert detect_order(["3/1/2017", "4/2/2017"], hint="mdy").order == "mdy"
    guessed = detect_order(["3/1/2017", "4/2/2017"])
    assert (guessed.order, guessed.is_sure) == ("dmy", False)
    assert detect_order(["3.1.2017", "4.2.2017"]).is_sure


@pytest.mark.parametrize(
    ("text", "decimal", "value", "currency"),
    [
        ("1,054.00", ".", "1054.00", ""), ("1.054,00 €", ",", "1054.00", "EUR"), ("$1,054", ".", "1054", "$"), ("USD 12.50", ".", "12.50", "USD"),
        ("(12.00)", ".", "-12.00", ""), ("-€5", ".", "-5", "EUR"), ("1 054,5", ",", "1054.5", ""), ("1'054.50 CHF", ".", "1054.50", "CHF"),
        ("12,34,567", ".", "1234567", ""), ("1.2E+05", ".", "120000", ""), ("5-", ".", "-5", ""), ("R$ 1.000,00", ",", "1000.00", "BRL"),
        ("1\u00a0234,00", ",", "1234.00", ""), (".5", ".", "0.5", ""), ("£1,000.00", ".", "1000.00", "GBP"), ("−7", ".", "-7", ""),
    ],
)
def test_an_amount_is_read_whatever_its_form(text, decimal, value, currency):
    found = read_number(text, NumberForm(decimal))
    assert (found.value, found.currency) == (Decimal(value), currency)


@pytest.mark.parametrize("text", ["abc", "1,2", "12,3456", "1.2.3", "EUR", "$", "12 apples", "€5 USD", "1e999", "9" * 20, "²"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="“"):
        read_number(text, NumberForm("."))


def test_the_decimal_sign_is_found_from_all_values():
    assert detect_form(["1,000", "2,500", "1,054.50"]).decimal == "."
    assert detect_form(["1.000", "2.500", "1.054,50"]).decimal == ","
    assert detect_form(["1100.04", "12"]) == NumberForm(".", True)
    assert detect_form(["1.000", "2.000"], hint=",") == NumberForm(",", False)
    assert detect_form(["0.125", "3.250"]).decimal == "."


def test_rounding_to_the_smallest_unit_is_told():
    assert to_minor(Decimal("1100.045"), "EUR") == (110005, True)
    assert to_minor(Decimal("1100.04"), "EUR") == (110004, False)
    assert to_minor(Decimal("12"), "JPY") == (12, False)


def test_ids_and_words_do_not_look_like_dates():
    assert not any(looks_like_date(text) for text in ("12345", "1C1I7A6R", "Won", "12", "+49 30 1234"))
