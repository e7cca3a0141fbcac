"""Sentences of a stored answer: kept as template and values, read again as the same sentence."""

from __future__ import annotations

import json
from datetime import date

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from wonward.journeys.capacity.rules.kept_words import kept, said
from wonward.journeys.capacity.rules.leveling_words import listed
from wonward.kernel.wording import heard, joined, worded

NAMES = st.text(max_size=12)


@given(st.lists(NAMES, max_size=6), NAMES, st.integers(-99, 99))
def test_what_was_kept_as_json_says_the_same(names, name, number):
    inner = worded("It waits for {blockers}.", blockers=listed(names))
    whole = joined([worded("“{name}” begins on {day}: {because}", name=name, day=date(2027, 3, 1), because=inner), worded("{count} finished sales", count=number)])
    again = said(json.loads(json.dumps(kept(whole))))
    assert again == whole
    with translation.override("de"):
        assert heard(again) == heard(whole)


@given(st.one_of(NAMES, st.none()))
def test_plain_words_stay_plain(words):
    assert said(kept(words)) == (words or "")


def test_a_name_that_is_a_word_of_the_office_is_not_translated():
    with translation.override("de"):
        assert heard(listed(["Deals", "Projects", "Tasks"])) == "Deals, Projects und Tasks"
        assert heard(listed(["Deals", "Projects", "Tasks", "People"])) == "Deals, Projects, Tasks und 1 weitere"
