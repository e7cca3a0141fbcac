"""Pure decisions about proposals: sums, differences, and how content lies in a row."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from wonward.domains.sales.rules.pricing import kept_conversion, read_conversion
from wonward.domains.sales.rules.role_hours import hours_errors, kept_hours, read_hours
from wonward.domains.sales.types.proposals import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    Difference,
    ProposalContent,
    ProposalLine,
    ProposalSums,
    Signature,
    percent_of,
)
from wonward.kernel.errors import FieldError
from wonward.kernel.money import LARGEST_MINOR, Money
from wonward.kernel.wording import joined, worded

MOST_LINES = 100
LONGEST_KEY = 80
_EMAIL = re.compile(r"^[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+$")


def sums_of(content: ProposalContent, currency: str, *, with_cost: bool = False) -> ProposalSums:
    """Lines are rounded each, the discount comes before tax, both half up."""
    counted = [line for line in content.lines if line.counts]
    net = sum(line.total.minor for line in counted if line.total)
    discount = percent_of(net, content.discount_percent) + (content.discount.minor if content.discount else 0)
    total = net - discount
    tax = percent_of(total, content.tax_percent)
    cost = sum(line.cost.times(line.quantity).minor for line in counted if line.cost)
    margin = round(100 * (total - cost) / total) if with_cost and total else None
    effort = sum(int(line.effort_minutes * line.quantity) for line in counted)
    hours: dict[str, int] = {}
    for line in counted:
        for role, minutes in line.role_hours:
            hours[role] = hours.get(role, 0) + int(minutes * line.quantity)

    def money(minor: int) -> Money:
        return Money(minor, currency)

    return ProposalSums(money(net), money(discount), money(total), money(tax), money(total + tax), effort, money(cost) if with_cost else None, margin, tuple(hours.items()))


def content_errors(content: ProposalContent, *, currency: str, services: Collection[int], is_sent: bool = False) -> list[FieldError]:
    """Why this cannot be kept; sending asks for lines too."""
    errors = []
    if not content.title.strip():
        errors.append(FieldError("title", "A proposal needs a title.", "required"))
    if len(content.lines) > MOST_LINES:
        errors.append(FieldError("lines", worded("A proposal has at most {most_lines} lines.", most_lines=MOST_LINES), "too_long"))
    if is_sent and not any(not line.is_option for line in content.lines):
        errors.append(FieldError("lines", "Before it is sent, a proposal needs a line that is no option.", "required"))
    for name in ("discount_percent", "tax_percent"):
        if not 0 <= getattr(content, name) <= 100:
            errors.append(FieldError(name, "A percentage lies between 0 and 100.", "range"))
    if content.kickoff_date and content.finish_date and content.finish_date < content.kickoff_date:
        errors.append(FieldError("finish_date", "The finish lies before the start.", "order"))
    for place, line in enumerate(content.lines):
        at = f"lines[{place}]"
        if not line.name.strip():
            errors.append(FieldError(f"{at}.name", "Name what is offered.", "required"))
        if not 0 < line.quantity <= 1_000_000:
            errors.append(FieldError(f"{at}.quantity", "A quantity lies above 0 and below a million.", "range"))
        elif line.unit_price and (line.unit_price.minor < 0 or line.unit_price.times(line.quantity).minor > LARGEST_MINOR):
            errors.append(FieldError(f"{at}.unit_price", "This is not a price.", "range"))
        if line.unit_price and line.unit_price.currency != currency:
            errors.append(FieldError(f"{at}.unit_price", worded("This proposal is in {currency}.", currency=currency), "currency"))
        errors += hours_errors(line.hours, at=f"{at}.role_hours")
        if len(line.promise_key) > LONGEST_KEY:
            errors.append(FieldError(f"{at}.promise_key", worded("A promise key has at most {longest_key} characters.", longest_key=LONGEST_KEY), "too_long"))
        elif line.promise_key.strip() and not line.promise.strip():
            errors.append(FieldError(f"{at}.promise", "Say what the client is promised, or leave the promise key empty.", "required"))
        if line.service_id is not None and line.service_id not in services:
            errors.append(FieldError(f"{at}.service_id", worded("There is no service {service_id}.", service_id=line.service_id), "unknown"))
    # What a discount comes to can be told of amounts alone that are right themselves.
    return errors or _discount_errors(content, currency)


def _discount_errors(content: ProposalContent, currency: str) -> list[FieldError]:
    """A discount is never negative, in the currency of the proposal, and never more than what it is taken off."""
    errors = []
    for place, line in enumerate(content.lines):
        at = f"lines[{place}].discount"
        if not 0 <= line.discount_percent <= 100:
            errors.append(FieldError(f"{at}_percent", "A percentage lies between 0 and 100.", "range"))
        elif _is_wrong(line.discount, currency) or (line.total is not None and line.total.minor < 0) or (line.discount and not line.unit_price):
            errors.append(FieldError(at, "A discount is not more than what it is taken off.", "range"))
    if not errors and (_is_wrong(content.discount, currency) or sums_of(content, currency).total.minor < 0):
        errors.append(FieldError("discount", "A discount is not more than what it is taken off.", "range"))
    return errors


def _is_wrong(discount: Money | None, currency: str) -> bool:
    return discount is not None and (discount.minor < 0 or discount.currency != currency)


def signature_errors(signature: Signature) -> list[FieldError]:
    """What a signature lacks, in words for the client."""
    errors = []
    if len(signature.name.strip()) < 2:
        errors.append(FieldError("name", "Please write your name.", "required"))
    if len(signature.name.strip()) > LONGEST_NAME:
        errors.append(FieldError("name", "This is longer than 200 characters.", "too_long"))
    if signature.email.strip() and not _EMAIL.match(signature.email.strip()):
        errors.append(FieldError("email", "This is not an e-mail address.", "email"))
    if len(signature.email.strip()) > LONGEST_ADDRESS:
        errors.append(FieldError("email", "This is longer than 254 characters.", "too_long"))
    if not signature.is_agreed:
        errors.append(FieldError("is_agreed", "Please confirm that you may sign and accept the terms.", "required"))
    return errors


def with_choice(content: ProposalContent, chosen: Collection[int]) -> ProposalContent:
    """The content with the options a client ticked, by their place among all lines."""
    return replace(
        content, lines=tuple(replace(line, is_chosen=place in chosen) if line.is_option else line for place, line in enumerate(content.lines))
    )


def differences(before: ProposalContent, after: ProposalContent) -> tuple[Difference, ...]:
    """What changed between two versions, line by line and word by word, readable for people."""
    found = []
    old, new = _by_name(before.lines), _by_name(after.lines)
    for key, line in new.items():
        if key not in old:
            found.append(Difference("added", line.name, after=_words(line)))
        elif words := _changed_words(old[key], line):
            found.append(Difference("changed", line.name, *words))
    found += [Difference("removed", line.name, before=_words(line)) for key, line in old.items() if key not in new]
    for name, label in (
        ("title", worded("Title")), ("recipient", worded("Recipient")), ("intro", worded("Introduction")), ("terms", worded("Terms")),
        ("discount_percent", worded("Discount")), ("discount", worded("Discount as an amount")), ("tax_percent", worded("Tax")), ("kickoff_date", worded("Start")),
        ("finish_date", worded("Finish")),
    ):
        left, right = getattr(before, name), getattr(after, name)
        if left != right:
            found.append(Difference("changed", label, str(left or "–"), str(right or "–")))
    return tuple(found)


def _by_name(lines: Sequence[ProposalLine]) -> dict[tuple[str, int], ProposalLine]:
    found: dict[tuple[str, int], ProposalLine] = {}
    for line in lines:
        key = line.name.casefold()
        found[key, sum(1 for name, _ in found if name == key)] = line
    return found


def _changed_words(before: ProposalLine, after: ProposalLine) -> tuple[str, str] | None:
    """What two lines of one name say differently, as (before, after); None when they say the same."""
    left, right = _words(before), _words(after)
    if left != right:
        return left, right
    if before.service_id != after.service_id:
        return _service_words(before), _service_words(after)
    if before.hours != after.hours:
        return _hours_words(before), _hours_words(after)
    return None


def _hours_words(line: ProposalLine) -> str:
    parts = [worded("{role} {hours} h", role=role or worded("Anybody"), hours=f"{minutes / 60:g}") for role, minutes in line.role_hours]
    return joined(parts, ", ") if parts else worded("no hours")


def _service_words(line: ProposalLine) -> str:
    return worded("service {service_id}", service_id=line.service_id) if line.service_id else worded("no service")


def _words(line: ProposalLine) -> str:
    price = str(line.unit_price.times(line.quantity)) if line.unit_price else worded("no price")
    parts: list[str] = [worded("{quantity} × {price}", quantity=f"{line.quantity.normalize():f}", price=price)]
    if line.discount_percent:
        parts.append(f"−{line.discount_percent.normalize():f} %")
    if line.discount:
        parts.append(f"−{line.discount}")
    if line.is_option:
        parts.append(worded("option, chosen") if line.is_chosen else worded("option"))
    parts += [part for part in (line.description.strip(), line.promise) if part]
    if line.promise_key:
        parts.append(f"[{line.promise_key}]")
    return joined(parts, ", ")


def scope_of(content: ProposalContent) -> str:
    """The lines that count as a scope summary, for the gate."""
    return "\n".join(
        f"{line.name}{f': {line.description}' if line.description else ''}" for line in content.lines if line.counts
    )


def stored(content: ProposalContent) -> dict[str, Any]:
    """Content as it lies in the row."""
    plain = {name: getattr(content, name) for name in ("title", "recipient", "intro", "terms")}
    return plain | {
        "discount_percent": str(content.discount_percent), "tax_percent": str(content.tax_percent),
        "kickoff_date": content.kickoff_date.isoformat() if content.kickoff_date else None,
        "finish_date": content.finish_date.isoformat() if content.finish_date else None,
        "lines": [
            {
                "name": line.name, "description": line.description, "quantity": str(line.quantity), "service_id": line.service_id,
                "price": line.unit_price.minor if line.unit_price else None, "cost": line.cost.minor if line.cost else None,
                "effort": line.effort_minutes, "is_option": line.is_option, "is_chosen": line.is_chosen, "promise": line.promise,
            }
            | ({"conversion": kept_conversion(line.conversion)} if line.conversion else {})
            | ({"promise_key": line.promise_key.strip()} if line.promise_key.strip() else {})
            | ({"hours": kept_hours(line.hours)} if line.hours else {})
            | ({"planned": kept_hours(line.planned)} if line.planned else {})
            | ({"discount_percent": str(line.discount_percent)} if line.discount_percent else {})
            | ({"discount": line.discount.minor} if line.discount else {})
            for line in content.lines
        ],
    } | ({"discount": content.discount.minor} if content.discount else {})


def read_back(kept: Mapping[str, Any], currency: str, *, with_cost: bool) -> ProposalContent:
    """The content of a row; costs only for those who may know."""
    return ProposalContent(
        title=kept["title"], recipient=kept["recipient"], intro=kept["intro"], terms=kept["terms"],
        discount_percent=Decimal(kept["discount_percent"]), tax_percent=Decimal(kept["tax_percent"]),
        kickoff_date=date.fromisoformat(kept["kickoff_date"]) if kept["kickoff_date"] else None,
        finish_date=date.fromisoformat(kept["finish_date"]) if kept["finish_date"] else None,
        lines=tuple(
            ProposalLine(
                one["name"], Decimal(one["quantity"]), Money(one["price"], currency) if one["price"] is not None else None, one["service_id"],
                one["description"], Money(one["cost"], currency) if with_cost and one["cost"] is not None else None, one["effort"],
                one["is_option"], one["is_chosen"], one["promise"], read_conversion(one.get("conversion")),
                one.get("promise_key", ""), read_hours(one.get("hours")) or (), Decimal(one.get("discount_percent", 0)),
                Money(one["discount"], currency) if one.get("discount") else None, read_hours(one.get("planned")) or (),
            )
            for one in kept["lines"]
        ),
        discount=Money(kept["discount"], currency) if kept.get("discount") else None,
    )
