"""Sentences remember what they were made of: another language, and a reader's own form of a day, can be made again."""

from __future__ import annotations

import pickle
from datetime import date, datetime

import pytest

from wonward.kernel.wording import heard, heard_within, joined, speaking, worded

DAY = date(2026, 12, 22)


def test_a_day_is_plain_in_the_sentence_and_in_the_readers_form_where_it_is_heard() -> None:
    sentence = worded("the work ends on {date}", date=DAY)
    assert sentence == "the work ends on 2026-12-22"
    with speaking("en"):
        assert heard(sentence) == "the work ends on 22 Dec 2026"
    with speaking("de"):
        assert "22. Dez. 2026" in heard(sentence)


def test_a_day_within_a_sentence_within_a_sentence_is_heard_as_well() -> None:
    whole = worded("{number} “{text}”: {end}{promised}.", number="PR-1", text="Live", end=worded("the work ends on {date}", date=DAY), promised="")
    with speaking("en"):
        assert heard_within([joined([whole, "as told"], "\n")]) == ["PR-1 “Live”: the work ends on 22 Dec 2026.\nas told"]


@pytest.mark.parametrize("value", [datetime(2026, 12, 22, 9, 30), "2026-12-22", 7])
def test_what_is_no_day_stays_as_it_was_given(value: object) -> None:
    with speaking("en"):
        assert heard(worded("at {value}", value=value)) == f"at {value}"


def test_a_sentence_that_was_put_away_can_still_be_heard() -> None:
    sentence = pickle.loads(pickle.dumps(worded("the work ends on {date}", date=DAY)))
    with speaking("de"):
        assert "22. Dez. 2026" in heard(sentence)
