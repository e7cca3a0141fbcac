"""Pure decisions about approvals."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

from wonward.domains.approvals.types import MOST_FILES, MOST_STEPS, STEP_KINDS, NewStep, NewVersion
from wonward.kernel.errors import FieldError
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded

LONGEST_WORDS = 4000
FARTHEST = timedelta(days=366)


def digest_of(token: str) -> str:
    """What the database keeps of a link."""
    return hashlib.sha256(f"approval:{token}".encode()).hexdigest()


def version_errors(new: NewVersion, *, today: date) -> list[FieldError]:
    """Why this cannot be put forward, each naming its field."""
    errors = []
    if says_nothing(new.words) and not new.criteria and not new.files:
        errors.append(FieldError("words", "Say what is to be approved.", "required"))
    if len(new.words) > LONGEST_WORDS:
        errors.append(FieldError("words", worded("Say it in at most {longest_words} characters.", longest_words=LONGEST_WORDS), "range"))
    if not 1 <= len(new.steps) <= MOST_STEPS:
        errors.append(FieldError("steps", worded("Ask at least one and at most {most_steps} people.", most_steps=MOST_STEPS), "required"))
    if len(new.files) > MOST_FILES:
        errors.append(FieldError("document_ids", worded("At most {most_files} files are put forward at once.", most_files=MOST_FILES), "range"))
    if new.due_date is not None and not today <= new.due_date <= today + FARTHEST:
        errors.append(FieldError("due_date", "Choose a day within the next year.", "range"))
    return errors + _step_errors(new.steps)


def _step_errors(steps: Sequence[NewStep]) -> list[FieldError]:
    errors = []
    seen: set[tuple[str, int | str]] = set()
    for place, step in enumerate(steps):
        at = f"steps[{place}]"
        if step.kind not in STEP_KINDS:
            errors.append(FieldError(f"{at}.kind", worded("“{kind}” is not a kind of step; choose internal or client.", kind=step.kind), "unknown"))
            continue
        if not 1 <= step.position <= MOST_STEPS:
            errors.append(FieldError(f"{at}.position", worded("A position lies between 1 and {most_steps}.", most_steps=MOST_STEPS), "range"))
        if step.kind == "internal" and step.person_id is None:
            errors.append(FieldError(f"{at}.person_id", "Choose a colleague.", "required"))
        if step.kind == "client" and says_nothing(step.name):
            errors.append(FieldError(f"{at}.name", "Say who is asked at the client.", "required"))
        who: tuple[str, int | str] = ("person", step.person_id or 0) if step.kind == "internal" else ("client", step.contact_id or step.name.casefold())
        if who in seen:
            errors.append(FieldError(at, "The same person is asked twice.", "duplicate"))
        seen.add(who)
    return errors


def next_position(positions_and_states: Sequence[tuple[int, str]]) -> int | None:
    """The position to ask now: the first in which somebody has not approved; None when everybody has."""
    open_positions = [position for position, state in positions_and_states if state != "approved"]
    return min(open_positions, default=None)


def is_reminder_due(*, due_date: date, today: date, reminded_on: date | None) -> bool:
    """One reminder the day before an answer is due, one once it is late."""
    if today > due_date:
        return reminded_on is None or reminded_on <= due_date
    return today >= due_date - timedelta(days=1) and reminded_on is None
