"""Changing what was sold after the win: a new version, never a change of an old one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from wonward.domains.sales.rules import too_long
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.journeys.handoff import events
from wonward.journeys.handoff.models import Handoff, ScopeBaseline
from wonward.journeys.handoff.operations.adding import add_what_was_amended
from wonward.journeys.handoff.operations.finishing import agree_on_finish
from wonward.journeys.handoff.operations.freezing import freeze_scope
from wonward.journeys.handoff.operations.locking import check_version, facts_of, lock_handoff, save_handoff
from wonward.journeys.handoff.types import Amendment, ScopeLine
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded

MOST_LINES = 500


@transaction.atomic
def amend_scope(
    *, actor: Actor, handoff_id: int, amendment: Amendment, version: int | None = None, now: datetime
) -> int:
    """Freeze the scope anew with what was agreed since; returns the number of the version.

    Answers on the handoff follow; a new promised finish is that of every project, and its promise replaces the one before. A
    line that is added is a task more. What is planned already does not move: that takes a change of the plan, which asks about promises.
    """
    handoff = lock_handoff(actor, handoff_id, "handoff.scope.amend")
    check_version(handoff, version)
    if handoff.status == "withdrawn":
        raise Conflict(worded("{number} was withdrawn: its deal is open again, and its next win freezes the scope.", number=handoff.number))
    last = ScopeBaseline.objects.filter(handoff=handoff).order_by("-number").first()
    document: dict[str, Any] = last.document if last else {}
    audit = _check(handoff, amendment)
    lines = document.get("lines", []) if amendment.lines is None else [_line(line) for line in amendment.lines]
    if not audit and lines == document.get("lines", []):
        raise Refused.field("reason", "This amendment changes nothing.", "unchanged")
    for field, (_, value) in audit.items():
        setattr(handoff, field, value)
    if handoff.key_constraints:
        handoff.no_constraints = False
    save_handoff(handoff, now)
    if "promised_finish_date" in audit:
        agree_on_finish(actor=actor, handoff=handoff, reason=amendment.reason.strip(), now=now)
    if amendment.lines is not None:
        add_what_was_amended(actor=actor, handoff=handoff, lines=lines, now=now)
    frozen = freeze_scope(
        actor=actor, handoff=handoff, kind="amendment", lines=lines, value=_value(document, amendment), deal_number=document.get("deal", ""),
        reason=amendment.reason.strip(), now=now,
    )
    record_change(
        actor=actor, operation="handoff.scope.amend", ref=Ref("handoff.handoff", handoff.pk),
        changes={**audit, "baseline": [frozen.number - 1, frozen.number], "reason": [None, amendment.reason.strip()]}, now=now,
    )
    publish(events.ScopeAmended(**facts_of(handoff), number=frozen.number), actor=actor, now=now)
    return frozen.number


def _check(handoff: Handoff, amendment: Amendment) -> dict[str, list[Any]]:
    """What the amendment changes of the answers, field by field; Refused names what is wrong."""
    errors = []
    if says_nothing(amendment.reason):
        errors.append(FieldError("reason", "Say why the scope is amended.", "required"))
    elif len(amendment.reason) > 500:
        errors.append(FieldError("reason", "A reason has at most 500 characters.", "too_long"))
    if amendment.scope_summary is not None and says_nothing(amendment.scope_summary):
        errors.append(FieldError("scope_summary", "A scope summary cannot be emptied.", "required"))
    finish = amendment.promised_finish_date
    if finish is not None and finish < handoff.kickoff_date:
        errors.append(FieldError("promised_finish_date", "The promised finish lies before the kickoff.", "order"))
    errors += too_long({"scope_summary": amendment.scope_summary, "key_constraints": amendment.key_constraints})
    errors += _line_errors(amendment.lines or ())
    if errors:
        raise Refused(errors[0].words, errors)
    wanted = {
        "scope_summary": amendment.scope_summary.strip() if amendment.scope_summary else None,
        "promised_finish_date": finish,
        "key_constraints": amendment.key_constraints.strip() if amendment.key_constraints is not None else None,
    }
    return {
        field: [getattr(handoff, field), value]
        for field, value in wanted.items()
        if value is not None and value != getattr(handoff, field)
    }


def _line_errors(lines: Sequence[ScopeLine]) -> list[FieldError]:
    errors = []
    if len(lines) > MOST_LINES:
        errors.append(FieldError("lines", worded("A scope has at most {most_lines} lines.", most_lines=MOST_LINES), "too_long"))
    for place, line in enumerate(lines):
        if says_nothing(line.service):
            errors.append(FieldError(f"lines[{place}].service", "Name what is sold.", "required"))
        try:
            if not 0 < Decimal(line.quantity) <= 1_000_000:
                errors.append(FieldError(f"lines[{place}].quantity", "A quantity lies above 0 and below a million.", "range"))
        except InvalidOperation:
            errors.append(FieldError(f"lines[{place}].quantity", "A quantity is a number.", "invalid"))
        if line.effort_minutes < 0:
            errors.append(FieldError(f"lines[{place}].effort_minutes", "Effort cannot be negative.", "range"))
    currencies = {line.unit_price.currency for line in lines if line.unit_price}
    if len(currencies) > 1:
        errors.append(FieldError("lines", "All lines have one currency.", "currency"))
    return errors


def _line(line: ScopeLine) -> dict[str, Any]:
    return {
        "service": line.service.strip()[:200], "quantity": f"{Decimal(line.quantity).normalize():f}",
        "effort_minutes": line.effort_minutes, "unit_price": str(line.unit_price) if line.unit_price else None,
        "unit_cost": None, "roles": [],
    }


def _value(document: dict[str, Any], amendment: Amendment) -> str | None:
    """The sum of amended lines when every one has a price; else what it was."""
    lines = amendment.lines
    if not lines or not all(line.unit_price for line in lines):
        return document.get("value")
    amounts = [line.unit_price.times(Decimal(line.quantity)) for line in lines if line.unit_price]
    total = amounts[0]
    for amount in amounts[1:]:
        total += amount
    return str(total)
