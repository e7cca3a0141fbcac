"""Pure rules of contract terms: which days follow from which, and how a term stands."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

from wonward.domains.sales.rules import LATEST_YEAR
from wonward.domains.sales.types.terms import RENEWALS, NewTerm
from wonward.kernel.errors import FieldError
from wonward.kernel.wording import worded

LONGEST_DAYS = 730
LONGEST_MONTHS = 120
_YEAR_AT_THE_END = re.compile(r"\s*\b(19|20|21)\d\d$")


def term_errors(term: NewTerm) -> list[FieldError]:
    """What is wrong with a term, field by field."""
    errors = [
        FieldError(field, worded("A contract's days lie between 1990 and {year}.", year=LATEST_YEAR), "range")
        for field, day in (("starts_date", term.starts_date), ("ends_date", term.ends_date)) if not 1990 <= day.year <= LATEST_YEAR
    ]
    if term.ends_date < term.starts_date:
        errors.append(FieldError("ends_date", worded("It ends on {ends}, before it starts on {starts}.", ends=term.ends_date, starts=term.starts_date), "range"))
    if term.renewal not in RENEWALS:
        errors.append(FieldError("renewal", worded("“{renewal}” is not what happens at the end; choose {choices}.", renewal=term.renewal, choices=", ".join(RENEWALS)), "unknown"))
    if not 0 <= term.notice_days <= LONGEST_DAYS:
        errors.append(FieldError("notice_days", worded("Notice is given between 0 and {days} days before the end.", days=LONGEST_DAYS), "range"))
    if not 0 <= term.lead_days <= LONGEST_DAYS:
        errors.append(FieldError("lead_days", worded("A renewal begins between 0 and {days} days before the last day of notice.", days=LONGEST_DAYS), "range"))
    if not 1 <= term.runs_on_months <= LONGEST_MONTHS:
        errors.append(FieldError("runs_on_months", worded("A contract runs on by 1 to {months} months.", months=LONGEST_MONTHS), "range"))
    return errors


def notice_day(term: NewTerm) -> date:
    """The last day on which notice can be given."""
    return term.ends_date - timedelta(days=term.notice_days)


def opening_day(term: NewTerm) -> date:
    """The day from which the renewal is somebody's work."""
    return notice_day(term) - timedelta(days=term.lead_days)


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where that has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_after(first: date, months: int) -> date:
    """The last day of so many months that begin on `first`."""
    return add_months(first, months) - timedelta(days=1)


def _whole_months(term: NewTerm) -> int:
    """How many whole months a term has; 0 when it is not made of whole ones."""
    past = term.ends_date + timedelta(days=1)
    months = (past.year - term.starts_date.year) * 12 + past.month - term.starts_date.month
    return months if months > 0 and last_day_after(term.starts_date, months) == term.ends_date else 0


def extended(term: NewTerm) -> NewTerm:
    """The term running on: by months from the day it began, so that one begun on the 31st ends with the months and not on the 27th."""
    months = _whole_months(term)
    last = (
        last_day_after(term.starts_date, months + term.runs_on_months) if months
        else last_day_after(term.ends_date + timedelta(days=1), term.runs_on_months)
    )
    return replace(term, ends_date=last)


def following(term: NewTerm) -> NewTerm:
    """The term that comes after one: as many whole months, or else as many days."""
    first, months = term.ends_date + timedelta(days=1), _whole_months(term)
    last = last_day_after(first, months) if months else first + (term.ends_date - term.starts_date)
    return NewTerm(first, last, term.renewal, term.notice_days, term.lead_days, term.runs_on_months)


def state_of(term: NewTerm, *, is_ended: bool, renewal_status: str, today: date) -> str:
    """How a term stands, one of TERM_STATES. `renewal_status` is that of the deal that renews it, empty without one."""
    if renewal_status == "won":
        return "renewed"
    is_past = term.ends_date < today
    if is_ended or term.renewal == "ends" or renewal_status == "lost":
        return "over" if is_past else "ending"
    if renewal_status == "open":
        return "offered"
    if is_past:
        return "over"
    return "due" if term.renewal == "offer" and opening_day(term) <= today else "running"


def renewal_name(name: str, year: int) -> str:
    """What a renewal is called: as the deal was, with the year it renews for."""
    return f"{_YEAR_AT_THE_END.sub('', name)[:190].rstrip()} {year}"
