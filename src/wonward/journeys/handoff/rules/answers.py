"""What the gate asks besides the five answers, and whether it has been answered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from wonward.journeys.handoff.types import ANSWER_KINDS, AskedAnswer, ExtraAnswer, NewAskedAnswer
from wonward.kernel.errors import FieldError

LONGEST_ANSWER = 4000


def extra_errors(asked: Sequence[AskedAnswer], answers: Mapping[str, str]) -> list[FieldError]:
    """What is missing or wrong in the extra answers, each named `brief.extra.<key>`."""
    errors = [error for one in asked if (error := _wrong(one, answers.get(one.key, "").strip()))]
    known = {one.key for one in asked}
    errors.extend(
        FieldError(f"brief.extra.{key}", f"Nothing called “{key}” is asked of this deal.", "unknown")
        for key in answers
        if key not in known
    )
    return errors


def _wrong(asked: AskedAnswer, value: str) -> FieldError | None:
    at = f"brief.extra.{asked.key}"
    if not value:
        return FieldError(at, f"Answer “{asked.label}”.", "required")
    if asked.kind == "date" and not is_day(value):
        return FieldError(at, f"“{asked.label}” is a date, written YYYY-MM-DD.")
    if asked.kind == "choice" and value not in asked.choices:
        return FieldError(at, f"“{asked.label}” is one of {', '.join(asked.choices)}.", "unknown")
    if len(value) > LONGEST_ANSWER:
        return FieldError(at, f"“{asked.label}” has at most {LONGEST_ANSWER} characters.", "too_long")
    return None


def is_day(value: str) -> bool:
    """Whether a text is a civil date."""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def told(asked: Sequence[AskedAnswer], answers: Mapping[str, str]) -> list[ExtraAnswer]:
    """The answers with their labels, in the order asked."""
    return [ExtraAnswer(one.key, one.label, one.kind, answers[one.key].strip()) for one in asked if answers.get(one.key, "").strip()]


def asked_errors(new: NewAskedAnswer) -> list[FieldError]:
    """Why this cannot be asked at the gate."""
    errors = []
    if not new.label.strip():
        errors.append(FieldError("label", "Name what is asked.", "required"))
    if len(new.label) > 120:
        errors.append(FieldError("label", "A label has at most 120 characters.", "too_long"))
    if new.kind not in ANSWER_KINDS:
        errors.append(FieldError("kind", f"An answer is one of {', '.join(ANSWER_KINDS)}.", "unknown"))
    if new.kind == "choice" and len({one.strip() for one in new.choices if one.strip()}) < 2:
        errors.append(FieldError("choices", "Give at least two choices.", "required"))
    if (new.pipeline_id is None) == (new.service_id is None):
        errors.append(FieldError("pipeline_id", "Ask it of one pipeline or of one service.", "required"))
    if not key_of(new):
        errors.append(FieldError("key", "A key has letters or digits.", "required"))
    return errors


def key_of(new: NewAskedAnswer) -> str:
    """The given key, or one made of the label: lower-case letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", (new.key or new.label).casefold()).strip("_")[:40]
