"""Pure decisions about deals."""

from __future__ import annotations

from datetime import date, timedelta

from wonward.domains.sales.types import NEXT_ACTION_KINDS, ClosingBrief, NextAction
from wonward.kernel.errors import FieldError

LATEST_YEAR = 2200


def brief_errors(brief: ClosingBrief, *, today: date) -> list[FieldError]:
    """What is missing or impossible in the five answers, each named; empty when the gate may open."""
    errors = []
    if not brief.scope_summary.strip():
        errors.append(_missing("scope_summary", "Write the scope summary: what the client bought."))
    if brief.promised_finish_date is None:
        errors.append(_missing("promised_finish_date", "Set the promised finish date."))
    if not brief.key_constraints.strip() and not brief.no_constraints:
        errors.append(_missing("key_constraints", "Name the key constraints, or say that there are none."))
    if brief.main_stakeholder_id is None:
        errors.append(_missing("main_stakeholder_id", "Choose the main stakeholder."))
    if brief.kickoff_date is None:
        errors.append(_missing("kickoff_date", "Set the kickoff date."))
    for field in ("kickoff_date", "promised_finish_date"):
        day = getattr(brief, field)
        if day and not today - timedelta(days=3660) <= day <= today + timedelta(days=3660):
            errors.append(FieldError(f"brief.{field}", f"{day} is more than ten years away.", "range"))
    if brief.kickoff_date and brief.promised_finish_date and brief.promised_finish_date < brief.kickoff_date:
        errors.append(
            FieldError("brief.promised_finish_date", "The promised finish lies before the kickoff.", "order")
        )
    return errors


def _missing(field: str, message: str) -> FieldError:
    return FieldError(f"brief.{field}", message, "required")


def readiness(brief: ClosingBrief) -> dict[str, bool]:
    """Which of the five answers are there."""
    return {
        "scope_summary": bool(brief.scope_summary.strip()),
        "promised_finish_date": brief.promised_finish_date is not None,
        "key_constraints": bool(brief.key_constraints.strip()) or brief.no_constraints,
        "main_stakeholder_id": brief.main_stakeholder_id is not None,
        "kickoff_date": brief.kickoff_date is not None,
    }


def next_action_errors(action: NextAction | None, *, field: str = "next_action") -> list[FieldError]:
    """Why this is not a next action."""
    if action is None:
        return [FieldError(field, "An open deal needs a next action with a date.", "required")]
    errors = []
    if action.kind not in NEXT_ACTION_KINDS:
        errors.append(
            FieldError(f"{field}.kind", f"“{action.kind}” is not a kind of next action; choose {', '.join(NEXT_ACTION_KINDS)}.")
        )
    if action.kind == "parked" and not action.note.strip():
        errors.append(FieldError(f"{field}.note", "Say why the deal is parked.", "required"))
    if len(action.note) > 300:
        errors.append(FieldError(f"{field}.note", "A next action has at most 300 characters.", "too_long"))
    if not 1990 <= action.due_date.year <= LATEST_YEAR:
        errors.append(FieldError(f"{field}.due_date", f"{action.due_date} is not a date a deal can wait for.", "range"))
    return errors


def is_stuck(*, due_date: date | None, days_in_stage: int, days_until_stuck: int, today: date) -> bool:
    """Stuck: no next action in the future, and too long in the stage."""
    return (due_date is None or due_date < today) and days_in_stage > days_until_stuck
