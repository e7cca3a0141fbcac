"""Pure decisions about deals."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Protocol

from wonward.domains.catalog.types import Offer
from wonward.domains.sales.rules.pricing import rate_error
from wonward.domains.sales.rules.role_hours import hours_errors
from wonward.domains.sales.types import NEXT_ACTION_KINDS, ClosingBrief, NewLine, NextAction
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.money import LARGEST_MINOR, Money
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded

EARLIEST_YEAR = 1900
LATEST_YEAR = 2200
LONGEST_ANSWER = 4000
LONGEST_REASON = 300
MOST_LINES = 500
MOST_UNITS = 1_000_000


def brief_errors(brief: ClosingBrief, *, today: date) -> list[FieldError]:
    """What is missing or impossible in the five answers, each named; empty when the gate may open."""
    errors = []
    if says_nothing(brief.scope_summary):
        errors.append(_missing("scope_summary", "Write the scope summary: what the client bought."))
    if brief.promised_finish_date is None:
        errors.append(_missing("promised_finish_date", "Set the promised finish date."))
    if says_nothing(brief.key_constraints) and not brief.no_constraints:
        errors.append(_missing("key_constraints", "Name the key constraints, or say that there are none."))
    if brief.main_stakeholder_id is None:
        errors.append(_missing("main_stakeholder_id", "Choose the main stakeholder."))
    if brief.kickoff_date is None:
        errors.append(_missing("kickoff_date", "Set the kickoff date."))
    errors += too_long({"scope_summary": brief.scope_summary, "key_constraints": brief.key_constraints}, at="brief.")
    for field in ("kickoff_date", "promised_finish_date"):
        day = getattr(brief, field)
        if day and not today - timedelta(days=3660) <= day <= today + timedelta(days=3660):
            errors.append(FieldError(f"brief.{field}", worded("{day} is more than ten years away.", day=day), "range"))
    if brief.kickoff_date and brief.promised_finish_date and brief.promised_finish_date < brief.kickoff_date:
        errors.append(
            FieldError("brief.promised_finish_date", "The promised finish lies before the kickoff.", "order")
        )
    return errors


def check_reason(reason: str) -> None:
    """What does not fit is not cut: whoever wrote it says it shorter."""
    if len(reason.strip()) > LONGEST_REASON:
        raise Refused.field("reason", "This is longer than 300 characters.", "too_long")


def too_long(texts: Mapping[str, object], *, at: str = "") -> list[FieldError]:
    """Answers that are longer than anybody reads, by field."""
    return [
        FieldError(f"{at}{field}", worded("An answer has at most {longest_answer} characters.", longest_answer=LONGEST_ANSWER), "too_long")
        for field, text in texts.items() if isinstance(text, str) and len(text.strip()) > LONGEST_ANSWER
    ]


def _missing(field: str, message: str) -> FieldError:
    return FieldError(f"brief.{field}", message, "required")


def readiness(brief: ClosingBrief) -> dict[str, bool]:
    """Which of the five answers are there."""
    return {
        "scope_summary": not says_nothing(brief.scope_summary),
        "promised_finish_date": brief.promised_finish_date is not None,
        "key_constraints": not says_nothing(brief.key_constraints) or brief.no_constraints,
        "main_stakeholder_id": brief.main_stakeholder_id is not None,
        "kickoff_date": brief.kickoff_date is not None,
    }


def next_action_errors(action: NextAction | None, *, today: date, field: str = "next_action") -> list[FieldError]:
    """Why this is not a next action."""
    if action is None:
        return [FieldError(field, "An open deal needs a next action with a date.", "required")]
    errors = []
    if action.kind not in NEXT_ACTION_KINDS:
        errors.append(
            FieldError(f"{field}.kind", worded("“{kind}” is not a kind of next action; choose {next_action_kinds}.", kind=action.kind, next_action_kinds=", ".join(NEXT_ACTION_KINDS)))
        )
    if action.kind == "parked" and says_nothing(action.note):
        errors.append(FieldError(f"{field}.note", "Say why the deal is parked.", "required"))
    if action.kind == "parked" and action.due_date <= today:
        errors.append(FieldError(f"{field}.due_date", "A deal is parked until a day after today.", "range"))
    if len(action.note) > 300:
        errors.append(FieldError(f"{field}.note", "A next action has at most 300 characters.", "too_long"))
    if not 1990 <= action.due_date.year <= LATEST_YEAR:
        errors.append(FieldError(f"{field}.due_date", worded("{due_date} is not a date a deal can wait for.", due_date=action.due_date), "range"))
    return errors


def day_errors(day: date | None, *, field: str) -> list[FieldError]:
    """Why a deal is neither opened nor closed on a day: it lies in no year anybody sells in."""
    if day is None or EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        return []
    return [FieldError(field, worded("{day} lies outside the years 1900 to 2200.", day=day), "range")]


def is_stuck(*, due_date: date | None, days_in_stage: int, days_until_stuck: int, today: date) -> bool:
    """Stuck: no next action still to come, and too long in the stage. What is due today is still to come."""
    return (due_date is None or due_date < today) and days_in_stage > days_until_stuck


def has_slipped(before: date | None, after: date | None) -> bool:
    """Whether an expected close was moved later; a first date is no slip."""
    return before is not None and after is not None and after > before


class _Priced(Protocol):
    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit_price(self) -> Money | None: ...


def sum_lines(lines: Iterable[_Priced]) -> Money | None:
    """What lines in one currency come to, rounded per line; None when none of them has a price."""
    amounts = [line.unit_price.times(line.quantity) for line in lines if line.unit_price]
    return sum(amounts[1:], amounts[0]) if amounts else None


def chosen_options(options: Collection[str] | None, offer: Offer) -> tuple[str, ...] | None:
    """The options named, each once, in the order of the template; None stays open."""
    return None if options is None else tuple(option for option in offer.options if option in options)


def line_errors(
    lines: Sequence[NewLine], offers: Mapping[int, Offer], *, currency: str, already_sold: Collection[int] = (), at: str = ""
) -> list[FieldError]:
    """Why these services cannot be sold like this, line by line. An archived one stays only where it was sold already."""
    errors = []
    if len(lines) > MOST_LINES:
        errors.append(FieldError(f"{at}lines", worded("A deal has at most {most_lines} services.", most_lines=MOST_LINES), "too_long"))
    for place, line in enumerate(lines):
        errors += _line_errors(line, offers.get(line.service_id), currency, already_sold, f"{at}lines[{place}]")
    return errors


def total_of(lines: Iterable[_Priced]) -> Money | None:
    """`sum_lines`, refused when it is more than an amount can be."""
    total = sum_lines(lines)
    if total and total.minor > LARGEST_MINOR:
        raise Refused.field("lines", "Together these services cost more than a deal can be worth.", "range")
    return total


def _line_errors(
    line: NewLine, offer: Offer | None, currency: str, already_sold: Collection[int], at: str
) -> list[FieldError]:
    errors = []
    if offer is None:
        errors.append(FieldError(f"{at}.service_id", worded("There is no service {service_id}.", service_id=line.service_id), "unknown"))
    elif offer.is_archived and line.service_id not in already_sold:
        errors.append(FieldError(f"{at}.service_id", worded("“{name}” is archived and no longer sold.", name=offer.name), "archived"))
    elif offer.missing_rate and line.unit_price is None and line.service_id not in already_sold:
        errors.append(rate_error(offer.name, currency, offer.missing_rate, field=f"{at}.unit_price"))
    if not 0 < line.quantity <= MOST_UNITS:
        errors.append(FieldError(f"{at}.quantity", "A quantity lies above 0 and below a million.", "range"))
    elif line.quantity != line.quantity.quantize(Decimal("0.01")):
        errors.append(FieldError(f"{at}.quantity", "A quantity has at most two decimal places.", "precision"))
    if line.unit_price is not None and line.unit_price.minor < 0:
        errors.append(FieldError(f"{at}.unit_price", "A price cannot be negative.", "range"))
    elif line.unit_price is not None and line.unit_price.currency != currency:
        errors.append(
            FieldError(f"{at}.unit_price", worded("The prices of this deal are in {currency}, not in {unit_price_currency}.", currency=currency, unit_price_currency=line.unit_price.currency), "currency")
        )
    errors += hours_errors(line.hours or (), at=f"{at}.role_hours")
    unknown = [option for option in line.options or () if offer and option not in offer.options]
    if offer and unknown:
        has = f"it has {', '.join(offer.options)}" if offer.options else "it has none"
        errors.append(FieldError(f"{at}.options", worded("“{name}” has no option “{unknown}”; {has}.", name=offer.name, unknown=unknown[0][:80], has=has), "unknown"))
    return errors


def keyed_criteria(before: Sequence[Mapping[str, str]], texts: Iterable[str]) -> list[dict[str, str]]:
    """Exit criteria in the order given, each with its key.

    One that says the same keeps its key, and of the others the first reworded takes the first key that is left: what was
    confirmed stays confirmed when a typing error is put right. The key of a new one comes from its words.
    """
    said = [text.strip() for text in texts if text.strip()]
    keys = {one["text"]: one["key"] for one in before}
    left = [one["key"] for one in before if one["text"] not in said]
    kept = {text: keys.get(text) or (left.pop(0) if left else "") for text in said}
    taken = {key for key in kept.values() if key}
    for text in (text for text, key in kept.items() if not key):
        digest = sha256(text.encode()).hexdigest()
        kept[text] = next(key for key in (digest[:length] for length in range(8, 65)) if key not in taken)
        taken.add(kept[text])
    return [{"key": key, "text": text} for text, key in kept.items()]
