"""Hours by role on the lines of deals and proposals: what is wrong with them, and how they lie in a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from wonward.domains.catalog.types import Hours
from wonward.kernel.errors import FieldError
from wonward.kernel.money import Money
from wonward.kernel.wording import worded

MOST_ROLES = 40
LONGEST_ROLE = 120
MOST_MINUTES = 60 * 100_000


def hours_errors(hours: Hours, *, at: str) -> list[FieldError]:
    """Why these hours cannot be kept; a role without a name is work that nobody in particular does."""
    errors = []
    if len(hours) > MOST_ROLES:
        errors.append(FieldError(at, worded("A line has at most {most} roles.", most=MOST_ROLES), "too_long"))
    if len({role.strip().casefold() for role, _ in hours}) < len(hours):
        errors.append(FieldError(at, "A role stands there twice.", "taken"))
    for place, (role, minutes) in enumerate(hours):
        if len(role.strip()) > LONGEST_ROLE:
            errors.append(FieldError(f"{at}[{place}].role", worded("A role has at most {longest} characters.", longest=LONGEST_ROLE), "too_long"))
        if not 0 <= minutes <= MOST_MINUTES:
            errors.append(FieldError(f"{at}[{place}].minutes", "Hours of a role lie between 0 and 100,000.", "range"))
    return errors


def kept_hours(hours: Hours | None) -> list[dict[str, Any]] | None:
    """Hours as they lie in a row; none of its own is NULL."""
    return [{"role": role.strip(), "minutes": minutes} for role, minutes in hours] if hours else None


def read_hours(kept: Iterable[Mapping[str, Any]] | None) -> Hours | None:
    """The hours of a row."""
    return tuple((one["role"], one["minutes"]) for one in kept) if kept else None


def cost_of(hours: Hours, rates: Mapping[str, Money], currency: str) -> Money | None:
    """What the hours cost by the rates of their roles; None where one of them has none."""
    if not hours or any(minutes and role.casefold() not in rates for role, minutes in hours):
        return None
    minor = sum(Decimal(rates[role.casefold()].minor) * minutes / 60 for role, minutes in hours if minutes)
    return Money(int(Decimal(minor).quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)
