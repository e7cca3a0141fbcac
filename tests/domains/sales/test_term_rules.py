"""Which days follow from a contract's term, and how it stands on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wonward.domains.sales.rules.terms import (
    extended,
    following,
    last_day_after,
    notice_day,
    opening_day,
    renewal_name,
    state_of,
    term_errors,
)
from wonward.domains.sales.types.terms import TERM_STATES, NewTerm

YEAR = NewTerm(date(2027, 1, 1), date(2027, 12, 31), notice_days=90, lead_days=60)


def test_notice_counts_back_from_the_last_day_and_the_renewal_begins_before_it():
    assert (notice_day(YEAR), opening_day(YEAR)) == (date(2027, 10, 2), date(2027, 8, 3))


@pytest.mark.parametrize(("first", "last", "then"), [
    (date(2027, 1, 1), date(2027, 12, 31), (date(2028, 1, 1), date(2028, 12, 31))),
    (date(2027, 2, 1), date(2027, 4, 30), (date(2027, 5, 1), date(2027, 7, 31))),
    (date(2027, 3, 15), date(2027, 6, 14), (date(2027, 6, 15), date(2027, 9, 14))),
    (date(2027, 1, 1), date(2027, 1, 10), (date(2027, 1, 11), date(2027, 1, 20))),
])
def test_the_next_term_has_as_many_whole_months_or_as_many_days(first, last, then):
    after = following(NewTerm(first, last))
    assert (after.starts_date, after.ends_date) == then


@pytest.mark.parametrize(("first", "months", "ends"), [
    (date(2027, 1, 31), 1, ["2027-02-27", "2027-03-30", "2027-04-29", "2027-05-30"]),
    (date(2024, 2, 29), 12, ["2025-02-27", "2026-02-27", "2027-02-27", "2028-02-28"]),
    (date(2027, 1, 1), 3, ["2027-03-31", "2027-06-30", "2027-09-30", "2027-12-31"]),
])
def test_a_contract_runs_on_by_months_from_its_first_day_and_loses_none_of_them(first, months, ends):
    term, found = NewTerm(first, last_day_after(first, months), runs_on_months=months), []
    for _ in ends:
        found.append(term.ends_date.isoformat())
        term = extended(term)
    assert found == ends


def test_a_contract_of_odd_days_runs_on_by_months_after_them():
    assert extended(NewTerm(date(2027, 1, 1), date(2027, 1, 10), runs_on_months=1)).ends_date == date(2027, 2, 10)


@given(st.dates(date(1991, 1, 1), date(2190, 1, 1)), st.integers(1, 36))
def test_terms_of_whole_months_follow_each_other_without_a_gap(first, months):
    term = NewTerm(first, last_day_after(first, months))
    after = following(term)
    assert after.starts_date - term.ends_date == timedelta(days=1)
    assert after.ends_date > after.starts_date or months == 0


@pytest.mark.parametrize(("name", "says"), [("Care 2026", "Care 2028"), ("Care", "Care 2028"), ("Care 3000", "Care 3000 2028"), ("x" * 300, "x" * 190 + " 2028")])
def test_a_renewal_is_called_as_the_deal_was_with_its_year(name, says):
    assert renewal_name(name, 2028) == says


@pytest.mark.parametrize(("on", "with_", "state"), [
    (date(2027, 8, 2), {}, "running"), (date(2027, 8, 3), {}, "due"), (date(2027, 12, 31), {}, "due"), (date(2028, 1, 1), {}, "over"),
    (date(2027, 8, 3), {"renewal_status": "open"}, "offered"), (date(2028, 2, 1), {"renewal_status": "open"}, "offered"),
    (date(2027, 8, 3), {"renewal_status": "won"}, "renewed"), (date(2027, 8, 3), {"renewal_status": "lost"}, "ending"),
    (date(2028, 1, 1), {"renewal_status": "lost"}, "over"), (date(2027, 2, 1), {"is_ended": True}, "ending"), (date(2028, 1, 1), {"is_ended": True}, "over"),
])
def test_how_a_contract_stands_on_a_day(on, with_, state):
    assert state in TERM_STATES
    assert state_of(YEAR, today=on, **{"is_ended": False, "renewal_status": "", **with_}) == state


def test_a_contract_that_runs_on_or_ends_by_agreement_is_never_due():
    assert state_of(NewTerm(YEAR.starts_date, YEAR.ends_date, "runs_on"), is_ended=False, renewal_status="", today=date(2027, 12, 30)) == "running"
    assert state_of(NewTerm(YEAR.starts_date, YEAR.ends_date, "ends"), is_ended=False, renewal_status="", today=date(2027, 2, 1)) == "ending"


def test_what_is_wrong_with_a_term_is_said_at_its_field():
    assert [error.field for error in term_errors(NewTerm(date(2027, 5, 1), date(2027, 4, 30)))] == ["ends_date"]
    wrong = NewTerm(date(1900, 1, 1), date(2300, 1, 1), "perhaps", 731, -1, 0)
    assert [error.field for error in term_errors(wrong)] == ["starts_date", "ends_date", "renewal", "notice_days", "lead_days", "runs_on_months"]
    assert term_errors(YEAR) == []
