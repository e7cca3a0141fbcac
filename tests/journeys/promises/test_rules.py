"""What is decided about promises, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wonward.journeys.promises.rules import (
    cover_share,
    coverage_of,
    crossing_of,
    find_words,
    steps_from,
    suggest,
    weigh_coverage,
)
from wonward.journeys.promises.types import APART, COLUMNS, COVERAGES, STATES, PromiseKind, column_of

DAY = date(2027, 3, 19)
days = st.dates(date(2026, 1, 1), date(2028, 1, 1))
words = st.text(alphabet="abc ,“”’-–\n", min_size=1, max_size=12)


@given(due=st.none() | days, finishes=st.lists(st.none() | days, max_size=5))
def test_a_promise_is_at_risk_exactly_when_its_last_work_ends_after_it_was_due(due, finishes):
    coverage, forecast = coverage_of(due_date=due, finishes=finishes)
    known = [day for day in finishes if day]
    assert forecast == (max(known) if known else None)
    late = bool(known) and due is not None and any(day > due for day in known)
    assert coverage == ("uncovered" if not known else "at_risk" if late else "planned")


@given(st.lists(st.sampled_from(COVERAGES), max_size=30))
def test_nobody_is_told_twice_of_the_same_line(course):
    alarm, before, told = "", "uncovered", []
    for after in course:
        crossing, alarm = crossing_of(alarm=alarm, before=before, after=after)
        if crossing:
            told.append(crossing)
        before = after
    assert all(first != second for first, second in zip(told, told[1:], strict=False))
    assert not told or told[0] != "repaired"
    assert (alarm == "") == (not told or told[-1] == "repaired")


def test_work_that_was_never_there_is_no_line():
    assert crossing_of(alarm="", before="uncovered", after="uncovered") == ("", "")
    assert crossing_of(alarm="", before="uncovered", after="planned") == ("", "")
    assert crossing_of(alarm="", before="planned", after="uncovered") == ("uncovered", "uncovered")
    assert crossing_of(alarm="at_risk", before="at_risk", after="uncovered") == ("uncovered", "uncovered")
    assert crossing_of(alarm="uncovered", before="uncovered", after="planned") == ("repaired", "")


@given(st.lists(st.tuples(st.sampled_from(STATES[1:]), st.sampled_from(COVERAGES), st.sampled_from(list(PromiseKind)),
                          st.integers(1, 5)), max_size=40))
def test_the_weights_of_the_columns_add_up_to_everything_promised(promises):
    share = weigh_coverage((column_of(state, coverage, kind), weight) for state, coverage, kind, weight in promises)
    assert sum(share.weights.values()) == sum(weight for *_, weight in promises)
    assert sum(share.counts.values()) == len(promises)
    assert 0 <= share.percent <= 100
    assert set(share.weights) == {*COLUMNS, APART}


def test_exclusions_and_assumptions_count_for_neither_side():
    assert cover_share([("planned", 1, 2), (APART, 4, 20), ("waived", 1, 5)]).percent == 100
    assert column_of("confirmed", "uncovered", "exclusion") == APART == column_of("broken", "planned", "assumption")


@given(st.lists(words, min_size=1, max_size=6))
def test_any_piece_of_a_text_is_found_in_it_however_it_is_spaced(pieces):
    text = " ".join(pieces)
    for piece in pieces:
        if piece.split():
            spaced = "  \n".join(piece.split()).upper()
            ((start, end),) = find_words(text, spaced)
            assert text[start:end].split() != []
            assert find_words(text[start:end], piece)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("all 42 templates", ["all 42 templates"]), ("ALL  42\n templates", ["all 42 templates"]),
        ("we need … by March", ["We need", "by March"]), ("43 templates", []), ("by March … we need", []), ("", []), ("…", []),
        ('he said "soon"', ["he said “soon”"]), ("a+b", []),
    ],
)
def test_words_are_found_whatever_their_spaces_and_quotation_marks(quote, found):
    text = "We need all 42 templates by March, he said “soon”."
    assert [text[start:end] for start, end in find_words(text, quote)] == found


def test_keeping_is_suggested_only_when_all_work_was_done_in_time():
    late = DAY + timedelta(days=1)
    assert suggest(state="confirmed", due_date=DAY, done=[True, True], finishes=[DAY, DAY]) == "keep"
    assert suggest(state="confirmed", due_date=DAY, done=[True, True], finishes=[DAY, late]) == ""
    assert suggest(state="confirmed", due_date=DAY, done=[True, False], finishes=[DAY, DAY]) == ""
    assert suggest(state="confirmed", due_date=None, done=[], finishes=[]) == ""
    assert suggest(state="kept", due_date=DAY, done=[True, False], finishes=[DAY, DAY]) == "take_back"


def test_every_state_but_replaced_leads_somewhere_and_a_draft_is_confirmed_first():
    assert {state for state in STATES if not steps_from(state)} == {"replaced"}
    assert steps_from("draft") == ("confirmed", "waived")
