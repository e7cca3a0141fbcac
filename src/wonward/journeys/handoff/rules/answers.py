"""What the gate asks besides the five answers, and whether it has been answered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from wonward.domains.sales.rules import LONGEST_ANSWER
from wonward.domains.sales.rules.proposals import scope_of
from wonward.domains.sales.types import ClosingBrief
from wonward.domains.sales.types.proposals import ProposalContent
from wonward.journeys.handoff.types import ANSWER_KINDS, AskedAnswer, ExtraAnswer, NewAskedAnswer
from wonward.kernel.errors import FieldError
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded


def fill_from(brief: ClosingBrief, content: ProposalContent) -> ClosingBrief:
    """The answers gathered so far, and what a proposal says for those still open."""
    return replace(
        brief, scope_summary=brief.scope_summary.strip() or _shortened(scope_of(content)),
        promised_finish_date=brief.promised_finish_date or content.finish_date, kickoff_date=brief.kickoff_date or content.kickoff_date,
    )


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_ANSWER else f"{text[:LONGEST_ANSWER - 1].rstrip()}…"


def extra_errors(asked: Sequence[AskedAnswer], answers: Mapping[str, str]) -> list[FieldError]:
    """What is missing or wrong in the extra answers, each named `brief.extra.<key>`."""
    errors = [error for one in asked if (error := _wrong(one, _given(answers, one)))]
    known = {one.key for one in asked}
    errors.extend(
        FieldError(f"brief.extra.{key}", worded("Nothing called “{key}” is asked of this deal.", key=key), "unknown")
        for key in answers
        if key not in known
    )
    return errors


def _given(answers: Mapping[str, str], asked: AskedAnswer) -> str:
    """What was answered, without blanks around it; empty where nothing can be read."""
    value = answers.get(asked.key, "").strip()
    return "" if says_nothing(value) else value


def _wrong(asked: AskedAnswer, value: str) -> FieldError | None:
    at = f"brief.extra.{asked.key}"
    if not value:
        return FieldError(at, worded("Answer “{label}”.", label=asked.label), "required")
    if asked.kind == "date" and not is_day(value):
        return FieldError(at, worded("“{label}” is a date, written YYYY-MM-DD.", label=asked.label))
    if asked.kind == "choice" and value not in asked.choices:
        return FieldError(at, worded("“{label}” is one of {choices}.", label=asked.label, choices=", ".join(asked.choices)), "unknown")
    if len(value) > LONGEST_ANSWER:
        return FieldError(at, worded("“{label}” has at most {longest_answer} characters.", label=asked.label, longest_answer=LONGEST_ANSWER), "too_long")
    return None


def is_day(value: str) -> bool:
    """Whether a text is a civil date."""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def told(asked: Sequence[AskedAnswer], answers: Mapping[str, str]) -> list[ExtraAnswer]:
    """The answers with their labels, in the order asked."""
    return [ExtraAnswer(one.key, one.label, one.kind, _given(answers, one)) for one in asked if _given(answers, one)]


def asked_errors(new: NewAskedAnswer) -> list[FieldError]:
    """Why this cannot be asked at the gate."""
    errors = []
    if says_nothing(new.label):
        errors.append(FieldError("label", "Name what is asked.", "required"))
    if len(new.label) > 120:
        errors.append(FieldError("label", "A label has at most 120 characters.", "too_long"))
    if new.kind not in ANSWER_KINDS:
        errors.append(FieldError("kind", worded("An answer is one of {answer_kinds}.", answer_kinds=", ".join(ANSWER_KINDS)), "unknown"))
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
